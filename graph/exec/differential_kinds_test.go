package exec_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/servertest/model"
)

// newDocument returns a random document.
func (g *generator) newDocument() *document {
	g.begin("query")
	switch n := g.IntN(400); {
	case n < 32:
		g.newMutation()
	case n < 38:
		g.newSubscription()
	case n < 56:
		g.newChain()
	default:
		g.newQuery()
	}
	return g.document
}

func (g *generator) begin(operation string) {
	g.document, g.names, g.budget = &document{operation: operation}, map[string]*responseName{}, 5+g.IntN(60)
	g.byLevel, g.level, g.isChain, g.pageSize = g.IntN(2) == 0, 0, false, 40
	g.document.isDeferred = g.IntN(8) == 0
}

func (g *generator) newQuery() {
	d := g.document
	d.set = g.newSet(g.schema.Query, 6)
	if g.IntN(12) == 0 {
		d.second = append(g.newSet(g.schema.Query, 4), g.copyField(pick(g.Rand, d.set), 4))
	}
	if g.IntN(50) == 0 {
		d.isMixed = true
		f := g.schema.Query.Fields.ForName(pick(g.Rand, []string{"__schema", "__type", "__type"}))
		d.set = slices.Insert(d.set, g.IntN(len(d.set)+1), g.newField(g.schema.Query, f, 2+g.IntN(2)))
	}
	switch g.IntN(20) {
	case 0:
		d.set = append(d.set, g.newField(g.schema.Query, g.schema.Query.Fields.ForName("nodes"), 4))
	case 1:
		d.set = append(d.set, g.newErrors())
	case 2:
		d.set = append(d.set, g.newEcho())
	}
	switch n := g.IntN(200); {
	case n < 10:
		d.trouble.response = pick(g.Rand, []int{200, 1_000, 5_000})
	case n < 18: // concurrent fields would reach the limit in any order
		d.set, d.second, d.trouble.cost = d.set[:1], nil, 600
	case n < 32:
		d.trouble.panics = pick(g.Rand, []string{"books", "reviews", "tags", "friends"})
	case n < 40:
		d.trouble.missing = pick(g.Rand, []string{"patrons", "shelves", "books", "tags", "taggings", "reviews", "library_cards"})
	}
}

// newErrors selects rows with errors, in nodes and in edges.
func (g *generator) newErrors() *selection {
	s := g.newField(g.schema.Query, g.schema.Query.Fields.ForName("books"), 2)
	fails := pick(g.Rand, []string{"error", "panic"})
	probe := &selection{key: "broken", field: "probe", set: []*selection{{key: fails, field: fails}}}
	node := &selection{key: "broken2", field: "node", set: []*selection{probe, g.newTypename()}}
	s.set = append(s.set, &selection{key: "broken3", field: "nodes", set: []*selection{probe}},
		&selection{key: "broken4", field: "edges", set: []*selection{node}})
	return s
}

// newEcho has variables in a list, which can be unset.
func (g *generator) newEcho() *selection {
	list := []any{"x"}
	for range 1 + g.IntN(3) {
		list = append(list, g.newVariable(&ast.Type{NamedType: "String"}, "body"))
	}
	echo := &selection{key: "echo", field: "echo", arguments: []string{"strings: " + literal(list)}}
	return &selection{key: "echoed", field: "probe", set: []*selection{echo, {key: "bytes", field: "bytes"}}}
}

// newMutation has several fields in some cases, such as the same twice.
func (g *generator) newMutation() {
	d := g.document
	d.operation = "mutation"
	for range 1 + g.IntN(2)*g.IntN(3) {
		f := pick(g.Rand, g.mutations())
		if g.IntN(4) == 0 {
			f = g.schema.Mutation.Fields.ForName(pick(g.Rand, []string{"createBooks", "createShelf", "updateBooks", "upsertTag"}))
		}
		d.set = append(d.set, g.newField(g.schema.Mutation, f, 6))
	}
	if again := *d.set[0]; again.field != "__typename" && g.IntN(4) == 0 && g.names[g.nameKey("again")] == nil {
		again.key, again.set = "again", g.inside(again.of, 4)
		d.set = append(d.set, &again)
	}
	if g.IntN(4) == 0 {
		d.set = append(d.set, &selection{key: "t", field: "__typename"})
	}
}

func (g *generator) mutations() (fields []*ast.FieldDefinition) {
	for _, f := range g.schema.Mutation.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			fields = append(fields, f)
		}
	}
	return fields
}

// newSubscription is for the changes of a shelf, of its books, or of a book that does not exist.
func (g *generator) newSubscription() {
	d := g.document
	d.operation, d.isDeferred = "subscription", false
	s := &selection{key: "e", field: "bookChanged", of: g.schema.Types["BookEvent"]}
	s.arguments = []string{fmt.Sprintf("shelfId: %q", model.BookShelf.GlobalID(g.changed))}
	s.set = append(g.inside(s.of, 6), &selection{key: "type", field: "__typename"})
	d.set = []*selection{s}
}

// inside returns a selection set of the field of a type.
func (g *generator) inside(of *ast.Definition, depth int) []*selection {
	g.level++
	defer func() { g.level-- }()
	return g.newSet(of, depth)
}

// tables are the tables of types.
var tables = map[string]string{"Reader": "patrons", "Shelf": "shelves", "Book": "books", "Tag": "tags", "Card": "library_cards"}

// newChain has one field with rows in each selection set, so that both executors read rows in the same order. It is
// disturbed between two statements.
func (g *generator) newChain() {
	d := g.document
	g.isChain, g.budget = true, 40
	var connections, targets []string
	d.set = g.newLinks(g.schema.Query, 5, func(f *ast.FieldDefinition) {
		name := f.Type.Name()
		switch {
		case strings.HasSuffix(name, "Connection"):
			connections = append(connections, f.Name)
		case tables[name] != "" && f.Name != "node" && f.Name != "nodes" && len(f.Arguments) == 0:
			targets = append(targets, tables[name])
		}
	})
	switch n := g.IntN(8); {
	case n < 4 && len(targets) > 0:
		d.trouble.deleted = pick(g.Rand, targets)
	case len(connections) > 0:
		d.trouble.held, d.trouble.canceled = pick(g.Rand, connections), n > 5
	}
}

// newLinks returns a selection set with leaves, and a field with rows.
func (g *generator) newLinks(on *ast.Definition, depth int, visit func(*ast.FieldDefinition)) (set []*selection) {
	var leaves, links []*ast.FieldDefinition
	for _, f := range on.Fields {
		name := f.Type.Name()
		switch {
		case strings.HasPrefix(f.Name, "__") || f.Name == "totalCount":
		case g.isLeaf(f) && (f.Type.Elem != nil || name == "Barcode" || g.schema.Types[name].Kind == ast.Enum):
			// Their errors differ when the time is over, and gqlgen may have written them before.
		case g.isLeaf(f) && len(f.Arguments) == 0:
			leaves = append(leaves, f)
		case f.Type.Elem != nil && !strings.HasSuffix(on.Name, "Connection"):
			// gqlgen resolves the rows of lists without a page at once.
		case strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || tables[name] != "":
			links = append(links, f, f)
		}
	}
	for range min(len(leaves), 1+g.IntN(2)) {
		set = append(set, g.newField(on, pick(g.Rand, leaves), 0))
	}
	if len(links) == 0 || depth == 0 {
		return append(set, g.newTypename())
	}
	f := pick(g.Rand, links)
	visit(f)
	s := &selection{field: f.Name, of: g.schema.Types[f.Type.Name()]}
	s.key, s.arguments = g.newResponseName(on, f)
	g.level++
	s.set = g.newLinks(s.of, depth-1, visit)
	g.level--
	return append(set, s)
}
