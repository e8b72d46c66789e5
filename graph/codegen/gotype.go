package codegen

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"gorm.io/gorm/schema"
)

//go:embed type.gotmpl
var typeSource string

// typeTemplate writes the declarations of a goType.
var typeTemplate = template.Must(template.New("type").Funcs(template.FuncMap{
	"article": withArticle, "one": oneOf, "many": manyOf, "nameWords": nameWords, "comment": formatComment,
	"goName": goName, "goID": goID, "goPrivate": fieldCase, "constantName": constantCase, "marker": markerMethod,
	"variable": relationVariable, "topic": topicVariable,
}).Parse(typeSource))

// goType is a type as the template writes it.
type goType struct {
	*Type
	Hooks  []string // the kinds of its hooks
	schema *Schema
}

// oneOf and manyOf return a type's name in words.
func oneOf(t any) string  { return singularWords(typeIn(t)) }
func manyOf(t any) string { return pluralWords(typeIn(t)) }

// typeIn returns the type of a value of the template.
func typeIn(t any) *Type {
	if t, ok := t.(*goType); ok {
		return t.Type
	}
	return t.(*Type)
}

// commentWidth is the greatest number of bytes in a line of a comment.
const commentWidth = 100

// formatComment returns a text as a comment. It breaks long lines.
func formatComment(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text)) {
		width := 0
		for word := range strings.FieldsSeq(line) {
			if width > 0 && width+len(word) >= commentWidth {
				b.WriteString("\n")
				width = 0
			}
			if width == 0 {
				b.WriteString("//")
			}
			b.WriteString(" " + word)
			width += len(word) + 1
		}
		b.WriteString("\n")
	}
	return strings.TrimSpace(b.String())
}

// topicVariable returns the variable of a type's topic: itemChanges.
func topicVariable(t *Type) string { return fieldCase(t.Name) + "Changes" }

// goID returns the name in Go of a field with the global id of a row: ProjectID of project.
func goID(name string) string { return goName(fieldCase(name) + "Id") }

// DocComment returns the comment of the struct: its name, and the description.
func (t *goType) DocComment() string {
	return describeGo(t.Name, t.Description, "is "+articleWords(t.Type)+".")
}

// describeGo returns a comment that begins with a name. A description with an article continues it.
func describeGo(name, description, otherwise string) string {
	first, rest, _ := strings.Cut(description, " ")
	switch {
	case description == "":
		return name + " " + otherwise
	case slices.Contains([]string{"A", "An", "The"}, first):
		return name + " is " + strings.ToLower(first) + " " + rest
	}
	return name + ": " + description
}

// HasOperation reports whether clients have an operation.
func (t *goType) HasOperation(o Operation) bool { return t.Operations[o] }

// IsRestorable reports whether clients can restore rows.
func (t *goType) IsRestorable() bool { return isRestorable(t.Type) }

// TableMethod returns the method TableName if GORM derives another table from the type's name.
func (t *goType) TableMethod() string { return tableMethod(t.Name, t.Table) }

func tableMethod(name, table string) string {
	if (schema.NamingStrategy{}).TableName(name) == table {
		return ""
	}
	return fmt.Sprintf("// TableName returns the name of the table.\nfunc (%s) TableName() string { return %q }\n", name, table)
}

// OptionArguments returns the facts of the type as arguments after its fields: on one line, if they fit.
func (t *goType) OptionArguments() string {
	options := t.listOptions()
	line := strings.Join(append([]string{""}, options...), ", ")
	if len(line) <= commentWidth {
		return line
	}
	return ",\n" + strings.Join(options, ",\n") + ",\n"
}

// listOptions returns the facts of the type beside its fields.
func (t *goType) listOptions() (options []string) {
	if t.Versioned {
		options = append(options, "relay.Versioned()")
	}
	for _, o := range t.Orders {
		if len(o.By) > 1 || o.By[0].Through != nil {
			options = append(options, fmt.Sprintf("relay.OrderBy(%q, %s)", o.Name, quoteOrder(o)))
		}
	}
	for _, fields := range t.Uniques {
		options = append(options, "relay.UniqueTogether("+quoteFields(fields)+")")
	}
	for _, fields := range t.Indexes {
		options = append(options, "relay.Index("+quoteFields(fields)+")")
	}
	if t.RenamedFrom != "" {
		options = append(options, fmt.Sprintf("relay.RenamedFrom(%q)", t.RenamedFrom))
	}
	return options
}

// quoteOrder returns the fields of an order as arguments: "series.name", "volume".
func quoteOrder(o Order) string {
	fields := make([]string, len(o.By))
	for i, by := range o.By {
		fields[i] = fmt.Sprintf("%q", by.Field.Name)
		if by.Through != nil {
			fields[i] = fmt.Sprintf("%q", by.Through.Name+"."+by.Field.Name)
		}
	}
	return strings.Join(fields, ", ")
}

// quoteFields returns the names of fields as arguments.
func quoteFields(fields []*Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = fmt.Sprintf("%q", f.Name)
	}
	return strings.Join(names, ", ")
}

// Parents returns the references to rows with which each row is deleted.
func (t *goType) Parents() (parents []*Field) {
	for _, f := range t.Fields {
		if isParent(f) {
			parents = append(parents, f)
		}
	}
	return parents
}

// ChangeKinds returns the arguments of a topic with some kinds of changes, or "" for all.
func (t *goType) ChangeKinds() string {
	if len(t.Subscribe.Events) == 3 {
		return ""
	}
	var b strings.Builder
	for _, e := range t.Subscribe.Events {
		b.WriteString(", relay.Change" + goName(e))
	}
	return b.String()
}
