package codegen

import (
	"go/token"
	"strings"

	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/jinzhu/inflection"
	"gorm.io/gorm/schema"
)

// pluralOf returns the plural of a type's name: Categories for Category. It equals the name for words such
// as Series.
func pluralOf(name string) string { return inflection.Plural(name) }

// singularOf returns the singular of a field's name: label for labels.
func singularOf(name string) string {
	if singular := inflection.Singular(name); singular != "" {
		return singular
	}
	return name // of s
}

// goName returns the name of a field of a Go struct: AssigneeID for assigneeId.
func goName(name string) string { return templates.ToGo(name) }

// snakeCase returns a name as GORM makes a column of it: assignee_id for AssigneeID.
func snakeCase(name string) string { return schema.NamingStrategy{}.ColumnName("", name) }

// columnOf returns the column of a field of the API, as relay.NewType computes it: due_at for dueAt, and api_url for apiUrl.
func columnOf(name string) string { return snakeCase(name) }

// constantCase returns a value of an enum: DUE_AT for dueAt.
func constantCase(name string) string { return strings.ToUpper(columnOf(name)) }

// fieldCase returns the name of a field of the API for a type: item for Item, apiKey for APIKey.
func fieldCase(name string) string {
	if lower := strings.ToLower(name); token.IsKeyword(lower) {
		return lower // ToGoPrivate returns typeArg for Type
	}
	return templates.ToGoPrivate(name)
}
