// Package model holds the nouns of the work tracker: for each, its row, its rules
// and its queries, one noun a file. Every function takes the context, whose tenant
// decides which rows there are, and the database; it runs inside the transaction of
// the context or opens its own.
//
// Functions that find a row fail with *NotFoundError when it is not there, which is
// the same for a row of another tenant; those that take an input fail with
// *InvalidError, which holds every broken rule at once; those that change something
// fail with *ConflictError when what is stored contradicts it.
package model

// All returns an empty row of every model that tenants own.
func All() []any {
	return []any{&Member{}, &Project{}, &Item{}, &Label{}, &ItemLabel{}, &Comment{}}
}

// Shared returns an empty row of every shared model, such as countries, which all tenants may
// read. There are none yet.
func Shared() []any { return nil }
