// Cache configuration for the schema, and cache updates after creates and deletes.
import type { ApolloCache, ApolloClient, FieldPolicy, Reference, StoreObject, TypePolicies } from '@apollo/client';
import { isReference } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { owners, policies, type Policy } from './cache.gen.js';

export { possibleTypes } from './cache.gen.js';

/** A connection in the cache: all pages that were read, or only its count. */
interface List {
  edges?: { node: Reference }[];
  nodes?: Reference[];
  totalCount?: number;
}

const pages: FieldPolicy = relayStylePagination();

/**
 * Merges pages into one list, like relayStylePagination, for queries of `edges`, `nodes` or only `totalCount`. Evicted
 * objects are removed from the list and its count.
 */
const connection: FieldPolicy = {
  // All that has the newest first goes by the field's own name. Where one place shows another length of the same
  // list, @connection(key: "…") keeps them apart; the server does not see it.
  keyArgs(args, { field }) {
    const apart = field?.directives?.some(({ name }) => name.value === 'connection');
    const newestFirst = (args?.['orderBy'] ?? 'CREATED_AT_DESC') === 'CREATED_AT_DESC';
    const isWhole = newestFirst && !args?.['where'] && !args?.['includeDeleted'];
    return isWhole && !apart ? false : ['@connection', ['key'], 'where', 'orderBy', 'includeDeleted'];
  },
  read(list: List | undefined, { canRead }) {
    if (!list?.edges) {
      return list;
    }
    const edges = list.edges.filter(({ node }) => canRead(node));
    const gone = list.edges.length - edges.length;
    const count = list.totalCount === undefined ? {} : { totalCount: list.totalCount - gone };
    return { ...list, ...count, edges, nodes: edges.map(({ node }) => node) };
  },
  merge(list: List | undefined, { nodes, ...page }: List, options) {
    const { nodes: _, ...known } = connection.read?.(list, options) ?? {};
    const edges = nodes?.map((node, i) => ({ node, ...page.edges?.[i] })) ?? page.edges;
    const merged = edges && typeof pages.merge === 'function' &&
      pages.merge({ edges: [], pageInfo: {}, ...known }, { ...page, edges }, options);
    return { ...known, ...page, ...merged };
  },
};

/** Returns null if the referenced object was deleted. */
const clearable: FieldPolicy = {
  read: (object, { canRead }) => (object === undefined || canRead(object) ? object : null),
};

/** Finds an object by its id if another query has read it; null if it was deleted. */
const byId = (__typename: string): FieldPolicy => ({
  read(object, { args, canRead, toReference }) {
    if (object === undefined) {
      return toReference({ __typename, id: args?.['id'] });
    }
    return canRead(object) ? object : null;
  },
});

const policyOf = (policy: Policy): FieldPolicy =>
  policy instanceof Object ? byId(policy.byId) : { connection, clearable, list: { merge: false } }[policy];

/** Applies a function to the values of an object. */
const mapValues = <V, W>(all: Record<string, V>, to: (value: V) => W) =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, to(value)]));

export const typePolicies: TypePolicies = mapValues(policies, (fields) => ({ fields: mapValues(fields, policyOf) }));

/** Inserts a new object into the connection's list with the newest first. For other lists, call `moved`. */
export function addTo(cache: ApolloCache, owner: StoreObject, field: string, object: StoreObject): void {
  cache.modify<Record<string, List>>({
    id: cache.identify(owner) ?? '',
    fields: {
      [field]: (list, { storeFieldName, toReference, DELETE }) => {
        if (storeFieldName !== field) {
          return list;
        }
        const node = toReference(object);
        if (!node || isReference(list) || !list.edges) {
          return DELETE;
        }
        if (list.edges.some((edge) => edge.node.__ref === node.__ref)) {
          return list; // told twice: by a mutation and by its event
        }
        const count = list.totalCount === undefined ? {} : { totalCount: list.totalCount + 1 };
        return { ...list, ...count, edges: [{ __typename: `${object.__typename}Edge`, node }, ...list.edges] };
      },
    },
  });
}

/**
 * Drops the lists of a connection in which only the server can find the position of a new or changed object: all but the
 * list with the newest first. Lists on the screen are refetched. If a refetch is running, it is repeated for queries
 * with the context `queryDeduplication: false`.
 */
export async function moved(client: ApolloClient, owner: StoreObject, field: string): Promise<void> {
  const id = client.cache.identify(owner) ?? '';
  await client.refetchQueries({
    updateCache(cache) {
      cache.modify<Record<string, List>>({
        id,
        fields: { [field]: (list, { storeFieldName, DELETE }) => (storeFieldName === field ? list : DELETE) },
      });
      // There is no such list. It tells the queries that wait for one of the others, which are not there yet.
      cache.evict({ id, fieldName: field, args: { where: {} } });
    },
    onQueryUpdated: (_query, { complete }) => !complete,
  });
}

/** Evicts a deleted object, with its children. */
export function forget(cache: ApolloCache, object: StoreObject): void {
  const id = cache.identify(object) ?? '';
  cache.evict({ id });
  for (const other of Object.values<StoreObject>(Object(cache.extract()))) {
    for (const field of owners[other.__typename ?? ''] ?? []) {
      const owner = other[field];
      if (isReference(owner) && owner.__ref === id) {
        forget(cache, other);
      }
    }
  }
  cache.gc();
}
