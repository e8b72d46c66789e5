package model

import (
	"reflect"
	"sync"
	"unicode/utf8"

	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

var schemas sync.Map

// schemaOf returns what GORM knows of T, a model that tenancy.Open accepts.
func schemaOf[T any]() *schema.Schema {
	s, err := schema.Parse(new(T), &schemas, schema.NamingStrategy{})
	if err != nil {
		panic(err)
	}
	return s
}

// isASCII reports whether a column has the character set ascii, which its field says by the
// tag `gorm:"charset:ascii"`.
func isASCII(s *schema.Schema, column string) bool {
	return s.FieldsByDBName[column].TagSettings["CHARSET"] == "ascii"
}

// storable reports whether a column can have the string. Servers fail to compare others
// with the column (error 1267 on MariaDB, 3988 on MySQL), so they must not reach them.
func storable(s *schema.Schema, column, value string) bool {
	if !isASCII(s, column) {
		return utf8.ValidString(value)
	}
	for _, b := range []byte(value) {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hides reports whether GORM leaves rows of the model out of queries, such as those that
// are softly deleted: whether a field adds a condition besides the tenant's.
func hides(s *schema.Schema) bool {
	for _, f := range s.Fields {
		_, adds := reflect.New(f.IndirectFieldType).Interface().(schema.QueryClausesInterface)
		if adds && f.IndirectFieldType != reflect.TypeFor[tenancy.ID]() {
			return true
		}
	}
	return false
}
