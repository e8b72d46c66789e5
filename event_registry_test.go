package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/relay"
)

// typeSubscription is the generated subscription to the rows of a type.
type typeSubscription struct {
	*ast.FieldDefinition
	of    relay.AnyType
	topic relay.TopicInfo
	by    string // the input's field for the parent, or ""
}

// listSubscriptions returns the generated subscriptions.
func (in *mutationInputs) listSubscriptions() (all []typeSubscription) {
	in.t.Helper()
	generated := findGeneratedResolvers(in.t)
	for _, f := range in.schema.Subscription.Fields {
		of := model.Types.ByName(strings.TrimSuffix(f.Type.Name(), "Event"))
		if !generated["Subscription."+f.Name] {
			continue
		}
		s := typeSubscription{FieldDefinition: f, of: of}
		if len(f.Arguments) > 0 {
			s.by = f.Arguments[0].Name
		}
		for _, topic := range of.Topics() {
			if (topic.Column == "") == (s.by == "") {
				s.topic = topic
			}
		}
		if s.topic.Changes == nil {
			in.t.Fatalf("%s has no topic for the subscription %s", of.Name(), f.Name)
		}
		all = append(all, s)
	}
	return all
}

// document is the subscription to the rows of a parent.
func (s typeSubscription) document(parent string) string {
	argument := ""
	if s.by != "" {
		argument = fmt.Sprintf("(%s: %q)", s.by, parent)
	}
	row := lowerFirst(s.of.Name())
	return fmt.Sprintf("subscription { event: %s%s { change id: %sId row: %[3]s { id } } }", s.Name, argument, row)
}

// parentOf returns the global id of the parent of a row, or "" for a subscription to all rows.
func (s typeSubscription) parentOf(t *testing.T, row any) string {
	t.Helper()
	if s.by == "" {
		return ""
	}
	column := s.of.Schema().FieldsByDBName[s.topic.Column]
	id, _ := column.ValueOf(t.Context(), reflect.ValueOf(row).Elem())
	if optional, ok := id.(*relay.ID); ok {
		id = *optional
	}
	return string(relay.NewGlobalID(findReferredType(s.of, column), id.(relay.ID)))
}

// eventWatch is the socket of a tenant with one subscription.
type eventWatch struct {
	*servertest.Socket
	t      *testing.T
	tenant string
	parent string
}

// watch starts subscriptions of both tenants to the rows of a parent, and one of acme to those of another parent, if it
// is not "". The first is that of acme.
func (w *twins) watch(t *testing.T, url string, s typeSubscription, parent, other string) (watches []*eventWatch) {
	t.Helper()
	add := func(tenant, parent string, n int) {
		w.waitSubscriptions(w.contextOf(tenant), t, n) // those of the previous case have ended
		e := &eventWatch{servertest.Connect(t, url, tenant), t, tenant, parent}
		e.Subscribe("a", s.document(parent))
		w.waitSubscriptions(w.contextOf(tenant), t, n+1)
		watches = append(watches, e)
	}
	add("acme", parent, 0)
	add("globex", parent, 0)
	if other != "" {
		add("acme", other, 1)
	}
	return watches
}

// next returns the change and the id of the next event, or the type of another message.
func (e *eventWatch) next() string {
	e.t.Helper()
	message, err := e.Next()
	if err != nil {
		e.t.Fatalf("%s: %v", e.tenant, err)
	}
	if message.Type != "next" {
		return message.Type
	}
	var payload struct {
		Data struct {
			Event struct {
				Change, ID string
				Row        *struct{ ID string }
			}
		}
		Errors []any
	}
	if err := json.Unmarshal(message.Payload, &payload); err != nil {
		e.t.Fatal(err)
	}
	event := payload.Data.Event
	isDeleted := event.Change == string(relay.ChangeDeleted)
	if payload.Errors != nil || (event.Row == nil) != isDeleted || event.Row != nil && event.Row.ID != event.ID {
		e.t.Errorf("%s received %s", e.tenant, message.Payload)
	}
	return event.Change + " " + event.ID
}

// expect reads events, and then those of a last change. Events of one mutation can be in any order.
func (e *eventWatch) expect(events, last []string) {
	e.t.Helper()
	var got []string
	for range events {
		got = append(got, e.next())
	}
	slices.Sort(got)
	for range last {
		got = append(got, e.next())
	}
	if want := slices.Concat(slices.Sorted(slices.Values(events)), last); !slices.Equal(got, want) {
		e.t.Errorf("the subscription of %s received %v, want %v", e.tenant, got, want)
	}
	_ = e.CloseNow()
}

// runMutation runs a mutation, and returns the global ids in the result: those of the changed rows.
func (w *twins) runMutation(in *mutationInputs, tenant string, m mutation, input map[string]any) (ids []string, ok bool) {
	in.t.Helper()
	result := in.schema.Types[m.Type.Name()].Fields[0]
	selection := result.Name
	if in.schema.Types[result.Type.Name()].Kind == ast.Object {
		selection += " { id }"
	}
	document := fmt.Sprintf("mutation($input: %s!) { %s(input: $input) { %s } }", m.input.Name, m.Name, selection)
	body, err := json.Marshal(map[string]any{"query": document, "variables": map[string]any{"input": input}})
	if err != nil {
		in.t.Fatal(err)
	}
	_, response := w.post(in.t, tenant, string(body))
	return findGlobalIDs(response), !strings.Contains(response, `"errors"`)
}

// changeLast makes a change that a subscription of a tenant reports, and returns its events.
func (w *twins) changeLast(in *mutationInputs, tenant string, s typeSubscription, parent string) []string {
	in.t.Helper()
	exists := false
	for _, change := range s.topic.Changes {
		for _, m := range in.listMutations() {
			if m.of != s.of || changeOf(m) != change || m.verb == "restore" {
				continue
			}
			exists = true
			rows := w.findRowsOf(w.contextOf(tenant), in.t, s.of, "id < ?", w.copied)
			slices.Reverse(rows) // the newest are parents of others
			for _, row := range rows {
				if parent != "" && s.parentOf(in.t, row) != parent {
					continue
				}
				ids, ok := w.runMutation(in, tenant, m, in.newInput(m, row))
				if ok && len(ids) > 0 {
					return formatEvents(change, ids...)
				}
			}
		}
	}
	if exists {
		in.t.Fatalf("%s can't change a row that %s reports", tenant, s.Name)
	}
	in.t.Skipf("no generated mutation of %s has an event in %s", s.of.Name(), s.Name)
	return nil
}

// changeOf returns the change that a mutation of a type publishes.
func changeOf(m mutation) relay.Change {
	switch {
	case m.isCreation(), m.verb == "restore":
		return relay.ChangeCreated
	case strings.HasPrefix(m.verb, "delete"):
		return relay.ChangeDeleted
	}
	return relay.ChangeUpdated
}

func formatEvents(change relay.Change, ids ...string) (events []string) {
	for _, id := range ids {
		events = append(events, string(change)+" "+id)
	}
	return events
}

// TestTypesPublishTheirEvents runs each generated mutation of each type with a subscription: first so that it fails. The
// subscription of the row's parent receives one event for each row, and those of another parent, and of globex, which
// has rows with the same ids, receive none.
func TestTypesPublishTheirEvents(t *testing.T) {
	w := newTwins(t)
	url := w.listen(t, defaults)
	in := newMutationInputs(t, w)
	for _, s := range in.listSubscriptions() {
		for _, m := range in.listMutations() {
			if m.of == s.of {
				t.Run(s.Name+" "+m.Name, func(t *testing.T) {
					in.t = t
					w.checkEvents(t, in, url, s, m)
				})
			}
		}
	}
}

// checkEvents checks the events of a mutation.
func (w *twins) checkEvents(t *testing.T, in *mutationInputs, url string, s typeSubscription, m mutation) {
	t.Helper()
	for _, row := range w.findUnreferred(t, s.of) {
		input := in.newInput(m, row)
		if input == nil {
			continue
		}
		if m.verb == "restore" {
			w.exec(t, fmt.Sprintf("UPDATE %s SET deleted_at = '2026-01-01' WHERE tenant_id = 1 AND id = ?", m.of.Schema().Table), idOf(row))
		}
		parent := s.parentOf(t, row)
		watches := w.watch(t, url, s, parent, w.findOtherParent(t, s, parent))
		w.runFailing(in, m, input)
		ids, ok := w.runMutation(in, "acme", m, input)
		if !ok { // such as a deletion with RESTRICT
			for _, e := range watches {
				_ = e.CloseNow()
			}
			continue
		}
		var events []string
		if len(ids) == 0 {
			t.Errorf("%s changed no row: %v", m.Name, input)
		}
		if slices.Contains(s.topic.Changes, changeOf(m)) {
			events = formatEvents(changeOf(m), ids...)
		}
		for i, e := range watches {
			last := w.changeLast(in, e.tenant, s, e.parent)
			if i > 0 {
				events = nil
			}
			e.expect(events, last)
		}
		return
	}
	t.Errorf("acme can't use %s; if a rule in Go refuses the input, add valid values to sampleInputs", m.Name)
}

// runFailing runs a mutation with the id of no row, or with a string that is too long.
func (w *twins) runFailing(in *mutationInputs, m mutation, input map[string]any) {
	in.t.Helper()
	text, err := json.Marshal(input)
	if err != nil {
		in.t.Fatal(err)
	}
	invalid := maps.Clone(input)
	if ids := findGlobalIDs(string(text)); len(ids) > 0 {
		missing := string(relay.NewGlobalID(nameOfGlobalID(ids[0]), relay.NewID()))
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), ids[0], missing)), &invalid); err != nil {
			in.t.Fatal(err)
		}
	} else if i := slices.IndexFunc(m.of.Fields(), func(f relay.Field) bool { return f.MaxLength > 0 && invalid[f.Name] != nil }); i >= 0 {
		invalid[m.of.Fields()[i].Name] = strings.Repeat("x", m.of.Fields()[i].MaxLength+1)
	}
	if ids, ok := w.runMutation(in, "acme", m, invalid); ok && len(ids) > 0 {
		in.t.Errorf("%s accepted %v", m.Name, invalid)
	}
}

// findUnreferred returns the rows of both tenants, those to which the fewest others refer first.
func (w *twins) findUnreferred(t *testing.T, of relay.AnyType) []any {
	t.Helper()
	rows := w.findRows(t, of, "id < ?", w.copied)
	count := map[any]int{}
	for _, row := range rows {
		count[row] = len(w.findReferences(t, of, idOf(row)))
	}
	slices.SortStableFunc(rows, func(a, b any) int { return count[a] - count[b] })
	return rows
}

// findOtherParent returns the parent of other rows of both tenants, or "" for a subscription to all rows.
func (w *twins) findOtherParent(t *testing.T, s typeSubscription, parent string) string {
	t.Helper()
	rows := w.findRows(t, s.of, "id < ?", w.copied)
	for _, row := range slices.Backward(rows) {
		if other := s.parentOf(t, row); s.by != "" && other != parent {
			return other
		}
	}
	return ""
}
