package relay

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// TestRowsAreSortedAsTheServerSorts sorts shuffled rows by a time that can be NULL, and by id where
// times are equal. Rows of a UNION come in any order.
func TestRowsAreSortedAsTheServerSorts(t *testing.T) {
	at := func(day int) *time.Time { return new(time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)) }
	events := NewType[event, struct{}]([]Change{"DUE_AT_ASC", "DUE_AT_DESC", "DUE_AT_ASC_NULLS_LAST", "DUE_AT_DESC_NULLS_FIRST"})
	var rows []*event // in the order of their letters
	for i, due := range []*time.Time{at(2), at(1), nil, at(1), nil, at(2)} {
		rows = append(rows, &event{Row: Row[event]{ID: ID{byte('a' + i)}}, DueAt: due})
	}
	for name, want := range map[Change]string{
		"CREATED_AT_ASC":          "abcdef",
		"CREATED_AT_DESC":         "fedcba",
		"DUE_AT_ASC":              "cebdaf",
		"DUE_AT_DESC":             "fadbec",
		"DUE_AT_ASC_NULLS_LAST":   "bdafce",
		"DUE_AT_DESC_NULLS_FIRST": "ecfadb",
	} {
		for _, fromEnd := range []bool{false, true} {
			rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			events.sortRows(window{order: events.orderOf(name), fromEnd: fromEnd}, rows)
			var got []byte
			for _, r := range rows {
				got = append(got, r.ID[0])
			}
			if fromEnd {
				slices.Reverse(got)
			}
			if string(got) != want {
				t.Errorf("%s, from the end: %t: %s, want %s", name, fromEnd, got, want)
			}
		}
	}
}

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
