package main

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// TestServersShareABus subscribes at one server to changes of clients of both.
func TestServersShareABus(t *testing.T) {
	s := newTestServer(t)
	var servers [2]*testServer
	bus := tenancy.NewBus()
	for i := range servers {
		db, err := tenancy.Open(t.Context(), s.DSN, model.Types.Models(), tenancy.Options{Log: slog.New(slog.DiscardHandler), Bus: bus})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		d := &dbtest.Database{DB: db, DSN: s.DSN, Acme: s.Acme, Globex: s.Globex}
		servers[i] = &testServer{d, newHandler(db, tenancy.NewDirectory(db), defaults, corsFlags{}, slog.New(slog.DiscardHandler))}
	}
	listener := httptest.NewServer(servers[1])
	t.Cleanup(listener.Close)
	url := listener.URL + "/graphql"
	acme, globex := servertest.Connect(t, url, "acme"), servertest.Connect(t, url, "globex")
	for _, c := range []*servertest.Socket{acme, globex} {
		c.Subscribe("projects", `subscription { projectChanged { change project { name } } }`)
	}
	servers[1].waitSubscriptions(s.Acme, t, 1)
	servers[1].waitSubscriptions(s.Globex, t, 1)
	for i, server := range []*testServer{servers[0], servers[1], servers[0]} { // another server, and the subscriber's
		for _, tenant := range []string{"globex", "acme"} {
			server.query(t, tenant, fmt.Sprintf(`mutation { createProject(input: {key: "P%c", name: "%s %d"}) { project { id } } }`,
				'A'+i, tenant, i), nil)
		}
		acme.Expect("next", fmt.Sprintf(`"name":"acme %d"`, i))
		globex.Expect("next", fmt.Sprintf(`"name":"globex %d"`, i))
	}
	acme.Complete("projects")
	servers[1].waitSubscriptions(s.Acme, t, 0)
	servers[1].waitSubscriptions(s.Globex, t, 1)
}
