package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
)

// TestCountsLeaveOutSoftlyDeletedRows of a many-to-many list, as its pages do.
func TestCountsLeaveOutSoftlyDeletedRows(t *testing.T) {
	d := dbtest.New(t)
	for _, ddl := range []string{
		"CREATE TABLE boxes (tenant_id INT UNSIGNED NOT NULL, id BINARY(16) NOT NULL, PRIMARY KEY (tenant_id, id))",
		"CREATE TABLE things (tenant_id INT UNSIGNED NOT NULL, id BINARY(16) NOT NULL, name VARCHAR(100) NOT NULL, deleted_at DATETIME(6) NULL, PRIMARY KEY (tenant_id, id))",
		"CREATE TABLE box_things (tenant_id INT UNSIGNED NOT NULL, box_id BINARY(16) NOT NULL, thing_id BINARY(16) NOT NULL, PRIMARY KEY (tenant_id, box_id, thing_id))",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), ddl+" DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"); err != nil {
			t.Fatal(err)
		}
	}
	d.Own(t, &model.Box{}, &model.Thing{}, &model.BoxThing{})
	boxes := []model.ID{model.NewID(), model.NewID(), model.NewID()}
	for b, box := range boxes {
		must(t, d.For(d.Acme).Create(&model.Box{ID: box}).Error)
		must(t, d.For(d.Globex).Create(&model.Box{ID: box}).Error)
		for n := range 2 * b { // 0, 2 and 4, of which one in two is deleted
			thing := &model.Thing{ID: model.NewID(), Name: fmt.Sprint("thing ", 9-n)}
			must(t, d.For(d.Acme).Create(thing).Error)
			must(t, d.For(d.Acme).Create(&model.BoxThing{BoxID: box, ThingID: thing.ID}).Error)
			if n%2 == 1 {
				must(t, d.For(d.Acme).Delete(thing).Error)
			}
			theirs := &model.Thing{ID: thing.ID, Name: "of globex"}
			must(t, d.For(d.Globex).Create(theirs).Error)
			must(t, d.For(d.Globex).Create(&model.BoxThing{BoxID: box, ThingID: thing.ID}).Error)
		}
	}
	d.Reset()
	pages, err := model.ThingsOf(d.Acme, d.DB, boxes, model.Page{})
	must(t, err)
	for b, want := range [][]string{{}, {"thing 9"}, {"thing 7", "thing 9"}} {
		names := []string{}
		for _, thing := range pages[b].Nodes {
			names = append(names, thing.Name)
		}
		count, err := pages[b].TotalCount(d.Acme)
		must(t, err)
		if !slices.Equal(names, want) || count != len(want) {
			t.Errorf("box %d: %v, a count of %d, want %v", b, names, count, want)
		}
	}
	if ran := d.Ran(); len(ran) != 3 {
		t.Errorf("%d statements, want the boxes, their things and the counts:\n%s", len(ran), strings.Join(ran, "\n"))
	}
}

// TestCountsOfLinksReadNoOtherTable when nothing hides the rows that they lead to.
func TestCountsOfLinksReadNoOtherTable(t *testing.T) {
	d := dbtest.New(t)
	project, err := model.CreateProject(d.Acme, d.DB, model.CreateProjectInput{Key: "WEB", Name: "x"})
	must(t, err)
	item, err := model.CreateItem(d.Acme, d.DB, model.CreateItemInput{ProjectID: project.GlobalID(), Name: "x", Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow})
	must(t, err)
	d.Reset()
	labels, err := model.LabelsOf(d.Acme, d.DB, item, model.Page{CountOnly: true}, nil, nil)
	must(t, err)
	if n, err := labels.TotalCount(d.Acme); n != 0 || err != nil {
		t.Error(n, err)
	}
	if ran := d.Ran(); len(ran) != 1 || strings.Contains(ran[0], "`labels`") {
		t.Error(ran)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
