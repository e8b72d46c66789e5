package model_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// TestUniqueStringsIgnoreCaseAndNormalisationFormOnly creates rows with two strings, and renames
// others to the second.
func TestUniqueStringsIgnoreCaseAndNormalisationFormOnly(t *testing.T) {
	d := dbtest.New(t)
	for _, test := range []struct {
		name, a, b string
		conflict   bool
	}{
		{"equal", "bug", "bug", true},
		{"case", "idea", "IDEA", true},
		{"case and accent", "ÉTÉ", "été", true},
		{"normalisation form", "caf\u00e9", "cafe\u0301", true},
		{"Hangul", "한글", "\u1112\u1161\u11ab\u1100\u1173\u11af", true},
		{"sigma", "ΟΔΟΣ", "οδος", true},
		{"capital sharp s", "STRAẞE", "straße", true},
		{"Cherokee", "Ꭰ", "ꭰ", true},
		{"Georgian", "ა", "Ა", true},
		{"voicing", "ハハ", "パパ", false},
		{"tilde", "año", "ano", false},
		{"sharp s", "Maße", "Masse", false},
		{"umlaut", "schon", "schön", false},
		{"kana", "さくら", "サクラ", false},
		{"width", "ＡＢ", "AB", false},
		{"Turkish", "İzmir", "izmir", false},
		{"Turkish dotless", "ılık", "ilik", false},
		{"Polish", "łąka", "laka", false},
		{"Danish", "rød", "rod", false},
		{"ligature", "œuvre", "oeuvre", false},
		{"Vietnamese", "ma", "mạ", false},
		{"Arabic", "علم", "عَلَم", false},
		{"Hindi", "कल", "काल", false},
		{"emoji", "👍", "👍🏽", false},
		{"joined emoji", "👩\u200d🚀", "👩🚀", false},
		{"soft hyphen", "co\u00adop", "coop", false},
		{"space at the end", "end", "end ", false},
		{"digits", "v1", "v١", false},
	} {
		for table, open := range uniqueStrings {
			unique := open(d)
			first, err := unique.create(d.Acme, test.a)
			if err != nil {
				t.Fatalf("%s: %s: %v", table, test.name, err)
			}
			if err := unique.rename(d.Acme, first, test.a); err != nil {
				t.Errorf("%s: %s: a row conflicts with itself: %v", table, test.name, err)
			}
			other, err := unique.create(d.Acme, "other than "+test.name)
			if err != nil {
				t.Fatal(err)
			}
			_, created := unique.create(d.Acme, test.b)
			to := test.b
			if created == nil { // so that it is taken now
				to += test.b
			}
			renamed := unique.rename(d.Acme, other, to)
			for way, err := range map[string]error{"create": created, "rename": renamed} {
				var conflict *relay.ConflictError
				if errors.As(err, &conflict) != test.conflict || err != nil && !test.conflict {
					t.Errorf("%s: %s: %s %q beside %q: %v", table, test.name, way, test.b, test.a, err)
				}
			}
			if _, err := unique.create(d.Globex, test.b); err != nil {
				t.Errorf("%s: %s: another tenant has it: %v", table, test.name, err)
			}
			if !test.conflict {
				if err := unique.rename(d.Acme, first, test.b); err == nil {
					t.Errorf("%s: %s: two are named %q", table, test.name, test.b)
				}
			}
		}
	}
}

// uniqueString is a string column with unique values in the tenant.
type uniqueString struct {
	create func(ctx context.Context, s string) (relay.GlobalID, error)
	rename func(ctx context.Context, id relay.GlobalID, s string) error
}

// uniqueStrings return the unique strings of tables. Further types add theirs in files of their own.
var uniqueStrings = map[string]func(*dbtest.Database) uniqueString{
	"members": func(d *dbtest.Database) uniqueString {
		address := func(s string) string { return strings.ReplaceAll(s, " ", "-") + "@example.com" }
		return uniqueString{
			func(ctx context.Context, s string) (relay.GlobalID, error) {
				m, err := model.CreateMember(ctx, d.DB, model.CreateMemberInput{Name: s, Email: address(s), Role: model.MemberRoleMember})
				if err != nil {
					return "", err
				}
				return m.GlobalID(), nil
			},
			func(ctx context.Context, id relay.GlobalID, s string) error {
				s = address(s)
				_, err := model.UpdateMember(ctx, d.DB, model.UpdateMemberInput{ID: id, Email: graphql.OmittableOf(&s)})
				return err
			},
		}
	},
}
