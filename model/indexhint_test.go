package model_test

import (
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// TestPagesHaveIndexHints reads pages, and compares the hints with the indexes for their conditions and order. After an index
// is dropped, pages must have the same rows without hints.
func TestPagesHaveIndexHints(t *testing.T) {
	d := dbtest.New(t)
	dbtest.FillEmptyTables(d.Acme, t, d)
	dbtest.FillEmptyTables(d.Globex, t, d)
	byPriority := new(model.ItemOrderPriorityAsc)
	readKeys := func(by *model.ItemOrder, hint string) (keys []string) {
		t.Helper()
		d.Reset()
		page, err := model.Items.Page(d.Acme, d.DB, relay.PageArgs{}, nil, by)
		if err != nil {
			t.Fatal(err)
		}
		ran := d.Ran()
		if sql := ran[len(ran)-1]; !strings.Contains(sql, "FROM `items` "+hint+"WHERE") {
			t.Errorf("the statement does not have the hint %q: %s", hint, sql)
		}
		for _, item := range page.Nodes {
			keys = append(keys, item.Key)
		}
		return keys
	}
	newest := readKeys(nil, "USE INDEX (PRIMARY) ")
	lowest := readKeys(byPriority, "USE INDEX (PRIMARY,`items_priority`) ")
	if _, err := d.SQL.ExecContext(t.Context(), "DROP INDEX items_priority ON items"); err != nil {
		t.Fatal(err)
	}
	if got := readKeys(byPriority, ""); len(got) != 20 || !slices.Equal(got, lowest) {
		t.Errorf("without the index, the items with the lowest priority are %q, not %q", got, lowest)
	}
	if got := readKeys(nil, ""); len(got) != 20 || !slices.Equal(got, newest) {
		t.Errorf("the newest items are %q, not %q", got, newest)
	}
}
