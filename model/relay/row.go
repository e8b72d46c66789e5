package relay

import (
	"reflect"
	"time"

	"rowhouse/tenancy"
)

// Row has the columns and methods of all types. Each type T embeds Row[T].
type Row[T any] struct {
	TenantID tenancy.ID
	ID       ID `gorm:"primaryKey"`

	Batch[T] `gorm:"-"`
}

// rowPointer is a pointer to a struct with an embedded Row.
type rowPointer[T any] interface {
	*T
	Node
	baseRow() *Row[T]
}

func (r *Row[T]) baseRow() *Row[T] { return r }

// GlobalID returns the row's identity for clients.
func (r *Row[T]) GlobalID() GlobalID { return NewGlobalID(typeName[T](), r.ID) }

// CreatedAt returns the time of creation in milliseconds, which the id contains. A field CreatedAt
// of the type, for a column of that name, replaces it.
func (r *Row[T]) CreatedAt() time.Time { return r.ID.Time() }

// typeName returns the GraphQL name of T, which is its name in Go.
func typeName[T any]() string { return reflect.TypeFor[T]().Name() }
