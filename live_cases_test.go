package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"rowhouse/graph"
	"rowhouse/model"
	"rowhouse/model/relay"
)

// liveSubscriptions are the subscriptions of TestEveryMutationPublishesItsEvents. Braces contain names
// of createLiveRows.
var liveSubscriptions = map[string]string{
	"items of web":    `subscription { itemChanged(projectId: "{web}") { change itemId item { name } } }`,
	"items of app":    `subscription { itemChanged(projectId: "{app}") { change itemId item { name } } }`,
	"comments of one": `subscription { commentAdded(itemId: "{one}") { change commentId comment { body } } }`,
	"comments of two": `subscription { commentAdded(itemId: "{two}") { change commentId comment { body } } }`,
	"comments of six": `subscription { commentAdded(itemId: "{six}") { change commentId comment { body } } }`,
	"projects":        `subscription { projectChanged { change projectId project { name } } }`,
}

// liveEvents maps subscriptions to their events, in order. An event is a change and a row.
type liveEvents map[string][]string

// completed is the last event of a subscription that completes.
const completed = "complete"

// liveCase is a mutation of acme, and the events that it publishes. ada is the assignee of one and six
// and the author of remark. bob has no items.
type liveCase struct {
	name     string
	mutation string
	events   liveEvents
}

var liveCases = []liveCase{
	{
		name:     "createMember",
		mutation: `createMember(input: {name: "x", email: "x@acme.example"}) { member { id } }`,
	},
	{
		name:     "createMember with an email in use",
		mutation: `createMember(input: {name: "x", email: "{email}"}) { member { id } }`,
	},
	{
		name:     "updateMember with a new name, which items show",
		mutation: `updateMember(input: {id: "{ada}", name: "Countess"}) { member { id } }`,
	},
	{
		name:     "updateMember without values",
		mutation: `updateMember(input: {id: "{ada}"}) { member { id } }`,
	},
	{
		name:     "deleteMember of an assignee and author",
		mutation: `deleteMember(input: {id: "{ada}"}) { deletedId }`,
		events: liveEvents{
			"items of web": {"UPDATED one"},
			"items of app": {"UPDATED six"},
		},
	},
	{
		name:     "deleteMember of a member without items",
		mutation: `deleteMember(input: {id: "{bob}"}) { deletedId }`,
	},
	{
		name:     "deleteMember of the other tenant",
		mutation: `deleteMember(input: {id: "{their ada}"}) { deletedId }`,
	},
	{
		name:     "createProject",
		mutation: `createProject(input: {key: "NEW", name: "x"}) { project { id } }`,
		events:   liveEvents{"projects": {"CREATED x"}},
	},
	{
		name:     "createProject with a key in use",
		mutation: `createProject(input: {key: "{key}", name: "x"}) { project { id } }`,
	},
	{
		name:     "updateProject with a new name",
		mutation: `updateProject(input: {id: "{web}", name: "x"}) { project { id } }`,
		events:   liveEvents{"projects": {"UPDATED web"}},
	},
	{
		name:     "updateProject with a new description",
		mutation: `updateProject(input: {id: "{web}", description: "x"}) { project { id } }`,
		events:   liveEvents{"projects": {"UPDATED web"}},
	},
	{
		name:     "updateProject with the same values",
		mutation: `updateProject(input: {id: "{web}", name: "web", description: null}) { project { id } }`,
	},
	{
		name:     "updateProject without values",
		mutation: `updateProject(input: {id: "{web}"}) { project { id } }`,
	},
	{
		name:     "updateProject of the other tenant",
		mutation: `updateProject(input: {id: "{their web}", name: "x"}) { project { id } }`,
	},
	{
		name:     "deleteProject",
		mutation: `deleteProject(input: {id: "{web}"}) { deletedId }`,
		events: liveEvents{
			"projects":        {"DELETED web"},
			"items of web":    {completed},
			"comments of one": {completed},
			"comments of two": {completed},
		},
	},
	{
		name:     "deleteProject of the other tenant",
		mutation: `deleteProject(input: {id: "{their web}"}) { deletedId }`,
	},
	{
		name:     "createItem",
		mutation: `createItem(input: {projectId: "{web}", name: "x"}) { item { id } }`,
		events:   liveEvents{"items of web": {"CREATED x"}},
	},
	{
		name:     "createItem without a name",
		mutation: `createItem(input: {projectId: "{web}", name: ""}) { item { id } }`,
	},
	{
		name:     "createItem with an assignee of the other tenant",
		mutation: `createItem(input: {projectId: "{web}", name: "x", assigneeId: "{their ada}"}) { item { id } }`,
	},
	{
		name:     "updateItem with a new name",
		mutation: `updateItem(input: {id: "{one}", name: "x"}) { item { id } }`,
		events:   liveEvents{"items of web": {"UPDATED one"}},
	},
	{
		name:     "updateItem with a new description",
		mutation: `updateItem(input: {id: "{one}", description: "x"}) { item { id } }`,
		events:   liveEvents{"items of web": {"UPDATED one"}},
	},
	{
		name:     "updateItem with a new status",
		mutation: `updateItem(input: {id: "{one}", status: DONE}) { item { id } }`,
		events:   liveEvents{"items of web": {"UPDATED one"}},
	},
	{
		name:     "updateItem with a new priority",
		mutation: `updateItem(input: {id: "{one}", priority: HIGH}) { item { id } }`,
		events:   liveEvents{"items of web": {"UPDATED one"}},
	},
	{
		name:     "updateItem with a new assignee",
		mutation: `updateItem(input: {id: "{six}", assigneeId: "{bob}"}) { item { id } }`,
		events:   liveEvents{"items of app": {"UPDATED six"}},
	},
	{
		name:     "updateItem without an assignee",
		mutation: `updateItem(input: {id: "{six}", assigneeId: null}) { item { id } }`,
		events:   liveEvents{"items of app": {"UPDATED six"}},
	},
	{
		name:     "updateItem without a due date",
		mutation: `updateItem(input: {id: "{one}", dueAt: null}) { item { id } }`,
		events:   liveEvents{"items of web": {"UPDATED one"}},
	},
	{
		name: "updateItem with the same values",
		mutation: `updateItem(input: {id: "{one}", name: "one", description: null, status: TODO, priority: LOW,
			assigneeId: "{ada}", dueAt: "2026-11-23T10:30:00+01:00", expectedVersion: 1}) { item { id } }`,
	},
	{
		name:     "updateItem without values",
		mutation: `updateItem(input: {id: "{one}"}) { item { id } }`,
	},
	{
		name:     "updateItem with a stale version",
		mutation: `updateItem(input: {id: "{one}", name: "x", expectedVersion: 7}) { item { id } }`,
	},
	{
		name:     "updateItem with an assignee of the other tenant",
		mutation: `updateItem(input: {id: "{one}", assigneeId: "{their ada}"}) { item { id } }`,
	},
	{
		name:     "deleteItem",
		mutation: `deleteItem(input: {id: "{one}"}) { deletedId }`,
		events: liveEvents{
			"items of web":    {"DELETED one"},
			"comments of one": {completed},
		},
	},
	{
		name:     "deleteItem of the other tenant",
		mutation: `deleteItem(input: {id: "{their one}"}) { deletedId }`,
	},
	{
		name:     "createComment",
		mutation: `createComment(input: {itemId: "{one}", body: "x"}) { comment { id } }`,
		events:   liveEvents{"comments of one": {"CREATED x"}},
	},
	{
		name:     "createComment on an item of the other tenant",
		mutation: `createComment(input: {itemId: "{their one}", body: "x"}) { comment { id } }`,
	},
	{
		name:     "updateComment",
		mutation: `updateComment(input: {id: "{remark}", body: "x"}) { comment { id } }`,
	},
	{
		name:     "deleteComment",
		mutation: `deleteComment(input: {id: "{remark}"}) { deletedId }`,
	},
	{
		name: "two mutations in one document",
		mutation: `a: updateItem(input: {id: "{two}", name: "x"}) { item { id } }
			b: updateItem(input: {id: "{one}", status: DONE}) { item { id } }`,
		events: liveEvents{"items of web": {"UPDATED two", "UPDATED one"}},
	},
	{
		name: "a failed mutation before another",
		mutation: `a: deleteProject(input: {id: "{their web}"}) { deletedId }
			b: deleteItem(input: {id: "{two}"}) { deletedId }`,
		events: liveEvents{
			"items of web":    {"DELETED two"},
			"comments of two": {completed},
		},
	},
	{
		name: "deletion after changes",
		mutation: `a: createComment(input: {itemId: "{six}", body: "x"}) { comment { id } }
			b: updateItem(input: {id: "{six}", name: "x"}) { item { id } }
			c: deleteProject(input: {id: "{app}"}) { deletedId }`,
		events: liveEvents{
			"projects":        {"DELETED app"},
			"items of app":    {"UPDATED six", completed},
			"comments of six": {"CREATED x", completed},
		},
	},
}

// checkLiveCases fails if a subscription written by hand has no case, or a mutation written by hand of rows
// that subscriptions follow. The generated ones call functions of package relay, which has tests of their
// events for each kind of relation.
func checkLiveCases(t *testing.T) {
	t.Helper()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	used, generated := map[string]bool{}, findGeneratedResolvers(t)
	addFields := func(document string) {
		parsed, err := parser.ParseQuery(&ast.Source{Input: document})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range parsed.Operations[0].SelectionSet {
			used[s.(*ast.Field).Name] = true
		}
	}
	for _, test := range liveCases {
		addFields("mutation { " + test.mutation + " }")
	}
	for _, query := range liveSubscriptions {
		addFields(query)
	}
	for _, f := range schema.Subscription.Fields {
		if !used[f.Name] && !generated["Subscription."+f.Name] {
			t.Errorf("the subscription %s has no case: add it to liveSubscriptions in live_cases_test.go", f.Name)
		}
	}
	for _, f := range schema.Mutation.Fields {
		if !used[f.Name] && !generated["Mutation."+f.Name] && canPublish(schema, f) {
			t.Errorf("the mutation %s has no case: add it with its events, if any, to liveCases in live_cases_test.go", f.Name)
		}
	}
}

// resolverMethod matches the declaration of a resolver of a mutation or subscription.
var resolverMethod = regexp.MustCompile(`(?m)^func \(r \*(mutation|subscription)Resolver\) (\w+)\(`)

// findGeneratedResolvers returns the mutations and subscriptions whose resolvers follow from a type, such as
// Mutation.createItem.
func findGeneratedResolvers(t *testing.T) map[string]bool {
	t.Helper()
	source, err := os.ReadFile("graph/schema.gen.resolvers.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, match := range resolverMethod.FindAllStringSubmatch(string(source), -1) {
		of := strings.ToUpper(match[1][:1]) + match[1][1:]
		found[of+"."+lowerFirst(match[2])] = true
	}
	return found
}

// canPublish reports whether a mutation may publish events. It changes rows of the registered type
// at the end of its name, as in deleteItem, or else of the types in its payload, or else of any type.
func canPublish(schema *ast.Schema, mutation *ast.FieldDefinition) bool {
	var changed []relay.AnyType
	for _, of := range model.Types.All() {
		if strings.HasSuffix(mutation.Name, of.Name()) {
			changed = append(changed, of)
		}
	}
	if len(changed) == 0 {
		for _, f := range schema.Types[mutation.Type.Name()].Fields {
			if of := model.Types.ByName(f.Type.Name()); of != nil {
				changed = append(changed, of)
			}
		}
	}
	return len(changed) == 0 || slices.ContainsFunc(changed, isFollowed)
}

// isFollowed reports whether a type has topics, or a type with topics refers to it, so that the
// deletion of a row changes rows with topics.
func isFollowed(of relay.AnyType) bool {
	for _, other := range model.Types.All() {
		refers := func(r relay.Relation) bool { return r.Target == of.Name() && (!r.Many || r.Link != nil) }
		if len(other.Topics()) > 0 && (other == of || slices.ContainsFunc(other.Relations(), refers)) {
			return true
		}
	}
	return false
}
