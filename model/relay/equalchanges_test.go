package relay_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// stored by one statement.
func TestChangesOfValidateAreStoredInTheirRows(t *testing.T) {
	for _, test := range []struct {
		name       string
		validate   func(m *Magazine)
		pages      string
		titles     string
		statements int // beside the ids and the locked rows
	}{
		{
			name:       "no row",
			validate:   func(*Magazine) {},
			pages:      "7 7 7 7",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 1,
		},
		{
			name:       "the value of the input in each row",
			validate:   func(m *Magazine) { *m.Pages += int(m.Issn[3] - '0') },
			pages:      "7 8 9 10",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 4,
		},
		{
			name: "the value of the input in the last row",
			validate: func(m *Magazine) {
				if m.Issn == issn(3) {
					*m.Pages = 5
				}
			},
			pages:      "7 7 7 5",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 2,
		},
		{
			name: "another value of the first row",
			validate: func(m *Magazine) {
				if m.Issn == issn(0) {
					m.Title = "Validated"
				}
			},
			pages:      "7 7 7 7",
			titles:     "Validated,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 2,
		},
		{
			name: "the value of another row",
			validate: func(m *Magazine) {
				if m.Issn != issn(0) {
					m.Topic = "ASH"
				}
			},
			pages:      "7 7 7 7",
			titles:     "title 0000-0000,title 0001-0000,title 0002-0000,title 0003-0000",
			statements: 2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := library.New(t)
			newMagazine(d.Globex, t, d, issn(9))
			in := newMagazinesInput(4)
			in.Magazines[1].Topic = given(Wood("BEECH"))
			must[[]*Magazine](t)(magazines.CreateManyFrom(d.Acme, d.DB, in))
			magazines.SetHooks(relay.Hooks[Magazine]{Validate: func(_ *relay.Validation, old, m *Magazine) {
				if test.validate(m); old == nil || old.Pages != nil || old.Title != "title "+m.Issn {
					t.Errorf("the former row is %+v", old)
				}
			}})
			defer magazines.SetHooks(relay.Hooks[Magazine]{})
			d.Reset()
			change := &UpdateMagazinesInput{Where: everyMagazine(), Pages: given(7)}
			all := must[[]*Magazine](t)(magazines.UpdateManyFrom(d.Acme, d.DB, change))
			countStatements(t, d, 2+test.statements)
			var pages, titles []string
			for _, m := range all {
				stored := must[*Magazine](t)(magazines.Find(d.Acme, d.DB, m.ID))
				pages, titles = append(pages, fmt.Sprint(*stored.Pages)), append(titles, stored.Title)
				if stored.Version != 2 || m.Version != 2 || m.Title != stored.Title || m.Topic != stored.Topic ||
					!bytes.Equal(stored.TitleKey, relay.UniqueKey(stored.Title)) {
					t.Errorf("got %+v, stored %+v", m, stored)
				}
			}
			if got := strings.Join(pages, " "); got != test.pages {
				t.Errorf("pages are %s, want %s", got, test.pages)
			}
			if got := strings.Join(titles, ","); got != test.titles {
				t.Errorf("titles are %s, want %s", got, test.titles)
			}
			if test.name == "the value of another row" && d.Count(t, "magazines", "topic = 'ASH'") != 3 {
				t.Error("the topics are wrong")
			}
		})
	}
}

// TestChangesOfValidateAreStored increments a number in Validate, of which the input has no value, and then one.
func TestChangesOfValidateAreStored(t *testing.T) {
	d := library.New(t)
	in := newMagazineInput(issn(1))
	in.Pages = given(5)
	m := must[*Magazine](t)(magazines.CreateFrom(d.Acme, d.DB, in))
	former := 5
	magazines.SetHooks(relay.Hooks[Magazine]{Validate: func(_ *relay.Validation, old, m *Magazine) {
		if *m.Pages++; *old.Pages != former {
			t.Errorf("the former number is %d, want %d", *old.Pages, former)
		}
	}})
	defer magazines.SetHooks(relay.Hooks[Magazine]{})
	pages := 20
	for _, test := range []struct {
		name string
		do   func() error
		want int
	}{
		{
			name: "update of another field",
			do: func() error {
				return second(magazines.UpdateFrom(d.Acme, d.DB, &UpdateMagazineInput{ID: m.GlobalID(), Title: given("x")}))
			},
			want: 6,
		},
		{
			name: "update of the field",
			do: func() error {
				in := &UpdateMagazineInput{ID: m.GlobalID(), Pages: graphql.OmittableOf(&pages)}
				return second(magazines.UpdateFrom(d.Acme, d.DB, in))
			},
			want: 21,
		},
		{
			name: "upsert",
			do: func() error {
				_, _, err := magazines.UpsertFrom(d.Acme, d.DB, upsertOf("ISSN", issn(1), "y"))
				return err
			},
			want: 22,
		},
	} {
		if err := test.do(); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		former = *must[*Magazine](t)(magazines.Find(d.Acme, d.DB, m.ID)).Pages
		if former != test.want || pages != 20 {
			t.Errorf("%s: %d pages, want %d; the input has %d", test.name, former, test.want, pages)
		}
	}
}

// TestConcurrentUpdatesOfSeveralRowsAreCounted increments the pages of all magazines from several goroutines by
