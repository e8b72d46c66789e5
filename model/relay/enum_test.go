package relay_test

import (
	"fmt"
	"testing"

	"gorm.io/gorm"

	"rowhouse/model/relay"
)

// TestUnknownEnumValuesAreRead reads values of another release: a rank, a name, and a name in a list. Orders by
// them page through all rows.
func TestUnknownEnumValuesAreRead(t *testing.T) {
	d := library.New(t)
	for i, height := range []Height{"TALL", "LOW", "MEDIUM", "LOW"} {
		must[*Shelf](t)(shelves.Create(d.Acme, d.DB, &Shelf{Code: fmt.Sprint(i), Wood: "ASH", Height: height}))
	}
	for code, rank := range map[string]int{"1": 99, "3": 7} {
		change := map[string]any{"height": gorm.Expr(fmt.Sprint(rank)), "wood": "ELM", "stain": "ELM"}
		if err := d.For(d.Acme).Model(&Shelf{}).Where("code = ?", code).UpdateColumns(change).Error; err != nil {
			t.Fatal(err)
		}
	}
	for order, want := range map[Order]string{"HEIGHT_ASC": "2031", "HEIGHT_DESC": "1302", "WOOD_ASC": "1302", "STAIN_DESC": "3120"} {
		got, args := "", relay.PageArgs{First: new(1)}
		for more := true; more && len(got) < 5; {
			page := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, args, nil, order))
			got += page.Nodes[0].Code
			args.After, more = page.PageInfo().EndCursor, page.PageInfo().HasNextPage
			if s := page.Nodes[0]; s.Code == "1" && (s.Height != "99" || s.Wood != "ELM" || *s.Stain != "ELM") {
				t.Errorf("the shelf is %+v", s)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", order, got, want)
		}
	}
	in := EditionInput{Woods: set([]Wood{"ASH", "OAK"})}
	e := newEdition(d.Acme, t, d, newShelf(d.Acme, t, d, "A"), 1, in)
	if err := d.For(d.Acme).Model(e).UpdateColumn("woods", gorm.Expr("?", `["ELM", "OAK"]`)).Error; err != nil {
		t.Fatal(err)
	}
	if got := must[*Edition](t)(editions.Find(d.Acme, d.DB, e.ID)); fmt.Sprint(got.Woods) != "[ELM OAK]" {
		t.Errorf("the list is %v", got.Woods)
	}
}
