package relay_test

import (
	"testing"
	"time"

	"rowhouse/model/relay"
)

func TestFiltersOfJSONAndListsFindRows(t *testing.T) {
	d := newEditions(t)
	bothFlags := EditionFilter{Flags: set(&ListFilter[bool]{Has: given(true), HasEvery: set([]*bool{})})}
	for _, test := range []editionCase{
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
		t.Run(test.name, func(t *testing.T) { test.run(t, d) })
	}
}
