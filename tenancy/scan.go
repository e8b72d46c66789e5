package tenancy

import (
	"reflect"
	"sync"

	"gorm.io/gorm/schema"
)

// emptyPool is the pool of values into which GORM scans a column, with values that are empty.
// GORM (1.31.2) gives a value back as it is, and copies it into the next row even if that one
// could not be scanned: the row then has what the last one had, which may be another tenant's.
type emptyPool struct{ schema.FieldNewValuePool }

func (p emptyPool) Get() any {
	v := p.FieldNewValuePool.Get()
	clearValue(v)
	return v
}

func (p emptyPool) Put(v any) {
	clearValue(v)
	p.FieldNewValuePool.Put(v)
}

func clearValue(v any) {
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && !p.IsNil() {
		p.Elem().SetZero()
	}
}

// newPool makes a value each time, for a field whose values are not plain.
type newPool struct{ schema.FieldNewValuePool }

func (newPool) Put(any) {}

// scanEmpty has GORM scan the fields of a model into empty values.
func scanEmpty(s *schema.Schema) {
	for _, field := range s.Fields {
		switch pool := field.NewValuePool.(type) {
		case nil, emptyPool, newPool: // a field that is not a column, or one that was seen
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
