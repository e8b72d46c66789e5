package relay_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

type (
	CreateEditionsInput struct {
		Editions []*EditionInput `json:"editions"`
	}
	UpdateEditionsInput struct {
		Where *EditionFilter                    `json:"where"`
		Price graphql.Omittable[*relay.Decimal] `json:"price"`
		Extra graphql.Omittable[*relay.JSON]    `json:"extra"`
		Notes graphql.Omittable[[]string]       `json:"notes"`
		Sizes graphql.Omittable[[]int]          `json:"sizes"`
		Days  graphql.Omittable[[]*relay.Date]  `json:"days"`
		Skus  graphql.Omittable[[]relay.UUID]   `json:"skus"`
	}
	UpsertEditionInput struct {
		By      string                              `json:"by"`
		ShelfID relay.GlobalID                      `json:"shelfId"`
		Code    string                              `json:"code"`
		Sku     relay.UUID                          `json:"sku"`
		Tags    graphql.Omittable[[]string]         `json:"tags"`
		Prices  graphql.Omittable[[]*relay.Decimal] `json:"prices"`
	}
)

// TestScalarsOfSeveralRowsAreStored creates, updates and upserts rows with lists and each kind of number.
func TestScalarsOfSeveralRowsAreStored(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	in := &CreateEditionsInput{}
	for i := range 3 {
		in.Editions = append(in.Editions, &EditionInput{
			ShelfID: given(shelf.GlobalID()), Code: given(fmt.Sprint("E", i)), Sku: given(newSku(i)), Sizes: set([]int{i + 1}),
		})
	}
	d.Reset()
	all := must[[]*Edition](t)(editions.CreateManyFrom(d.Acme, d.DB, in))
	countStatements(t, d, 1)
	for i, e := range all {
		stored := must[*Edition](t)(editions.Find(d.Acme, d.DB, e.ID))
		if e.Sizes[0] != i+1 || !sameLists(e, stored) ||
			!stored.Price.Equal(number("9.99")) || len(stored.Prices) != 2 || stored.Notes != nil {
			t.Errorf("got %+v\nstored %+v", e, stored)
		}
	}
	in.Editions[1].Sizes = set([]int{0})
	_, err := editions.CreateManyFrom(d.Acme, d.DB, in)
	if !strings.HasPrefix(fmt.Sprint(err), "editions[1].sizes") {
		t.Errorf("got %v", err)
	}
	d.Reset()
	all = must[[]*Edition](t)(editions.UpdateManyFrom(d.Acme, d.DB, &UpdateEditionsInput{
		Where: &EditionFilter{Price: set(&relay.DecimalFilter{Eq: given(number("9.99"))})},
		Price: given(number("1.50")), Extra: given(relay.JSON(`{"a":1}`)), Notes: set([]string{"one", "two"}), Sizes: set([]int{}),
		Days: set(pointers(day("2026-01-01"))), Skus: set([]relay.UUID{newSku(7)}),
	}))
	countStatements(t, d, 3)
	for _, e := range all {
		stored := must[*Edition](t)(editions.Find(d.Acme, d.DB, e.ID))
		if len(all) != 3 || !sameLists(e, stored) || len(stored.Notes) != 2 || stored.Sizes == nil || len(stored.Sizes) != 0 ||
			stored.Version != 2 || stored.Skus[0] != newSku(7) || !stored.Price.Equal(number("1.5")) || !e.Price.Equal(stored.Price) ||
			stored.Extra == nil {
			t.Errorf("got %+v\nstored %+v", e, stored)
		}
	}
	upsert := &UpsertEditionInput{By: "SKU", ShelfID: shelf.GlobalID(), Code: "E1", Sku: newSku(1), Tags: set([]string{"old"})}
	e := upserted[Edition](t, false)(editions.UpsertFrom(d.Acme, d.DB, upsert))
	stored := must[*Edition](t)(editions.Find(d.Acme, d.DB, e.ID))
	if stored.Tags[0] != "old" || len(stored.Prices) != 2 || stored.Version != 3 {
		t.Errorf("stored %+v", stored)
	}
	upsert.Sku = newSku(9)
	e = upserted[Edition](t, true)(editions.UpsertFrom(d.Acme, d.DB, upsert))
	stored = must[*Edition](t)(editions.Find(d.Acme, d.DB, e.ID))
	if len(stored.Prices) != 2 || stored.Sizes == nil || !sameLists(e, stored) {
		t.Errorf("stored %+v", stored)
	}
}

// sameLists reports whether the lists of two editions are equal.
func sameLists(a, b *Edition) bool {
	return reflect.DeepEqual([]any{a.Tags, a.Notes, a.Sizes, a.Counts, a.Weights, a.Flags, a.Days, a.Skus, a.Woods},
		[]any{b.Tags, b.Notes, b.Sizes, b.Counts, b.Weights, b.Flags, b.Days, b.Skus, b.Woods})
}

// TestFilterOfMutationByNoValuesIsRefused passes an empty list to hasEvery, which all rows would match.
func TestFilterOfMutationByNoValuesIsRefused(t *testing.T) {
	d := library.New(t)
	const want = "where.tags.hasEvery must have at least one value"
	if _, err := editions.DeleteMany(d.Acme, d.DB, &EditionFilter{Tags: hasEvery[string]()}); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := editions.DeleteMany(d.Acme, d.DB, &EditionFilter{Tags: hasSome[string]()}); err != nil {
		t.Errorf("hasSome, which no row matches: %v", err)
	}
}
