package relay

import (
	"context"
	"encoding/json"
	"reflect"

	"gorm.io/gorm/schema"
)

// enumLists is GORM's serializer for lists of enums, as names in JSON. It reads unknown names, too, as columns of
// one enum do. A column has it by the tag `gorm:"serializer:enums"`.
type enumLists struct{}

func init() { schema.RegisterSerializer("enums", enumLists{}) }

// Scan reads the JSON of a column. It fails for other JSON than a list of strings.
func (enumLists) Scan(ctx context.Context, f *schema.Field, row reflect.Value, src any) error {
	field := f.ReflectValueOf(ctx, row)
	field.SetZero()
	if src == nil {
		return nil
	}
	var text JSON
	if err := text.Scan(src); err != nil {
		return err
	}
	var names []string
	if err := json.Unmarshal([]byte(text), &names); err != nil || names == nil {
		return err
	}
	field.Set(reflect.MakeSlice(field.Type(), len(names), len(names)))
	for i, name := range names {
		field.Index(i).SetString(name)
	}
	return nil
}

// Value returns the JSON of a list, or nil for nil.
func (enumLists) Value(_ context.Context, _ *schema.Field, _ reflect.Value, value any) (any, error) {
	if list := reflect.ValueOf(value); list.IsValid() && !list.IsNil() {
		return encodeElements(list), nil
	}
	return nil, nil //nolint:nilnil // NULL
}
