package transport_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// selected is a field or a fragment of a random query.
type selected struct {
	field     string // with its arguments and alias, or ""
	fragment  string // the name of a named fragment, or ""
	on        string // the type of its selection set, if it has one
	set       []*selected
	directive string
	excluded  bool
	deferred  bool
	label     string
}

// alias is the name of a field in the response.
func (s *selected) alias() string {
	name, _, _ := strings.Cut(s.field, "(")
	name, _, _ = strings.Cut(name, ":")
	return name
}

// queries generates random queries.
type queries struct {
	*rand.Rand
	// fields has the fields of each type, each with the type of its selection set or "".
	fields map[string][][2]string
	// fragments are the named fragments of this query.
	fragments []*selected
	labels    int
}

// newSet returns a random selection set of a type.
func (q *queries) newSet(on string, depth int) (set []*selected) {
	own := 1 + q.IntN(2)
	if depth > 0 && q.IntN(4) == 0 {
		own = 0 // all of it in fragments
	}
	for i := range own {
		field := q.fields[on][0]
		if i > 0 {
			field = q.fields[on][q.IntN(len(q.fields[on]))]
		}
		switch {
		case field[1] == "":
			set = append(set, &selected{field: field[0]})
		case depth > 0:
			set = append(set, &selected{field: field[0], on: field[1], set: q.newSet(field[1], depth-1)})
		default:
			set = append(set, &selected{field: "__typename"})
		}
	}
	if on == "Node" {
		to := []string{"Book", "Review", "Shelf"}[q.IntN(3)]
		set = append(set, q.addDirective(&selected{on: to, set: q.newSet(to, max(0, depth-1))}))
	}
	fragments := 0
	if depth > 0 {
		fragments = []int{0, 1, 1, 2}[q.IntN(4)]
	}
	for range max(fragments, 1-len(set)) {
		set = append(set, q.newFragment(on, depth))
	}
	return set
}

// newFragment returns an inline fragment, a new named one, or one that is already used.
func (q *queries) newFragment(on string, depth int) *selected {
	kind := q.IntN(3)
	if known := slices.DeleteFunc(slices.Clone(q.fragments), func(f *selected) bool { return f.on != on }); kind == 0 && len(known) > 0 {
		again := *known[q.IntN(len(known))]
		return q.addDirective(&again)
	}
	f := &selected{on: on, set: q.newSet(on, depth-1)}
	if kind == 1 {
		f.fragment = fmt.Sprintf("f%d", len(q.fragments))
		q.fragments = append(q.fragments, f)
		f = &selected{on: on, set: f.set, fragment: f.fragment}
	}
	return q.addDirective(f)
}

func (q *queries) addDirective(f *selected) *selected {
	f.directive, f.deferred, f.excluded = "", false, false
	switch q.IntN(9) {
	case 0:
	case 1:
		f.directive = "@defer(if: $no)"
	case 2:
		f.directive, f.excluded = "@include(if: $no)", true
	case 3:
		f.directive, f.excluded = "@skip(if: $yes) @defer", true
	case 4:
		f.directive, f.deferred = "@defer", true
	case 5:
		f.directive, f.deferred = "@defer(if: $null)", true
	default:
		q.labels++
		f.deferred, f.label = true, fmt.Sprint("l", q.labels)
		f.directive = fmt.Sprintf("@defer(if: $yes, label: %q)", f.label)
	}
	return f
}

// writeSet writes a selection set. As a reference it has no @defer, and the types of all objects.
func writeSet(set []*selected, reference bool) string {
	var text strings.Builder
	if reference {
		text.WriteString(" __typename")
	}
	for _, s := range set {
		directive := s.directive
		if reference && !s.excluded {
			directive = ""
		}
		switch {
		case s.field != "":
			text.WriteString(" " + s.field)
		case s.fragment != "":
			text.WriteString(" ..." + s.fragment + " " + directive)
		default:
			text.WriteString(" ... on " + s.on + " " + directive)
		}
		if len(s.set) > 0 && s.fragment == "" {
			text.WriteString(" " + writeSet(s.set, reference))
		}
	}
	return "{" + text.String() + " }"
}

func (q *queries) document(set []*selected, reference bool) string {
	text := writeSet(set, reference)
	for _, f := range q.fragments {
		text += " fragment " + f.fragment + " on " + f.on + " " + writeSet(f.set, reference)
	}
	var variables string
	for _, v := range []string{"$yes: Boolean! = true", "$no: Boolean! = false", "$null: Boolean"} {
		if name, _, _ := strings.Cut(v, ":"); strings.Contains(text, name) {
			variables += v + " "
		}
	}
	return "query Q" + strings.Replace("("+variables+") ", "()", "", 1) + text
}

// expected are the payloads of a query, by path and label.
type expected map[string][]string

// failingFields are fields that fail, and mayBeNull fields at which an error stops propagating.
var (
	failingFields = map[string]bool{"e": true, "f": true, "n": true}
	mayBeNull     = map[string]bool{
		"Book/borrower": true, "Book/y": true, "Review/reader": true, "Review/z": true,
		"Query/node": true, "Query/nodes/": true, "Query/n": true,
	}
)

// object returns the fields that the sets select, without deferred ones. It adds the payloads of
// those to expected, unless an error makes the object null.
func (e expected) object(of map[string]any, path string, sets ...[]*selected) (any, bool) {
	below, deferred := map[string][][]*selected{}, map[*selected]bool{}
	var add func(set []*selected)
	add = func(set []*selected) {
		for _, s := range set {
			switch {
			case s.excluded:
			case s.field != "":
				below[s.alias()] = append(below[s.alias()], s.set)
			case s.on != of["__typename"] && s.on != "Node":
			case s.deferred:
				deferred[s] = true
			default:
				add(s.set)
			}
		}
	}
	for _, set := range sets {
		add(set)
	}
	data, inside := map[string]any{}, expected{}
	for alias, sets := range below {
		place := fmt.Sprint(of["__typename"], "/", alias)
		var ok bool
		if data[alias] = nil; !failingFields[alias] {
			data[alias], ok = inside.value(of[alias], path+"/"+alias, place, sets)
		}
		if !ok && !mayBeNull[place] {
			return nil, false
		}
	}
	for s := range deferred {
		key := fmt.Sprintf("%s %s", path, s.label)
		if s.label == "" {
			key += fmt.Sprintf("%p", s)
		}
		payload, _ := inside.object(of, path, s.set)
		inside[key] = []string{servertest.Body(payload)}
	}
	maps.Copy(e, inside)
	return data, true
}

func (e expected) value(of any, path, place string, sets [][]*selected) (any, bool) {
	switch of := of.(type) {
	case map[string]any:
		return e.object(of, path, sets...)
	case []any:
		list, inside := make([]any, len(of)), expected{}
		for i := range of {
			value, ok := inside.value(of[i], fmt.Sprintf("%s/%d", path, i), "", sets)
			if !ok && !mayBeNull[place+"/"] {
				return nil, false
			}
			list[i] = value
		}
		maps.Copy(e, inside)
		return list, true
	}
	return of, true
}

// byPlace returns the payloads by path and label. Payloads without a label are in any order.
func (e expected) byPlace() map[string][]string {
	places := map[string][]string{}
	for key, data := range e {
		place, _, _ := strings.Cut(key, "0x")
		places[place] = append(places[place], data...)
	}
	for _, data := range places {
		slices.Sort(data)
	}
	return places
}

// TestMergedPayloadsEqualTheResponseWithoutParts sends random queries with @defer. Their merged parts equal the response
// without parts, and each fragment has one payload with all of its fields. Half of the queries have
// fields that fail: each makes its fragment null, or the nearest nullable field.
func TestMergedPayloadsEqualTheResponseWithoutParts(t *testing.T) {
	s := servertest.New(t)
	book := string(s.Fill(servertest.Acme))
	var of struct {
		Book struct {
			Shelf   struct{ ID string }
			Reviews struct{ Nodes []struct{ ID string } }
		}
	}
	s.Query(t, "acme", fmt.Sprintf(`{ book(id: %q) { shelf { id } reviews(first: 1) { nodes { id } } } }`, book), &of)
	q := queries{Rand: rand.New(rand.NewPCG(1, 2)), fields: map[string][][2]string{
		"Query": {
			{"tenant", "Tenant"},
			{"books(first: 2)", "BookConnection"},
			{"tags(first: 2)", "TagConnection"},
			{fmt.Sprintf("node(id: %q)", book), "Node"},
			{fmt.Sprintf("nodes(ids: [%q, %q, %q])", of.Book.Reviews.Nodes[0].ID, book, of.Book.Shelf.ID), "Node"},
		},
		"Tenant":           {{"slug"}, {"name"}},
		"BookConnection":   {{"totalCount"}, {"nodes", "Book"}, {"edges", "BookEdge"}, {"pageInfo", "PageInfo"}},
		"BookEdge":         {{"cursor"}, {"node", "Book"}},
		"PageInfo":         {{"hasNextPage"}, {"endCursor"}},
		"TagConnection":    {{"nodes", "Tag"}, {"totalCount"}},
		"Tag":              {{"name"}, {"color"}},
		"ReviewConnection": {{"nodes", "Review"}, {"totalCount"}},
		"Book": {
			{"key"},
			{"summary"},
			{"shelf", "Shelf"},
			{"borrower", "Reader"},
			{"tags(first: 1)", "TagConnection"},
			{"reviews(first: 2)", "ReviewConnection"},
			{"x: key"},
			{"y: borrower", "Reader"},
		},
		"Shelf":     {{"key"}, {"name"}, {"bookCounts(by: GENRE)", "BookCount"}, {"books(first: 2)", "BookConnection"}, {"x: name"}},
		"BookCount": {{"genre"}, {"count"}},
		"Reader":    {{"name"}, {"role"}},
		"Review":    {{"body"}, {"reader", "Reader"}, {"book", "Book"}, {"x: body"}, {"z: reader", "Reader"}},
		"Node":      {{"id"}, {"__typename"}},
	}}
	inParts, payloads, null, tooLarge := 0, 0, 0, 0
	for i := range 800 {
		fails := i >= 400
		if i == 400 {
			for range 4 {
				q.fields["Book"] = append(q.fields["Book"], [2]string{"e: reviews(first: -1)", "ReviewConnection"})
				q.fields["Shelf"] = append(q.fields["Shelf"], [2]string{"f: books(first: -1)", "BookConnection"})
			}
			failing := [][2]string{{`n: book(id: "nonsense")`, "Book"}, {"f: books(first: -1)", "BookConnection"}}
			q.fields["Query"] = append(q.fields["Query"], failing...)
		}
		q.fragments, q.labels = nil, 0
		set := q.newSet("Query", 5)
		document := q.document(set, false)
		body := servertest.Body(map[string]any{"query": document, "variables": map[string]any{"null": nil}})
		_, response := s.Post(t, "acme", body)
		if strings.Contains(response, "COMPLEXITY_LIMIT_EXCEEDED") {
			tooLarge++
			continue
		}
		var whole servertest.Part
		err := json.Unmarshal([]byte(response), &whole)
		if err != nil || whole.Errors != nil && !fails || strings.Contains(response, "VALIDATION") {
			t.Fatalf("%s\n%s", document, response)
		}
		mended := strings.NewReplacer("(first: -1)", "(first: 1)", `"nonsense"`, `"`+book+`"`).Replace(q.document(set, true))
		_, typed := s.Post(t, "acme", servertest.Body(map[string]any{"query": mended}))
		if strings.Contains(typed, "COMPLEXITY_LIMIT_EXCEEDED") {
			tooLarge++
			continue
		}
		var reference struct{ Data map[string]any }
		if err := json.Unmarshal([]byte(typed), &reference); err != nil || reference.Data == nil {
			t.Fatalf("%s\n%s", mended, typed)
		}
		want := expected{}
		first, _ := want.object(reference.Data, "", set)
		parts := s.PostParts(t, "acme", body)
		if len(parts) == 1 && len(want) == 0 {
			continue
		}
		if got := servertest.Body(parts[0].Data); got != servertest.Body(first) {
			t.Fatalf("%s\nfirst %s\nwant  %s", document, got, servertest.Body(first))
		}
		merged, got := parts[0].Data, map[string][]string{}
		for _, later := range parts[1].Incremental {
			place := ""
			for _, step := range later.Path {
				place += fmt.Sprint("/", step)
			}
			place += " " + later.Label
			got[place] = append(got[place], servertest.Body(later.Data))
			payloads++
			if later.Data == nil {
				null++
				continue
			}
			merged = servertest.Merge(merged, later.Path, later.Data)
		}
		for _, data := range got {
			slices.Sort(data)
		}
		if places := want.byPlace(); !maps.EqualFunc(got, places, slices.Equal) {
			t.Fatalf("%s\npayloads %s\nwant     %s", document, servertest.Body(got), servertest.Body(places))
		}
		if !fails && !reflect.DeepEqual(merged, whole.Data) {
			t.Fatalf("%s\nmerged %s\nwhole  %s", document, servertest.Body(merged), servertest.Body(whole.Data))
		}
		inParts++
	}
	t.Logf("%d in parts, with %d payloads, of which %d are null; %d too large", inParts, payloads, null, tooLarge)
	if inParts < 400 || payloads < 3000 || null < 20 {
		t.Errorf("only %d queries deferred anything, in %d payloads, of which %d are null", inParts, payloads, null)
	}
}
