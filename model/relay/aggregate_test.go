package relay_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

// VolumeCount is the number of a publisher's volumes with the same height or series, with aggregates.
type VolumeCount struct {
	PublisherID relay.ID
	Height      *Height
	SeriesID    *relay.ID
	Wood        *Wood
	Count       int
	Pages       relay.IntAggregate     `gorm:"embedded;embeddedPrefix:pages_"`
	Order       relay.IntAggregate     `gorm:"embedded;embeddedPrefix:order_"`
	Price       relay.DecimalAggregate `gorm:"embedded;embeddedPrefix:price_"`
	Weight      relay.FloatAggregate   `gorm:"embedded;embeddedPrefix:weight_"`
	Sold        relay.BigIntAggregate  `gorm:"embedded;embeddedPrefix:sold_"`

	relay.Batch[VolumeCount] `gorm:"-"`
}

var volumeCounts = relay.NewGroups[VolumeCount](publisherVolumes, map[Order]string{
	"HEIGHT": "height", "SERIES": "series_id", "WOOD": "wood",
}, "pages", "order", "price", "weight", "sold")

// show returns the value of a pointer, or null.
func show[V any](v *V) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprint(*v)
}

// newNumbers stores a volume with numbers.
func newNumbers(ctx context.Context, t *testing.T, d *tenancytest.Database, v Volume) {
	t.Helper()
	v.ID = relay.NewID()
	v.Code = hex.EncodeToString(v.ID[6:])
	must[*Volume](t)(volumes.Create(ctx, d.DB, &v))
}

// TestAggregatesOfABatchAreOneStatement computes aggregates of three publishers, one of them without volumes.
func TestAggregatesOfABatchAreOneStatement(t *testing.T) {
	d := catalogue.New(t)
	price := func(s string) *relay.Decimal { return new(must[relay.Decimal](t)(relay.ParseDecimal(s))) }
	newPublisher(d.Acme, t, d, "none")
	for i, ctx := range []context.Context{d.Acme, d.Globex, d.Acme} {
		p := newPublisher(ctx, t, d, fmt.Sprint(i))
		newNumbers(ctx, t, d, Volume{
			PublisherID: p.ID, Height: "LOW", Pages: new(1), Price: price("0.1"), Weight: new(0.5), Sold: new(int64(1)),
		})
		newNumbers(ctx, t, d, Volume{
			PublisherID: p.ID, Height: "LOW", Pages: new(2), Price: price("0.2"), Weight: new(1.5), Sold: new(int64(-3)),
		})
		newNumbers(ctx, t, d, Volume{PublisherID: p.ID, Height: "LOW", Pages: new(2), Price: price("0.2")})
		newNumbers(ctx, t, d, Volume{PublisherID: p.ID, Height: "TALL", Order: i})
	}
	numbers := []string{"pages", "order", "price", "weight", "sold"}
	d.Reset()
	all := must[*relay.Connection[Publisher]](t)(publishers.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("NAME_ASC"))).Nodes
	for i, p := range all {
		var got []string
		for _, g := range must[[]*VolumeCount](t)(volumeCounts.Load(d.Acme, d.DB, p, "HEIGHT", append(numbers, "x")...)) {
			got = append(got, fmt.Sprintf("%s %d; %s %s %s %s; %s %s; %s %s %s %s; %s %s %s %s; %s %s %s %s", *g.Height, g.Count,
				show(g.Pages.Sum), show(g.Pages.Min), show(g.Pages.Max), show(g.Pages.Average()),
				show(g.Order.Sum), show(g.Order.Average()),
				show(g.Price.Sum), show(g.Price.Min), show(g.Price.Max), show(g.Price.Average()),
				show(g.Weight.Sum()), show(g.Weight.Min), show(g.Weight.Max), show(g.Weight.Average()),
				show(g.Sold.Sum), show(g.Sold.Min), show(g.Sold.Max), show(g.Sold.Average())))
		}
		const low = "LOW 3; 5 1 2 1.6666666666666667; 0 0; 0.5 0.1 0.2 0.16666666666667; 2 0.5 1.5 1; -2 -3 1 -1"
		tall := func(n int) string {
			return fmt.Sprintf("TALL 1; null null null null; %d %d; null null null null; null null null null; null null null null", n, n)
		}
		want := map[string][]string{"none": nil, "0": {low, tall(0)}, "2": {low, tall(2)}}[p.Name]
		if len(all) != 3 || !slices.Equal(got, want) {
			t.Errorf("publisher %d:\n%q, want\n%q", i, got, want)
		}
	}
	countStatements(t, d, 2)
	for _, p := range all { // other arguments and other fields are other statements
		counts := must[[]*VolumeCount](t)(volumeCounts.Load(d.Acme, d.DB, p, "HEIGHT", "count"))
		if p.Name == "2" && (len(counts) != 2 || counts[0].Pages.Sum != nil) {
			t.Errorf("without numbers: %+v", counts)
		}
		must[[]*VolumeCount](t)(volumeCounts.Load(d.Acme, d.DB, p, "WOOD", "pages"))
	}
	countStatements(t, d, 2)
}

// TestSumsBeyondTheirColumnsAreExact sums the greatest numbers of each type.
func TestSumsBeyondTheirColumnsAreExact(t *testing.T) {
	d := catalogue.New(t)
	p := newPublisher(d.Acme, t, d, "p")
	price := must[relay.Decimal](t)(relay.ParseDecimal("9999999999999999999999999999.9999999999"))
	for range 3 {
		newNumbers(d.Acme, t, d, Volume{
			PublisherID: p.ID, Height: "LOW", Pages: new(math.MaxInt32), Price: &price, Weight: new(math.MaxFloat64),
			Sold: new(int64(math.MaxInt64)),
		})
	}
	g := must[[]*VolumeCount](t)(volumeCounts.Load(d.Acme, d.DB, p, "HEIGHT", "pages", "price", "weight", "sold"))[0]
	got := fmt.Sprint(show(g.Pages.Sum), " ", show(g.Pages.Average()), " ", show(g.Price.Sum), " ", show(g.Price.Average()), " ",
		show(g.Weight.Sum()), " ", show(g.Weight.Average()), " ", show(g.Weight.Max), " ", show(g.Sold.Sum), " ", show(g.Sold.Average()))
	want := "6442450941 2.147483647e+09 29999999999999999999999999999.9999999997 9999999999999999999999999999.9999999999 " +
		"null null 1.7976931348623157e+308 27670116110564327421 9.223372036854776e+18"
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestGroupsThatDoNotFitPanic(t *testing.T) {
	for _, test := range []struct{ number, want string }{
		{number: "rating", want: "relay: the group relay_test.VolumeCount has no field Rating with aggregates of *int"},
		{number: "code", want: "relay: the group relay_test.VolumeCount has no field Code with aggregates of string"},
		{number: "colour", want: "relay: the type Volume has no field colour"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != test.want {
					t.Errorf("%s: %s, want %s", test.number, got, test.want)
				}
			}()
			relay.NewGroups[VolumeCount](publisherVolumes, map[Order]string{"HEIGHT": "height"}, test.number)
		}()
	}
}
