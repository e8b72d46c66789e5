package relay_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"rowhouse/model/relay"
)

// TestRowsEqualThoseOfGORM reads editions with extreme values and with NULLs in all nullable columns, alone and in one
// statement, and compares each column with that of GORM's own scan.
func TestRowsEqualThoseOfGORM(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	full := newEdition(d.Acme, t, d, shelf, 1, EditionInput{
		Price: given(number("9999.990")), Discount: given(number("-0.0000000001")), Weight: given(5e-324), Rating: given(-0.1),
		InPrint: given(true), Reviewed: given(false), ReleasedOn: given(day("1000-01-01")), EndedOn: given(day("9999-12-31")),
		Copies: given(int64(math.MinInt64)), Sold: given(int64(math.MaxInt64)), Origin: given(newSku(3)),
		Extra: given(relay.JSON(`"😀"`)), Contact: given("a@acme.example"), Tags: set([]string{"a", "b"}), Notes: set([]string{}),
		Counts: set([]int64{math.MaxInt64}), Times: set(pointers(time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC))),
		Metas: set([]relay.JSON{`5`, `[]`}), Woods: set([]Wood{"ASH"}),
	})
	bare := newEdition(d.Acme, t, d, shelf, 2, EditionInput{})
	again := newEdition(d.Acme, t, d, shelf, 3, EditionInput{Price: given(number("9999.990")), Sold: given(int64(0))})
	ids := []relay.ID{full.ID, bare.ID, again.ID}
	together := must[map[relay.ID]*Edition](t)(editions.ByIDs(d.Acme, d.DB, ids))
	for _, id := range ids {
		var want Edition
		if err := d.For(d.Acme).Where("id = ?", id).Take(&want).Error; err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]*Edition{
			"alone": must[*Edition](t)(editions.Find(d.Acme, d.DB, id)), "together": together[id],
		} {
			a, b := reflect.ValueOf(got).Elem(), reflect.ValueOf(&want).Elem()
			if got.ID != want.ID || got.TenantID != want.TenantID {
				t.Errorf("%s: %v, want %v", name, got.Row, want.Row)
			}
			for i := range a.NumField() {
				if field := a.Type().Field(i); field.Name != "Row" && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
					t.Errorf("%s: %s is %#v, want %#v", name, field.Name, a.Field(i), b.Field(i))
				}
			}
		}
	}
}

// TestValuesOutOfRangeAreErrors reads columns with values that their Go types do not have.
func TestValuesOutOfRangeAreErrors(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	for _, statement := range []string{
		"ALTER TABLE shelves MODIFY width VARCHAR(30)",
		"UPDATE shelves SET width = '99999999999999999999'",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := shelves.Find(d.Acme, d.DB, shelf.ID); err == nil {
		t.Errorf("the width is %v", s.Width)
	}
}
