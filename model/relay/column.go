package relay

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

var schemas sync.Map

// schemaOf returns GORM's schema of T. It panics for a struct that is no model.
func schemaOf[T any]() *schema.Schema {
	s, err := schema.Parse(new(T), &schemas, schema.NamingStrategy{})
	if err != nil {
		panic(fmt.Sprintf("relay: the model %s: %v", reflect.TypeFor[T](), err))
	}
	return s
}

// columnOf returns a column of a model. It panics if there is none.
func columnOf(s *schema.Schema, name string) *schema.Field {
	f, ok := s.FieldsByDBName[name]
	if !ok {
		panic(fmt.Sprintf("relay: the model %s has no column %s", s.Name, name))
	}
	return f
}

// isASCII reports whether a column has the character set ascii, by the tag `gorm:"charset:ascii"`.
func isASCII(f *schema.Field) bool { return f.TagSettings["CHARSET"] == "ascii" }

// isStorable reports whether a column can store a string. Servers fail to compare the column with
// other strings (error 1267 on MariaDB, 3988 on MySQL), so these must not reach them.
func isStorable(f *schema.Field, value string) bool {
	if !isASCII(f) {
		return utf8.ValidString(value)
	}
	for _, b := range []byte(value) {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// argumentOf returns the SQL of an argument that is compared with a column.
func argumentOf(f *schema.Field) string {
	if f.IndirectFieldType == reflect.TypeFor[Decimal]() {
		return compareDecimal
	}
	return "?"
}

// hidesRows reports whether GORM leaves rows of a model out of queries, such as softly deleted
// ones, because a field other than the tenant's adds a condition.
func hidesRows(s *schema.Schema) bool {
	for _, f := range s.Fields {
		_, adds := reflect.New(f.IndirectFieldType).Interface().(schema.QueryClausesInterface)
		if adds && f.IndirectFieldType != reflect.TypeFor[tenancy.ID]() {
			return true
		}
	}
	return false
}

// reference reads a column of R with the id of another row.
type reference[R any] struct {
	column   string
	index    []int
	nullable bool
}

// newReference describes a column of type ID or *ID. It panics for other columns.
func newReference[R any](column string) reference[R] {
	f := columnOf(schemaOf[R](), column)
	if f.IndirectFieldType != reflect.TypeFor[ID]() {
		panic(fmt.Sprintf("relay: the column %s of the model %s must have the type ID or *ID", column, f.Schema.Name))
	}
	return reference[R]{column, f.StructField.Index, f.FieldType.Kind() == reflect.Pointer}
}

// referenceByName returns the column of a relation: that of the field with its name and the suffix ID. It panics if
// there is none.
func referenceByName[R any](relation string) reference[R] {
	for _, f := range schemaOf[R]().Fields {
		if strings.EqualFold(f.Name, relation+"ID") {
			return newReference[R](f.DBName)
		}
	}
	return newReference[R](columnName(relation) + "_id")
}

// setID sets the id of the other row.
func (c reference[R]) setID(r *R, id ID) {
	f := reflect.ValueOf(r).Elem().FieldByIndex(c.index)
	if c.nullable {
		f.Set(reflect.ValueOf(&id))
	} else {
		f.Set(reflect.ValueOf(id))
	}
}

// readID returns a pointer to the id, or nil for NULL. It does not allocate.
func (c reference[R]) readID(r *R) *ID {
	f := reflect.ValueOf(r).Elem().FieldByIndex(c.index)
	if c.nullable {
		return *f.Addr().Interface().(**ID)
	}
	return f.Addr().Interface().(*ID)
}
