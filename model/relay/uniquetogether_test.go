package relay_test

import (
	"errors"
	"testing"

	"rowhouse/model/relay"
)

// TestUniqueStringsHaveOneRuleAloneAndOneTogether stores pairs of strings as titles, which are unique alone, and as
// nicks, which are unique with the home. The collation of the columns is utf8mb4_unicode_520_ci.
func TestUniqueStringsHaveOneRuleAloneAndOneTogether(t *testing.T) {
	for _, test := range []struct {
		name            string
		first, second   string
		alone, together bool // whether the strings are equal
	}{
		{
			name:     "same string",
			first:    "ada",
			second:   "ada",
			alone:    true,
			together: true,
		},
		{
			name:     "case",
			first:    "ada é",
			second:   "ADA É",
			alone:    true,
			together: true,
		},
		{
			name:     "normalisation form",
			first:    "é",
			second:   "e\u0301",
			alone:    true,
			together: true,
		},
		{
			name:     "accent",
			first:    "ada",
			second:   "adá",
			together: true,
		},
		{
			name:     "trailing space",
			first:    "ada",
			second:   "ada ",
			together: true,
		},
		{
			name:     "width",
			first:    "a",
			second:   "ａ",
			together: true,
		},
		{
			name:     "sharp s",
			first:    "ss",
			second:   "ß",
			together: true,
		},
		{
			name:   "leading space",
			first:  "ada",
			second: " ada",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := library.New(t)
			in := newMagazineInput(issn(1))
			in.Title = test.first
			must[*Magazine](t)(magazines.CreateFrom(d.Acme, d.DB, in))
			in.Issn, in.Title = issn(2), test.second
			_, err := magazines.CreateFrom(d.Acme, d.DB, in)
			var conflict *relay.ConflictError
			if errors.As(err, &conflict) != test.alone || err != nil && !test.alone {
				t.Errorf("alone: %v", err)
			}
			home := newShelf(d.Acme, t, d, "A")
			newNamed := func(card, nick string) error {
				_, err := readers.Create(d.Acme, d.DB, &Reader{
					Name: "Ada", Email: card, Card: card, Height: "LOW", HomeID: home.ID, Nick: &nick,
				})
				return err
			}
			if err := newNamed("A-1", test.first); err != nil {
				t.Fatal(err)
			}
			if err = newNamed("A-2", test.second); errors.As(err, &conflict) != test.together || err != nil && !test.together {
				t.Errorf("together: %v", err)
			}
		})
	}
}
