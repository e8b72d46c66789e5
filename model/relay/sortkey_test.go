package relay

import (
	"reflect"
	"slices"
	"testing"
)

// TestTimesOfCursorsMustBeStorable parses times at and beyond the bounds of DATETIME.
func TestTimesOfCursorsMustBeStorable(t *testing.T) {
	for text, ok := range map[string]bool{
		`"1000-01-01T00:00:00Z"`:           true,
		`"9999-12-31T23:59:59.9999999Z"`:   true, // cut to microseconds, not rounded
		`"0999-12-31T23:59:59Z"`:           false,
		`"9999-12-31T23:59:59-01:00"`:      false,
		`null`:                             true,
		`"x"`:                              false,
		`"2026-01-01T00:00:00.123456789Z"`: true,
	} {
		if v, err := parseTime([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v, %v", text, v, err)
		}
	}
}

// TestForgedCursorsAreRejected parses the values of cursors that no row has.
func TestForgedCursorsAreRejected(t *testing.T) {
	for _, test := range []struct {
		goType reflect.Type
		valid  []string
		forged []string
	}{
		{
			goType: reflect.TypeFor[Decimal](),
			valid:  []string{`"-0.5"`, `null`},
			forged: []string{`0.5`, `"NaN"`, `"1e999"`, `"1e36"`, `"x"`, `{}`},
		},
		{
			goType: reflect.TypeFor[float64](),
			valid:  []string{`5e-324`, `-0`, `null`},
			forged: []string{`1e999`, `"1"`, `NaN`, `[]`},
		},
		{
			goType: reflect.TypeFor[int64](),
			valid:  []string{`9007199254740993`, `null`},
			forged: []string{`9223372036854775808`, `1.5`, `"1"`},
		},
		{
			goType: reflect.TypeFor[bool](),
			valid:  []string{`true`, `null`},
			forged: []string{`1`, `"true"`},
		},
		{
			goType: reflect.TypeFor[Date](),
			valid:  []string{`"2024-02-29"`, `null`},
			forged: []string{`"2026-02-30"`, `"0000-00-00"`, `"0999-12-31"`, `{"Year":2026}`, `20260101`},
		},
		{
			goType: reflect.TypeFor[UUID](),
			valid:  []string{`"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b"`, `null`},
			forged: []string{`""`, `"x"`, `[1]`},
		},
	} {
		at := slices.IndexFunc(sortables, func(s sortable) bool { return s.goType == test.goType })
		for _, text := range test.valid {
			if v, err := sortables[at].parse([]byte(text)); err != nil || (v == nil) != (text == "null") {
				t.Errorf("%s %s: %v, %v", test.goType, text, v, err)
			}
		}
		for _, text := range test.forged {
			if v, err := sortables[at].parse([]byte(text)); err == nil {
				t.Errorf("%s %s: %v", test.goType, text, v)
			}
		}
	}
}
