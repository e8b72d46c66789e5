package codegen

import (
	"regexp"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxIdentifier is the greatest length of a name in MySQL, and of the names of types, fields and values.
const maxIdentifier = 64

// checkTables checks the tables: their names are short enough and unique, and MySQL can have them.
func (r *reader) checkTables() {
	tables := claims{"tenants": "the framework", "goose_db_version": "the framework", "dual": "SQL"}
	for _, t := range r.nodes {
		r.claimName(tables, t.Table, claim{t.Position, t.Name, "table", "rename it with @table(name:)"})
		r.checkIndexes(t)
		r.checkRowSize(t)
	}
	r.eachRelation(func(_ *typeNode, f *fieldNode) {
		if f.Relation.LinkOwner {
			r.claimName(tables, f.Relation.LinkTable, claim{f.Position, f.where(), "table", "rename the field, or add through"})
		}
	})
}

// The aliases in statements of package relay, with any case: MySQL compares aliases without it on some systems.
var (
	reservedTable  = regexp.MustCompile(`(?i)^(related$|linked$|sort_)`)
	reservedColumn = regexp.MustCompile(`(?i)^(sort_key_|linked__)`)
)

// claims maps names to their owners.
type claims map[string]string

// claim is the use of a name by a type or field.
type claim struct {
	at           *ast.Position
	where        string
	kind, remedy string
}

// claimName reports a name that is too long or has an owner. It reports one error at each position.
func (r *reader) claimName(names claims, name string, of claim) {
	switch owner := names[name]; {
	case r.isReported(of.at):
	case of.kind == "table" && reservedTable.MatchString(name):
		r.report(of.at, of.where, "the table %s has a name that statements give to other tables, as the framework writes them: related, "+
			"linked, and names that begin with sort_; %s", name, of.remedy)
	case of.kind == "column" && reservedColumn.MatchString(name):
		r.report(of.at, of.where, "the column %s has a name that statements give to other columns, as the framework writes them: names "+
			"that begin with sort_key_ or linked__; %s", name, of.remedy)
	case len(name) > maxIdentifier:
		r.report(of.at, of.where,
			"the %s %s has %d characters, and MySQL allows %d; %s", of.kind, name, len(name), maxIdentifier, of.remedy)
	case owner != "":
		r.report(of.at, of.where, "the %s %s belongs to %s; %s", of.kind, name, owner, of.remedy)
	default:
		names[name] = of.where
	}
}

// claimFields sets the fields of a type. It leaves out those with errors, and reports those that have the column of
// another field, or its field in the struct.
func (r *reader) claimFields(t *typeNode) {
	columns, goFields := claims{"tenant_id": "every row", "id": "every row"}, claims{}
	if t.Versioned {
		columns["version"], goFields["Version"] = "@model(versioned: true)", "@model(versioned: true)"
	}
	if t.SoftDelete {
		columns["deleted_at"], goFields["DeletedAt"] = "@model(softDelete: true)", "@model(softDelete: true)"
	}
	for _, f := range t.fields {
		if f.failed {
			continue
		}
		for _, name := range goFieldsOf(f.Field) {
			if owner := goFields[name]; owner != "" && !r.isReported(f.Position) {
				r.report(f.Position, f.where(), "the struct has the field %s of %s already; rename one of them", name, owner)
			}
			goFields[name] = f.Name
		}
		for _, column := range columnsOf(f.Field) {
			r.claimName(columns, column, claim{f.Position, f.where(), "column", "rename it with @column(name:)"})
		}
		if f.failed = r.isReported(f.Position); !f.failed {
			t.Fields = append(t.Fields, f.Field)
		}
	}
}

// goFieldsOf returns the fields of the struct for a field.
func goFieldsOf(f *Field) []string {
	switch {
	case f.Column == "":
		return nil
	case f.Relation != nil:
		return []string{columnGoName(f)}
	case hasHash(f):
		return []string{f.GoName, f.GoName + "Key"}
	}
	return []string{f.GoName}
}

// columnsOf returns the columns of a field.
func columnsOf(f *Field) []string {
	switch {
	case f.Column == "":
		return nil
	case hasHash(f):
		return []string{f.Column, f.Column + "_key"}
	}
	return []string{f.Column}
}

// hasHash reports whether a unique key has a column with the hash of a string.
func hasHash(f *Field) bool {
	return f.Unique && scalarTypes[f.Scalar].isString && !f.Constraint.Exact
}
