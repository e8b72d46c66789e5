package relay

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm/schema"
)

// scanned is the destination of some columns of a result: a struct, or a value for one column.
type scanned struct {
	// columns are the columns by their names without the prefix.
	columns map[string]*scanColumn
	prefix  string
	// row is the struct, or the value, for the row that is read.
	row reflect.Value
}

// scanRows reads all rows of a result, and closes it. It calls begin before each row, to set the structs of parts, and
// end after it. Columns that no part has are ignored, as GORM does. NULL is the zero value of a field.
func scanRows(ctx context.Context, rows *sql.Rows, parts []*scanned, begin, end func()) (err error) {
	defer func() { err = cmp.Or(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, dest := make([]cell, len(names)), make([]any, len(names))
	for i, name := range names {
		cells[i].ctx = ctx
		cells[i].find(parts, name)
		dest[i] = &cells[i]
	}
	for rows.Next() {
		begin()
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		end()
	}
	return rows.Err()
}

// cell is a sql.Scanner for a column of a result.
type cell struct {
	ctx    context.Context
	part   *scanned // or nil
	column *scanColumn
	text   string // of the last row: equal strings share its memory
}

// scanColumn reads the values of a field, or a value without a struct.
type scanColumn struct {
	field *schema.Field // or nil
	set   setter
}

// setter sets a field to a value of the driver other than nil. The memory of the value is valid until the next row.
type setter func(c *cell, field reflect.Value, src any) error

// find finds the field of a column.
func (c *cell) find(parts []*scanned, name string) {
	for _, part := range parts {
		rest, ok := strings.CutPrefix(name, part.prefix)
		if !ok {
			continue
		}
		if column := part.columns[rest]; column != nil {
			c.part, c.column = part, column
			return
		}
	}
}

// Scan implements sql.Scanner.
func (c *cell) Scan(src any) error {
	if c.part == nil {
		return nil
	}
	f, field := c.column.field, c.part.row
	if f != nil && f.Serializer != nil {
		return c.scanSerialized(f, src)
	}
	if f != nil {
		field = f.ReflectValueOf(c.ctx, field)
	}
	if src == nil {
		field.SetZero()
		return nil
	}
	return c.column.set(c, field, src)
}

// scanSerialized reads a value by the serializer of its field. It returns no value to GORM's pool.
func (c *cell) scanSerialized(f *schema.Field, src any) error {
	value := f.NewValuePool.Get()
	if err := value.(sql.Scanner).Scan(src); err != nil {
		return err
	}
	return f.Set(c.ctx, c.part.row, value)
}

var scanColumns sync.Map // from a *schema.Schema to its map of columns by name

// scanColumnsOf returns the columns of a model by their names.
func scanColumnsOf(s *schema.Schema) map[string]*scanColumn {
	if all, ok := scanColumns.Load(s); ok {
		return all.(map[string]*scanColumn)
	}
	all := map[string]*scanColumn{}
	for name, f := range s.FieldsByDBName {
		if f.Readable {
			all[name] = &scanColumn{f, newSetter(f.FieldType)}
		}
	}
	scanColumns.Store(s, all)
	return all
}

// newSetter returns the setter for fields of a type.
func newSetter(t reflect.Type) setter {
	if t.Kind() == reflect.Pointer {
		set := newSetter(t.Elem())
		return func(c *cell, field reflect.Value, src any) error {
			value := reflect.New(t.Elem())
			field.Set(value)
			return set(c, value.Elem(), src)
		}
	}
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]()):
		return func(_ *cell, field reflect.Value, src any) error {
			return field.Addr().Interface().(sql.Scanner).Scan(src)
		}
	case t == reflect.TypeFor[time.Time]():
		return setTime
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return setBytes
	}
	if set := settersByKind[t.Kind()]; set != nil {
		return set
	}
	return func(*cell, reflect.Value, any) error { return fmt.Errorf("a value of type %s can't be read", t) }
}

// settersByKind are the setters for the kinds of fields. They convert a value of another type as package sql does.
var settersByKind = map[reflect.Kind]setter{
	reflect.String: setString, reflect.Bool: setBool, reflect.Float64: setFloat, reflect.Float32: setFloat,
	reflect.Int: setInt, reflect.Int8: setInt, reflect.Int16: setInt, reflect.Int32: setInt, reflect.Int64: setInt,
	reflect.Uint: setUint, reflect.Uint8: setUint, reflect.Uint16: setUint, reflect.Uint32: setUint, reflect.Uint64: setUint,
}

func setString(c *cell, field reflect.Value, src any) error {
	b, ok := src.([]byte)
	if !ok {
		v, err := convert[string](src)
		field.SetString(v)
		return err
	}
	if string(b) != c.text {
		c.text = string(b)
	}
	field.SetString(c.text)
	return nil
}

func setInt(_ *cell, field reflect.Value, src any) error {
	v, err := convert[int64](src)
	if err == nil && field.OverflowInt(v) {
		err = fmt.Errorf("%d is out of the range of %s", v, field.Type())
	}
	if err == nil {
		field.SetInt(v)
	}
	return err
}

func setUint(_ *cell, field reflect.Value, src any) error {
	v, ok := uint64(0), false
	if i, isInt := src.(int64); isInt && i >= 0 {
		v, ok = uint64(i), true
	}
	var err error
	if !ok {
		v, err = convert[uint64](src)
	}
	if err == nil && field.OverflowUint(v) {
		err = fmt.Errorf("%d is out of the range of %s", v, field.Type())
	}
	if err == nil {
		field.SetUint(v)
	}
	return err
}

func setFloat(_ *cell, field reflect.Value, src any) error {
	v, err := convert[float64](src)
	if err == nil && field.OverflowFloat(v) {
		err = fmt.Errorf("%g is out of the range of %s", v, field.Type())
	}
	if err == nil {
		field.SetFloat(v)
	}
	return err
}

func setBool(_ *cell, field reflect.Value, src any) error {
	v, err := convert[bool](src)
	field.SetBool(v)
	return err
}

func setTime(_ *cell, field reflect.Value, src any) error {
	v, err := convert[time.Time](src)
	*field.Addr().Interface().(*time.Time) = v
	return err
}

func setBytes(_ *cell, field reflect.Value, src any) error {
	if b, ok := src.([]byte); ok {
		field.SetBytes(bytes.Clone(b))
		return nil
	}
	v, err := convert[[]byte](src)
	field.SetBytes(v)
	return err
}

// convert returns a value of the driver as a V, converted as package sql does.
func convert[V any](src any) (V, error) {
	if v, ok := src.(V); ok {
		return v, nil
	}
	var v sql.Null[V]
	err := v.Scan(src)
	return v.V, err
}
