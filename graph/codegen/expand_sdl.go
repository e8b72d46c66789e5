package codegen

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// formatSDL returns the definitions as text, with an empty line between two. Descriptions of one line are
// strings of one line.
func formatSDL(directives ast.DirectiveDefinitionList, definitions ast.DefinitionList) string {
	var parts []string
	for _, d := range directives {
		parts = append(parts, formatPart(&ast.SchemaDocument{Directives: ast.DirectiveDefinitionList{d}}))
	}
	for _, d := range definitions {
		parts = append(parts, formatPart(&ast.SchemaDocument{Definitions: ast.DefinitionList{d}}))
	}
	return strings.Join(parts, "\n")
}

// formatPart returns a document as text. The formatter writes each description as a block string, and an
// empty line between arguments with descriptions.
func formatPart(document *ast.SchemaDocument) string {
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchemaDocument(document)
	lines := strings.Split(text.String(), "\n")
	var short []string
	for i := 0; i < len(lines); i++ {
		switch {
		case strings.TrimSpace(lines[i]) == `"""`:
			end := i + 1
			for strings.TrimSpace(lines[end]) != `"""` {
				end++
			}
			short = append(short, shortenBlock(lines[i:end+1])...)
			i = end
		case lines[i] != "":
			short = append(short, lines[i])
		}
	}
	return strings.Join(short, "\n") + "\n"
}

// shortenBlock returns the lines of a block string, or a string of one line if it has no other line.
func shortenBlock(block []string) []string {
	if len(block) != 3 {
		for i, line := range block {
			block[i] = strings.TrimRight(line, " ")
		}
		return block
	}
	line := strings.TrimLeft(block[1], " ")
	indent := block[1][:len(block[1])-len(line)]
	line = strings.NewReplacer(`\"""`, `\"\"\"`, `\`, `\\`, `"`, `\"`).Replace(line)
	return []string{indent + `"` + line + `"`}
}

// newObject returns an object type.
func newObject(name, description string, fields ...*ast.FieldDefinition) *ast.Definition {
	return &ast.Definition{Kind: ast.Object, Name: name, Description: description, Fields: fields}
}

// newInput returns an input type.
func newInput(name, description string, fields ...*ast.FieldDefinition) *ast.Definition {
	return &ast.Definition{Kind: ast.InputObject, Name: name, Description: description, Fields: fields}
}

// newEnum returns an enum.
func newEnum(name, description string, values ...*ast.EnumValueDefinition) *ast.Definition {
	return &ast.Definition{Kind: ast.Enum, Name: name, Description: description, EnumValues: values}
}

// newField returns a field. Its type is in the notation of SDL.
func newField(name, of, description string, arguments ...*ast.ArgumentDefinition) *ast.FieldDefinition {
	return &ast.FieldDefinition{Name: name, Type: parseType(of), Description: description, Arguments: arguments}
}

func newArgument(name, of, description string) *ast.ArgumentDefinition {
	return &ast.ArgumentDefinition{Name: name, Type: parseType(of), Description: description}
}

func newValue(name, description string) *ast.EnumValueDefinition {
	return &ast.EnumValueDefinition{Name: name, Description: description}
}

// newConstant returns a value of a kind such as ast.EnumValue.
func newConstant(kind ast.ValueKind, raw string) *ast.Value { return &ast.Value{Kind: kind, Raw: raw} }

// parseType returns a type in the notation of SDL, such as [Item!]!.
func parseType(of string) *ast.Type {
	name, nonNull := strings.CutSuffix(of, "!")
	if elem, ok := strings.CutPrefix(name, "["); ok {
		return &ast.Type{Elem: parseType(strings.TrimSuffix(elem, "]")), NonNull: nonNull}
	}
	return &ast.Type{NamedType: name, NonNull: nonNull}
}

// markRequired returns a type with an exclamation mark if a value is required.
func markRequired(of string, require bool) string {
	if require {
		return of + "!"
	}
	return of
}

// newDeprecation returns the directive @deprecated for a reason, or nil for "".
func newDeprecation(reason string) ast.DirectiveList {
	if reason == "" {
		return nil
	}
	argument := &ast.Argument{Name: "reason", Value: newConstant(ast.StringValue, reason)}
	return ast.DirectiveList{{Name: "deprecated", Arguments: ast.ArgumentList{argument}}}
}
