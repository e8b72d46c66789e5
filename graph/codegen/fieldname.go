package codegen

import (
	"regexp"
	"slices"
	"strings"
)

var (
	fieldName = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	// sqlName matches names of tables and columns. They can be keywords of SQL, since statements quote them.
	sqlName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// rowNames are the names in Go that each struct has already: the fields and methods of relay.Row, and of GORM.
var rowNames = []string{"Row", "Batch", "TenantID", "ID", "GlobalID", "TableName"}

// checkFieldName reports whether the name of a field is possible.
func (r *reader) checkFieldName(t *typeNode, f *fieldNode) bool {
	var message string
	isColumn := r.types[f.TypeName] == nil // the inputs have a reference by its id
	isShared := isColumn && !f.Unique && !f.Immutable && !f.Computed && !f.Private
	switch {
	case strings.HasPrefix(f.Name, "__"):
		message = "names that begin with __ belong to GraphQL; rename it"
	case !fieldName.MatchString(f.Name):
		message = "the name of a field begins with a small letter, and has only letters and digits; rename it" + camelCase(f.Name)
	case f.Name == "id":
		message = "every type with @model has an id; remove the field"
	case f.Name == "version" && t.Versioned:
		message = "@model(versioned: true) adds the field version; remove the field"
	case f.Name == "expectedVersion" && t.Versioned && isColumn:
		message = "@model(versioned: true) adds expectedVersion to the input of updates; rename the field"
	case f.Name == "deletedAt" && t.SoftDelete:
		message = "@model(softDelete: true) adds the field deletedAt; remove the field"
	case f.Name == "by" && t.Operations["UPSERT"] && isColumn:
		message = "the input of upsert" + t.Name + " has the unique key in the field by; rename the field"
	case f.Name == "where" && t.Operations["UPDATE_MANY"] && isShared:
		message = "the input of update" + t.Plural + " has the filter in the field where; rename the field"
	case t.SoftDelete && slices.Contains([]string{"SoftDeletion", "DeletionTime"}, f.GoName):
		message = "the struct has " + f.GoName + " already, from relay.SoftDeletion; rename the field"
	case slices.Contains([]string{"and", "or", "not"}, f.Name):
		message = "filters combine conditions with " + f.Name + "; rename the field"
	case slices.Contains(rowNames, f.GoName):
		message = "the struct has " + f.GoName + " already, from relay.Row; rename the field"
	case f.uses.has("belongsTo") && f.GoName == "Tenant":
		message = "every row belongs to its tenant already; rename the field"
	default:
		return true
	}
	r.report(f.Position, f.where(), "%s", message)
	return false
}

// camelCase returns " dueAt" for due_at, or "" if the name has no such form.
func camelCase(name string) string {
	if camel := fieldCase(goName(name)); fieldName.MatchString(camel) && camel != name {
		return " " + camel
	}
	return ""
}

// checkTimes checks the fields createdAt and updatedAt, which GORM sets by their names.
func (r *reader) checkTimes(f *fieldNode) {
	for _, directive := range []string{"createdAt", "updatedAt"} {
		u := f.uses.first(directive)
		switch {
		case u == nil && f.Name == directive:
			r.report(f.Position, f.where(), "the server sets the field; add @%s", directive)
		case u == nil:
		case f.Name != directive:
			r.report(u.Position, f.where(), "@%s belongs to a field with the name %[1]s; rename the field", directive)
		case f.Scalar != "DateTime" || f.List || !f.Required:
			r.report(f.Position, f.where(), "a field with @%s has the type DateTime!; change the type", directive)
		}
	}
}

// checkSQLName checks the name of a table or column in a directive.
func (r *reader) checkSQLName(where string, u *use) {
	name := u.stringArgument("name")
	switch {
	case u == nil || u.wrong:
	case !sqlName.MatchString(name):
		r.report(u.Position, where, "the name %q does not begin with a small letter, or has other characters than small letters, "+
			"digits and _; change it", name)
	}
}
