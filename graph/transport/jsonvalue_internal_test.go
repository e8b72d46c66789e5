package transport

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzParsedJSONEqualsThatOfEncodingJSON parses values with white space, escapes and repeated names, too.
func FuzzParsedJSONEqualsThatOfEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `[]`, `""`, `-1.5e+10`, `[[],[{}],[null,true,false,0]]`, `{"a":{"b":[1,2]},"c":"x"}`,
		" {\t\"a\" :\n[ 1 , \"]}\" ,\r{ } ] } ", `{"\"":"\\","\u0041":"\\\"","A":1,"A":2}`, `"` + "\u2028é" + `"`,
		`{`, `[1,]`, `1 2`, `no JSON`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want any
		err := json.Unmarshal(data, &want)
		defer func() {
			if reason := recover(); (reason != nil) != (err != nil) {
				t.Errorf("%q: %v, and encoding/json: %v", data, reason, err)
			}
		}()
		if len(data) == 0 {
			return
		}
		if got := valueOf(t, parseJSON(data)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is parsed as %v, and not %v", data, got, want)
		}
	})
}

// valueOf returns a value as encoding/json unmarshals it.
func valueOf(t *testing.T, v *jsonValue) (value any) {
	t.Helper()
	unmarshal := func(raw string, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(raw), into); err != nil {
			t.Errorf("%q: %v", raw, err)
		}
	}
	switch v.raw[0] {
	case '{':
		members := map[string]any{}
		for i := range v.inner {
			var name string
			unmarshal(`"`+string(v.inner[i].name)+`"`, &name)
			members[name] = valueOf(t, v.elementAt(i))
		}
		return members
	case '[':
		elements := []any{}
		for i := range v.inner {
			elements = append(elements, valueOf(t, v.elementAt(i)))
		}
		return elements
	}
	unmarshal(string(v.raw), &value)
	return value
}
