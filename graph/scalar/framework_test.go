package scalar_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"

	"rowhouse/graph/scalar"
	"rowhouse/model/relay"
)

// nest returns a list of lists with n levels.
func nest(n int) any {
	v := any("x")
	for range n {
		v = []any{v}
	}
	return v
}

// TestScalarsOfTheFrameworkAcceptTheirValues reads values of variables (json.Number) and of literals
// (int64, float64).
func TestScalarsOfTheFrameworkAcceptTheirValues(t *testing.T) {
	for _, test := range []struct {
		scalar string
		values []any
		want   string
	}{
		{
			scalar: "BigInt",
			values: []any{"9223372036854775807"},
			want:   "9223372036854775807",
		},
		{
			scalar: "BigInt",
			values: []any{"-9223372036854775808"},
			want:   "-9223372036854775808",
		},
		{
			scalar: "BigInt",
			values: []any{json.Number("9007199254740991"), int64(1<<53 - 1), "9007199254740991"},
			want:   "9007199254740991",
		},
		{
			scalar: "BigInt",
			values: []any{json.Number("5.0"), json.Number("5e0"), 5.0, 5, "5", "005"},
			want:   "5",
		},
		{
			scalar: "BigInt",
			values: []any{json.Number("-0"), "-0"},
			want:   "0",
		},
		{
			scalar: "Date",
			values: []any{"1000-01-01"},
			want:   "1000-01-01",
		},
		{
			scalar: "Date",
			values: []any{"2024-02-29"},
			want:   "2024-02-29",
		},
		{
			scalar: "Date",
			values: []any{"9999-12-31"},
			want:   "9999-12-31",
		},
		{
			scalar: "Decimal",
			values: []any{"12.50", json.Number("12.5"), 12.5, "1250e-2", "+12.5", "0012.5"},
			want:   "12.5",
		},
		{
			scalar: "Decimal",
			values: []any{int64(5), 5, json.Number("5"), "5.000"},
			want:   "5",
		},
		{
			scalar: "Decimal",
			values: []any{json.Number("-0"), "-0.0", "0e999"},
			want:   "0",
		},
		{
			scalar: "Decimal",
			values: []any{json.Number("1000000000000000000000"), "1e21"},
			want:   "1000000000000000000000",
		},
		{
			scalar: "Decimal",
			values: []any{json.Number("0.123456789012345")},
			want:   "0.123456789012345",
		},
		{
			scalar: "Decimal",
			values: []any{strings.Repeat("9", 35) + "." + strings.Repeat("9", 30)},
			want:   strings.Repeat("9", 35) + "." + strings.Repeat("9", 30),
		},
		{
			scalar: "Email",
			values: []any{"ada@example.com"},
			want:   "ada@example.com",
		},
		{
			scalar: "Email",
			values: []any{"é+tag@bücher.example"},
			want:   "é+tag@bücher.example",
		},
		{
			scalar: "JSON",
			values: []any{"é<\u2028"},
			want:   `"é<\u2028"`,
		},
		{
			scalar: "JSON",
			values: []any{json.Number("1.0"), json.Number("1e0"), 1.0, int64(1)},
			want:   "1",
		},
		{
			scalar: "JSON",
			values: []any{json.Number("18446744073709552000"), json.Number("1.8446744073709552e19")},
			want:   "18446744073709552000",
		},
		{
			scalar: "JSON",
			values: []any{json.Number("-0"), json.Number("0.0")},
			want:   "0",
		},
		{
			scalar: "JSON",
			values: []any{true},
			want:   "true",
		},
		{
			scalar: "JSON",
			values: []any{map[string]any{"b": []any{nil, json.Number("5")}, "": map[string]any{}, "a": 0.1}},
			want:   `{"":{},"a":0.1,"b":[null,5]}`,
		},
		{
			scalar: "JSON",
			values: []any{nest(20)},
			want:   strings.Repeat("[", 20) + `"x"` + strings.Repeat("]", 20),
		},
		{
			scalar: "URL",
			values: []any{"https://user.example:8080/a/b?c=%C3%A9&d[]=1#e"},
			want:   "https://user.example:8080/a/b?c=%C3%A9&d[]=1#e",
		},
		{
			scalar: "URL",
			values: []any{"HTTP://[::1]"},
			want:   "HTTP://[::1]",
		},
		{
			scalar: "UUID",
			values: []any{"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b", "019AB1C2-7D4E-7F00-8A5B-3C2D1E0F9A8B"},
			want:   "019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b",
		},
		{
			scalar: "Float",
			values: []any{math.Copysign(0, -1), json.Number("-0.0")},
			want:   "0",
		},
	} {
		for _, value := range test.values {
			if got, err := scalar.Unmarshalers[test.scalar](value); err != nil || fmt.Sprint(got) != test.want {
				t.Errorf("%s %T %v: %v %v, want %s", test.scalar, value, value, got, err, test.want)
			}
		}
	}
}

// TestScalarsOfTheFrameworkRejectOtherValues reads values of other types, and those beyond the bounds.
func TestScalarsOfTheFrameworkRejectOtherValues(t *testing.T) {
	list, object := []any{"a"}, map[string]any{"a": "b"}
	others := []any{json.Number("5.5"), true, nil, list, object}
	texts := append([]any{json.Number("5"), int64(5), 5.0}, others...)
	for _, test := range []struct {
		scalar, reason string
		values         []any
	}{
		{
			scalar: "BigInt",
			reason: "non-integer value",
			values: append([]any{5.5, math.NaN(), json.Number("1e999")}, others...),
		},
		{
			scalar: "BigInt",
			reason: "non 64-bit signed integer value",
			values: []any{
				"9223372036854775808", "-9223372036854775809", "", " 5", "5 ", "+5", "5.0", "5e0", "0x5", "1_000", "٥", "NaN", "5\x00",
				json.Number("1e300"), math.Inf(1), strings.Repeat("9", 100_000),
			},
		},
		{
			scalar: "BigInt",
			reason: "a number of more than 53 bits that is not a string",
			values: []any{json.Number("9007199254740992"), json.Number("-9007199254740993"), int64(math.MaxInt64), 1e18},
		},
		{
			scalar: "Date",
			reason: "a non string value",
			values: texts,
		},
		{
			scalar: "Date",
			reason: "a string that is not a day from 1000-01-01 to 9999-12-31, such as 2026-11-23",
			values: []any{
				"", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "0000-01-01",
				"0999-12-31", "10000-01-01",
				"-2026-01-01", "+2026-01-01", "2026-1-1", "26-01-01", "2026/01/01", "20260101", "2026-W01-1", "2026-001",
				" 2026-01-01", "2026-01-01 ",
				"2026-01-01T00:00:00Z", "2026-01-01\x00", "２０２６-01-01", "2026-01-0\xff", strings.Repeat("2026-01-01", 10_000),
			},
		},
		{
			scalar: "Decimal",
			reason: "non numeric value",
			values: []any{true, nil, list, object},
		},
		{
			scalar: "Decimal",
			reason: "a value that is not a number of at most 35 digits before the point and 30 after it",
			values: []any{
				"", ".", ".5", "5.", "1,5", "1 000", " 1", "1 ", "NaN", "Infinity", "-Inf", "0x1", "1_0", "--1", "−1", "1e", "e1",
				"1e1.5", "١", "1\x00",
				"1e1000", "1e-1000", "1e99999999999", "1e35", "1e-31", "0." + strings.Repeat("0", 30) + "1",
				"1" + strings.Repeat("0", 35),
				math.NaN(), math.Inf(1), 1e300, 5e-324, json.Number("1e2147483648"), json.Number("1e-400"),
				strings.Repeat("9", 100_000),
			},
		},
		{
			scalar: "Decimal",
			reason: "a number of more than 15 digits that is not a string",
			values: []any{json.Number("0.1234567890123456"), json.Number("1234567890123456"), int64(math.MaxInt64), 1.0 / 3},
		},
		{
			scalar: "Email",
			reason: "a non string value",
			values: texts,
		},
		{
			scalar: "Email",
			reason: "a string that is not an e-mail address such as ada@example.com",
			values: []any{
				"", "ada", "ada@", "@example.com", "Ada <ada@example.com>", "<ada@example.com>", " ada@example.com",
				"ada@example.com\n",
				"a@b, c@d", "ada@exam ple.com", "ada@@example.com", "ada@example.com\x00", "\xff@example.com",
				strings.Repeat("a", 251) + "@b.c",
			},
		},
		{
			scalar: "JSON",
			reason: "null",
			values: []any{nil},
		},
		{
			scalar: "JSON",
			reason: "more than 20 nested lists and objects",
			values: []any{nest(21), nest(10_000)},
		},
		{
			scalar: "JSON",
			reason: "a value of more than 65536 bytes",
			values: []any{strings.Repeat("x", 64<<10), map[string]any{strings.Repeat("x", 64<<10): true}},
		},
		{
			scalar: "JSON",
			reason: "a number that 64-bit floats do not have: write it as a string",
			values: []any{
				json.Number("1e999"), json.Number("9007199254740993"), int64(1<<53 + 1), json.Number("123456789012345678901234567890"),
				math.NaN(), math.Inf(-1),
				[]any{json.Number("-1e400")},
			},
		},
		{
			scalar: "JSON",
			reason: "a string with an unpaired surrogate or invalid UTF-8",
			values: []any{"a\xff", []any{"\xed\xa0\x80"}, map[string]any{"\xff": true}},
		},
		{
			scalar: "URL",
			reason: "a non string value",
			values: texts,
		},
		{
			scalar: "URL",
			reason: "a string that is not a URL with http or https, such as https://example.com/a?b=c",
			values: []any{
				"", "example.com", "/a", "//example.com", "http:", "http://", "http:a", "https:///a", "ftp://example.com",
				"javascript:alert(1)",
				"data:text/html,x", "file:///etc/passwd", "java\nscript://x", " https://example.com", "https://example.com ",
				"https://exam ple.com",
				"https://example.com/a b", "https://example.com/\x00", "https://example.com/é", "https://bücher.example",
				"https://example.com/\xff",
				"https://example.com\\@evil.example", "https://ada:secret@example.com", "https://bank.example@evil.example",
				"https://:80",
				"https://example.com/%zz", "https://example.com:x", `https://example.com/"`, "https://example.com/<script>",
				"https://example.com/" + strings.Repeat("a", 2048),
			},
		},
		{
			scalar: "UUID",
			reason: "a non string value",
			values: texts,
		},
		{
			scalar: "UUID",
			reason: "a string that is not a UUID such as 019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b",
			values: []any{
				"", "019ab1c27d4e7f008a5b3c2d1e0f9a8b", "{019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b}",
				"urn:uuid:019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b",
				"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8", "019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8g", "019ab1c2_7d4e_7f00_8a5b_3c2d1e0f9a8b",
				"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8\x00", "019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9é",
			},
		},
	} {
		for _, value := range test.values {
			want := test.scalar + " cannot represent " + test.reason + ": "
			got, err := scalar.Unmarshalers[test.scalar](value)
			if err == nil || !strings.HasPrefix(err.Error(), want) || len(err.Error()) > 300 {
				t.Errorf("%s %T %.50v: %.50v %.300v, want %s", test.scalar, value, value, got, err, want)
			}
		}
	}
}

// TestScalarsOfTheFrameworkAreWrittenAsJSON writes a value of each scalar.
func TestScalarsOfTheFrameworkAreWrittenAsJSON(t *testing.T) {
	for _, test := range []struct {
		value graphql.Marshaler
		want  string
	}{
		{value: scalar.MarshalBigInt(math.MinInt64), want: `"-9223372036854775808"`},
		{value: scalar.MarshalDate(relay.Date{Year: 2026, Month: 2, Day: 1}), want: `"2026-02-01"`},
		{value: scalar.MarshalDecimal(decimal.RequireFromString("12.500")), want: `"12.5"`},
		{value: scalar.MarshalDecimal(decimal.RequireFromString("1e21")), want: `"1000000000000000000000"`},
		{value: scalar.MarshalDecimal(decimal.RequireFromString("-1e-10")), want: `"-0.0000000001"`},
		{value: scalar.MarshalEmail("ada@example.com"), want: `"ada@example.com"`},
		{value: scalar.MarshalJSON(`{"a": "é"}`), want: `{"a": "é"}`},
		{value: scalar.MarshalURL("https://example.com/?a&b"), want: `"https://example.com/?a&b"`},
		{value: scalar.MarshalUUID(relay.UUID{15: 1}), want: `"00000000-0000-0000-0000-000000000001"`},
	} {
		var b bytes.Buffer
		test.value.MarshalGQL(&b)
		if b.String() != test.want {
			t.Errorf("%s, want %s", &b, test.want)
		}
	}
}
