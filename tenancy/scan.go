package tenancy

import (
	"reflect"
	"sync"

	"gorm.io/gorm/schema"
)

// emptyPool is a pool of empty values into which GORM scans a column. GORM (1.31.2) returns
// values to its pool without clearing them, and copies a value into the model even after a
// failed scan: the model then has values of an earlier row, possibly of another tenant.
type emptyPool struct{ schema.FieldNewValuePool }

// Get returns an empty value.
func (p emptyPool) Get() any {
	v := p.FieldNewValuePool.Get()
	clearValue(v)
	return v
}

// Put clears a value and returns it to the pool.
func (p emptyPool) Put(v any) {
	clearValue(v)
	p.FieldNewValuePool.Put(v)
}

// clearValue sets the value behind a pointer to zero.
func clearValue(v any) {
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && !p.IsNil() {
		p.Elem().SetZero()
	}
}

// newPool makes a new value each time, for fields with a serializer.
type newPool struct{ schema.FieldNewValuePool }

// Put does nothing: the garbage collector frees the value.
func (newPool) Put(any) {}

// scanEmpty makes GORM scan the fields of a model into empty values.
func scanEmpty(s *schema.Schema) {
	for _, field := range s.Fields {
		switch pool := field.NewValuePool.(type) {
		case nil, emptyPool, newPool: // not a column, or replaced before
		case *sync.Pool:
			if field.Serializer != nil {
				field.NewValuePool = newPool{&sync.Pool{New: pool.New}}
			} else {
				field.NewValuePool = emptyPool{pool}
			}
		default:
			field.NewValuePool = emptyPool{pool}
		}
	}
}
