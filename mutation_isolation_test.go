package main

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/relay"
)

// TestMutationsReachNoOtherTenant runs each generated mutation of each type as acme, while globex has rows with the
// same ids. It must succeed, and change no row of globex. Then each id in the input is replaced, by the id of a row that
// only globex has: the response must equal that for a row that does not exist.
func TestMutationsReachNoOtherTenant(t *testing.T) {
	w := newTwins(t)
	theirs := w.removeOne(t)
	in := newMutationInputs(t, w)
	for _, m := range in.listMutations() {
		t.Run(m.Name, func(t *testing.T) {
			in.t = t
			w.attackReferences(t, in, m, theirs)
			honest := w
			if strings.HasPrefix(m.verb, "delete") { // cascades delete the rows of other deletions
				honest = newTwins(t)
			}
			in.rows = honest
			for in.key = range in.countKeys(m) {
				honest.checkHonestUse(t, in, m)
			}
			in.rows, in.key = w, 0
		})
	}
}

// checkHonestUse runs a mutation for one of acme's rows, until one is accepted. A creation runs as globex first, so
// that globex has the same unique values.
func (w *twins) checkHonestUse(t *testing.T, in *mutationInputs, m mutation) {
	t.Helper()
	var response string
	for _, row := range w.findReferred(t, m) {
		input := in.newInput(m, row)
		if input == nil {
			continue
		}
		request := in.request(m, input)
		if m.isCreation() {
			_, response = w.post(t, "globex", request)
			if strings.Contains(response, `"errors"`) {
				continue
			}
		}
		if m.verb == "restore" {
			w.exec(t, fmt.Sprintf("UPDATE %s SET deleted_at = '2026-01-01' WHERE id = ?", m.of.Schema().Table), idOf(row))
		}
		acme, globex := w.readState(t, 1), w.readState(t, 2)
		_, response = w.post(t, "acme", request)
		w.checkUnchanged(t, 2, globex, request)
		if !strings.Contains(response, `"errors"`) {
			if m.verb == "upsert" && !strings.Contains(response, `"created": true`) {
				t.Errorf("globex has the unique value, so acme's row must be new: %s\n%s", request, response)
			}
			if changed := w.readState(t, 1); fmt.Sprint(changed) == fmt.Sprint(acme) {
				t.Errorf("%s changed nothing:\n%s", request, response)
			}
			return
		}
		w.checkUnchanged(t, 1, acme, request)
	}
	t.Errorf("acme can't use the mutation; if a rule in Go refuses the input, add valid values to sampleInputs: %s", response)
}

// findReferred returns the rows of acme for a mutation. For a deletion, rows with effects on others come first.
func (w *twins) findReferred(t *testing.T, m mutation) []any {
	t.Helper()
	rows := w.findReferring(t, m.of)
	if !strings.HasPrefix(m.verb, "delete") {
		return rows
	}
	count := map[any]int{}
	for _, row := range rows {
		count[row] = len(w.findReferences(t, m.of, idOf(row)))
	}
	slices.SortStableFunc(rows, func(a, b any) int { return count[b] - count[a] })
	return rows
}

// findReferring returns the rows of acme, those with the most references to others first.
func (w *twins) findReferring(t *testing.T, of relay.AnyType) []any {
	t.Helper()
	countNulls := func(row any) (n int) {
		for _, f := range of.Fields() {
			value := of.Schema().FieldsByDBName[f.Column].ReflectValueOf(t.Context(), reflect.ValueOf(row).Elem())
			if f.Scalar == relay.ScalarID && value.Kind() == reflect.Pointer && value.IsNil() {
				n++
			}
		}
		return n
	}
	rows := w.findRows(t, of, "TRUE")
	slices.SortStableFunc(rows, func(a, b any) int { return countNulls(a) - countNulls(b) })
	return rows
}

// attackReferences replaces each id of an input.
func (w *twins) attackReferences(t *testing.T, in *mutationInputs, m mutation, theirs map[string]string) {
	t.Helper()
	var request string
	for _, row := range w.findReferring(t, m.of) {
		if input := in.newInput(m, row); input != nil {
			request = in.request(m, input)
			break
		}
	}
	ids := slices.Compact(slices.Sorted(slices.Values(findGlobalIDs(request))))
	for _, id := range ids {
		name := nameOfGlobalID(id)
		if m.verb == "restore" {
			w.exec(t, fmt.Sprintf("UPDATE %s SET deleted_at = '2026-01-01' WHERE tenant_id = 2 AND id = %s", m.of.Schema().Table,
				formatID(theirs[name])))
		}
		acme, globex := w.readState(t, 1), w.readState(t, 2)
		_, response := w.post(t, "acme", strings.ReplaceAll(request, id, theirs[name]))
		w.checkUnchanged(t, 1, acme, request)
		w.checkUnchanged(t, 2, globex, request)
		if strings.HasSuffix(m.verb, "Many") && m.verb != "createMany" {
			if strings.Contains(response, `"id"`) {
				t.Errorf("with an id of globex in %s:\n%s", request, response)
			}
		} else if !strings.Contains(response, `"NOT_FOUND"`) {
			t.Errorf("with an id of globex in %s:\n%s\nwant NOT_FOUND", request, response)
		}
		missing := string(relay.NewGlobalID(name, relay.NewID()))
		_, other := w.post(t, "acme", strings.ReplaceAll(request, id, missing))
		if requestID.ReplaceAllString(other, "") != requestID.ReplaceAllString(response, "") {
			t.Errorf("%s with an id of globex:\n%s\nwith an id of no row:\n%s", request, response, other)
		}
	}
}

// quotedID matches strings that may be global ids.
var quotedID = regexp.MustCompile(`"([A-Za-z0-9_-]{40,100})"`)

// findGlobalIDs returns the global ids of registered types in a text.
func findGlobalIDs(text string) (ids []string) {
	for _, match := range quotedID.FindAllStringSubmatch(text, -1) {
		if nameOfGlobalID(match[1]) != "" {
			ids = append(ids, match[1])
		}
	}
	return ids
}

// nameOfGlobalID returns the type of a global id, or "" for another string.
func nameOfGlobalID(id string) string {
	text, err := base64.RawURLEncoding.DecodeString(id)
	name, _, ok := strings.Cut(string(text), ":")
	if err != nil || !ok || model.Types.ByName(name) == nil {
		return ""
	}
	return name
}
