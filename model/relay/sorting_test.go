package relay_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// fillVolumes stores volumes of both tenants with few different values, many of them NULL.
func fillVolumes(t *testing.T, d *tenancytest.Database) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same in each run
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		houses := []*Publisher{newPublisher(ctx, t, d, "b"), newPublisher(ctx, t, d, "A"), newPublisher(ctx, t, d, "a")}
		all := []*relay.ID{nil}
		for i, name := range []string{"ä", "A", "b", "B"} {
			s := &Series{Name: name, Code: string("yxXY"[i]), Wood: allWood[i%3]}
			if i%2 == 0 {
				s.Year = new(2000 + i)
			}
			all = append(all, &must[*Series](t)(series.Create(ctx, d.DB, s)).ID)
		}
		for i := range 36 {
			v := &Volume{
				PublisherID: houses[r.IntN(3)].ID, SeriesID: all[r.IntN(5)], Code: fmt.Sprint("C", (i*7)%36),
				Height: allHeight[r.IntN(2)], Order: r.IntN(3),
			}
			if r.IntN(3) > 0 {
				v.Rating = new(r.IntN(2))
			}
			if r.IntN(3) > 0 {
				v.Wood = new(allWood[r.IntN(3)])
			}
			must[*Volume](t)(volumes.Create(ctx, d.DB, v))
		}
	}
}

// volumeSQL has the keys of the orders in SQL.
var volumeSQL = map[string][]string{
	"HEIGHT_RATING":              {"v.height", "v.rating"},
	"RATING_WOOD_ORDER":          {"v.rating", "FIELD(COALESCE(v.wood, ''), 'OAK', 'BEECH', 'ASH')", "v.`order`"},
	"RATING_CODE_ORDER":          {"v.rating", "v.code"},
	"ORDER":                      {"v.`order`"},
	"SERIES_NAME_RATING":         {"s.name", "v.rating"},
	"SERIES_CODE_RATING":         {"s.code", "v.rating"},
	"SERIES_NAME_WOOD":           {"s.name", "FIELD(COALESCE(v.wood, ''), 'OAK', 'BEECH', 'ASH')"},
	"SERIES_WOOD_YEAR":           {"FIELD(COALESCE(s.wood, ''), 'OAK', 'BEECH', 'ASH')", "s.year"},
	"SERIES_NAME":                {"s.name"},
	"SERIES_YEAR":                {"s.year"},
	"PUBLISHER_NAME_SERIES_CODE": {"p.name", "s.code"},
}

// codesInOrder returns the codes of Acme's volumes by an unguarded query.
func codesInOrder(t *testing.T, d *tenancytest.Database, order Order, where string) []string {
	t.Helper()
	name, last := strings.CutSuffix(string(order), "_NULLS_LAST")
	name, first := strings.CutSuffix(name, "_NULLS_FIRST")
	name, desc := strings.CutSuffix(name, "_DESC")
	keys := append(slices.Clone(volumeSQL[strings.TrimSuffix(name, "_ASC")]), "v.id")
	if last || first {
		keys = append([]string{keys[0] + " IS NULL"}, keys...)
	}
	if desc {
		for i := range keys {
			keys[i] += " DESC"
		}
	}
	return readCodes(t, d, `SELECT v.code FROM volumes v JOIN publishers p ON p.id = v.publisher_id
		LEFT JOIN series s ON s.id = v.series_id WHERE v.tenant_id = 1 AND `+where+" ORDER BY "+strings.Join(keys, ", "))
}

// pageCodes reads all pages of volumes, forwards or backwards. It fails if a page needs
// several statements.
func pageCodes(
	t *testing.T, d *tenancytest.Database, backwards bool, page func(relay.PageArgs) (*relay.Connection[Volume], error),
) (codes []string) {
	t.Helper()
	args := relay.PageArgs{First: new(7)}
	if backwards {
		args = relay.PageArgs{Last: new(7)}
	}
	for {
		d.Reset()
		c := must[*relay.Connection[Volume]](t)(page(args))
		if ran := d.Ran(); len(ran) > 1 {
			t.Errorf("a page needs %q", ran)
		}
		var some []string
		for _, e := range c.Edges() {
			if some = append(some, e.Node.Code); !e.Node.Found {
				t.Errorf("AfterFind of %s was not called", e.Node.Code)
			}
		}
		info := c.PageInfo()
		switch {
		case backwards:
			codes, args.Before = append(some, codes...), info.StartCursor
		default:
			codes, args.After = append(codes, some...), info.EndCursor
		}
		if backwards && !info.HasPreviousPage || !backwards && !info.HasNextPage {
			return codes
		}
	}
}

// TestOrdersBySeveralFieldsPageInBothDirections reads all volumes in pages, and compares them with the
// database's order.
func TestOrdersBySeveralFieldsPageInBothDirections(t *testing.T) {
	d := catalogue.New(t)
	fillVolumes(t, d)
	for _, order := range volumeOrders {
		want := codesInOrder(t, d, order, "TRUE")
		for _, backwards := range []bool{false, true} {
			got := pageCodes(t, d, backwards, func(args relay.PageArgs) (*relay.Connection[Volume], error) {
				return volumes.Page(d.Acme, d.DB, args, &VolumeFilter{}, order)
			})
			if !slices.Equal(got, want) {
				t.Errorf("%s, backwards %t:\n%v, want\n%v", order, backwards, got, want)
			}
		}
	}
}

// TestRelationsPageInOrdersBySeveralFields reads the volumes of three publishers, which are one batch.
func TestRelationsPageInOrdersBySeveralFields(t *testing.T) {
	d := catalogue.New(t)
	fillVolumes(t, d)
	for _, order := range volumeOrders {
		for _, backwards := range []bool{false, true} {
			all := must[*relay.Connection[Publisher]](t)(publishers.Page(d.Acme, d.DB, relay.PageArgs{}, nil, nil))
			for _, p := range all.Nodes {
				want := codesInOrder(t, d, order, fmt.Sprintf("p.id = 0x%x", p.ID[:]))
				got := pageCodes(t, d, backwards, func(args relay.PageArgs) (*relay.Connection[Volume], error) {
					return publisherVolumes.Page(d.Acme, d.DB, p, args, nil, order)
				})
				if !slices.Equal(got, want) {
					t.Errorf("%s, backwards %t:\n%v, want\n%v", order, backwards, got, want)
				}
			}
		}
	}
}

// TestForgedCursorsOfSeveralFieldsAreRejected writes cursors by hand.
func TestForgedCursorsOfSeveralFieldsAreRejected(t *testing.T) {
	d := catalogue.New(t)
	fillVolumes(t, d)
	const id = "0123456789abcdef"
	for _, test := range []struct {
		order, cursor string
		valid         bool
	}{
		{order: "HEIGHT_RATING_DESC", cursor: "height,rating:" + id + "[1,null]", valid: true},
		{order: "HEIGHT_RATING_DESC", cursor: "height,rating:" + id + "[null,null]", valid: true},
		{order: "HEIGHT_RATING_DESC", cursor: "height,rating:" + id + "[1]"},
		{order: "HEIGHT_RATING_DESC", cursor: "height,rating:" + id + "[1,2,3]"},
		{order: "HEIGHT_RATING_DESC", cursor: "height,rating:" + id + `[1,"x"]`},
		{order: "HEIGHT_RATING_DESC", cursor: "height,rating:" + id},
		{order: "HEIGHT_RATING_DESC", cursor: "height,rating:" + id + "null"},
		{order: "HEIGHT_RATING_ASC", cursor: "height,rating:" + id + "[1,1]"},
		{order: "SERIES_NAME_RATING_ASC", cursor: "series.`name`,rating asc:" + id + `["é",1]`, valid: true},
		{order: "SERIES_CODE_RATING_ASC", cursor: "series.`code`,rating asc:" + id + `["é",1]`},
		{order: "RATING_CODE_ORDER_DESC", cursor: "rating,`code`:" + id + `[null,null]`, valid: true},
	} {
		cursor := base64.RawURLEncoding.EncodeToString([]byte(test.cursor))
		for field, args := range map[string]relay.PageArgs{"after": {After: &cursor}, "before": {Before: &cursor}} {
			want := "<nil>"
			if !test.valid {
				want = field + " is not a cursor of this connection in this order"
			}
			if _, err := volumes.Page(d.Acme, d.DB, args, nil, Order(test.order)); fmt.Sprint(err) != want {
				t.Errorf("%s %q: %v, want %s", test.order, test.cursor, err, want)
			}
		}
	}
}
