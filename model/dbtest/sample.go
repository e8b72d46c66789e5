package dbtest

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"rowhouse/model/relay"
)

// Sample returns the nth value of a column's Go type, with another value for each n, apart from booleans. It
// returns nil for a type that is neither a scalar of the framework nor a list of one, such as an enum.
func Sample(of reflect.Type, n int) any {
	switch of {
	case reflect.TypeFor[time.Time]():
		return time.Date(2024, 2, 29, 12, 0, n, 0, time.UTC)
	case reflect.TypeFor[relay.Date]():
		return relay.Date{Year: 2024, Month: time.February, Day: 29}.AddDays(n)
	case reflect.TypeFor[relay.Decimal]():
		return decimal.New(int64(n)*10+5, -1)
	case reflect.TypeFor[relay.JSON]():
		return relay.JSON(fmt.Sprintf(`{"a": %d}`, n))
	case reflect.TypeFor[relay.UUID]():
		return relay.UUID([]byte(fmt.Sprintf("%16d", n)))
	case reflect.TypeFor[string]():
		return fmt.Sprintf("sample%d", n)
	}
	switch {
	case of.Kind() == reflect.Bool:
		return n%2 == 1
	case of.Kind() == reflect.Slice && of.Elem().Kind() != reflect.Uint8:
		return sampleList(of, n)
	case of.Kind() != reflect.String && of.ConvertibleTo(reflect.TypeFor[float64]()): // an integer or a float
		return reflect.ValueOf(n).Convert(of).Interface()
	}
	return nil
}

// sampleList returns a list with one value, or nil.
func sampleList(of reflect.Type, n int) any {
	element := Sample(of.Elem(), n)
	if element == nil {
		return nil
	}
	list := reflect.MakeSlice(of, 0, 1)
	return reflect.Append(list, reflect.ValueOf(element)).Interface()
}

// FormatGraphQL returns a value of JSON, as encoding/json decodes it, as a literal of GraphQL.
func FormatGraphQL(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var fields []string
		for name, field := range v {
			fields = append(fields, name+": "+FormatGraphQL(field))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	case []any:
		var elements []string
		for _, element := range v {
			elements = append(elements, FormatGraphQL(element))
		}
		return "[" + strings.Join(elements, ", ") + "]"
	case string:
		return fmt.Sprintf("%q", v)
	case nil:
		return "null"
	}
	return fmt.Sprint(value)
}
