package exec_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// A document shows some cases, and only its responses show the others.
const inDocument, inResponse = true, false

// cases are the cases in which executors of GraphQL have had faults. Each has a function that reports whether an execution
// with equal responses has the case.
var cases = []struct {
	where  bool
	name   string
	occurs func(*execution) bool
}{
	{inDocument, "1 the same field twice, one excluded", pairs(func(a, b *occurrence) bool {
		return a.excluded && !b.excluded && a.SelectionSet == nil
	})},
	{inDocument, "2 an object field under two conditions with other selections", pairs(func(a, b *occurrence) bool {
		return a.directives != b.directives && a.SelectionSet != nil && len(a.SelectionSet) != len(b.SelectionSet)
	})},
	{inDocument, "3 fields at the root with other conditions", siblings(func(a, b *occurrence) bool {
		return a.at() == "" && a.excluded && !b.excluded
	})},
	{inDocument, "4 an object field excluded once, and included again", pairs(func(a, b *occurrence) bool {
		return a.excluded != b.excluded && a.SelectionSet != nil
	})},
	{inDocument, "5 a fragment under @skip and @include", fragments(func(d ast.DirectiveList) bool {
		return d.ForName("skip") != nil && d.ForName("include") != nil
	})},
	{inResponse, "6 an excluded non-null field is absent", anyField(func(e *execution, o *occurrence) bool {
		return o.excluded && o.definition.Type.NonNull && !strings.Contains(e.without, `"`+o.Alias+`":`)
	})},
	{inDocument, "7 a nullable variable with a default in a condition", conditions(func(v *ast.VariableDefinition, _ any, _ bool) bool {
		return !v.Type.NonNull && v.DefaultValue != nil
	})},
	{inDocument, "7 null for a variable of a condition", conditions(func(_ *ast.VariableDefinition, value any, given bool) bool {
		return given && value == nil
	})},
	{inResponse, "8 a document again with another condition", func(e *execution) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(e.previous)), func(name string) bool {
			was, ok := e.previous[name].(bool)
			is, given := e.variables[name].(bool)
			return ok && given && was != is
		})
	}},
	{inResponse, "8 a document with several variables at the same time", func(e *execution) bool { return e.isTogether }},
	{inResponse, "9 a default after a value", definitions(func(e *execution, v *ast.VariableDefinition) bool {
		_, given := e.variables[v.Variable]
		_, was := e.previous[v.Variable]
		return v.DefaultValue != nil && was && !given
	})},
	{inDocument, "10 null in an argument", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in == nil && (v.Kind == ast.NullValue || e.isNull(v))
	})},
	{inDocument, "10 null in a nested input", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && (v.Kind == ast.NullValue || e.isNull(v))
	})},
	{inDocument, "10 an unset variable as an argument", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in == nil && e.isUnset(v)
	})},
	{inDocument, "11 inputs in a list without a field that has a default", values(func(_ *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && in.Kind == ast.ListValue && v.Children.ForName("title") != nil && v.Children.ForName("genre") == nil
	})},
	{inDocument, "12 an unset variable as the field of an object", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && in.Kind == ast.ObjectValue && e.isUnset(v)
	})},
	{inDocument, "12 an unset variable as an element of a list", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && in.Kind == ast.ListValue && e.isUnset(v)
	})},
	{inResponse, "13 an Int beyond 32 bits", contains("2147483648")},
	{inDocument, "13 a value for a list", anyField(func(_ *execution, o *occurrence) bool {
		return slices.ContainsFunc(o.Arguments, func(a *ast.Argument) bool {
			d := o.definition.Arguments.ForName(a.Name)
			return d != nil && d.Type.Elem != nil && a.Value.Kind == ast.StringValue
		})
	})},
	{inDocument, "14 a relation by two names with other arguments", siblings(func(a, b *occurrence) bool {
		return a.Name == b.Name && a.at() != "" && fmt.Sprint(a.Arguments) != fmt.Sprint(b.Arguments) && len(a.SelectionSet) > 0
	})},
	{inDocument, "15 a name of another field, with another meaning at another depth", namesakes(func(a, b *occurrence) bool {
		return a.Alias == b.Alias && a.Name != b.Name && a.Alias != a.Name && strings.Count(a.path, ".") != strings.Count(b.path, ".")
	})},
	{inDocument, "16 fields of several nested fragments are merged", pairs(func(a, b *occurrence) bool {
		return len(a.fragments) > 1 && len(b.fragments) > 0 && a.SelectionSet != nil
	})},
	{inDocument, "17 fragments on an interface or union, and on a type", siblings(func(a, b *occurrence) bool {
		return slices.Contains(a.fragments, "Node") && slices.Contains(b.fragments, "Book")
	})},
	{inDocument, "18 __typename by another name", typename(func(o *occurrence) bool { return o.Alias != o.Name })},
	{inDocument, "18 __typename at the root", typename(func(o *occurrence) bool { return o.at() == "" })},
	{inDocument, "18 __typename of a payload", typename(func(o *occurrence) bool { return strings.HasSuffix(o.parent, "Payload") })},
	{inDocument, "18 __typename of an event", typename(func(o *occurrence) bool { return strings.HasSuffix(o.parent, "Event") })},
	{inDocument, "19 a field in a fragment, and later outside", pairs(func(a, b *occurrence) bool {
		return len(a.fragments) > 0 && len(b.fragments) == 0
	})},
	{inResponse, "20 an error in a fragment nulls the parent", anyField(func(e *execution, o *occurrence) bool {
		return len(o.fragments) > 0 && o.definition.Type.NonNull && slices.Contains(e.errorPaths(), o.path)
	})},
	{inResponse, "21 an error in an element removes all data", func(e *execution) bool {
		return strings.HasPrefix(e.without, "null") && index.MatchString(e.without)
	}},
	{inResponse, "22 two errors below one null", func(e *execution) bool {
		return strings.HasPrefix(e.without, "null") && len(e.errorPaths()) > 1
	}},
	{inDocument, "23 nodes with duplicates", nodes(func(ids []string) bool { return len(ids) > len(unique(ids)) })},
	{inResponse, "23 nodes with missing or foreign ids", func(e *execution) bool {
		return nodes(func([]string) bool { return true })(e) && strings.Contains(e.without, "[null") || strings.Contains(e.without, ",null")
	}},
	{inResponse, "24 errors in edges and in nodes", func(e *execution) bool {
		return strings.Contains(e.without, `,"broken4",0,"broken2",`) && strings.Contains(e.without, `,"broken3",0,`)
	}},
	{inResponse, "25 a relation fails for all parents", func(e *execution) bool {
		return e.document.trouble.missing != "" && e.hasErrors() && strings.Contains(e.without, "doesn't exist")
	}},
	{inResponse, "26 rows are deleted between statements", func(e *execution) bool { return e.wasBlocked }},
	{inResponse, "27 an empty list", contains(`":[]`)},
	{inResponse, "27 an empty page without cursors", matches(`"(start|end)Cursor":null`)},
	{inResponse, "27 an object without fields", contains(`{}`)},
	{inDocument, "28 a connection with totalCount only", alone("totalCount")},
	{inDocument, "28 a connection with __typename only", alone("__typename")},
	{inDocument, "28 a connection twice, with other parts", pairs(func(a, b *occurrence) bool {
		return strings.HasSuffix(a.definition.Type.Name(), "Connection") && len(a.SelectionSet) != len(b.SelectionSet)
	})},
	{inDocument, "29 the position of a page backwards", argument("last", "hasPreviousPage")},
	{inDocument, "29 the position of a page forwards", argument("first", "hasNextPage")},
	{inDocument, "29 a cursor in an order with NULL", cursorOf(regexp.MustCompile(`CONDITION|PUBLISHED`))},
	{inResponse, "29 a cursor of another order", func(e *execution) bool { return strings.Contains(e.without, "cursor") && e.hasErrors() }},
	{inResponse, "30 empty strings and null", func(e *execution) bool {
		return strings.Contains(e.without, `":""`) && strings.Contains(e.without, `":null`)
	}},
	{inResponse, "30 control characters", contains(`\u001F`)},
	{inResponse, "30 invalid UTF-8", contains("\xff")},
	{inResponse, "30 characters of HTML", contains("<a href='x'>&amp;")},
	{inResponse, "30 U+2028", contains("\u2028")},
	{inResponse, "31 an unknown value of an enum", contains("which is not in the enum")},
	{inResponse, "31 the edges of Int", matches(`:-?214748364[78]\b`)},
	{inResponse, "31 floats with an exponent", matches(`:-?\d(\.\d+)?e[+-]\d+`)},
	{inResponse, "32 a DateTime with zeros in its fraction", matches(`:05\.12Z`)},
	{inResponse, "32 the year 1000", contains(`"1000-`)},
	{inResponse, "33 the limit of the response half way", contains("the response is longer")},
	{inResponse, "33 the limit of fields half way", matches("the (operation asks for|response has) more than")},
	{inResponse, "33 the time is over between statements", func(e *execution) bool {
		return e.document.trouble.held != "" && e.hasErrors()
	}},
	{inDocument, "33 the client goes away", func(e *execution) bool { return e.document.trouble.canceled }},
	{inResponse, "34 mutations, and one fails", func(e *execution) bool {
		return e.document.operation == "mutation" && len(e.document.set) > 1 && e.hasErrors() && strings.HasPrefix(e.without, "{")
	}},
	{inDocument, "34 the same mutation twice", func(e *execution) bool {
		return slices.ContainsFunc(e.document.set, func(s *selection) bool { return s.key == "again" })
	}},
	{inDocument, "34 an event", func(e *execution) bool { return e.document.operation == "subscription" }},
	{inResponse, "34 an event whose row is gone", func(e *execution) bool {
		return e.document.operation == "subscription" && strings.Contains(e.without, `:null`)
	}},
	{inResponse, "35 a panic in a load", func(e *execution) bool {
		return e.document.trouble.panics != "" && strings.Contains(e.without, "panic: ")
	}},
	{inResponse, "35 a panic in a scalar of the application", func(e *execution) bool {
		return strings.Contains(e.without, "panic: secret: ")
	}},
	{inResponse, "35 a panic in a field written by hand", func(e *execution) bool {
		return strings.Contains(e.without, `,"panic"]`)
	}},
	{inDocument, "36 overlapping @defer", pairs(func(a, b *occurrence) bool { return a.deferred > 0 && b.deferred > 0 })},
	{inDocument, "36 @defer and the same field outside", pairs(func(a, b *occurrence) bool {
		return a.deferred != b.deferred && a.deferred*b.deferred == 0
	})},
	{inDocument, "36 nested @defer", anyField(func(_ *execution, o *occurrence) bool { return o.deferred > 1 })},
	{inResponse, "36 @defer in lists", func(e *execution) bool { return regexp.MustCompile(`\n\+ .*\["[^]]*",\d`).MatchString(e.without) }},
	{inResponse, "36 @defer with errors", func(e *execution) bool { return regexp.MustCompile(`(?s)\n\+ .*\n  `).MatchString(e.without) }},
	{inDocument, "36 @defer that is off", fragments(func(d ast.DirectiveList) bool {
		f := d.ForName("defer")
		return f != nil && f.Arguments.ForName("if") != nil
	})},
	{inDocument, "37 a selection set without a plan", anyField(func(_ *execution, o *occurrence) bool {
		return o.parent == "Book" && o.Name == "probe"
	})},
	{inDocument, "38 several operations with shared fragments", func(e *execution) bool {
		return e.document.second != nil && strings.Contains(e.text, "\nfragment")
	}},
	{inResponse, "38 introspection and data", func(e *execution) bool { return e.document.isMixed && strings.HasPrefix(e.without, "{") }},
}
