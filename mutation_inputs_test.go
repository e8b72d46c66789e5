package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// sampleInputs are values for fields of inputs, by the name of the input, which the generated values replace. Add
// some where a rule in Go refuses the generated ones.
var sampleInputs = map[string]map[string]any{}

// mutation is a generated mutation.
type mutation struct {
	*ast.FieldDefinition
	input *ast.Definition
	// verb is create, update, upsert, delete or restore; createMany, updateMany or deleteMany; or add or remove, for
	// links.
	verb string
	of   relay.AnyType
}

// isCreation reports whether the mutation can create rows.
func (m mutation) isCreation() bool {
	return m.verb == "create" || m.verb == "createMany" || m.verb == "upsert"
}

// mutationInputs makes inputs of the generated mutations.
type mutationInputs struct {
	t      *testing.T
	rows   *twins
	schema *ast.Schema
	n      int // increases with each object, so that unique values differ
	key    int // the index of the unique key of upserts
}

func newMutationInputs(t *testing.T, rows *twins) *mutationInputs {
	return &mutationInputs{t: t, rows: rows, schema: graph.NewExecutableSchema(graph.Config{}).Schema(), n: 100}
}

// listMutations returns the generated mutations, those that delete rows last.
func (in *mutationInputs) listMutations() (all []mutation) {
	in.t.Helper()
	generated := findGeneratedResolvers(in.t)
	for _, f := range in.schema.Mutation.Fields {
		if !generated["Mutation."+f.Name] {
			continue
		}
		m := mutation{FieldDefinition: f, input: in.schema.Types[f.Arguments.ForName("input").Type.Name()]}
		if m.verb, m.of = in.describe(m); m.of == nil {
			in.t.Fatalf("the generated mutation %s has an unknown form: add it to mutationInputs.describe", f.Name)
		}
		all = append(all, m)
	}
	isDeletion := func(m mutation) int { return strings.Count(m.verb, "delete") }
	slices.SortStableFunc(all, func(a, b mutation) int { return isDeletion(a) - isDeletion(b) })
	return all
}

// describe returns the verb and the type of a generated mutation.
func (in *mutationInputs) describe(m mutation) (string, relay.AnyType) {
	for _, verb := range []string{"create", "update", "upsert", "delete", "restore"} {
		rest, ok := strings.CutPrefix(m.Name, verb)
		if !ok {
			continue
		}
		if of := model.Types.ByName(rest); of != nil {
			return verb, of
		}
		if where := m.input.Fields.ForName("where"); where != nil {
			return verb + "Many", model.Types.ByName(strings.TrimSuffix(where.Type.Name(), "Filter"))
		}
		element := strings.TrimSuffix(strings.TrimPrefix(m.input.Fields[0].Type.Name(), "Create"), "Input")
		return verb + "Many", model.Types.ByName(element)
	}
	verb := "add"
	if strings.HasPrefix(m.Name, "remove") {
		verb = "remove"
	}
	return verb, model.Types.ByName(in.schema.Types[m.Type.Name()].Fields[0].Type.Name())
}

// countKeys returns the number of unique keys of an upsert, and 1 for other mutations.
func (in *mutationInputs) countKeys(m mutation) int {
	if m.verb != "upsert" {
		return 1
	}
	return len(in.schema.Types[m.input.Fields.ForName("by").Type.Name()].EnumValues)
}

// newInput returns an input of a mutation for a row: its id, or its references for a new one. The values of the
// other fields are new.
func (in *mutationInputs) newInput(m mutation, row any) map[string]any {
	in.t.Helper()
	if m.verb == "add" || m.verb == "remove" {
		return in.newLinkInput(m, row)
	}
	return in.newObject(m.of, m.input, row)
}

// newLinkInput returns the ids of a row and of a linked one, or of one that is not linked.
func (in *mutationInputs) newLinkInput(m mutation, row any) map[string]any {
	in.t.Helper()
	owner, name := m.input.Fields[0].Name, m.input.Fields[1].Name
	singular := strings.TrimSuffix(name, "Id")
	isNamed := func(r relay.Relation) bool { // label and labels, category and categories
		return r.Link != nil && (strings.HasPrefix(r.Name, singular[:len(singular)-1]) || lowerFirst(r.Target) == singular)
	}
	i := slices.IndexFunc(m.of.Relations(), isNamed)
	if i < 0 {
		in.t.Fatalf("%s has no relation for the field %s of %s: add it to mutationInputs.newLinkInput", m.of.Name(), name, m.Name)
	}
	r := m.of.Relations()[i]
	operator := "NOT IN"
	if m.verb == "remove" {
		operator = "IN"
	}
	linked := fmt.Sprintf("id %s (SELECT %s FROM %s WHERE tenant_id = 1 AND %s = ?)", operator, r.TargetColumn, findLinkTable(r), r.Column)
	targets := in.rows.findRows(in.t, model.Types.ByName(r.Target), linked, idOf(row))
	if len(targets) == 0 {
		return nil
	}
	return map[string]any{owner: globalID(row), name: globalID(targets[0])}
}

// globalID returns the global id of a row.
func globalID(row any) string { return string(row.(interface{ GlobalID() relay.GlobalID }).GlobalID()) }

// idOf returns the id of a row.
func idOf(row any) relay.ID {
	return reflect.ValueOf(row).Elem().FieldByName("ID").Interface().(relay.ID)
}

func (in *mutationInputs) newObject(of relay.AnyType, input *ast.Definition, row any) map[string]any {
	in.t.Helper()
	in.n++
	object := map[string]any{}
	for _, f := range input.Fields {
		if value := in.newValue(of, f, row); value != nil {
			object[f.Name] = value
		}
	}
	maps.Copy(object, sampleInputs[input.Name])
	return object
}

// newValue returns the value of a field of an input, or nil for none.
func (in *mutationInputs) newValue(of relay.AnyType, f *ast.FieldDefinition, row any) any {
	in.t.Helper()
	id := globalID(row)
	switch i := slices.IndexFunc(of.Fields(), func(r relay.Field) bool { return r.Name == f.Name }); {
	case f.Name == "id":
		return id
	case f.Name == "where" && i < 0:
		return map[string]any{"id": map[string]any{"in": []any{id}}}
	case f.Name == "by" && i < 0:
		return in.schema.Types[f.Type.Name()].EnumValues[in.key].Name
	case f.Name == "expectedVersion":
		return nil
	case i >= 0 && of.Fields()[i].Scalar == relay.ScalarID:
		return in.readReference(of, of.Fields()[i], row)
	case i >= 0:
		return dbtest.InputValue(in.t, of, of.Fields()[i], in.n)
	}
	input := in.schema.Types[f.Type.Name()]
	if input.Kind != ast.InputObject {
		in.t.Fatalf("the field %s of an input of %s has an unknown form: add it to mutationInputs.newValue", f.Name, of.Name())
	}
	if f.Type.Elem != nil {
		return []any{in.newElement(of, f, input, row), in.newElement(of, f, input, row)}
	}
	return in.newElement(of, f, input, row)
}

// newElement returns an input of createItems, or of a row that is created with its parent.
func (in *mutationInputs) newElement(of relay.AnyType, f *ast.FieldDefinition, input *ast.Definition, row any) map[string]any {
	in.t.Helper()
	i := slices.IndexFunc(of.Relations(), func(r relay.Relation) bool { return r.Name == f.Name })
	if i < 0 { // createItems
		return in.newObject(of, input, row)
	}
	target := model.Types.ByName(of.Relations()[i].Target)
	object := in.newObject(target, input, in.rows.findRows(in.t, target, "TRUE")[0])
	for _, r := range target.Relations() {
		if len(r.Within) > 0 { // no row exists within the new parent
			delete(object, r.Name+"Id")
		}
	}
	return object
}

// readReference returns the global id of a row's reference, or nil for NULL. If the reference must be unique, it is
// that of another row.
func (in *mutationInputs) readReference(of relay.AnyType, f relay.Field, row any) any {
	in.t.Helper()
	column := of.Schema().FieldsByDBName[f.Column]
	value := column.ReflectValueOf(in.t.Context(), reflect.ValueOf(row).Elem())
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return nil
		}
		value = value.Elem()
	}
	target := findReferredType(of, column)
	if others, ok := dbtest.UniqueReferences(of, f); ok {
		taken := "SELECT " + f.Column + " FROM " + of.Schema().Table + " WHERE tenant_id = 1"
		var args []any
		for _, other := range others {
			id, _ := of.Schema().FieldsByDBName[other].ValueOf(in.t.Context(), reflect.ValueOf(row).Elem())
			taken, args = taken+" AND "+other+" = ?", append(args, id)
		}
		free := in.rows.findRows(in.t, model.Types.ByName(target), "id NOT IN ("+taken+")", args...)
		if len(free) == 0 {
			return nil
		}
		return globalID(free[in.n%len(free)])
	}
	return string(relay.NewGlobalID(target, value.Interface().(relay.ID)))
}

// request is the body of a request for a mutation.
func (in *mutationInputs) request(m mutation, input map[string]any) string {
	in.t.Helper()
	document := fmt.Sprintf("mutation($input: %s!) { result: %s(input: $input) { %s } }",
		m.input.Name, m.Name, selectFields(in.schema, m.Type.Name(), 2))
	body, err := json.Marshal(map[string]any{"query": document, "variables": map[string]any{"input": input}})
	if err != nil {
		in.t.Fatal(err)
	}
	return string(body)
}

// selectFields returns all fields of a type without required arguments, apart from enums, to a depth of objects.
func selectFields(schema *ast.Schema, name string, depth int) string {
	fields := []string{"__typename"}
	for _, f := range schema.Types[name].Fields {
		of := schema.Types[f.Type.Name()]
		arguments, ok := selectArguments(schema, f)
		switch {
		case !ok, strings.HasPrefix(f.Name, "__"):
		case of.Kind == ast.Scalar, of.Kind == ast.Enum:
			fields = append(fields, f.Name+arguments)
		case strings.HasSuffix(of.Name, "Connection") && depth > 0:
			node := of.Fields.ForName("nodes").Type.Name()
			fields = append(fields, fmt.Sprintf("%s%s { totalCount nodes { %s } }", f.Name, arguments, selectFields(schema, node, depth-1)))
		case depth > 0:
			fields = append(fields, fmt.Sprintf("%s%s { %s }", f.Name, arguments, selectFields(schema, of.Name, depth-1)))
		}
	}
	return strings.Join(fields, " ")
}

// selectArguments returns values for the arguments of a field: a page of three rows, and the first value of each
// required enum. It returns false if another argument is required.
func selectArguments(schema *ast.Schema, f *ast.FieldDefinition) (arguments string, ok bool) {
	var values []string
	for _, a := range f.Arguments {
		switch {
		case a.Name == "first":
			values = append(values, "first: 3")
		case !a.Type.NonNull || a.DefaultValue != nil:
		case schema.Types[a.Type.Name()].Kind == ast.Enum:
			values = append(values, a.Name+": "+schema.Types[a.Type.Name()].EnumValues[0].Name)
		default:
			return "", false
		}
	}
	if values == nil {
		return "", true
	}
	return "(" + strings.Join(values, ", ") + ")", true
}
