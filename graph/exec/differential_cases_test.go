package exec_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// cases are the cases in which executors of GraphQL have had faults. Each has a function that reports whether an execution
// with equal responses has the case.
var cases = []struct {
	name   string
	occurs func(*execution) bool
}{
	{"1 the same field twice, one excluded", pairs(func(a, b *occurrence) bool { return a.excluded && !b.excluded && a.SelectionSet == nil })},
	{"2 an object field under two conditions with other selections", pairs(func(a, b *occurrence) bool {
		return a.directives != b.directives && a.SelectionSet != nil && len(a.SelectionSet) != len(b.SelectionSet)
	})},
	{"3 fields at the root with other conditions", siblings(func(a, b *occurrence) bool {
		return a.at() == "" && a.excluded && !b.excluded
	})},
	{"4 an object field excluded once, and included again", pairs(func(a, b *occurrence) bool {
		return a.excluded != b.excluded && a.SelectionSet != nil
	})},
	{"5 a fragment under @skip and @include", fragments(func(d ast.DirectiveList) bool {
		return d.ForName("skip") != nil && d.ForName("include") != nil
	})},
	{"6 an excluded non-null field is absent", any1(func(e *execution, o *occurrence) bool {
		return o.excluded && o.definition.Type.NonNull && !strings.Contains(e.without, `"`+o.Alias+`":`)
	})},
	{"7 a nullable variable with a default in a condition", conditions(func(v *ast.VariableDefinition, _ any, _ bool) bool {
		return !v.Type.NonNull && v.DefaultValue != nil
	})},
	{"7 null for a variable of a condition", conditions(func(_ *ast.VariableDefinition, value any, given bool) bool {
		return given && value == nil
	})},
	{"8 a document again with another condition", func(e *execution) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(e.previous)), func(name string) bool {
			was, ok := e.previous[name].(bool)
			is, given := e.variables[name].(bool)
			return ok && given && was != is
		})
	}},
	{"8 a document with several variables at the same time", func(e *execution) bool { return e.isTogether }},
	{"9 a default after a value", definitions(func(e *execution, v *ast.VariableDefinition) bool {
		_, given := e.variables[v.Variable]
		_, was := e.previous[v.Variable]
		return v.DefaultValue != nil && was && !given
	})},
	{"10 null in an argument", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in == nil && (v.Kind == ast.NullValue || e.isNull(v))
	})},
	{"10 null in a nested input", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && (v.Kind == ast.NullValue || e.isNull(v))
	})},
	{"10 an unset variable as an argument", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in == nil && e.isUnset(v)
	})},
	{"11 inputs in a list without a field that has a default", values(func(_ *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && in.Kind == ast.ListValue && v.Children.ForName("title") != nil && v.Children.ForName("genre") == nil
	})},
	{"12 an unset variable as the field of an object", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && in.Kind == ast.ObjectValue && e.isUnset(v)
	})},
	{"12 an unset variable as an element of a list", values(func(e *execution, v *ast.Value, in *ast.Value) bool {
		return in != nil && in.Kind == ast.ListValue && e.isUnset(v)
	})},
	{"13 an Int beyond 32 bits", contains("2147483648")},
	{"13 a value for a list", any1(func(_ *execution, o *occurrence) bool {
		return slices.ContainsFunc(o.Arguments, func(a *ast.Argument) bool {
			d := o.definition.Arguments.ForName(a.Name)
			return d != nil && d.Type.Elem != nil && a.Value.Kind == ast.StringValue
		})
	})},
	{"14 a relation by two names with other arguments", siblings(func(a, b *occurrence) bool {
		return a.Name == b.Name && a.at() != "" && fmt.Sprint(a.Arguments) != fmt.Sprint(b.Arguments) && len(a.SelectionSet) > 0
	})},
	{"15 a name of another field, with another meaning at another depth", siblings2(func(a, b *occurrence) bool {
		return a.Alias == b.Alias && a.Name != b.Name && a.Alias != a.Name && strings.Count(a.path, ".") != strings.Count(b.path, ".")
	})},
	{"16 fields of several nested fragments are merged", pairs(func(a, b *occurrence) bool {
		return len(a.fragments) > 1 && len(b.fragments) > 0 && a.SelectionSet != nil
	})},
	{"17 fragments on an interface or union, and on a type", siblings(func(a, b *occurrence) bool {
		return slices.Contains(a.fragments, "Node") && slices.Contains(b.fragments, "Book")
	})},
	{"18 __typename by another name", typename(func(o *occurrence) bool { return o.Alias != o.Name })},
	{"18 __typename at the root", typename(func(o *occurrence) bool { return o.at() == "" })},
	{"18 __typename of a payload", typename(func(o *occurrence) bool { return strings.HasSuffix(o.parent, "Payload") })},
	{"18 __typename of an event", typename(func(o *occurrence) bool { return strings.HasSuffix(o.parent, "Event") })},
	{"19 a field in a fragment, and later outside", pairs(func(a, b *occurrence) bool { return len(a.fragments) > 0 && len(b.fragments) == 0 })},
	{"20 an error in a fragment nulls the parent", any1(func(e *execution, o *occurrence) bool {
		return len(o.fragments) > 0 && o.definition.Type.NonNull && slices.Contains(e.errorPaths(), o.path)
	})},
	{"21 an error in an element removes all data", func(e *execution) bool {
		return strings.HasPrefix(e.without, "null") && index.MatchString(e.without)
	}},
	{"22 two errors below one null", func(e *execution) bool {
		return strings.HasPrefix(e.without, "null") && len(e.errorPaths()) > 1
	}},
	{"23 nodes with duplicates", nodes(func(ids []string) bool { return len(ids) > len(unique(ids)) })},
	{"23 nodes with missing or foreign ids", func(e *execution) bool {
		return nodes(func([]string) bool { return true })(e) && strings.Contains(e.without, "[null") || strings.Contains(e.without, ",null")
	}},
	{"24 errors in edges and in nodes", func(e *execution) bool {
		return strings.Contains(e.without, `,"broken4",0,"broken2",`) && strings.Contains(e.without, `,"broken3",0,`)
	}},
	{"25 a relation fails for all parents", func(e *execution) bool {
		return e.document.trouble.missing != "" && e.hasErrors() && strings.Contains(e.without, "doesn't exist")
	}},
	{"26 rows are deleted between statements", func(e *execution) bool { return e.wasBlocked }},
	{"27 an empty list", contains(`":[]`)},
	{"27 an empty page without cursors", matches(`"(start|end)Cursor":null`)},
	{"27 an object without fields", contains(`{}`)},
	{"28 a connection with totalCount only", alone("totalCount")},
	{"28 a connection with __typename only", alone("__typename")},
	{"28 a connection twice, with other parts", pairs(func(a, b *occurrence) bool {
		return strings.HasSuffix(a.definition.Type.Name(), "Connection") && len(a.SelectionSet) != len(b.SelectionSet)
	})},
	{"29 the position of a page backwards", argument("last", "hasPreviousPage")},
	{"29 the position of a page forwards", argument("first", "hasNextPage")},
	{"29 a cursor in an order with NULL", cursorOf(regexp.MustCompile(`CONDITION|PUBLISHED`))},
	{"29 a cursor of another order", func(e *execution) bool { return strings.Contains(e.without, "cursor") && e.hasErrors() }},
	{"30 empty strings and null", func(e *execution) bool {
		return strings.Contains(e.without, `":""`) && strings.Contains(e.without, `":null`)
	}},
	{"30 control characters", contains(`\u001F`)},
	{"30 invalid UTF-8", contains("\xff")},
	{"30 characters of HTML", contains("<a href='x'>&amp;")},
	{"30 U+2028", contains("\u2028")},
	{"31 an unknown value of an enum", contains("which is not in the enum")},
	{"31 the edges of Int", matches(`:-?214748364[78]\b`)},
	{"31 floats with an exponent", matches(`:-?\d(\.\d+)?e[+-]\d+`)},
	{"32 a DateTime with zeros in its fraction", matches(`:05\.12Z`)},
	{"32 the year 1000", contains(`"1000-`)},
	{"33 the limit of the response half way", contains("the response is longer")},
	{"33 the limit of fields half way", matches("the (operation asks for|response has) more than")},
	{"33 the time is over between statements", func(e *execution) bool {
		return e.document.trouble.held != "" && e.hasErrors()
	}},
	{"33 the client goes away", func(e *execution) bool { return e.document.trouble.canceled }},
	{"34 mutations, and one fails", func(e *execution) bool {
		return e.document.operation == "mutation" && len(e.document.set) > 1 && e.hasErrors() && strings.HasPrefix(e.without, "{")
	}},
	{"34 the same mutation twice", func(e *execution) bool {
		return slices.ContainsFunc(e.document.set, func(s *selection) bool { return s.key == "again" })
	}},
	{"34 an event", func(e *execution) bool { return e.document.operation == "subscription" }},
	{"34 an event whose row is gone", func(e *execution) bool {
		return e.document.operation == "subscription" && strings.Contains(e.without, `:null`)
	}},
	{"35 a panic in a load", func(e *execution) bool {
		return e.document.trouble.panics != "" && strings.Contains(e.without, "panic: ")
	}},
	{"35 a panic in a scalar of the application", func(e *execution) bool { return strings.Contains(e.without, "panic: secret: ") }},
	{"35 a panic in a field written by hand", func(e *execution) bool {
		return strings.Contains(e.without, `,"panic"]`)
	}},
	{"36 overlapping @defer", pairs(func(a, b *occurrence) bool { return a.deferred > 0 && b.deferred > 0 })},
	{"36 @defer and the same field outside", pairs(func(a, b *occurrence) bool { return a.deferred != b.deferred && a.deferred*b.deferred == 0 })},
	{"36 nested @defer", any1(func(_ *execution, o *occurrence) bool { return o.deferred > 1 })},
	{"36 @defer in lists", func(e *execution) bool { return regexp.MustCompile(`\n\+ .*\["[^]]*",\d`).MatchString(e.without) }},
	{"36 @defer with errors", func(e *execution) bool { return regexp.MustCompile(`(?s)\n\+ .*\n  `).MatchString(e.without) }},
	{"36 @defer that is off", fragments(func(d ast.DirectiveList) bool {
		f := d.ForName("defer")
		return f != nil && f.Arguments.ForName("if") != nil
	})},
	{"37 a selection set without a plan", any1(func(_ *execution, o *occurrence) bool { return o.parent == "Book" && o.Name == "probe" })},
	{"38 several operations with shared fragments", func(e *execution) bool {
		return e.document.second != nil && strings.Contains(e.text, "\nfragment")
	}},
	{"38 introspection and data", func(e *execution) bool { return e.document.isMixed && strings.HasPrefix(e.without, "{") }},
}

var index = regexp.MustCompile(`\n  .*"path":\[[^]]*",\d`)

func contains(text string) func(*execution) bool {
	return func(e *execution) bool { return strings.Contains(e.without, text) || strings.Contains(e.text, text) }
}

func matches(pattern string) func(*execution) bool {
	compiled := regexp.MustCompile(pattern)
	return func(e *execution) bool { return compiled.MatchString(e.without) }
}

// any1 reports whether an occurrence is so.
func any1(holds func(*execution, *occurrence) bool) func(*execution) bool {
	return func(e *execution) bool {
		for i := range e.all {
			if o := &e.all[i]; o.definition != nil && holds(e, o) {
				return true
			}
		}
		return false
	}
}

// pairs reports whether two occurrences at one path are so, in their order.
func pairs(holds func(a, b *occurrence) bool) func(*execution) bool {
	return func(e *execution) bool {
		for _, same := range e.byPath {
			for i, a := range same {
				for _, b := range same[i+1:] {
					if a.definition != nil && holds(a, b) {
						return true
					}
				}
			}
		}
		return false
	}
}

// siblings reports whether two occurrences in one object are so, in some order.
func siblings(holds func(a, b *occurrence) bool) func(*execution) bool {
	return func(e *execution) bool {
		for _, same := range e.byObject {
			if inPairs(same, holds) {
				return true
			}
		}
		return false
	}
}

// siblings2 reports whether two occurrences are so, in some order.
func siblings2(holds func(a, b *occurrence) bool) func(*execution) bool {
	return func(e *execution) bool {
		for _, same := range e.byAlias {
			if inPairs(same, holds) {
				return true
			}
		}
		return false
	}
}

func inPairs(all []*occurrence, holds func(a, b *occurrence) bool) bool {
	for _, a := range all[:min(40, len(all))] {
		for _, b := range all[:min(40, len(all))] {
			if a != b && a.definition != nil && b.definition != nil && holds(a, b) {
				return true
			}
		}
	}
	return false
}

// typename reports whether __typename is selected so.
func typename(holds func(*occurrence) bool) func(*execution) bool {
	return func(e *execution) bool {
		for i := range e.all {
			if e.all[i].Name == "__typename" && holds(&e.all[i]) {
				return true
			}
		}
		return false
	}
}

// fragments reports whether a fragment of the document has such directives.
func fragments(holds func(ast.DirectiveList) bool) func(*execution) bool {
	var has func(set []*selection) bool
	has = func(set []*selection) bool {
		return slices.ContainsFunc(set, func(s *selection) bool {
			var list ast.DirectiveList
			for _, name := range []string{"skip", "include", "defer"} {
				if strings.Contains(s.directives, "@"+name) {
					d := &ast.Directive{Name: name}
					if strings.Contains(s.directives, "if: ") {
						d.Arguments = ast.ArgumentList{{Name: "if"}}
					}
					list = append(list, d)
				}
			}
			return s.field == "" && holds(list) || has(s.set)
		})
	}
	return func(e *execution) bool { return has(e.document.set) }
}

func definitions(holds func(*execution, *ast.VariableDefinition) bool) func(*execution) bool {
	return func(e *execution) bool {
		return e.operation != nil && slices.ContainsFunc(e.operation.VariableDefinitions,
			func(v *ast.VariableDefinition) bool { return holds(e, v) })
	}
}

// conditions reports whether a variable of @skip or @include is so.
func conditions(holds func(v *ast.VariableDefinition, value any, given bool) bool) func(*execution) bool {
	return definitions(func(e *execution, v *ast.VariableDefinition) bool {
		value, given := e.variables[v.Variable]
		return v.Type.NamedType == "Boolean" && strings.Contains(e.text, "(if: $"+v.Variable+")") && holds(v, value, given)
	})
}

// values reports whether a value in an argument is so. in is the list or object around it.
func values(holds func(e *execution, v, in *ast.Value) bool) func(*execution) bool {
	var has func(e *execution, v, in *ast.Value) bool
	has = func(e *execution, v, in *ast.Value) bool {
		return holds(e, v, in) || slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return has(e, c.Value, v) })
	}
	return any1(func(e *execution, o *occurrence) bool {
		return slices.ContainsFunc(o.Arguments, func(a *ast.Argument) bool { return has(e, a.Value, nil) })
	})
}

func (e *execution) isNull(v *ast.Value) bool {
	value, given := e.variables[v.Raw]
	return v.Kind == ast.Variable && given && value == nil
}

func (e *execution) isUnset(v *ast.Value) bool {
	_, given := e.variables[v.Raw]
	return v.Kind == ast.Variable && !given && e.operation.VariableDefinitions.ForName(v.Raw).DefaultValue == nil
}

// nodes reports whether the ids of Query.nodes are so.
func nodes(holds func(ids []string) bool) func(*execution) bool {
	return any1(func(_ *execution, o *occurrence) bool {
		var ids []string
		for _, a := range o.Arguments {
			for _, c := range a.Value.Children {
				ids = append(ids, c.Value.Raw)
			}
		}
		return o.Name == "nodes" && o.at() == "" && holds(ids)
	})
}

func unique(all []string) []string {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}

// alone reports whether a connection has one field.
func alone(name string) func(*execution) bool {
	return any1(func(e *execution, o *occurrence) bool {
		if !strings.HasSuffix(o.definition.Type.Name(), "Connection") || len(o.SelectionSet) == 0 || o.excluded {
			return false
		}
		inside := e.byObject[o.path]
		return len(inside) > 0 && !slices.ContainsFunc(inside, func(i *occurrence) bool { return i.Name != name && !i.excluded })
	})
}

// argument reports whether a connection with an argument selects a field of its page's position.
func argument(name, info string) func(*execution) bool {
	return any1(func(e *execution, o *occurrence) bool {
		return o.Name == info && slices.ContainsFunc(e.all, func(c occurrence) bool {
			return c.Arguments.ForName(name) != nil && strings.HasPrefix(o.path, c.path+".")
		})
	})
}

// cursorOf reports whether a connection has a cursor and such an order.
func cursorOf(order *regexp.Regexp) func(*execution) bool {
	return any1(func(_ *execution, o *occurrence) bool {
		by := o.Arguments.ForName("orderBy")
		return by != nil && order.MatchString(by.Value.Raw) && (o.Arguments.ForName("after") != nil || o.Arguments.ForName("before") != nil)
	})
}

var errorPath = regexp.MustCompile(`\n  .*"path":\[([^]]*)\]`)

// errorPaths returns the response names of the paths of errors, without indices.
func (e *execution) errorPaths() (paths []string) {
	for _, m := range errorPath.FindAllStringSubmatch(e.without, 30) {
		path := ""
		for _, step := range strings.Split(m[1], ",") {
			if strings.HasPrefix(step, `"`) {
				path += "." + strings.Trim(step, `"`)
			}
		}
		paths = append(paths, path)
	}
	return paths
}
