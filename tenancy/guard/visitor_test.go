package guard_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"vitess.io/vitess/go/vt/sqlparser"
)

// nodeType is the interface of all nodes of a syntax tree.
var nodeType = reflect.TypeFor[sqlparser.SQLNode]()

// TestVisitorReachesAllPartsOfAcceptedNodes looks for parts of the nodes that acceptNode accepts which
// the parser's visitor does not reach: the guard would not see a subquery there.
func TestVisitorReachesAllPartsOfAcceptedNodes(t *testing.T) {
	found := map[string]reflect.Type{}
	proved := readCorpus(t, "rules.sql")
	for _, c := range readFunctionCalls(t) {
		proved = append(proved, corpusStatement{sql: c.sql, refused: c.refused})
	}
	for _, c := range proved {
		if c.refused != "" {
			continue
		}
		if statement, err := sqlparser.NewTestParser().Parse(c.sql); err == nil { // others are rewritten first
			collectTypes(reflect.ValueOf(statement), found)
		}
	}
	for _, name := range acceptedNodes(t) {
		kind, ok := found[name]
		if !ok {
			t.Errorf("no statement in testdata has a %s", name)
			continue
		}
		if kind.Kind() == reflect.Slice && canHoldNode(kind.Elem()) {
			part, mark := newMarked(t, kind.Elem())
			if !isVisited(t, reflect.Append(reflect.Zero(kind), part), mark) {
				t.Errorf("the visitor does not reach the elements of a %s", name)
			}
		}
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		for i := 0; kind.Kind() == reflect.Struct && i < kind.NumField(); i++ {
			field := kind.Field(i)
			if !field.IsExported() || !canHoldNode(field.Type) {
				continue
			}
			whole := reflect.New(kind)
			part, mark := newMarked(t, field.Type)
			whole.Elem().Field(i).Set(part)
			if found[name].Kind() == reflect.Struct {
				whole = whole.Elem()
			}
			if !isVisited(t, whole, mark) {
				t.Errorf("the visitor does not reach %s of a %s", field.Name, name)
			}
		}
	}
}

// TestNodesHaveTheKnownParts lists the parts of the nodes that the guard visits itself. If a new
// version of the parser adds a part, the guard has to prove it.
func TestNodesHaveTheKnownParts(t *testing.T) {
	for _, test := range []struct {
		node  any
		parts string
	}{
		{node: sqlparser.Select{}, parts: "With From Comments SelectExprs Where GroupBy Having Windows OrderBy Limit Into"},
		{node: sqlparser.Union{}, parts: "With Left Right OrderBy Limit Into"},
		{sqlparser.ValuesStatement{}, "With Rows ListArg Comments Order Limit"},       // lex refuses list arguments (ListArg)
		{sqlparser.Insert{}, "Comments Table Partitions Columns Rows RowAlias OnDup"}, // RowAlias has names only
		{sqlparser.Update{}, "With Comments TableExprs Exprs Where OrderBy Limit"},
		{sqlparser.UpdateExpr{}, "Name Expr"},
		{sqlparser.Delete{}, "With Comments TableExprs Targets Partitions Where OrderBy Limit"},
		{sqlparser.With{}, "CTEs"},
		{sqlparser.CommonTableExpr{}, "ID Columns Subquery"},                         // Columns are names only
		{sqlparser.AliasedTableExpr{}, "Expr Partitions As Hints Columns"},           // Columns are names only
		{sqlparser.JSONTableExpr{}, "Expr Alias Filter Columns"},                     // visited
		{sqlparser.JtColumnDefinition{}, "JtOrdinal JtPath JtNestedPath"},            // JtOrdinal has a name only
		{sqlparser.JtPathColDef{}, "Name Type Path EmptyOnResponse ErrorOnResponse"}, // Type has literals only
		{sqlparser.JtNestedPathColDef{}, "Path Columns"},
		{sqlparser.ParenTableExpr{}, "Exprs"},
		{sqlparser.JoinTableExpr{}, "LeftExpr RightExpr Condition"},
		{sqlparser.JoinCondition{}, "On Using"},
		{sqlparser.DerivedTable{}, "Select"},
		{sqlparser.Subquery{}, "Select"},
		{sqlparser.AliasedExpr{}, "Expr As"}, // As is a label
	} {
		var parts []string
		for i, kind := 0, reflect.TypeOf(test.node); i < kind.NumField(); i++ {
			if canHoldNode(kind.Field(i).Type) {
				parts = append(parts, kind.Field(i).Name)
			}
		}
		if strings.Join(parts, " ") != test.parts {
			t.Errorf("%T has %s, want %s", test.node, parts, test.parts)
		}
	}
}

// acceptedNodes returns the types of nodes that acceptNode accepts with any content.
func acceptedNodes(t *testing.T) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "expr.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file.Scope.Lookup("acceptNode").Decl.(*ast.FuncDecl), func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			last, ok := c.Body[len(c.Body)-1].(*ast.ReturnStmt)
			if ok && types.ExprString(last.Results[0]) == "nil" {
				for _, e := range c.List {
					names = append(names, types.ExprString(e))
				}
			}
		}
		return true
	})
	if len(names) < 90 {
		t.Fatalf("acceptNode accepts only %v", names)
	}
	return names
}

// collectTypes adds the types of all nodes in v, whether or not the visitor reaches them.
func collectTypes(v reflect.Value, found map[string]reflect.Type) {
	if v.IsValid() && v.Type().Implements(nodeType) && v.Kind() != reflect.Interface {
		found[v.Type().String()] = v.Type()
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		collectTypes(v.Elem(), found)
	case reflect.Slice:
		for i := range v.Len() {
			collectTypes(v.Index(i), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				collectTypes(v.Field(i), found)
			}
		}
	}
}

// canHoldNode reports whether a part of this type can hold a node.
func canHoldNode(part reflect.Type) bool {
	if part.Implements(nodeType) {
		return true
	}
	switch part.Kind() {
	case reflect.Pointer, reflect.Slice:
		return canHoldNode(part.Elem())
	case reflect.Struct:
		for i := range part.NumField() {
			if canHoldNode(part.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// newMarked returns a value of a part's type, and the node in it that the visitor should reach.
func newMarked(t *testing.T, part reflect.Type) (value reflect.Value, mark sqlparser.SQLNode) {
	t.Helper()
	for _, mark := range []sqlparser.SQLNode{
		&sqlparser.Argument{Name: "mark"}, &sqlparser.AliasedExpr{As: sqlparser.NewIdentifierCI("mark")},
		sqlparser.NewIdentifierCI("mark"), sqlparser.NewIdentifierCS("mark"), sqlparser.NewTableName("mark"),
	} {
		if reflect.TypeOf(mark).AssignableTo(part) {
			return reflect.ValueOf(mark), mark
		}
	}
	switch part.Kind() {
	case reflect.Slice:
		value, mark = newMarked(t, part.Elem())
		return reflect.Append(reflect.Zero(part), value), mark
	case reflect.Pointer:
		value = reflect.New(part.Elem())
		if mark, ok := value.Interface().(sqlparser.SQLNode); ok {
			return value, mark
		}
	}
	t.Fatalf("can't make a %s with a node", part)
	return value, mark
}

// isVisited reports whether the visitor reaches the node mark in whole.
func isVisited(t *testing.T, whole reflect.Value, mark sqlparser.SQLNode) (seen bool) {
	t.Helper()
	err := sqlparser.VisitSQLNode(whole.Interface().(sqlparser.SQLNode), func(node sqlparser.SQLNode) (bool, error) {
		seen = seen || reflect.DeepEqual(node, mark)
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}
