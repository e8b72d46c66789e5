package exec_test

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var index = regexp.MustCompile(`\n  .*"path":\[[^]]*",\d`)

func contains(text string) func(*execution) bool {
	return func(e *execution) bool { return strings.Contains(e.without, text) || strings.Contains(e.text, text) }
}

func matches(pattern string) func(*execution) bool {
	compiled := regexp.MustCompile(pattern)
	return func(e *execution) bool { return compiled.MatchString(e.without) }
}

// anyField reports whether holds is true for a field.
func anyField(holds func(*execution, *occurrence) bool) func(*execution) bool {
	return func(e *execution) bool {
		for i := range e.all {
			if o := &e.all[i]; o.definition != nil && holds(e, o) {
				return true
			}
		}
		return false
	}
}

// pairs reports whether holds is true for two occurrences at one path, in their order.
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

// siblings reports whether holds is true for two occurrences in one object, in some order.
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

// namesakes reports whether holds is true for two occurrences with one response name, in some order.
func namesakes(holds func(a, b *occurrence) bool) func(*execution) bool {
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

// typename reports whether holds is true for a __typename.
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

// fragments reports whether holds is true for the directives of a fragment.
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

// conditions reports whether holds is true for a variable of @skip or @include.
func conditions(holds func(v *ast.VariableDefinition, value any, given bool) bool) func(*execution) bool {
	return definitions(func(e *execution, v *ast.VariableDefinition) bool {
		value, given := e.variables[v.Variable]
		return v.Type.NamedType == "Boolean" && strings.Contains(e.text, "(if: $"+v.Variable+")") && holds(v, value, given)
	})
}

// values reports whether holds is true for a value in an argument. in is the list or object around it.
func values(holds func(e *execution, v, in *ast.Value) bool) func(*execution) bool {
	var has func(e *execution, v, in *ast.Value) bool
	has = func(e *execution, v, in *ast.Value) bool {
		return holds(e, v, in) || slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return has(e, c.Value, v) })
	}
	return anyField(func(e *execution, o *occurrence) bool {
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

// nodes reports whether holds is true for the ids of a Query.nodes.
func nodes(holds func(ids []string) bool) func(*execution) bool {
	return anyField(func(_ *execution, o *occurrence) bool {
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

// alone reports whether a connection selects only the field with a name.
func alone(name string) func(*execution) bool {
	return anyField(func(e *execution, o *occurrence) bool {
		if !strings.HasSuffix(o.definition.Type.Name(), "Connection") || len(o.SelectionSet) == 0 || o.excluded {
			return false
		}
		inside := e.byObject[o.path]
		return len(inside) > 0 && !slices.ContainsFunc(inside, func(i *occurrence) bool { return i.Name != name && !i.excluded })
	})
}

// argument reports whether a connection with an argument selects a field of its page's position.
func argument(name, info string) func(*execution) bool {
	return anyField(func(e *execution, o *occurrence) bool {
		return o.Name == info && slices.ContainsFunc(e.all, func(c occurrence) bool {
			return c.Arguments.ForName(name) != nil && strings.HasPrefix(o.path, c.path+".")
		})
	})
}

// cursorOf reports whether a connection has a cursor, and an order that matches.
func cursorOf(order *regexp.Regexp) func(*execution) bool {
	return anyField(func(_ *execution, o *occurrence) bool {
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
