package scalar_test

import (
	"strings"
	"testing"
	"time"

	"rowhouse/graph/scalar"
)

// TestDateTimesAreThoseOfRFC3339 reads date-times at the limits of the grammar.
func TestDateTimesAreThoseOfRFC3339(t *testing.T) {
	at := func(s string) time.Time {
		parsed, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for in, want := range map[string]time.Time{
		"2026-11-23T09:30:00Z":                           at("2026-11-23T09:30:00Z"),
		"2026-11-23t09:30:00z":                           at("2026-11-23T09:30:00Z"),
		"2026-11-23T09:30:00+01:00":                      at("2026-11-23T08:30:00Z"),
		"2026-11-23T09:30:00-23:59":                      at("2026-11-24T09:29:00Z"),
		"2026-11-23T09:30:00-00:00":                      at("2026-11-23T09:30:00Z"), // an unknown local offset
		"2026-11-23T09:30:00.5Z":                         at("2026-11-23T09:30:00.5Z"),
		"2026-11-23T09:30:00.1234567Z":                   at("2026-11-23T09:30:00.123456Z"),
		"2026-11-23T09:30:00.9999999999999999999999999Z": at("2026-11-23T09:30:00.999999Z"),
		"2024-02-29T00:00:00Z":                           at("2024-02-29T00:00:00Z"),
		"2016-12-31T23:59:60Z":                           at("2017-01-01T00:00:00Z"),
		"1990-12-31T15:59:60-08:00":                      at("1991-01-01T00:00:00Z"), // from RFC 3339, section 5.8
		"2015-06-30T23:59:60.25Z":                        at("2015-07-01T00:00:00.25Z"),
		"1000-01-01T00:00:00Z":                           at("1000-01-01T00:00:00Z"),
		"9999-12-31T23:59:59.999999Z":                    at("9999-12-31T23:59:59.999999Z"),
		"0999-12-31T23:30:00-01:00":                      at("1000-01-01T00:30:00Z"),
	} {
		got, err := scalar.UnmarshalDateTime(in)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %s %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []any{
		"", " ", "garbage", "2026-11-23", "2026-11-23T09:30Z", "2026-11-23T09:30:00", "2026-11-23 09:30:00Z", "20261123T093000Z",
		"2026-11-23T09:30:00,5Z", "2026-11-23T9:30:00Z", "2026-11-23T1:00Z", "2026-11-23T09:30:00.Z", "2026-11-23T09:30:00+24:00",
		"2026-11-23T09:30:00+0100", "2026-11-23T09:30:00+01", "2026-11-23T09:30:00+01:60", "2026-11-23T09:30:00 Z", " 2026-11-23T09:30:00Z",
		"2026-11-23T09:30:00Z\n", "2026-11-23T24:00:00Z", "2026-11-23T09:60:00Z", "2026-11-23T09:30:61Z", "2026-11-23T09:30:60Z",
		"2026-11-23T23:59:60Z", "2016-12-31T23:59:60+01:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
		"2026-11-31T00:00:00Z", "2026-11-00T00:00:00Z", "10000-01-01T00:00:00Z", "+2026-11-23T09:30:00Z", "-2026-11-23T09:30:00Z",
		"0000-01-01T00:00:00Z", "0999-12-31T23:59:59Z", "1000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
		"2026-11-23T09:30:00−01:00", "２０２６-11-23T09:30:00Z", "2026-11-23T09:30:00ſ", "2026-W48-1T09:30:00Z", "2026-327T09:30:00Z",
		"1764000000", "2026-11-23T09:30:00Z\x00", "2026-11-23T09:30:00" + strings.Repeat("0", 100_000) + "Z",
		5, int64(1764000000), 5.5, true, nil,
		[]any{"2026-11-23T09:30:00Z"},
		map[string]any{"at": 1},
	} {
		if got, err := scalar.UnmarshalDateTime(in); err == nil || !strings.HasPrefix(err.Error(), "DateTime cannot represent a ") {
			t.Errorf("%v: %s %v", in, got, err)
		}
	}
}

// TestPrintedValuesAreShortGraphQL prints values for messages.
func TestPrintedValuesAreShortGraphQL(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{value: nil, want: "null"},
		{value: "a\"<b>\n\x00é", want: `"a\"<b>\n\u0000é"`},
		{value: []any{int64(1), 2.5, true, nil, []any{}}, want: "[1, 2.5, true, null, []]"},
		{value: map[string]any{"b": "x", "a": map[string]any{}}, want: `{a: {}, b: "x"}`},
		{value: strings.Repeat("é", 1000), want: `"` + strings.Repeat("é", 49) + "…"},
		{value: "half \ufffd\xff", want: "\"half \ufffd\""}, // a string with an unpaired surrogate, as the transport marks it
	} {
		if got := scalar.Print(test.value); got != test.want {
			t.Errorf("%v: %s, want %s", test.value, got, test.want)
		}
	}
	deep := any("x")
	for range 1000 {
		deep = []any{deep, map[string]any{"a": deep}}
	}
	if got := scalar.Print(deep); len(got) > 110 {
		t.Errorf("%d bytes", len(got))
	}
}
