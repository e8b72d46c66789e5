package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// cacheFile is the file of the cache policies, in the folder of the front end. web/client/cache.ts makes
// policies of Apollo Client from it.
const cacheFile = "web/client/cache.gen.ts"

// cachePolicies returns the facts of a schema for the cache of a front end, as a module of TypeScript.
func cachePolicies(s *Schema) []byte {
	var b strings.Builder
	b.WriteString(header + "\n\n")
	b.WriteString("/** The types of each interface and union. */\nexport const possibleTypes: Record<string, string[]> = {\n")
	for _, abstract := range abstractTypes(s) {
		fmt.Fprintf(&b, "  %s: %s,\n", abstract.name, quoteList(abstract.types))
	}
	b.WriteString(`};

/**
 * The way to cache a field: pages that make one list; a list that another one replaces; a reference that is null once its
 * object is deleted; an object that is found by its id.
 */
export type Policy = 'connection' | 'list' | 'clearable' | { byId: string };

/** The fields that need a policy, by type. */
export const policies: Record<string, Record<string, Policy>> = {
`)
	writePolicies(&b, s)
	b.WriteString("};\n\n/** The references to the objects with which an object is deleted, by type. */\n" +
		"export const owners: Record<string, string[]> = {\n")
	for _, t := range s.Types {
		if names := fieldNames(t, isCascade); len(names) > 0 {
			fmt.Fprintf(&b, "  %s: %s,\n", t.Name, quoteList(names))
		}
	}
	b.WriteString("};\n")
	return []byte(b.String())
}

// abstractType is an interface or union, with its object types.
type abstractType struct {
	name  string
	types []string
}

// abstractTypes returns the interfaces and unions of a schema.
func abstractTypes(s *Schema) []abstractType {
	all := []abstractType{{"Node", append([]string{"Tenant"}, typeNames(s)...)}}
	for _, d := range s.Plain {
		switch d.Kind {
		case ast.Interface:
			all = append(all, abstractType{name: d.Name})
		case ast.Union:
			all = append(all, abstractType{d.Name, d.Types})
		default:
		}
	}
	for _, t := range s.Types {
		for i := range all {
			if slices.Contains(t.Interfaces, all[i].name) {
				all[i].types = append(all[i].types, t.Name)
			}
		}
	}
	for _, d := range s.Plain {
		for i := range all {
			if d.Kind == ast.Object && slices.Contains(d.Interfaces, all[i].name) {
				all[i].types = appendNew(all[i].types, d.Name)
			}
		}
	}
	return all
}

// writePolicies writes the fields that need a policy.
func writePolicies(b *strings.Builder, s *Schema) {
	b.WriteString("  Query: {\n")
	for _, t := range s.Types {
		fmt.Fprintf(b, "    %s: { byId: '%s' },\n    %s: 'connection',\n", fieldCase(t.Name), t.Name, fieldCase(t.Plural))
	}
	b.WriteString("  },\n")
	for _, t := range s.Types {
		var entries []string
		for _, f := range t.Fields {
			entries = append(entries, fieldPolicies(f)...)
		}
		if len(entries) > 0 {
			fmt.Fprintf(b, "  %s: { %s },\n", t.Name, strings.Join(entries, ", "))
		}
	}
	for _, t := range s.Types {
		groups, _ := (&expander{schema: s}).listAggregates(t)
		var entries []string
		for _, f := range groups {
			if f.Relation != nil {
				entries = append(entries, f.Name+": 'clearable'")
			}
		}
		if len(entries) > 0 {
			fmt.Fprintf(b, "  %sCount: { %s },\n", t.Name, strings.Join(entries, ", "))
		}
	}
}

// fieldPolicies returns the entries of a relation, and of its counts.
func fieldPolicies(f *Field) []string {
	switch {
	case f.Relation == nil || f.Private:
		return nil
	case f.List && len(f.Aggregate) > 0:
		return []string{f.Name + ": 'connection'", newCountsField(f).Name + ": 'list'"}
	case f.List:
		return []string{f.Name + ": 'connection'"}
	case !f.Required && !isCascade(f):
		return []string{f.Name + ": 'clearable'"}
	}
	return nil
}

// isCascade reports whether a field refers to a row with which its own row is deleted.
func isCascade(f *Field) bool {
	return f.Relation != nil && !f.Private && f.Relation.Kind == BelongsTo && f.Relation.OnDelete == "CASCADE"
}

// fieldNames returns the names of the fields of a type that meet a condition.
func fieldNames(t *Type, condition func(*Field) bool) (names []string) {
	for _, f := range t.Fields {
		if condition(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

// quoteList returns a list of strings in TypeScript.
func quoteList(names []string) string { return "['" + strings.Join(names, "', '") + "']" }
