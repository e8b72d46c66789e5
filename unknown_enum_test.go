package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"rowhouse/model"
)

// TestUnknownEnumValuesAreErrorsOfTheirField stores values that the program does not know, as another release
// does: one by rank and one by name. The other rows stay in the response.
func TestUnknownEnumValuesAreErrorsOfTheirField(t *testing.T) {
	s := newTestServer(t)
	var p struct {
		CreateProject struct{ Project struct{ ID string } }
	}
	s.query(t, "acme", `mutation { createProject(input: {key: "WEB", name: "Web"}) { project { id } } }`, &p)
	for i := range 3 {
		s.query(t, "acme", fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "item %d"}) { item { id } } }`,
			p.CreateProject.Project.ID, i), nil)
	}
	for number, change := range map[int]map[string]any{1: {"priority": gorm.Expr("99")}, 2: {"status": "PAUSED"}} {
		if err := s.DB.For(s.Acme).Model(&model.Item{}).Where("number = ?", number).UpdateColumns(change).Error; err != nil {
			t.Fatal(err)
		}
	}
	const list = `{ items(orderBy: CREATED_AT_ASC) { totalCount nodes { %s } } }`
	if _, response := s.post(t, "acme", fmt.Sprintf(list, "number")); strings.Contains(response, "errors") {
		t.Errorf("other fields: %s", response)
	}
	for _, test := range []struct {
		field string
		index int
	}{
		{field: "priority", index: 0},
		{field: "status", index: 1},
	} {
		_, response := s.post(t, "acme", fmt.Sprintf(list, test.field))
		var body struct {
			Errors []struct {
				Path       []any
				Extensions struct{ Code string }
			}
		}
		if err := json.Unmarshal([]byte(response), &body); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprint([]any{"items", "nodes", test.index, test.field})
		if len(body.Errors) != 1 || fmt.Sprint(body.Errors[0].Path) != want || body.Errors[0].Extensions.Code != "INTERNAL_SERVER_ERROR" {
			t.Errorf("%s: %s", test.field, response)
		}
		_, response = s.post(t, "acme", `{ items(where: {number: {gte: 2}}, orderBy: PRIORITY_ASC) { nodes { number priority } } }`)
		if strings.Contains(response, "errors") || strings.Count(response, "number") != 2 {
			t.Errorf("known values: %s", response)
		}
	}
	counts := fmt.Sprintf(`{ project(id: %q) { itemCounts(by: STATUS) { status count } } }`, p.CreateProject.Project.ID)
	_, response := s.post(t, "acme", counts)
	if !strings.Contains(response, `"status": null`) || !strings.Contains(response, `"status": "TODO"`) {
		t.Errorf("groups: %s", response)
	}
}
