package codegen

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// goPackages returns the packages that generated files of package model can import, by their names.
func goPackages() map[string]string {
	framework := frameworkModule()
	return map[string]string{
		"context": "context", "decimal": "github.com/shopspring/decimal", "driver": "database/sql/driver",
		"time": "time", "gorm": "gorm.io/gorm",
		"relay": framework + "/model/relay", "tenancy": framework + "/tenancy",
	}
}

// formatGo returns a generated file of package model: the header, the imports that the declarations need,
// and the declarations, formatted.
func formatGo(declarations string) ([]byte, error) {
	const clause = "package model\n\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", clause+declarations, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("generated code: %w\n%s", err, declarations)
	}
	known, used := goPackages(), map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := s.X.(*ast.Ident); ok && known[name.Name] != "" {
				used[known[name.Name]] = true
			}
		}
		return true
	})
	return format.Source([]byte(header + "\n\n" + clause + importDeclaration(used) + declarations))
}

// importDeclaration returns the imports of packages, grouped by their origin.
func importDeclaration(used map[string]bool) string {
	groups := make([][]string, 3)
	for _, path := range slices.Sorted(maps.Keys(used)) {
		host, _, _ := strings.Cut(path, "/")
		switch {
		case strings.HasPrefix(path, frameworkModule()+"/"):
			groups[2] = append(groups[2], path)
		case strings.Contains(host, "."):
			groups[1] = append(groups[1], path)
		default:
			groups[0] = append(groups[0], path)
		}
	}
	var b strings.Builder
	for _, group := range groups {
		for _, path := range group {
			fmt.Fprintf(&b, "%q\n", path)
		}
		b.WriteString("\n")
	}
	return "import (\n" + b.String() + ")\n\n"
}

// Files of package model beside those of types. gqlgen writes modelsFile.
const (
	registryFile = "types_gen.go"
	enumsFile    = "enums_gen.go"
	modelsFile   = "models_gen.go"
)

// fileName returns the name of a type's file.
func fileName(t *Type) string { return strings.ToLower(t.Name) + "_gen.go" }

// checkFileNames reports types whose file would be another generated file, such as that of a type with the same letters.
func checkFileNames(s *Schema) error {
	var errs []error
	owners := map[string]string{registryFile: "", enumsFile: "", modelsFile: ""}
	for _, t := range s.Types {
		owner, found := owners[fileName(t)]
		switch {
		case !found:
			owners[fileName(t)] = t.Name
			continue
		case owner == "":
			owner = "another generated file"
		default:
			owner = "that of " + owner + ", too"
		}
		errs = append(errs, &Error{Position: t.Position, Where: t.Name, Message: "the file of its Go code would be " + fileName(t) +
			", which is " + owner + "; rename the type"})
	}
	return errors.Join(errs...)
}

// writeModel writes the files of package model, and deletes those of former types.
func (g *generator) writeModel(dir string, hooks Hooks) error {
	files, err := modelFiles(g.schema, hooks)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := g.out.writeFile(filepath.Join(dir, name), files[name]); err != nil {
			return err
		}
	}
	return g.out.deleteStale(filepath.Join(dir, "*_gen.go"))
}

// modelFiles returns the generated files of package model, by name.
func modelFiles(s *Schema, hooks Hooks) (map[string][]byte, error) {
	sources := map[string]string{registryFile: writeRegistry(s)}
	if enums := rankedEnums(s); enums != "" {
		sources[enumsFile] = enums
	}
	for _, t := range s.Types {
		var b strings.Builder
		if err := typeTemplate.Execute(&b, &goType{Type: t, Hooks: hooks[t.Name], schema: s}); err != nil {
			return nil, err
		}
		sources[fileName(t)] = b.String()
	}
	files := make(map[string][]byte, len(sources))
	for name, source := range sources {
		var err error
		if files[name], err = formatGo(source); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}

// writeRegistry returns the list of all types.
func writeRegistry(s *Schema) string {
	names := make([]string, len(s.Types))
	for i, t := range s.Types {
		names[i] = t.Plural
	}
	return "// Types lists the types of the API.\nvar Types = relay.NewTypes(" + wrapList(names, 120) + ")\n"
}

// rankedEnums returns the methods of the enums with @ranked.
func rankedEnums(s *Schema) string {
	var b strings.Builder
	for _, e := range s.Enums {
		if !e.Ranked {
			continue
		}
		ranks := make([]string, len(e.Values))
		for i, v := range e.Values {
			ranks[i] = fmt.Sprint(v.Rank)
		}
		fmt.Fprintf(&b, `
// %[2]s are the values of %[1]s with their ranks.
var %[2]s = relay.RankedEnumOf(All%[1]s, %[3]s)

// Value returns the rank for the database.
func (e %[1]s) Value() (driver.Value, error) { return %[2]s.RankOf(string(e)) }

// Scan reads a rank from the database, and fails for other values.
func (e *%[1]s) Scan(src any) error { return relay.ScanRank(%[2]s, e, src) }
`, goName(e.Name), rankVariable(e), strings.Join(ranks, ", "))
	}
	return b.String()
}

// rankVariable returns the variable with the values of a ranked enum: itemPriorities.
func rankVariable(e *Enum) string { return fieldCase(pluralOf(e.Name)) }

// wrapList returns the elements of a list, with line breaks before the column width.
func wrapList(elements []string, width int) string {
	var lines []string
	line := ""
	for _, element := range elements {
		if len(line)+len(", ")+len(element) > width && line != "" {
			lines, line = append(lines, line), ""
		}
		line += ", " + element
		line = strings.TrimPrefix(line, ", ")
	}
	if len(lines) == 0 {
		return line
	}
	return "\n" + strings.Join(append(lines, line), ",\n") + ",\n"
}
