// The board of a project: its cards, mutations of cards, and changes by other users.
import type { ApolloClient, ErrorLike, ObservableQuery } from '@apollo/client';
import { addTo, forget, moved } from './cache.js';
import { graphql, isFragmentReady, unmask, type FragmentType } from './generated/index.js';
import type { CreateItemInput, ItemsQuery, ItemsQueryVariables, UpdateItemInput } from './generated/graphql.js';

// The fields of a card. Only code that unmasks the fragment can read them.
export const Card = graphql(`
  fragment Card on Item {
    id
    key
    name
    status
    priority
    version
    assignee {
      id
      name
    }
  }
`);

export const Talk = graphql(`
  fragment Talk on Item {
    id
    comments(first: 3) {
      nodes {
        id
        body
        author {
          id
          name
        }
      }
    }
  }
`);

const Counts = graphql(`
  fragment Counts on Project {
    id
    itemCounts(by: STATUS) {
      status
      count
    }
  }
`);

const Projects = graphql(`
  query Projects {
    projects(first: 100, orderBy: NAME_ASC) {
      nodes {
        id
        key
        name
        ...Counts
      }
    }
  }
`);

// Comments are deferred, so that the cards appear first.
const Items = graphql(`
  query Items($projectId: ID!, $first: Int = 20, $after: String, $where: ItemFilter, $orderBy: ItemOrder) {
    project(id: $projectId) {
      id
      items(first: $first, after: $after, where: $where, orderBy: $orderBy) {
        totalCount
        nodes {
          id
          ...Card
          ...Talk @defer
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

// A mutation selects all fields that it changes, so that no query has to be refetched.
const CreateItem = graphql(`
  mutation CreateItem($input: CreateItemInput!) {
    createItem(input: $input) {
      item {
        id
        ...Card
        ...Talk
        project {
          ...Counts
        }
      }
    }
  }
`);

const UpdateItem = graphql(`
  mutation UpdateItem($input: UpdateItemInput!) {
    updateItem(input: $input) {
      item {
        id
        ...Card
        project {
          id
          ...Counts
        }
      }
    }
  }
`);

const DeleteItem = graphql(`
  mutation DeleteItem($input: DeleteItemInput!) {
    deleteItem(input: $input) {
      deletedId
      project {
        ...Counts
      }
    }
  }
`);

const ItemChanged = graphql(`
  subscription ItemChanged($projectId: ID!) {
    itemChanged(projectId: $projectId) {
      change
      itemId
      item {
        id
        ...Card
        ...Talk
      }
      project {
        ...Counts
      }
    }
  }
`);

/** All projects, with the number of their items by status. */
export async function projects(client: ApolloClient) {
  const { data } = await client.query({ query: Projects });
  return data?.projects.nodes.map((project) => ({ ...project, counts: unmask(Counts, project).itemCounts })) ?? [];
}

/** Items of a project in the cache: subscribe, and render each result. */
export function items(client: ApolloClient, variables: ItemsQueryVariables) {
  // Who reads it anew wants no answer that is on its way already.
  return client.watchQuery({ query: Items, variables, context: { queryDeduplication: false } });
}

/** Loads the next page into a list of items; false if there is none. */
export async function more(list: ObservableQuery<ItemsQuery, ItemsQueryVariables>): Promise<boolean> {
  const page = list.getCurrentResult().data?.project?.items?.pageInfo;
  if (!page?.hasNextPage) {
    return false;
  }
  await list.fetchMore({ variables: { after: page.endCursor } });
  return true;
}

/** The comments of an item in such a list; undefined until they have arrived. */
export function talk(item: NonNullable<ItemsQuery['project']>['items']['nodes'][number]) {
  return isFragmentReady(Items, Talk, item) ? unmask(Talk, item).comments.nodes : undefined;
}

export async function createItem(client: ApolloClient, input: CreateItemInput) {
  const { data } = await client.mutate({
    mutation: CreateItem,
    variables: { input },
    update: (cache, { data }) => data?.createItem && addTo(cache, project(input.projectId), 'items', data.createItem.item),
  });
  await moved(client, project(input.projectId), 'items');
  return data?.createItem?.item;
}

/** Updates the item of a card; CONFLICT if another user has changed it since the card was read. */
export async function updateItem(client: ApolloClient, card: FragmentType<typeof Card>, changes: Changes) {
  const { id, version } = unmask(Card, card);
  const { data } = await client.mutate({
    mutation: UpdateItem,
    variables: { input: { ...changes, id, expectedVersion: version } },
  });
  if (data?.updateItem) {
    await moved(client, data.updateItem.item.project, 'items');
  }
}

type Changes = Omit<UpdateItemInput, 'id' | 'expectedVersion'>;

export async function deleteItem(client: ApolloClient, id: string) {
  await client.mutate({
    mutation: DeleteItem,
    variables: { input: { id } },
    update: (cache) => forget(cache, item(id)),
  });
}

/** Updates the cache with changes by other users in a project, until the subscription ends or fails. */
export function follow(client: ApolloClient, projectId: string, failed: (error: ErrorLike) => void) {
  return client.subscribe({ query: ItemChanged, variables: { projectId } }).subscribe(({ data, error }) => {
    const event = data?.itemChanged;
    if (error) {
      failed(error);
    } else if (event?.change === 'DELETED') {
      forget(client.cache, item(event.itemId));
    } else if (event) { // what is new of an item that was known is in the cache already, by its id, as are the counts
      if (event.change === 'CREATED' && event.item) {
        addTo(client.cache, project(projectId), 'items', event.item);
      }
      moved(client, project(projectId), 'items').catch(failed);
    }
  });
}

const project = (id: string) => ({ __typename: 'Project', id });
const item = (id: string) => ({ __typename: 'Item', id });
