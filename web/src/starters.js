import { fetcher } from './fetcher.js';

const projects = `# Each project, and its most urgent items.
# Run it, choose another tenant in the top
# right corner, and run it again.
query Projects {
  tenant {
    name
  }
  projects(orderBy: KEY_ASC) {
    nodes {
      key
      name
      items(first: 3, orderBy: PRIORITY_DESC) {
        totalCount
        nodes {
          key
          name
          status
          priority
          assignee {
            name
          }
        }
      }
    }
  }
}
`;

const createItem = `# Creates an item, and shows its project's
# open ones. The variables hold the id of a
# project of this tenant: for any other one
# it is NOT_FOUND.
mutation CreateItem($input: CreateItemInput!) {
  createItem(input: $input) {
    item {
      id
      key
      project {
        name
        items(
          where: { status: { in: [BACKLOG, TODO] } }
          orderBy: CREATED_AT_DESC
        ) {
          totalCount
          nodes {
            key
            name
            priority
          }
        }
      }
    }
  }
}
`;

const itemPage = `# Open items that somebody has, two at a time.
# For the next page, put the endCursor into
# the variables, as "after".
query ItemPage(
  $first: Int
  $after: String
  $where: ItemFilter
  $orderBy: ItemOrder
) {
  items(
    first: $first
    after: $after
    where: $where
    orderBy: $orderBy
  ) {
    totalCount
    nodes {
      key
      name
      status
      assignee {
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const variables = (value) => JSON.stringify(value, null, 2);

const itemPageVariables = variables({
  first: 2,
  where: { assigneeId: { isNull: false }, status: { in: ['TODO', 'IN_PROGRESS'] } },
  orderBy: 'UPDATED_AT_DESC',
});

/** The tabs of a first visit, each of which runs as it is, as any tenant that has a project; and why none would. */
export async function starters() {
  const { data, errors } = await ask('{ projects(first: 1, orderBy: KEY_DESC) { nodes { id } } }');
  const input = variables({
    input: { projectId: data?.projects?.nodes[0]?.id ?? '', name: 'Polish the door handles', status: 'TODO', priority: 'LOW' },
  });
  renew(input);
  return {
    tabs: [
      { query: projects },
      { query: createItem, variables: input },
      { query: itemPage, variables: itemPageVariables },
    ],
    refusal: errors?.[0]?.message,
  };
}

async function ask(query) {
  try {
    const parts = await fetcher({ query });
    return (await parts.next()).value; // the first is all, where nothing is deferred
  } catch {
    return {}; // GraphiQL, which asks the server next, shows what is wrong
  }
}

// renew puts the variables into the saved tabs where those that were made last are
// still as they were: their project is another tenant's, or of a database that is gone.
function renew(input) {
  const last = localStorage.getItem('rowhouse:variables');
  localStorage.setItem('rowhouse:variables', input);
  const tabs = localStorage.getItem('graphiql:tabState');
  if (!last || !tabs) {
    return;
  }
  localStorage.setItem('graphiql:tabState', tabs.replaceAll(JSON.stringify(last), JSON.stringify(input)));
  // The open tab's are saved apart, too.
  if (localStorage.getItem('graphiql:variables') === last) {
    localStorage.setItem('graphiql:variables', input);
  }
}
