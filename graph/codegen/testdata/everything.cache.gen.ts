// Code generated from schema.graphqls. DO NOT EDIT.

/** The types of each interface and union. */
export const possibleTypes: Record<string, string[]> = {
  Node: ['Tenant', 'Person', 'Profile', 'Book', 'Authorship', 'Category', 'Series', 'Edition', 'Printing', 'Review', 'APIKey', 'Asset'],
  SearchResult: ['Book', 'Person'],
};

/**
 * The way to cache a field: pages that make one list; a list that another one replaces; a reference that is null once its
 * object is deleted; an object that is found by its id.
 */
export type Policy = 'connection' | 'list' | 'clearable' | { byId: string };

/** The fields that need a policy, by type. */
export const policies: Record<string, Record<string, Policy>> = {
  Query: {
    person: { byId: 'Person' },
    people: 'connection',
    profile: { byId: 'Profile' },
    profiles: 'connection',
    book: { byId: 'Book' },
    books: 'connection',
    authorship: { byId: 'Authorship' },
    authorships: 'connection',
    category: { byId: 'Category' },
    categories: 'connection',
    series: { byId: 'Series' },
    seriesList: 'connection',
    edition: { byId: 'Edition' },
    editions: 'connection',
    printing: { byId: 'Printing' },
    printings: 'connection',
    review: { byId: 'Review' },
    reviews: 'connection',
    apiKey: { byId: 'APIKey' },
    apiKeys: 'connection',
    asset: { byId: 'Asset' },
    assets: 'connection',
  },
  Person: { mentor: 'clearable', protegees: 'connection', profile: 'clearable', books: 'connection', rivals: 'connection', rivalOf: 'connection' },
  Book: { series: 'clearable', cover: 'clearable', authors: 'connection', categories: 'connection', editions: 'connection', editionCounts: 'list' },
  Category: { parent: 'clearable', children: 'connection', books: 'connection' },
  Edition: { printing: 'clearable', reviews: 'connection' },
  EditionCount: { printing: 'clearable' },
};

/** The references to the objects with which an object is deleted, by type. */
export const owners: Record<string, string[]> = {
  Profile: ['person'],
  Authorship: ['book', 'person'],
  Edition: ['book'],
  Printing: ['book'],
  Review: ['edition'],
};
