// Code generated from schema.graphqls. DO NOT EDIT.

/** The types of each interface and union. */
export const possibleTypes: Record<string, string[]> = {
  Node: ['Tenant', 'Member', 'Project', 'Item', 'Label', 'Comment'],
};

/**
 * The way to cache a field: pages that make one list; a list that another one replaces; a reference that is null once its
 * object is deleted; an object that is found by its id.
 */
export type Policy = 'connection' | 'list' | 'clearable' | { byId: string };

/** The fields that need a policy, by type. */
export const policies: Record<string, Record<string, Policy>> = {
  Query: {
    member: { byId: 'Member' },
    members: 'connection',
    project: { byId: 'Project' },
    projects: 'connection',
    item: { byId: 'Item' },
    items: 'connection',
    label: { byId: 'Label' },
    labels: 'connection',
    comment: { byId: 'Comment' },
    comments: 'connection',
  },
  Project: { items: 'connection', itemCounts: 'list' },
  Item: { assignee: 'clearable', labels: 'connection', comments: 'connection' },
  Comment: { author: 'clearable' },
  ItemCount: { assignee: 'clearable' },
};

/** The references to the objects with which an object is deleted, by type. */
export const owners: Record<string, string[]> = {
  Item: ['project'],
  Comment: ['item'],
};
