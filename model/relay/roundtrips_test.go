package relay_test

import (
	"context"
	"strings"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// TestMutationsNeedFewRoundTrips counts the statements of mutations, including BEGIN and COMMIT. See ARCHITECTURE.md.
func TestMutationsNeedFewRoundTrips(t *testing.T) {
	d := library.New(t)
	d.SkipOnVitess(t) // vtgate does not count the statements of a session
	shelf := newShelf(d.Acme, t, d, "A")
	book, magazine := newBook(d.Acme, t, d, shelf, "x"), newMagazine(d.Acme, t, d, issn(1))
	reader := newReader(d.Acme, t, d, shelf, "A-1")
	parent := relay.InputID{Field: "readerId", ID: reader.GlobalID()}
	child := relay.InputID{Field: "bookId", ID: book.GlobalID()}
	retitle := func(m *Magazine) error { m.Title += "!"; return nil }
	for _, test := range []struct {
		name  string
		run   func(context.Context) error
		trips int
	}{
		{
			name: "create: INSERT",
			run: func(ctx context.Context) error {
				return second(magazines.CreateFrom(ctx, d.DB, newMagazineInput(issn(2))))
			},
			trips: 1,
		},
		{
			name:  "update: SELECT, UPDATE with the version",
			run:   func(ctx context.Context) error { return second(magazines.Update(ctx, d.DB, magazine.ID, retitle)) },
			trips: 2,
		},
		{
			name: "update with hooks: BEGIN, SELECT FOR UPDATE, UPDATE, COMMIT",
			run: func(ctx context.Context) error {
				return second(readers.Update(ctx, d.DB, reader.ID, func(r *Reader) error { r.Name += "!"; return nil }))
			},
			trips: 4,
		},
		{
			name: "upsert of a new row: BEGIN, SELECT FOR UPDATE, INSERT, COMMIT",
			run: func(ctx context.Context) error {
				_, _, err := magazines.UpsertFrom(ctx, d.DB, upsertOf("ISSN", issn(3), "a"))
				return err
			},
			trips: 4,
		},
		{
			name: "upsert of an existing row: BEGIN, SELECT FOR UPDATE, UPDATE, COMMIT",
			run: func(ctx context.Context) error {
				_, _, err := magazines.UpsertFrom(ctx, d.DB, upsertOf("ISSN", issn(3), "b"))
				return err
			},
			trips: 4,
		},
		{
			name:  "add a link: SELECT of both rows, INSERT",
			run:   func(ctx context.Context) error { return second(readerWishes.AddLink(ctx, d.DB, parent, child)) },
			trips: 3,
		},
		{
			name:  "remove a link: SELECT of both rows, DELETE",
			run:   func(ctx context.Context) error { return second(readerWishes.RemoveLink(ctx, d.DB, parent, child)) },
			trips: 3,
		},
		{
			name:  "delete: BEGIN, SELECT FOR UPDATE, DELETE, COMMIT",
			run:   func(ctx context.Context) error { return second(magazines.Delete(ctx, d.DB, magazine.GlobalID())) },
			trips: 4,
		},
	} {
		d.Reset()
		before := countTrips(t, d)
		if err := test.run(d.Acme); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if trips := countTrips(t, d) - before - 1; trips != test.trips { // one statement verified the connection's settings
			t.Errorf("%s: %d round trips, want %d\n%s", test.name, trips, test.trips, strings.Join(d.Ran(), "\n"))
		}
	}
}

// countTrips returns the number of statements that the session has run. Sequential statements use one connection. It does
// not count the preparation of a statement, which a connection does once for a repeated statement.
func countTrips(t *testing.T, d *tenancytest.Database) (n int) {
	t.Helper()
	rows, err := d.For(tenancy.System(t.Context(), "count statements")).Raw("SHOW SESSION STATUS WHERE Variable_name IN " +
		"('Com_begin', 'Com_commit', 'Com_select', 'Com_insert', 'Com_update', 'Com_delete')").Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var of int
		if err := rows.Scan(&name, &of); err != nil {
			t.Fatal(err)
		}
		n += of
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
