package main

import (
	"context"
	"encoding/json"
	"net/http"

	"rowhouse/web/playground"
)

// mountPlayground adds the Playground with its starter documents to mux. tenants returns the tenants that the page offers to
// every visitor.
func mountPlayground(mux *http.ServeMux, tenants func(context.Context) []string) {
	playground.Mount(mux, playground.Options{
		Title:    "Rowhouse",
		Endpoint: "/graphql",
		Tenants:  tenants,
		Tabs:     starterTabs,
		Lookup:   starterLookup,
	})
}

// starterTabs are the tabs of a first visit. Each runs unchanged for each demo tenant.
var starterTabs = []playground.Tab{
	{Query: starterProjects},
	{Query: starterCreateItem, Variables: json.RawMessage(`{
		"input": {"projectId": "$.projects.nodes.0.id", "name": "Polish the door handles", "status": "TODO", "priority": "LOW"}
	}`)},
	{Query: starterItemPage, Variables: json.RawMessage(`{
		"first": 2,
		"where": {"assigneeId": {"isNull": false}, "status": {"in": ["TODO", "IN_PROGRESS"]}},
		"orderBy": "UPDATED_AT_DESC"
	}`)},
}

// starterLookup finds a project for the variables of starterCreateItem.
const starterLookup = "{ projects(first: 1, orderBy: KEY_DESC) { nodes { id } } }"

const starterProjects = `# All projects, with their most urgent items.
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
`

const starterCreateItem = `# Creates an item, and reads the open items of
# its project. The variables have the id of a
# project of this tenant. The id of any other
# project is NOT_FOUND.
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
`

const starterItemPage = `# Open items with an assignee, two per page.
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
`
