package relay_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"

	"rowhouse/model/relay"
	"rowhouse/tenancy/tenancytest"
)

type (
	// Edition is an edition on a shelf. It has a field of each scalar, with and without null, and a list of
	// each.
	Edition struct {
		relay.Row[Edition]
		ShelfID    relay.ID
		Code       string `gorm:"charset:ascii"`
		Price      relay.Decimal
		Discount   *relay.Decimal
		Weight     float64
		Rating     *float64
		InPrint    bool
		Reviewed   *bool
		ReleasedOn relay.Date
		EndedOn    *relay.Date
		Copies     int64
		Sold       *int64
		Sku        relay.UUID
		Origin     *relay.UUID
		Meta       relay.JSON
		Extra      *relay.JSON
		Homepage   *string
		Contact    *string

		Tags    []string        `gorm:"serializer:json"`
		Notes   []string        `gorm:"serializer:json"`
		Sizes   []int           `gorm:"serializer:json"`
		Counts  []int64         `gorm:"serializer:bigints"`
		Weights []float64       `gorm:"serializer:json"`
		Flags   []bool          `gorm:"serializer:json"`
		Days    []relay.Date    `gorm:"serializer:json"`
		Times   []time.Time     `gorm:"serializer:json"`
		Prices  []relay.Decimal `gorm:"serializer:json"`
		Skus    []relay.UUID    `gorm:"serializer:json"`
		Metas   []relay.JSON    `gorm:"serializer:json"`
		Woods   []Wood          `gorm:"serializer:enums"`

		Version int
	}
	// EditionInput has lists of pointers to structs, as gqlgen generates them.
	EditionInput struct {
		ID         relay.GlobalID                      `json:"id"`
		ShelfID    graphql.Omittable[*relay.GlobalID]  `json:"shelfId"`
		Code       graphql.Omittable[*string]          `json:"code"`
		Price      graphql.Omittable[*relay.Decimal]   `json:"price"`
		Discount   graphql.Omittable[*relay.Decimal]   `json:"discount"`
		Weight     graphql.Omittable[*float64]         `json:"weight"`
		Rating     graphql.Omittable[*float64]         `json:"rating"`
		InPrint    graphql.Omittable[*bool]            `json:"inPrint"`
		Reviewed   graphql.Omittable[*bool]            `json:"reviewed"`
		ReleasedOn graphql.Omittable[*relay.Date]      `json:"releasedOn"`
		EndedOn    graphql.Omittable[*relay.Date]      `json:"endedOn"`
		Copies     graphql.Omittable[*int64]           `json:"copies"`
		Sold       graphql.Omittable[*int64]           `json:"sold"`
		Sku        graphql.Omittable[*relay.UUID]      `json:"sku"`
		Origin     graphql.Omittable[*relay.UUID]      `json:"origin"`
		Meta       graphql.Omittable[*relay.JSON]      `json:"meta"`
		Extra      graphql.Omittable[*relay.JSON]      `json:"extra"`
		Homepage   graphql.Omittable[*string]          `json:"homepage"`
		Contact    graphql.Omittable[*string]          `json:"contact"`
		Tags       graphql.Omittable[[]string]         `json:"tags"`
		Notes      graphql.Omittable[[]string]         `json:"notes"`
		Sizes      graphql.Omittable[[]int]            `json:"sizes"`
		Counts     graphql.Omittable[[]int64]          `json:"counts"`
		Weights    graphql.Omittable[[]float64]        `json:"weights"`
		Flags      graphql.Omittable[[]bool]           `json:"flags"`
		Days       graphql.Omittable[[]*relay.Date]    `json:"days"`
		Times      graphql.Omittable[[]*time.Time]     `json:"times"`
		Prices     graphql.Omittable[[]*relay.Decimal] `json:"prices"`
		Skus       graphql.Omittable[[]relay.UUID]     `json:"skus"`
		Metas      graphql.Omittable[[]relay.JSON]     `json:"metas"`
		Woods      graphql.Omittable[[]Wood]           `json:"woods"`
	}
	EditionFilter struct {
		Not        graphql.Omittable[*EditionFilter]             `json:"not"`
		Price      graphql.Omittable[*relay.DecimalFilter]       `json:"price"`
		Discount   graphql.Omittable[*relay.DecimalFilter]       `json:"discount"`
		Weight     graphql.Omittable[*relay.FloatFilter]         `json:"weight"`
		Rating     graphql.Omittable[*relay.FloatFilter]         `json:"rating"`
		InPrint    graphql.Omittable[*relay.BooleanFilter]       `json:"inPrint"`
		Reviewed   graphql.Omittable[*relay.BooleanFilter]       `json:"reviewed"`
		ReleasedOn graphql.Omittable[*relay.DateFilter]          `json:"releasedOn"`
		EndedOn    graphql.Omittable[*relay.DateFilter]          `json:"endedOn"`
		Copies     graphql.Omittable[*relay.BigIntFilter]        `json:"copies"`
		Sold       graphql.Omittable[*relay.BigIntFilter]        `json:"sold"`
		Sku        graphql.Omittable[*relay.UUIDFilter]          `json:"sku"`
		Origin     graphql.Omittable[*relay.UUIDFilter]          `json:"origin"`
		Meta       graphql.Omittable[*relay.JSONFilter]          `json:"meta"`
		Extra      graphql.Omittable[*relay.JSONFilter]          `json:"extra"`
		Homepage   graphql.Omittable[*relay.StringFilter]        `json:"homepage"`
		Tags       graphql.Omittable[*ListFilter[string]]        `json:"tags"`
		Notes      graphql.Omittable[*ListFilter[string]]        `json:"notes"`
		Sizes      graphql.Omittable[*ListFilter[int]]           `json:"sizes"`
		Counts     graphql.Omittable[*ListFilter[int64]]         `json:"counts"`
		Weights    graphql.Omittable[*ListFilter[float64]]       `json:"weights"`
		Flags      graphql.Omittable[*ListFilter[bool]]          `json:"flags"`
		Days       graphql.Omittable[*ListFilter[relay.Date]]    `json:"days"`
		Times      graphql.Omittable[*ListFilter[time.Time]]     `json:"times"`
		Prices     graphql.Omittable[*ListFilter[relay.Decimal]] `json:"prices"`
		Skus       graphql.Omittable[*ListFilter[relay.UUID]]    `json:"skus"`
		Metas      graphql.Omittable[*ListFilter[relay.JSON]]    `json:"metas"`
		Woods      graphql.Omittable[*ListFilter[Wood]]          `json:"woods"`
	}
	ListFilter[V any] struct {
		Has      graphql.Omittable[*V]    `json:"has"`
		HasSome  graphql.Omittable[[]V]   `json:"hasSome"`
		HasEvery graphql.Omittable[[]*V]  `json:"hasEvery"`
		IsEmpty  graphql.Omittable[*bool] `json:"isEmpty"`
		IsNull   graphql.Omittable[*bool] `json:"isNull"`
	}
)

const createEditions = `CREATE TABLE editions (tenant_id INT UNSIGNED, id BINARY(16), shelf_id BINARY(16) NOT NULL,
	code VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	price DECIMAL(6,2) NOT NULL, discount DECIMAL(38,10), weight DOUBLE NOT NULL, rating DOUBLE,
	in_print BOOLEAN NOT NULL, reviewed BOOLEAN, released_on DATE NOT NULL, ended_on DATE, copies BIGINT NOT NULL, sold BIGINT,
	sku BINARY(16) NOT NULL, origin BINARY(16),
	meta JSON NOT NULL, extra JSON, homepage TEXT, contact VARCHAR(254), tags JSON NOT NULL, notes JSON, sizes JSON NOT NULL,
	counts JSON NOT NULL, weights JSON NOT NULL, flags JSON NOT NULL, days JSON NOT NULL, times JSON NOT NULL, prices JSON NOT NULL,
	skus JSON NOT NULL, metas JSON NOT NULL, woods JSON NOT NULL, version INT NOT NULL, PRIMARY KEY (tenant_id, id),
	UNIQUE KEY (tenant_id, sku), KEY (tenant_id, price, id), KEY (tenant_id, discount, id),
	FOREIGN KEY (tenant_id, shelf_id) REFERENCES shelves (tenant_id, id) ON DELETE CASCADE)`

// editionOrders are the orders by each field of a scalar with an order.
var editionOrders = append(bothWays("CODE", "PRICE", "WEIGHT", "IN_PRINT", "RELEASED_ON", "COPIES", "SKU"),
	fourWays("DISCOUNT", "RATING", "REVIEWED", "ENDED_ON", "SOLD", "ORIGIN", "HOMEPAGE", "CONTACT")...)

func bothWays(names ...Order) (orders []Order) {
	for _, name := range names {
		orders = append(orders, name+"_ASC", name+"_DESC")
	}
	return orders
}

func fourWays(names ...Order) []Order {
	orders := bothWays(names...)
	for _, name := range names {
		orders = append(orders, name+"_ASC_NULLS_LAST", name+"_DESC_NULLS_FIRST")
	}
	return orders
}

var (
	editions = relay.NewType[Edition, EditionFilter](editionOrders, relay.Fields{
		{Name: "code", MaxLength: 20},
		{Name: "price", Min: "0", Max: "9999.99", Default: "9.99"},
		{Name: "weight", Max: "1e307", Default: "0.1"},
		{Name: "inPrint", Default: "true"},
		{Name: "releasedOn", Default: "2026-01-31"},
		{Name: "copies", Max: "9223372036854775806", Default: "9007199254740993"},
		{Name: "sku", Unique: true, Immutable: true},
		{Name: "meta", Default: `{"language": "en", "formats": ["paper"]}`},
		{Name: "homepage", Scalar: relay.ScalarURL},
		{Name: "contact", Scalar: relay.ScalarEmail},
		{Name: "tags", MaxLength: 10, Pattern: "[a-z]+", Message: "must have letters", Default: `["new"]`},
		{Name: "notes", Nullable: true, MinLength: 2, MaxLength: 10},
		{Name: "sizes", Min: "1", Max: "9"},
		{Name: "counts", Min: "0", Default: `["9007199254740993", 2]`},
		{Name: "weights", Min: "0"},
		{Name: "prices", Min: "0", Max: "99.99", Default: `["1.50", 2]`},
		{Name: "woods", Enum: relay.EnumOf(allWood), Default: `["OAK"]`},
	}, relay.Versioned())

	editionShelf  = relay.NewBelongsTo(editions, shelves, "shelf", relay.Cascade)
	shelfEditions = relay.NewHasMany("editions", editionShelf)
)

// number returns a decimal number.
func number(s string) relay.Decimal { return decimal.RequireFromString(s) }

// day returns a day.
func day(s string) relay.Date {
	d, err := relay.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// pointers returns pointers to copies of values.
func pointers[V any](all ...V) []*V {
	list := []*V{}
	for _, v := range all {
		list = append(list, &v)
	}
	return list
}

// newSku returns a UUID that ends with n.
func newSku(n int) relay.UUID { return relay.UUID{0: 0x80, 14: byte(n >> 8), 15: byte(n)} }

// newEdition stores an edition with a code and the values of an input.
func newEdition(ctx context.Context, t *testing.T, d *tenancytest.Database, shelf *Shelf, n int, in EditionInput) *Edition {
	t.Helper()
	in.ShelfID, in.Code, in.Sku = given(shelf.GlobalID()), given(fmt.Sprintf("E%02d", n)), given(newSku(n))
	return must[*Edition](t)(editions.CreateFrom(ctx, d.DB, &in))
}
