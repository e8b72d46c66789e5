package main

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// TestDeletionsPublishEventsOfOtherRows deletes a row of each type to which the rows of a type with a subscription refer.
// These rows are updated (SET_NULL, links) or deleted (CASCADE), and the subscription to the rows of the deleted row
// completes. The subscriptions of globex, which has rows with the same ids, receive nothing.
func TestDeletionsPublishEventsOfOtherRows(t *testing.T) {
	in := newMutationInputs(t, nil)
	for _, s := range in.listSubscriptions() {
		for _, m := range in.listMutations() {
			if m.verb == "delete" && m.of != s.of && s.hasEffect(m.of) {
				t.Run(s.Name+" "+m.Name, func(t *testing.T) {
					w := newTwins(t)
					w.checkDeletion(t, newMutationInputs(t, w), s, m)
				})
			}
		}
	}
}

// hasEffect reports whether deletions of rows of a type can have events, by a relation and not by a cascade through
// further types.
func (s typeSubscription) hasEffect(deleted relay.AnyType) bool {
	if s.isIndirect(deleted) {
		return false
	}
	for _, r := range s.of.Relations() {
		if !r.Many && r.Column == s.topic.Column && r.Target == deleted.Name() {
			return true
		}
	}
	return slices.ContainsFunc(s.of.Relations(), func(r relay.Relation) bool {
		return r.Target == deleted.Name() && s.effectOf(r, deleted) != ""
	})
}

// isIndirect reports whether deletions of rows of a type delete rows to which those of the subscription refer. The
// milestones of a deleted project are deleted, so its items are updated before they are deleted.
func (s typeSubscription) isIndirect(deleted relay.AnyType) bool {
	for _, between := range model.Types.All() {
		isDeleted := func(r relay.Relation) bool { return r.Target == deleted.Name() && r.OnDelete == relay.Cascade }
		isRelated := func(r relay.Relation) bool { return r.Target == between.Name() }
		if slices.ContainsFunc(between.Relations(), isDeleted) && slices.ContainsFunc(s.of.Relations(), isRelated) {
			return true
		}
	}
	return false
}

// countUntilComplete returns the number of events before the end of the subscription.
func (e *eventWatch) countUntilComplete() (n int) {
	e.t.Helper()
	for ; ; n++ {
		message, err := e.Next()
		if err != nil {
			e.t.Fatalf("%s: %v", e.tenant, err)
		}
		if message.Type == completed {
			return n
		}
	}
}

// clearRestrictions removes the optional references with RESTRICT to a row of acme.
func (w *twins) clearRestrictions(t *testing.T, deleted relay.AnyType, row any) {
	t.Helper()
	for _, other := range model.Types.All() {
		for _, r := range other.Relations() {
			table := other.Schema()
			if r.Target == deleted.Name() && r.OnDelete == relay.Restrict &&
				table.FieldsByDBName[r.Column].FieldType.Kind() == reflect.Pointer {
				w.exec(t, fmt.Sprintf("UPDATE %s SET %s = NULL WHERE tenant_id = 1 AND %[2]s = ?", table.Table, r.Column), idOf(row))
			}
		}
	}
}

// effectOf returns the change of the rows with a relation to a deleted row, or "" for none.
func (s typeSubscription) effectOf(r relay.Relation, deleted relay.AnyType) relay.Change {
	isSoft := deleted.Schema().LookUpField("DeletedAt") != nil
	change := relay.Change("")
	switch {
	case r.Many && r.Link != nil && !isRegistered(r.Link), r.OnDelete == relay.SetNull && !isSoft:
		change = relay.ChangeUpdated
	case r.OnDelete == relay.Cascade && !isSoft && r.Column != s.topic.Column:
		change = relay.ChangeDeleted
	}
	if !slices.Contains(s.topic.Changes, change) {
		return ""
	}
	return change
}

// isRegistered reports whether links are rows of a type of the API.
func isRegistered(link any) bool {
	_, ok := link.(relay.Node)
	return ok
}

// checkDeletion deletes a row of acme that has an effect, and checks the events.
func (w *twins) checkDeletion(t *testing.T, in *mutationInputs, s typeSubscription, m mutation) {
	t.Helper()
	url := w.listen(t, defaults)
	for _, row := range w.findReferred(t, m) {
		events := w.findEffects(t, s, m.of, row)
		parent := ""
		switch {
		case s.by != "" && s.parentType() == m.of.Name():
			parent = globalID(row)
		case len(events) == 0:
			continue
		default:
			for parent = range events {
				break
			}
		}
		w.clearRestrictions(t, m.of, row)
		watches := w.watch(t, url, s, parent, w.findOtherParent(t, s, parent))
		if _, ok := w.runMutation(in, "acme", m, in.newInput(m, row)); !ok { // RESTRICT of a required reference
			for _, e := range watches {
				_ = e.CloseNow()
			}
			continue
		}
		for _, e := range watches {
			switch {
			case e.tenant == "acme" && e.parent == globalID(row):
				if n := e.countUntilComplete(); n > 0 && !s.isIndirect(m.of) {
					t.Errorf("the subscription of the deleted row received %d events before it completed", n)
				}
			case e.tenant == "acme":
				e.expect(events[e.parent], w.changeLast(in, e.tenant, s, e.parent))
			default:
				e.expect(nil, w.changeLast(in, e.tenant, s, e.parent))
			}
		}
		return
	}
	t.Skipf("no %s that can be deleted has an effect on rows of %s", m.of.Name(), s.of.Name())
}

// parentType returns the type of the parent.
func (s typeSubscription) parentType() string {
	return findReferredType(s.of, s.of.Schema().FieldsByDBName[s.topic.Column])
}

// findEffects returns the events of a row's deletion, by the parent of the changed rows.
func (w *twins) findEffects(t *testing.T, s typeSubscription, deleted relay.AnyType, row any) map[string][]string {
	t.Helper()
	events := map[string][]string{}
	for _, r := range s.of.Relations() {
		change := relay.Change("")
		if r.Target == deleted.Name() {
			change = s.effectOf(r, deleted)
		}
		if change == "" {
			continue
		}
		condition := r.Column + " = ?"
		if r.Link != nil {
			condition = fmt.Sprintf("id IN (SELECT %s FROM %s WHERE tenant_id = 1 AND %s = ?)", r.Column, findLinkTable(r), r.TargetColumn)
		}
		for _, changed := range w.findRows(t, s.of, condition, idOf(row)) {
			parent := s.parentOf(t, changed)
			events[parent] = append(events[parent], formatEvents(change, globalID(changed))...)
		}
	}
	return events
}
