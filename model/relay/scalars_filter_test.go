package relay_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// newEditions stores three editions: E01 with all values, E02 with other ones, and E03 with the defaults.
// Globex has an edition with the values of E01.
func newEditions(t *testing.T) *tenancytest.Database {
	t.Helper()
	d := library.New(t)
	at := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
	all := EditionInput{
		Price: given(number("1.50")), Discount: given(number("12345678901234567890.0000000001")), Weight: given(0.1),
		Rating:  given(0.3),
		InPrint: given(true), Reviewed: given(false), ReleasedOn: given(day("2026-02-28")), EndedOn: given(day("9999-12-31")),
		Copies: given(int64(1<<53 + 1)), Sold: given(int64(math.MinInt64)), Origin: given(newSku(9)),
		Meta: given(relay.JSON(`{"a": {"b-c": "é", "n": 1, "t": true, "z": null, "<&>": [1, "x", {"k": [true]}]},
			"": 0, "1": 1e-15, "' OR 1=1": 7}`)),
		Extra:    given(relay.JSON(`["a", 2, {"k": "v", "l": null}]`)),
		Homepage: given("https://example.com"),
		Tags:     set([]string{"a", "b"}), Notes: set([]string{"Été", `"<\`}), Sizes: set([]int{1, 2}),
		Counts:  set([]int64{1<<53 + 1, -0}),
		Weights: set([]float64{0.1, 5}), Flags: set([]bool{true}), Days: set(pointers(day("2024-02-29"))), Times: set(pointers(at)),
		Prices: set(pointers(number("1.50"))), Skus: set([]relay.UUID{newSku(1)}), Metas: set([]relay.JSON{`{"a":1,"b":2}`}),
		Woods: set([]Wood{"ASH", "OAK"}),
	}
	other := EditionInput{
		Price: given(number("2")), Discount: given(number("12345678901234567890.0000000002")), Weight: given(0.2),
		Rating:  given(0.1 + 0.2 + 1e-16),
		InPrint: given(false), Reviewed: given(true), ReleasedOn: given(day("2026-03-01")), Copies: given(int64(1 << 53)),
		Sold: given(int64(0)),
		Meta: given(relay.JSON(`{"a": {"n": 2, "t": "true"}, "1": 2e-15}`)), Extra: given(relay.JSON(`"a"`)), Tags: set([]string{}),
		Notes: set([]string{}), Counts: set([]int64{1 << 53}), Woods: set([]Wood{}), Prices: set(pointers[relay.Decimal]()),
	}
	shelf := newShelf(d.Acme, t, d, "A")
	newEdition(d.Acme, t, d, shelf, 1, all)
	newEdition(d.Acme, t, d, shelf, 2, other)
	newEdition(d.Acme, t, d, shelf, 3, EditionInput{})
	newEdition(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), 1, all)
	return d
}

// atPath returns a filter for the value at a path in JSON.
func atPath(f relay.JSONFilter, keys ...string) graphql.Omittable[*relay.JSONFilter] {
	f.Path = set(keys)
	return set(&f)
}

func isEqual(value string) relay.JSONFilter { return relay.JSONFilter{Eq: given(relay.JSON(value))} }

func contains(value string) relay.JSONFilter {
	return relay.JSONFilter{Contains: given(relay.JSON(value))}
}
func isNull(null bool) relay.JSONFilter { return relay.JSONFilter{IsNull: given(null)} }

func has[V any](v V) graphql.Omittable[*ListFilter[V]] { return set(&ListFilter[V]{Has: given(v)}) }
func hasSome[V any](all ...V) graphql.Omittable[*ListFilter[V]] {
	return set(&ListFilter[V]{HasSome: set(append([]V{}, all...))})
}

func hasEvery[V any](all ...V) graphql.Omittable[*ListFilter[V]] {
	return set(&ListFilter[V]{HasEvery: set(pointers(all...))})
}

func TestFiltersOfEachScalarFindRows(t *testing.T) {
	d := newEditions(t)
	bothFlags := EditionFilter{Flags: set(&ListFilter[bool]{Has: given(true), HasEvery: set([]*bool{})})}
	for _, test := range []struct {
		name   string
		filter EditionFilter
		want   string // numbers of editions
	}{
		{
			name:   "decimal",
			filter: EditionFilter{Price: set(&relay.DecimalFilter{Eq: given(number("1.500"))})},
			want:   "1",
		},
		{
			name:   "long decimal",
			filter: EditionFilter{Discount: set(&relay.DecimalFilter{Eq: given(number("12345678901234567890.0000000001"))})},
			want:   "1",
		},
		{name: "long decimals", filter: EditionFilter{Discount: set(&relay.DecimalFilter{
			In: set([]relay.Decimal{number("12345678901234567890.0000000002"), number("1e34"), number("0")}),
		})}, want: "2"},
		{
			name:   "no decimals",
			filter: EditionFilter{Price: set(&relay.DecimalFilter{In: set([]relay.Decimal{})})},
			want:   "",
		},
		{
			name:   "decimal above",
			filter: EditionFilter{Discount: set(&relay.DecimalFilter{Gt: given(number("12345678901234567890.0000000001"))})},
			want:   "2",
		},
		{
			name:   "decimal from",
			filter: EditionFilter{Discount: set(&relay.DecimalFilter{Gte: given(number("12345678901234567890.0000000001"))})},
			want:   "1 2",
		},
		{
			name:   "decimal below",
			filter: EditionFilter{Price: set(&relay.DecimalFilter{Lt: given(number("2"))})},
			want:   "1",
		},
		{
			name:   "decimal to",
			filter: EditionFilter{Price: set(&relay.DecimalFilter{Lte: given(number("2.0"))})},
			want:   "1 2",
		},
		{
			name:   "finer decimal",
			filter: EditionFilter{Price: set(&relay.DecimalFilter{Eq: given(number("1.500000000000000000000000000001"))})},
			want:   "",
		},
		{
			name:   "null decimal",
			filter: EditionFilter{Discount: set(&relay.DecimalFilter{IsNull: given(true)})},
			want:   "3",
		},
		{
			name:   "float",
			filter: EditionFilter{Weight: set(&relay.FloatFilter{Eq: given(0.1)})},
			want:   "1 3",
		},
		{
			name:   "floats",
			filter: EditionFilter{Weight: set(&relay.FloatFilter{In: set([]float64{0.1, 0.2})})},
			want:   "1 2 3",
		},
		{
			name:   "next float",
			filter: EditionFilter{Rating: set(&relay.FloatFilter{Gt: given(0.3)})},
			want:   "2",
		},
		{
			name:   "least float",
			filter: EditionFilter{Rating: set(&relay.FloatFilter{Gte: given(5e-324), Lt: given(math.MaxFloat64)})},
			want:   "1 2",
		},
		{
			name:   "null float",
			filter: EditionFilter{Rating: set(&relay.FloatFilter{IsNull: given(false)})},
			want:   "1 2",
		},
		{
			name:   "true",
			filter: EditionFilter{InPrint: set(&relay.BooleanFilter{Eq: given(true)})},
			want:   "1 3",
		},
		{
			name:   "false",
			filter: EditionFilter{Reviewed: set(&relay.BooleanFilter{Eq: given(false)})},
			want:   "1",
		},
		{
			name:   "null boolean",
			filter: EditionFilter{Reviewed: set(&relay.BooleanFilter{IsNull: given(true)})},
			want:   "3",
		},
		{
			name:   "date",
			filter: EditionFilter{ReleasedOn: set(&relay.DateFilter{Eq: given(day("2026-02-28"))})},
			want:   "1",
		},
		{
			name:   "dates",
			filter: EditionFilter{ReleasedOn: set(&relay.DateFilter{In: set([]relay.Date{day("2026-02-28"), day("1000-01-01")})})},
			want:   "1",
		},
		{
			name:   "date range",
			filter: EditionFilter{ReleasedOn: set(&relay.DateFilter{Gt: given(day("2026-02-28")), Lte: given(day("2026-03-01"))})},
			want:   "2",
		},
		{
			name:   "last date",
			filter: EditionFilter{EndedOn: set(&relay.DateFilter{Gte: given(day("9999-12-31"))})},
			want:   "1",
		},
		{
			name:   "null date",
			filter: EditionFilter{EndedOn: set(&relay.DateFilter{IsNull: given(true)})},
			want:   "2 3",
		},
		{
			name:   "integer",
			filter: EditionFilter{Copies: set(&relay.BigIntFilter{Eq: given(int64(1<<53 + 1))})},
			want:   "1 3",
		},
		{
			name:   "integers",
			filter: EditionFilter{Copies: set(&relay.BigIntFilter{In: set([]int64{1 << 53})})},
			want:   "2",
		},
		{
			name:   "integer above",
			filter: EditionFilter{Copies: set(&relay.BigIntFilter{Gt: given(int64(1 << 53))})},
			want:   "1 3",
		},
		{
			name:   "least integer",
			filter: EditionFilter{Sold: set(&relay.BigIntFilter{Lte: given(int64(math.MinInt64))})},
			want:   "1",
		},
		{
			name:   "null integer",
			filter: EditionFilter{Sold: set(&relay.BigIntFilter{IsNull: given(true)})},
			want:   "3",
		},
		{
			name:   "UUID",
			filter: EditionFilter{Sku: set(&relay.UUIDFilter{Eq: given(newSku(1))})},
			want:   "1",
		},
		{
			name:   "UUIDs",
			filter: EditionFilter{Sku: set(&relay.UUIDFilter{In: set([]relay.UUID{newSku(1), newSku(3)})})},
			want:   "1 3",
		},
		{
			name:   "null UUID",
			filter: EditionFilter{Origin: set(&relay.UUIDFilter{IsNull: given(false)})},
			want:   "1",
		},
		{
			name:   "URL",
			filter: EditionFilter{Homepage: set(&relay.StringFilter{StartsWith: given("HTTPS://")})},
			want:   "1",
		},

		{
			name:   "JSON",
			filter: EditionFilter{Extra: atPath(isEqual(`"a"`))},
			want:   "2",
		},
		{
			name:   "JSON that contains",
			filter: EditionFilter{Extra: atPath(contains(`"a"`))},
			want:   "1 2",
		},
		{
			name:   "JSON that contains an object",
			filter: EditionFilter{Extra: atPath(contains(`{"k": "v"}`))},
			want:   "1",
		},
		{
			name:   "JSON that contains null",
			filter: EditionFilter{Extra: atPath(contains(`{"l": null}`))},
			want:   "1",
		},
		{
			name:   "null JSON",
			filter: EditionFilter{Extra: atPath(isNull(true))},
			want:   "3",
		},
		{
			name:   "JSON that is not null",
			filter: EditionFilter{Extra: atPath(isNull(false))},
			want:   "1 2",
		},
		{
			name:   "string at a path",
			filter: EditionFilter{Meta: atPath(isEqual(`"é"`), "a", "b-c")},
			want:   "1",
		},
		{
			name:   "string with an accent",
			filter: EditionFilter{Meta: atPath(isEqual(`"e"`), "a", "b-c")},
			want:   "",
		},
		{
			name:   "number at a path",
			filter: EditionFilter{Meta: atPath(isEqual("1.0"), "a", "n")},
			want:   "1",
		},
		{
			name:   "small number at a path",
			filter: EditionFilter{Meta: atPath(isEqual("2e-15"), "1")},
			want:   "2",
		},
		{
			name:   "number for a string",
			filter: EditionFilter{Meta: atPath(isEqual(`"1"`), "a", "n")},
			want:   "",
		},
		{
			name:   "boolean at a path",
			filter: EditionFilter{Meta: atPath(isEqual("true"), "a", "t")},
			want:   "1",
		},
		{
			name:   "boolean as a string",
			filter: EditionFilter{Meta: atPath(isEqual(`"true"`), "a", "t")},
			want:   "2",
		},
		{
			name:   "element of a list",
			filter: EditionFilter{Meta: atPath(isEqual("1"), "a", "<&>")},
			want:   "",
		},
		{
			name:   "list that contains",
			filter: EditionFilter{Meta: atPath(contains(`["x", 1]`), "a", "<&>")},
			want:   "1",
		},
		{
			name:   "list that contains an object",
			filter: EditionFilter{Meta: atPath(contains(`{"k": [true]}`), "a", "<&>")},
			want:   "1",
		},
		{
			name:   "object that contains",
			filter: EditionFilter{Meta: atPath(contains(`{"a": {"n": 2}}`))},
			want:   "2",
		},
		{
			name:   "null at a path",
			filter: EditionFilter{Meta: atPath(isNull(true), "a", "z")},
			want:   "1 2 3",
		},
		{
			name:   "missing path",
			filter: EditionFilter{Meta: atPath(isNull(true), "a", "b-c")},
			want:   "2 3",
		},
		{
			name:   "present path",
			filter: EditionFilter{Meta: atPath(isNull(false), "a", "n")},
			want:   "1 2",
		},
		{
			name:   "path below a string",
			filter: EditionFilter{Meta: atPath(isNull(false), "a", "b-c", "x")},
			want:   "",
		},
		{
			name:   "empty key",
			filter: EditionFilter{Meta: atPath(isEqual("0"), "")},
			want:   "1",
		},
		{
			name:   "key with SQL",
			filter: EditionFilter{Meta: atPath(isEqual("7"), "' OR 1=1")},
			want:   "1",
		},
		{
			name:   "key with a wildcard",
			filter: EditionFilter{Meta: atPath(isEqual("1"), "*")},
			want:   "",
		},
		{
			name:   "key with a path",
			filter: EditionFilter{Meta: atPath(isEqual("1"), "a.n")},
			want:   "",
		},
		{
			name:   "not JSON",
			filter: EditionFilter{Not: set(&EditionFilter{Meta: atPath(isEqual("1"), "a", "n")})},
			want:   "2 3",
		},

		{
			name:   "string in a list",
			filter: EditionFilter{Tags: has("a")},
			want:   "1",
		},
		{
			name:   "string in another case",
			filter: EditionFilter{Tags: has("A")},
			want:   "",
		},
		{
			name:   "string in NFD",
			filter: EditionFilter{Notes: has("E\u0301te\u0301")},
			want:   "1",
		},
		{
			name:   "string with escapes",
			filter: EditionFilter{Notes: has(`"<\`)},
			want:   "1",
		},
		{
			name:   "some strings",
			filter: EditionFilter{Tags: hasSome("b", "new")},
			want:   "1 3",
		},
		{
			name:   "every string",
			filter: EditionFilter{Tags: hasEvery("b", "a")},
			want:   "1",
		},
		{
			name:   "some of none",
			filter: EditionFilter{Notes: hasSome[string]()},
			want:   "",
		},
		{
			name:   "every of none",
			filter: EditionFilter{Notes: hasEvery[string]()},
			want:   "1 2",
		},
		{
			name:   "empty list",
			filter: EditionFilter{Notes: set(&ListFilter[string]{IsEmpty: given(true)})},
			want:   "2",
		},
		{
			name:   "list with values",
			filter: EditionFilter{Notes: set(&ListFilter[string]{IsEmpty: given(false)})},
			want:   "1",
		},
		{
			name:   "null list",
			filter: EditionFilter{Notes: set(&ListFilter[string]{IsNull: given(true)})},
			want:   "3",
		},
		{
			name:   "integer in a list",
			filter: EditionFilter{Sizes: has(2)},
			want:   "1",
		},
		{
			name:   "64-bit integer in a list",
			filter: EditionFilter{Counts: has(int64(1 << 53))},
			want:   "2",
		},
		{
			name:   "64-bit integers in a list",
			filter: EditionFilter{Counts: hasEvery(int64(1<<53+1), int64(2))},
			want:   "3",
		},
		{
			name:   "float in a list",
			filter: EditionFilter{Weights: hasSome(0.1, 7)},
			want:   "1",
		},
		{name: "boolean in a list", filter: bothFlags, want: "1"},
		{
			name:   "date in a list",
			filter: EditionFilter{Days: has(day("2024-02-29"))},
			want:   "1",
		},
		{
			name:   "time in a list",
			filter: EditionFilter{Times: has(time.Date(2026, 1, 1, 1, 0, 0, 1000, time.FixedZone("", 3600)))},
			want:   "1",
		},
		{
			name:   "decimal in a list",
			filter: EditionFilter{Prices: has(number("1.5"))},
			want:   "1 3",
		},
		{
			name:   "UUID in a list",
			filter: EditionFilter{Skus: has(newSku(1))},
			want:   "1",
		},
		{
			name:   "JSON in a list",
			filter: EditionFilter{Metas: has(relay.JSON(`{"a": 1, "b": 2}`))},
			want:   "1",
		},
		{
			name:   "enum in a list",
			filter: EditionFilter{Woods: hasEvery[Wood]("OAK")},
			want:   "1 3",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := must[*relay.Connection[Edition]](t)(editions.Page(d.Acme, d.DB, relay.PageArgs{}, &test.filter, Order("CODE_ASC")))
			var numbers []string
			for _, code := range codesOf(page) {
				numbers = append(numbers, strings.TrimPrefix(code, "E0"))
			}
			if got := strings.Join(numbers, " "); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
			if n := must[int](t)(page.TotalCount(d.Acme)); n != len(numbers) {
				t.Errorf("a count of %d", n)
			}
		})
	}
}

func TestFiltersOfScalarsAreChecked(t *testing.T) {
	d := newEditions(t)
	const keyMessage = " must have at most 100 characters, no quotation mark, backslash or control character, " +
		"and no hyphen at the beginning"
	for _, test := range []struct {
		name   string
		filter EditionFilter
		want   string
	}{
		{
			name:   "object",
			filter: EditionFilter{Meta: atPath(isEqual(`{"a":1}`))},
			want:   "where.meta.eq must be a string, a number or a boolean; contains compares lists and objects",
		},
		{
			name:   "length of a path",
			filter: EditionFilter{Meta: atPath(isNull(true), make([]string, 9)...)},
			want:   "where.meta.path must have at most 8 keys",
		},
		{
			name:   "quotation mark",
			filter: EditionFilter{Meta: atPath(isNull(true), "a", `b"`)},
			want:   "where.meta.path[1]" + keyMessage,
		},
		{
			name:   "backslash",
			filter: EditionFilter{Meta: atPath(isNull(true), `\`)},
			want:   "where.meta.path[0]" + keyMessage,
		},
		{
			name:   "control character",
			filter: EditionFilter{Meta: atPath(isNull(true), "\x00")},
			want:   "where.meta.path[0]" + keyMessage,
		},
		{
			name:   "hyphen",
			filter: EditionFilter{Meta: atPath(isNull(true), "-a")},
			want:   "where.meta.path[0]" + keyMessage,
		},
		{
			name:   "invalid UTF-8",
			filter: EditionFilter{Meta: atPath(isNull(true), "\xff")},
			want:   "where.meta.path[0]" + keyMessage,
		},
		{
			name:   "long key",
			filter: EditionFilter{Meta: atPath(isNull(true), strings.Repeat("é", 101))},
			want:   "where.meta.path[0]" + keyMessage,
		},
		{
			name:   "values in JSON",
			filter: EditionFilter{Meta: atPath(contains(`{"a":[` + strings.Repeat("1,", 98) + `1]}`)), Extra: atPath(contains("{"))},
			want:   "where.meta.contains must have at most 100 values; where.extra.contains must have at most 100 values",
		},
		{
			name:   "values of lists",
			filter: EditionFilter{Tags: hasSome(make([]string, 101)...), Sizes: hasEvery(make([]int, 101)...)},
			want:   "where.tags.hasSome must have at most 100 entries; where.sizes.hasEvery must have at most 100 entries",
		},
	} {
		_, err := editions.Page(d.Acme, d.DB, relay.PageArgs{}, &test.filter, nil)
		if fmt.Sprint(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}
