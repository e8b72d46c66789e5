package relay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// TestEachScalarIsStoredAndRead creates an edition with extreme values, and one with the defaults.
func TestEachScalarIsStoredAndRead(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	at := time.Date(2026, 11, 23, 9, 30, 0, 123456000, time.UTC)
	full := newEdition(d.Acme, t, d, shelf, 1, EditionInput{
		Price: given(number("9999.990")), Discount: given(number("-1234567890123456789012345678.0123456789")),
		Weight: given(5e-324), Rating: given(-math.MaxFloat64), InPrint: given(false), Reviewed: given(true),
		ReleasedOn: given(day("1000-01-01")), EndedOn: given(day("9999-12-31")),
		Copies: given(int64(math.MinInt64)), Sold: given(int64(math.MaxInt64)), Origin: given(relay.UUID{}),
		Meta: given(relay.JSON(`{"b": [1.50, "<é>", null], "aa": {"": true}}`)), Extra: given(relay.JSON(`"😀"`)),
		Homepage: given("https://example.com/a?b=%20#c"), Contact: given("E\u0301@acme.example"),
		Tags: set([]string{"a", "b"}), Notes: set([]string{"E\u0301té", `"\<`}), Sizes: set([]int{9, 1}),
		Counts: set([]int64{math.MaxInt64, 0}), Weights: set([]float64{0.1, 1e300}), Flags: set([]bool{true, false}),
		Days: set(pointers(day("2024-02-29"))), Times: set(pointers(at)), Prices: set(pointers(number("1.50"), number("0"))),
		Skus: set([]relay.UUID{newSku(7)}), Metas: set([]relay.JSON{`{"a":1}`, `[]`, `5`}), Woods: set([]Wood{"ASH", "OAK"}),
	})
	bare := newEdition(d.Acme, t, d, shelf, 2, EditionInput{})
	newEdition(d.Globex, t, d, newShelf(d.Globex, t, d, "A"), 1, EditionInput{})
	for _, test := range []struct {
		edition *Edition
		want    string
	}{
		{
			edition: full,
			want: "9999.99 -1234567890123456789012345678.0123456789 5e-324 -1.7976931348623157e+308 false true " +
				"1000-01-01 9999-12-31 -9223372036854775808 9223372036854775807 " +
				"80000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-000000000000 " +
				`{"aa":{"":true},"b":[1.5,"<é>",null]} "😀" https://example.com/a?b=%20#c É@acme.example ` +
				`[a b] [Été "\<] [9 1] [9223372036854775807 0] [0.1 1e+300] [true false] [2024-02-29] ` +
				"[2026-11-23 09:30:00.123456 +0000 UTC] [1.5 0] [80000000-0000-0000-0000-000000000007] " +
				`[{"a":1} [] 5] [ASH OAK]`,
		},
		{
			edition: bare,
			want: "9.99 null 0.1 null true null 2026-01-31 null 9007199254740993 null 80000000-0000-0000-0000-000000000002 null " +
				`{"formats":["paper"],"language":"en"} null null null [new] null [] [9007199254740993 2] [] [] [] [] ` +
				"[1.5 2] [] [] [OAK]",
		},
	} {
		for _, e := range []*Edition{test.edition, must[*Edition](t)(editions.Find(d.Acme, d.DB, test.edition.ID))} {
			if got := printEdition(e); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		}
	}
}

// printEdition returns the values of an edition in one line.
func printEdition(e *Edition) string {
	var all []string
	row := reflect.ValueOf(e).Elem()
	for i := range row.NumField() {
		switch row.Type().Field(i).Name {
		case "Row", "ShelfID", "Code", "Version":
		default:
			all = append(all, printValue(row.Field(i)))
		}
	}
	return strings.Join(all, " ")
}

func printValue(v reflect.Value) string {
	if j, ok := v.Interface().(relay.JSON); ok {
		return printJSON(j)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice:
		if v.IsNil() {
			return "null"
		}
		if v.Kind() == reflect.Pointer {
			return printValue(v.Elem())
		}
		elements := make([]string, v.Len())
		for i := range elements {
			elements[i] = printValue(v.Index(i))
		}
		return "[" + strings.Join(elements, " ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// printJSON returns a value without the spaces and the order of keys of a server.
func printJSON(j relay.JSON) string {
	normalized, err := relay.ParseJSON(string(j))
	if err != nil {
		return err.Error()
	}
	return string(normalized)
}

// TestUpdateToEqualValuesChangesNothing updates an edition to values that differ in their text only.
func TestUpdateToEqualValuesChangesNothing(t *testing.T) {
	d := library.New(t)
	e := newEdition(d.Acme, t, d, newShelf(d.Acme, t, d, "A"), 1, EditionInput{
		Discount: given(number("1.5")), Rating: given(0.0), EndedOn: given(day("2026-01-01")), Sold: given(int64(1)),
		Origin: given(newSku(1)),
		Extra:  given(relay.JSON(`{"a":1,"bb":[2]}`)), Prices: set(pointers(number("1.5"))), Metas: set([]relay.JSON{`{"a":1,"bb":2}`}),
	})
	same := EditionInput{
		ID: e.GlobalID(), Discount: given(number("1.50")), Rating: given(math.Copysign(0, -1)), EndedOn: given(day("2026-01-01")),
		Sold: given(int64(1)), Origin: given(newSku(1)), Extra: given(relay.JSON(`{ "bb": [2.0], "a": 1e0 }`)),
		Prices: set(pointers(number("1.500"))), Metas: set([]relay.JSON{`{"bb":2, "a":1.0}`}), Tags: set([]string{"new"}),
	}
	if e := must[*Edition](t)(editions.UpdateFrom(d.Acme, d.DB, &same)); e.Version != 1 {
		t.Errorf("the version is %d", e.Version)
	}
	other := EditionInput{
		ID: e.GlobalID(), Price: given(number("0.01")), Discount: null(number("0")), Rating: given(0.1), Reviewed: given(false),
		EndedOn: given(day("2026-01-02")),
		Sold:    given(int64(2)), Origin: given(newSku(2)), Extra: given(relay.JSON(`{"a":1,"bb":[3]}`)), Meta: given(relay.JSON(`[]`)),
		Tags: set([]string{}), Notes: set([]string{"ab"}), Counts: set([]int64{1, 2}), Prices: set(pointers(number("1.51"))),
		Metas: set([]relay.JSON{`{"a":1,"bb":3}`}), Woods: set([]Wood{}), Flags: set([]bool{false, true}),
	}
	updated := must[*Edition](t)(editions.UpdateFrom(d.Acme, d.DB, &other))
	found := must[*Edition](t)(editions.Find(d.Acme, d.DB, e.ID))
	if a, b := printEdition(updated),
		printEdition(found); a != b || updated.Version != 2 || found.Discount != nil ||
		len(found.Woods) > 0 || !slices.Equal(found.Counts, []int64{1, 2}) || found.Price.String() != "0.01" {
		t.Errorf("got  %s\nwant %s, version %d", b, a, updated.Version)
	}
	nulls := EditionInput{ID: e.GlobalID(), Notes: set[[]string](nil), Extra: null(relay.JSON(""))}
	if e := must[*Edition](t)(editions.UpdateFrom(d.Acme, d.DB, &nulls)); e.Notes != nil || e.Extra != nil || e.Version != 3 {
		t.Errorf("got %+v", e)
	}
}

func TestRulesOfScalarsAndListsAreChecked(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	deep := relay.JSON(strings.Repeat("[", 21) + strings.Repeat("]", 21))
	for _, test := range []struct {
		name string
		in   EditionInput
		want string
	}{
		{
			name: "decimal bounds",
			in:   EditionInput{Price: given(number("-0.01"))},
			want: "price must be 0 to 9999.99",
		},
		{
			name: "decimal bounds and digits",
			in:   EditionInput{Price: given(number("1e20"))},
			want: "price must be 0 to 9999.99",
		},
		{
			name: "decimal fraction",
			in:   EditionInput{Price: given(number("1.005"))},
			want: "price must have at most 2 digits after the point",
		},
		{
			name: "decimal digits",
			in:   EditionInput{Discount: given(number("1e28"))},
			want: "discount must have at most 28 digits before the point",
		},
		{
			name: "float bound",
			in:   EditionInput{Weight: given(1e308)},
			want: "weight must be at most 1e307",
		},
		{
			name: "integer bound",
			in:   EditionInput{Copies: given(int64(math.MaxInt64))},
			want: "copies must be at most 9223372036854775806",
		},
		{
			name: "depth",
			in:   EditionInput{Meta: given(deep)},
			want: "meta can't have more than 20 nested lists and objects",
		},
		{
			name: "URL",
			in:   EditionInput{Homepage: given("ftp://a")},
			want: "homepage must be a URL with http or https of at most 2048 characters",
		},
		{
			name: "e-mail address",
			in:   EditionInput{Contact: given("a@")},
			want: "contact must be an e-mail address of at most 254 characters",
		},
		{
			name: "elements",
			in: EditionInput{
				Tags: set([]string{"a", "B", "ccccccccccc"}), Sizes: set([]int{0, 1, 10}), Notes: set([]string{"x\ny", "a"}),
			},
			want: "tags[1] must have letters; tags[2] must have at most 10 characters; " +
				"notes[0] must not hold control characters such as line breaks; notes[1] must have at least 2 characters; " +
				"sizes[0] must be 1 to 9; sizes[2] must be 1 to 9",
		},
		{
			name: "elements with bounds",
			in: EditionInput{
				Counts: set([]int64{-1}), Weights: set([]float64{-0.1}), Prices: set(pointers(number("0.001"), number("100"))),
				Metas: set([]relay.JSON{"{}", "{"}),
			},
			want: "counts[0] must be at least 0; weights[0] must be at least 0; prices[0] must have at most 2 digits after the point; " +
				"prices[1] must be 0 to 99.99; metas[1] can't have unexpected EOF",
		},
		{
			name: "length of a list",
			in:   EditionInput{Flags: set(make([]bool, 1001))},
			want: "flags must have at most 1000 entries",
		},
		{
			name: "null for a list",
			in:   EditionInput{Tags: set[[]string](nil)},
			want: "tags must not be null; leave it out to keep it as it is",
		},
	} {
		test.in.ShelfID, test.in.Code, test.in.Sku = given(shelf.GlobalID()), given("x"), given(newSku(1))
		if _, err := editions.CreateFrom(d.Acme, d.DB, &test.in); fmt.Sprint(err) != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

// fillEditions stores editions of both tenants on two shelves, with few different values, which include
// those that differ least.
func fillEditions(t *testing.T, d *tenancytest.Database) (a, b *Shelf) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same in each run
	discounts := []string{"-1", "0", "1234567890123456789.0000000001", "1234567890123456789.0000000002", "1234567890123456789.0000000010"}
	floats := []float64{math.Inf(-1), math.Copysign(0, -1), 0, 5e-324, 0.3, 0.1 + 0.2, 1e300, -1e-300}[1:]
	days := []string{"1000-01-01", "2026-02-28", "2026-03-01", "9999-12-31"}
	counts := []int64{math.MinInt64, -1, 0, 1<<53 + 1, 1 << 53, math.MaxInt64}
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		shelves := []*Shelf{newShelf(ctx, t, d, "A"), newShelf(ctx, t, d, "B")}
		if ctx == d.Acme {
			a, b = shelves[0], shelves[1]
		}
		for i := range 24 {
			in := EditionInput{
				Price: given(number(fmt.Sprintf("%d.5", r.IntN(3)*5))), Weight: given(floats[r.IntN(len(floats)-1)]),
				InPrint:    given(r.IntN(2) == 0),
				ReleasedOn: given(day(days[r.IntN(4)])), Copies: given(counts[r.IntN(5)]),
			}
			if r.IntN(3) > 0 {
				in.Discount, in.Rating = given(number(discounts[r.IntN(5)])), given(floats[r.IntN(len(floats))])
				in.Reviewed, in.EndedOn = given(r.IntN(2) == 0), given(day(days[r.IntN(4)]))
				in.Sold, in.Origin = given(counts[r.IntN(6)]), given(newSku(r.IntN(2)*255+r.IntN(2)))
				in.Homepage, in.Contact = given("https://example.com/"+string("aAb"[r.IntN(3)])),
					given(string("xXy"[r.IntN(3)])+"@acme.example")
			}
			newEdition(ctx, t, d, shelves[i%2], (i*7)%24, in)
		}
	}
	return a, b
}

// sqlEditionOrder returns an order of editions as SQL.
func sqlEditionOrder(order Order) string {
	column, last := strings.CutSuffix(string(order), "_NULLS_LAST")
	column, first := strings.CutSuffix(column, "_NULLS_FIRST")
	column, desc := strings.CutSuffix(column, "_DESC")
	column = strings.ToLower(strings.TrimSuffix(column, "_ASC"))
	direction, by := "", ""
	if desc {
		direction = " DESC"
	}
	switch {
	case last:
		by = column + " IS NULL, "
	case first:
		by = column + " IS NOT NULL, "
	}
	return by + column + direction + ", id" + direction
}

// TestOrdersByEachScalarPageInBothDirections reads all editions in pages, and compares them with the
// database's order.
func TestOrdersByEachScalarPageInBothDirections(t *testing.T) {
	d := library.New(t)
	fillEditions(t, d)
	for _, order := range editionOrders {
		want := readCodes(t, d, "SELECT code FROM editions WHERE tenant_id = 1 ORDER BY "+sqlEditionOrder(order))
		var forwards, backwards []string
		for args := (relay.PageArgs{First: new(5)}); ; {
			page := must[*relay.Connection[Edition]](t)(editions.Page(d.Acme, d.DB, args, nil, order))
			forwards = append(forwards, codesOf(page)...)
			if args.After = page.PageInfo().EndCursor; !page.PageInfo().HasNextPage {
				break
			}
		}
		for args := (relay.PageArgs{Last: new(5)}); ; {
			page := must[*relay.Connection[Edition]](t)(editions.Page(d.Acme, d.DB, args, nil, order))
			backwards = append(codesOf(page), backwards...)
			if args.Before = page.PageInfo().StartCursor; !page.PageInfo().HasPreviousPage {
				break
			}
		}
		if !slices.Equal(forwards, want) || !slices.Equal(backwards, want) || len(want) != 24 {
			t.Errorf("%s:\n%v forwards\n%v backwards, want\n%v", order, forwards, backwards, want)
		}
	}
}

func codesOf(page *relay.Connection[Edition]) (codes []string) {
	for _, e := range page.Nodes {
		codes = append(codes, e.Code)
	}
	return codes
}

// TestRelationsPageByEachScalar reads pages of the editions of two shelves, after a cursor too.
func TestRelationsPageByEachScalar(t *testing.T) {
	d := library.New(t)
	fillEditions(t, d)
	for _, order := range editionOrders {
		all := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("CODE_ASC"))).Nodes
		for _, shelf := range all {
			of := fmt.Sprintf("tenant_id = 1 AND shelf_id = X'%x'", shelf.ID[:])
			want := readCodes(t, d, "SELECT code FROM editions WHERE "+of+" ORDER BY "+sqlEditionOrder(order))
			first := must[*relay.Connection[Edition]](t)(shelfEditions.Page(d.Acme, d.DB, shelf, relay.PageArgs{First: new(4)}, nil, order))
			rest := relay.PageArgs{After: first.PageInfo().EndCursor}
			second := must[*relay.Connection[Edition]](t)(shelfEditions.Page(d.Acme, d.DB, shelf, rest, nil, order))
			if got := append(codesOf(first), codesOf(second)...); !slices.Equal(got, want) || len(want) != 12 {
				t.Errorf("%s of %s: %v, want %v", order, shelf.Code, got, want)
			}
		}
	}
}

// TestJSONIsReadAsJSON decodes a value as encoding/json does.
func TestJSONIsReadAsJSON(t *testing.T) {
	var j relay.JSON
	if err := json.Unmarshal([]byte(`{"a": [1]}`), &j); err != nil || j != `{"a": [1]}` {
		t.Error(j, err)
	}
	var value struct{ A []int }
	if err := j.Decode(&value); err != nil || len(value.A) != 1 {
		t.Error(value, err)
	}
}
