package relay

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// maxListLength bounds the elements of a stored list.
const maxListLength = 1000

// encodeElement returns the JSON of a list's element, as its column has it. Equal values have equal JSON:
// MariaDB compares strings in JSON byte by byte. The element can be a pointer.
func encodeElement(element reflect.Value) string {
	v := reflect.Indirect(element).Interface()
	switch value := v.(type) {
	case string:
		v = normalize(value)
	case int64:
		v = fmt.Sprint(value)
	case time.Time:
		v = value.UTC()
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the elements of lists have a JSON
	}
	return string(text)
}

// encodeElements returns the JSON of a list.
func encodeElements(list reflect.Value) string {
	all := make([]string, list.Len())
	for i := range all {
		all[i] = encodeElement(list.Index(i))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// newListCheck returns the check of a list: of its length, and of each element by the rules of the field.
func newListCheck(f Field) func(*Validation, any) {
	f.List = false
	check := newCheck(f)
	return func(v *Validation, value any) {
		list := reflect.ValueOf(value).Elem()
		if list.Len() > maxListLength {
			v.Add(fmt.Sprintf("must have at most %d entries", maxListLength), f.Name)
			return
		}
		for i := range list.Len() {
			var inner Validation
			check(&inner, list.Index(i).Addr().Interface())
			for _, e := range inner.errors {
				v.Add(e.Message, append([]any{f.Name, i}, e.Path[1:]...)...)
			}
		}
	}
}
