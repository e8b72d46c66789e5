package transport

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzParsedJSONEqualsThatOfEncodingJSON parses values with white space, escapes and repeated names, too.
func FuzzParsedJSONEqualsThatOfEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`null`, `{}`, `[]`, `""`, `-1.5e+10`, `[[],[{}],[null,true,false,0]]`, `{"a":{"b":[1,2]},"c":"x"}`,
		" {\t\"a\" :\n[ 1 , \"]}\" ,\r{ } ] } ", `{"\"":"\\","\u0041":"\\\"","A":1,"A":2}`, `"` + "\u2028é" + `"`,
		`{`, `[1,]`, `1 2`, `no JSON`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		defer func() {
			if reason := recover(); (reason == nil) != (json.Valid(data) || len(data) == 0) {
				t.Errorf("%q: %v", data, reason)
			}
		}()
		v := parseJSON(data)
		if v == nil {
			return // empty data
		}
		if got, want := valueOf(t, v), decode(t, data); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is parsed as %v, and not %v", data, got, want)
		}
	})
}

// decode decodes JSON by encoding/json.
func decode(t *testing.T, data []byte) (value any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		t.Errorf("%q: %v", data, err)
	}
	return value
}

// valueOf returns a value as encoding/json decodes it.
func valueOf(t *testing.T, v *jsonValue) any {
	t.Helper()
	switch v.raw[0] {
	case '{':
		members := map[string]any{}
		for i, m := range v.inner {
			name, _ := decode(t, []byte(`"`+string(m.name)+`"`)).(string)
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
	return decode(t, v.raw)
}
