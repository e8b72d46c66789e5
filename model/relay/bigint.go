package relay

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"gorm.io/gorm/schema"
)

// ParseBigInt reads an integer of 64 bits. It fails for other strings.
func ParseBigInt(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.50q is no integer of 64 bits", s)
	}
	return n, nil
}

// bigInts is GORM's serializer for lists of BigInt, as strings in JSON: MariaDB compares numbers in JSON
// as doubles. A column has it by the tag `gorm:"serializer:bigints"`.
type bigInts struct{}

func init() { schema.RegisterSerializer("bigints", bigInts{}) }

// Scan reads the JSON of a column. It fails for other JSON.
func (bigInts) Scan(ctx context.Context, f *schema.Field, row reflect.Value, src any) error {
	var list []int64
	if src != nil {
		var text JSON
		if err := text.Scan(src); err != nil {
			return err
		}
		var err error
		if list, err = decodeBigInts(string(text)); err != nil {
			return err
		}
	}
	f.ReflectValueOf(ctx, row).Set(reflect.ValueOf(list))
	return nil
}

// Value returns the JSON of a list, or nil for nil.
func (bigInts) Value(_ context.Context, _ *schema.Field, _ reflect.Value, value any) (any, error) {
	list, ok := value.([]int64)
	if !ok || list == nil {
		return nil, nil //nolint:nilnil // NULL
	}
	return encodeElements(reflect.ValueOf(list)), nil
}

// decodeBigInts reads a list of integers, or of their strings.
func decodeBigInts(text string) ([]int64, error) {
	var all []json.RawMessage
	if err := json.Unmarshal([]byte(text), &all); err != nil || all == nil {
		return nil, err
	}
	list := make([]int64, len(all))
	for i, element := range all {
		digits := string(element)
		if unquoted, err := strconv.Unquote(digits); err == nil {
			digits = unquoted
		}
		var err error
		if list[i], err = ParseBigInt(digits); err != nil {
			return nil, err
		}
	}
	return list, nil
}
