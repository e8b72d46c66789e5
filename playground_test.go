package main

import (
	"encoding/json"
	"strings"
	"testing"

	"rowhouse/model"
)

// TestPlaygroundStartersRun runs the first documents of the Playground. The browser test in web/test
// runs the page.
func TestPlaygroundStartersRun(t *testing.T) {
	s := newTestServer(t)
	if _, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"}); err != nil {
		t.Fatal(err)
	}
	var found struct {
		Projects struct{ Nodes []struct{ ID string } }
	}
	s.query(t, "acme", starterLookup, &found)
	for _, tab := range starterTabs {
		request := map[string]any{"query": tab.Query}
		if tab.Variables != nil {
			request["variables"] = json.RawMessage(strings.ReplaceAll(string(tab.Variables), "$.projects.nodes.0.id",
				found.Projects.Nodes[0].ID))
		}
		body, err := json.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		s.query(t, "acme", string(body), nil)
	}
}
