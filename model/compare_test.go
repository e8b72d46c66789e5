package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"golang.org/x/text/unicode/norm"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// alphabet has the special cases of collations: expansions, ligatures, ignorable
// and combining characters, case pairs, Hangul, wildcards, spaces, and unassigned characters.
var alphabet = []string{
	"a", "A", "á", "a\u0301", "b", "s", "ss", "ß", "ẞ", "ſ", "æ", "ae", "Æ", "ﬁ", "fi", "i", "I", "İ", "ı",
	"œ", "o", "ø", "ł", "l",
	"σ", "ς", "Σ", "α", "ᾳ", "\u0345", "я", "Я", "й", "и\u0306", "ё", "Ꭰ", "ꭰ", "ა", "Ა", "𐐀", "𐐨",
	"ハ", "パ", "バ", "は", "ﾊ", "ﾊﾟ", "ー", "ゝ", "한", "\u1112\u1161\u11ab", "\u1112", "국", "語", "语", "𠮷",
	"ا", "آ", "ا\u0653", "\u064e", "ש", "שׁ", "क", "क\u093c", "\u0958", "ำ", "เก", "กเ", "ம்", "ế", "e\u0302\u0301",
	"👩", "\u200d", "🚀", "\ufe0f", "👍🏽", "🏽", "\u00ad", "\u200b", "\u0301", "\u0308", "\ufeff", "\u200e",
	" ", "  ", "\u00a0", "\u3000", "%", "_", `\`, "'", `"`, "0", "٠", "²", "½", "№", "!", "-", "–",
	"\u0378", "\U000e0fff", "\U0010ffff", "\ufffd",
}

// randomString returns a string of at most six entries of the alphabet.
func randomString(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(7) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// stringField finds rows by a filter of a string column.
type stringField struct {
	find func(t *testing.T, f *relay.StringFilter) []string
}

// TestStringOperatorsAreConsistent checks on random strings that eq implies in and startsWith, and that
// startsWith implies contains, with and without an index.
func TestStringOperatorsAreConsistent(t *testing.T) {
	d := dbtest.New(t)
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same in each run
	project, err := model.CreateProject(d.Acme, d.DB, model.CreateProjectInput{Key: "WEB", Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	stored := []string{""}
	for i := range 300 {
		s := norm.NFC.String(randomString(r))
		if i < len(alphabet) {
			s = norm.NFC.String(alphabet[i])
		}
		stored = append(stored, s)
	}
	for i, s := range stored { // without validation, which rejects some
		id := relay.NewID()
		item := model.Item{
			Row: relay.Row[model.Item]{ID: id}, ProjectID: project.ID, Number: i, Key: fmt.Sprint("WEB-", i), Name: s, Description: &s,
			Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow, Version: 1,
		}
		if err := d.For(d.Acme).Create(&item).Error; err != nil {
			t.Fatal(err)
		}
	}
	fields := map[string]stringField{
		"name, with an index": {
			findItems(d, model.ItemOrderNameDesc, func(f *model.ItemFilter, s *relay.StringFilter) { f.Name = graphql.OmittableOf(s) }),
		},
		"description, without an index": {
			findItems(
				d,
				model.ItemOrderCreatedAtAsc,
				func(f *model.ItemFilter, s *relay.StringFilter) { f.Description = graphql.OmittableOf(s) },
			),
		},
	}
	matches := 0
	for n := range 400 {
		s := stored[n%len(stored)]
		if n >= len(stored) {
			s = randomString(r)
		}
		found := map[string][]string{}
		for name, field := range fields {
			eq := field.find(t, &relay.StringFilter{Eq: graphql.OmittableOf(&s)})
			in := field.find(t, &relay.StringFilter{In: graphql.OmittableOf([]string{s})})
			starts := field.find(t, &relay.StringFilter{StartsWith: graphql.OmittableOf(&s)})
			contains := field.find(t, &relay.StringFilter{Contains: graphql.OmittableOf(&s)})
			if !slices.Equal(eq, in) || !subset(eq, starts) || !subset(starts, contains) {
				t.Errorf("%s: %+q: eq %+q, in %+q, startsWith %+q, contains %+q", name, s, eq, in, starts, contains)
			}
			if n < len(stored) && !slices.Contains(eq, s) {
				t.Errorf("%s: %+q is not equal to itself, only to %+q", name, s, eq)
			}
			decomposed := norm.NFD.String(s)
			if other := field.find(t, &relay.StringFilter{Eq: graphql.OmittableOf(&decomposed)}); !slices.Equal(eq, other) {
				t.Errorf("%s: %+q and %+q match other rows: %+q, %+q", name, s, decomposed, eq, other)
			}
			for op, all := range map[string][]string{"eq": eq, "startsWith": starts, "contains": contains} {
				if before, ok := found[op]; ok && !slices.Equal(before, all) {
					t.Errorf("%s %+q depends on the index: %+q, %+q", op, s, before, all)
				}
				found[op] = all
			}
			matches += len(starts)
		}
	}
	if matches < 1000 {
		t.Errorf("only %d rows were found", matches)
	}
}

// findItems returns a function that finds the names of acme's items by a filter, in pages of
// an order, and sorts them.
func findItems(
	d *dbtest.Database,
	by model.ItemOrder,
	set func(*model.ItemFilter, *relay.StringFilter),
) func(*testing.T, *relay.StringFilter) []string {
	return func(t *testing.T, s *relay.StringFilter) (names []string) {
		t.Helper()
		f := &model.ItemFilter{}
		set(f, s)
		page := relay.PageArgs{First: new(100)}
		for {
			c, err := model.Items.Page(d.Acme, d.DB, page, f, &by)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range c.Nodes {
				names = append(names, i.Name)
			}
			if page.After = c.PageInfo().EndCursor; !c.PageInfo().HasNextPage {
				slices.Sort(names)
				return names
			}
		}
	}
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// TestStringsMatchAsTheSchemaDescribes checks the description of StringFilter in the schema.
func TestStringsMatchAsTheSchemaDescribes(t *testing.T) {
	d := dbtest.New(t)
	project, err := model.CreateProject(d.Acme, d.DB, model.CreateProjectInput{Key: "WEB", Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	find := findItems(d, model.ItemOrderNameAsc, func(f *model.ItemFilter, s *relay.StringFilter) { f.Name = graphql.OmittableOf(s) })
	for _, test := range []struct {
		stored, eq string
		matches    bool
	}{
		{"Été", "ete", true},
		{"Été", "E\u0301te\u0301", true},
		{"cafe\u0301", "café", true},
		{"한", "\u1112\u1161\u11ab", true},
		{"ハハ", "パパ", true},
		{"ΟΔΟΣ", "οδος", true},
		{"Maße", "Masse", false},
		{"Masse", "Maße", false},
		{"a", "a ", false},
		{"b ", "b", false},
		{"Æsir", "Aesir", false},
		{"100%", "100_", false},
		{`a\b`, `a\b`, true},
		{`a\%`, `a\%`, true},
		{"tab", "", false},
	} {
		item, err := model.CreateItem(d.Acme, d.DB, model.CreateItemInput{
			ProjectID: project.GlobalID(), Name: test.stored, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
		})
		if err != nil {
			t.Fatal(err)
		}
		found := find(t, &relay.StringFilter{Eq: graphql.OmittableOf(&test.eq)})
		if got := slices.Contains(found, norm.NFC.String(test.stored)); got != test.matches {
			t.Errorf("eq %+q matches %+q: %t", test.eq, test.stored, got)
		}
		if _, err := model.DeleteItem(d.Acme, d.DB, item.GlobalID()); err != nil {
			t.Fatal(err)
		}
	}
	for _, invalid := range []string{"\xff", "a\xc3", "\xed\xa0\x80"} {
		if found := find(t, &relay.StringFilter{Contains: graphql.OmittableOf(&invalid)}); len(found) > 0 {
			t.Errorf("%+q was found in %+q", invalid, found)
		}
	}
}
