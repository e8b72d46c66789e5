package relay_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// pair returns the ids of two people for a link.
func pair(a, b *Person) (relay.InputID, relay.InputID) {
	return relay.InputID{Field: "personId", ID: a.GlobalID()}, relay.InputID{Field: "rivalId", ID: b.GlobalID()}
}

// personNames returns the names of a page of people, or the error.
func personNames(c *relay.Connection[Person], err error) string {
	if err != nil {
		return err.Error()
	}
	names := ""
	for _, e := range c.Edges() {
		names += e.Node.Name
	}
	return names
}

// TestLinksOfATypeWithItselfHaveTwoDirections links people with rivals, of which one is another tenant's.
func TestLinksOfATypeWithItselfHaveTwoDirections(t *testing.T) {
	d := catalogue.New(t)
	var all []*Person
	for _, name := range []string{"a", "b", "c", "d"} {
		all = append(all, newPerson(d.Acme, t, d, name))
	}
	theirs := newPerson(d.Globex, t, d, "x")
	for _, link := range [][2]int{{0, 1}, {0, 2}, {1, 0}, {3, 0}} {
		from, to := pair(all[link[0]], all[link[1]])
		must[*Person](t)(personRivals.AddLink(d.Acme, d.DB, from, to))
	}
	from, to := pair(theirs, theirs)
	must[*Person](t)(personRivals.AddLink(d.Globex, d.DB, from, to))
	from, to = pair(all[0], theirs)
	_, err := personRivals.AddLink(d.Acme, d.DB, from, to)
	requireNotFound(t, err, "Person")

	page := must[*relay.Connection[Person]](t)(people.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("NAME_ASC")))
	d.Reset()
	var rivals, rivalOf []string
	total := 0
	for _, p := range page.Nodes {
		rivals = append(rivals, personNames(personRivals.Page(d.Acme, d.DB, p, relay.PageArgs{First: new(2)}, nil, Order("NAME_ASC"))))
		c, err := personRivalOf.Page(d.Acme, d.DB, p, relay.PageArgs{Last: new(1)}, &PersonFilter{}, Order("NAME_ASC"))
		rivalOf = append(rivalOf, personNames(c, err))
		total += must[int](t)(c.TotalCount(d.Acme))
	}
	if !slices.Equal(rivals, []string{"bc", "a", "", "a"}) || !slices.Equal(rivalOf, []string{"d", "a", "a", ""}) || total != 4 {
		t.Errorf("rivals %q, rival of %q, %d links", rivals, rivalOf, total)
	}
	countStatements(t, d, 3) // both directions, and one count
}

// TestFiltersFollowLinksOfATypeWithItself filters people by their rivals in both directions, and by rivals of
// rivals.
func TestFiltersFollowLinksOfATypeWithItself(t *testing.T) {
	d := catalogue.New(t)
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		byName := map[string]*Person{}
		for _, name := range []string{"a", "b", "c", "d"} {
			byName[name] = newPerson(ctx, t, d, name)
		}
		for _, link := range []string{"ab", "bc", "dd"} {
			from, to := pair(byName[link[:1]], byName[link[1:]])
			must[*Person](t)(personRivals.AddLink(ctx, d.DB, from, to))
			if ctx == d.Globex { // links of the other tenant in the other direction
				must[*Person](t)(personRivals.AddLink(ctx, d.DB, to, from))
			}
		}
		from, to := pair(byName["c"], byName["a"])
		must[*Person](t)(personPeers.AddLink(ctx, d.DB, from, to))
	}
	named := func(name string) *PersonFilter {
		return &PersonFilter{Name: given(relay.StringFilter{Eq: given(name)})}
	}
	some := func(f *PersonFilter) graphql.Omittable[*PersonListFilter] {
		return given(PersonListFilter{Some: graphql.OmittableOf(f)})
	}
	none := func(f *PersonFilter) graphql.Omittable[*PersonListFilter] {
		return given(PersonListFilter{None: graphql.OmittableOf(f)})
	}
	for _, test := range []struct {
		name  string
		where PersonFilter
		want  string
	}{
		{name: "with a rival", where: PersonFilter{Rivals: some(&PersonFilter{})}, want: "abd"},
		{name: "without a rival", where: PersonFilter{Rivals: none(&PersonFilter{})}, want: "c"},
		{name: "rival of a person", where: PersonFilter{RivalOf: some(named("a"))}, want: "b"},
		{name: "no rival of a person", where: PersonFilter{RivalOf: none(named("a"))}, want: "acd"},
		{name: "with the rival c", where: PersonFilter{Rivals: some(named("c"))}, want: "b"},
		{name: "with a rival that has the rival c", where: PersonFilter{Rivals: some(&PersonFilter{Rivals: some(named("c"))})}, want: "a"},
		{name: "rival of a rival of a", where: PersonFilter{RivalOf: some(&PersonFilter{RivalOf: some(named("a"))})}, want: "c"},
		{name: "back and forth", where: PersonFilter{Rivals: some(&PersonFilter{RivalOf: some(named("a"))})}, want: "a"},
		{name: "other links", where: PersonFilter{Peers: some(&PersonFilter{Rivals: some(named("b"))})}, want: "c"},
	} {
		if got := personNames(people.Page(d.Acme, d.DB, relay.PageArgs{}, &test.where, Order("NAME_ASC"))); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestLinksOfATypeWithItselfPublishBothEnds adds and removes links with and without an inverse relation.
func TestLinksOfATypeWithItselfPublishBothEnds(t *testing.T) {
	d := catalogue.New(t)
	a, b := newPerson(d.Acme, t, d, "a"), newPerson(d.Acme, t, d, "b")
	ctx, cancel := context.WithCancel(d.Acme)
	defer cancel()
	events := must[<-chan *string](t)(relay.Follow(ctx, d.DB, personChanges, describe[Person]))
	updated := func(p *Person) string { return fmt.Sprintf("UPDATED %s true", p.GlobalID()) }
	from, to := pair(a, b)
	for range 2 {
		must[*Person](t)(personRivals.AddLink(d.Acme, d.DB, from, to))
	}
	requireEvents(t, events, updated(a), updated(b))
	must[*Person](t)(personRivalOf.RemoveLink(d.Acme, d.DB, to, from)) // the same link from the other side
	requireEvents(t, events, updated(b), updated(a))
	must[*Person](t)(personPeers.AddLink(d.Acme, d.DB, from, to))
	requireEvents(t, events, updated(a))
	must[*Person](t)(personRivals.AddLink(d.Acme, d.DB, from, to))
	requireEvents(t, events, updated(a), updated(b))
	must[*Person](t)(people.Delete(d.Acme, d.DB, b.GlobalID()))
	if n := d.Count(t, "person_rivals", "") + d.Count(t, "person_peers", ""); n != 0 {
		t.Errorf("%d links are left", n)
	}
}

// TestTypeOfLinksHasRowsOfItsOwn links volumes with authors by authorships, in each order of both directions.
func TestTypeOfLinksHasRowsOfItsOwn(t *testing.T) {
	d := catalogue.New(t)
	fillVolumes(t, d)
	author := func(ctx context.Context, name string, where string) *Person {
		p := newPerson(ctx, t, d, name)
		for _, v := range must[*relay.Connection[Volume]](t)(volumes.Page(ctx, d.DB, relay.PageArgs{First: new(100)}, nil, nil)).Nodes {
			if where == "" || v.Code < where {
				must[*Authorship](t)(authorships.Create(ctx, d.DB, &Authorship{VolumeID: v.ID, PersonID: p.ID, Name: "n"}))
			}
		}
		return p
	}
	a, none := author(d.Acme, "a", ""), newPerson(d.Acme, t, d, "z")
	author(d.Acme, "b", "C2")
	author(d.Globex, "x", "")
	for _, order := range volumeOrders {
		want := codesInOrder(t, d, order, "TRUE")
		for _, backwards := range []bool{false, true} {
			got := pageCodes(t, d, backwards, func(args relay.PageArgs) (*relay.Connection[Volume], error) {
				return personVolumes.Page(d.Acme, d.DB, a, args, nil, order)
			})
			if !slices.Equal(got, want) {
				t.Errorf("%s, backwards %t:\n%v, want\n%v", order, backwards, got, want)
			}
		}
	}
	page := must[*relay.Connection[Volume]](t)(volumes.Page(d.Acme, d.DB, relay.PageArgs{First: new(100)}, nil, nil))
	d.Reset()
	for _, v := range page.Nodes {
		want := "a"
		if v.Code < "C2" {
			want = "ab"
		}
		if got := personNames(volumeAuthors.Page(d.Acme, d.DB, v, relay.PageArgs{}, nil, Order("NAME_ASC"))); got != want {
			t.Errorf("authors of %s: %s, want %s", v.Code, got, want)
		}
	}
	countStatements(t, d, 1)
	where := &PersonFilter{Volumes: given(VolumeListFilter{Some: given(VolumeFilter{Code: given(relay.StringFilter{Eq: given("C3")})})})}
	if got := personNames(people.Page(d.Acme, d.DB, relay.PageArgs{}, where, Order("NAME_ASC"))); got != "a" {
		t.Errorf("authors of C3: %s", got)
	}
	_, err := authorships.Create(d.Acme, d.DB, &Authorship{VolumeID: page.Nodes[0].ID, PersonID: a.ID})
	if fmt.Sprint(err) != "another authorship has this volume and person" {
		t.Errorf("two rows for one link: %v", err)
	}
	func() {
		defer func() {
			const want = "relay: the links of Volume.authors are rows of Authorship: create and delete those"
			if got := recover(); got != want {
				t.Errorf("AddLink: %v, want %s", got, want)
			}
		}()
		_, _ = volumeAuthors.AddLink(d.Acme, d.DB, relay.InputID{}, relay.InputID{})
	}()
	if c := must[*relay.Connection[Volume]](t)(personVolumes.Page(d.Acme, d.DB, none, relay.PageArgs{}, nil, nil)); len(c.Nodes) > 0 {
		t.Errorf("a person without volumes has %d", len(c.Nodes))
	}
	must[*Person](t)(people.Delete(d.Acme, d.DB, a.GlobalID()))
	if n := d.Count(t, "authorships", "tenant_id = 1 AND person_id = ?", a.ID); n != 0 {
		t.Errorf("%d authorships are left", n)
	}
}
