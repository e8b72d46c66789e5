package exec_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/model/relay"
)

var (
	operations = flag.Int("operations", 200, "the number of operations that TestDifferential compares")
	seed       = flag.Uint64("seed", 0, "the seed of TestDifferential, or 0 for a new one")
)

// executors are servers of one database, with plans and without.
type executors struct {
	*generator
	t             *testing.T
	plans, gqlgen *servertest.Server
	fields        int
	failed        int // responses with errors
	refused       int // responses without data
}

// TestDifferential executes random operations on random rows with plans and without. The responses are equal, except for
// the order of errors.
func TestDifferential(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	for done, round := 0, uint64(0); done < *operations; round++ {
		n := min(5_000, *operations-done)
		t.Run(fmt.Sprint("seed", *seed+round), func(t *testing.T) { newExecutors(t, *seed+round).compareMany(n) })
		if done += n; t.Failed() {
			return
		}
	}
}

func newExecutors(t *testing.T, seed uint64) *executors {
	random := rand.New(rand.NewPCG(seed, 0))
	plans := servertest.New(t, func(o *server.Options) {
		l := &o.Limits
		l.Depth, l.Width, l.RootFields, l.Aliases, l.Directives, l.Fragments, l.Selections = 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6
		l.Errors, l.Cost, l.Tokens, l.Response, l.Time = 1e9, 1e12, 1e6, 1<<30, time.Hour
	})
	r := &rows{random, plans, map[string][]string{}}
	r.fill(t)
	g := &generator{Rand: random, schema: servertest.NewSchema(nil).Schema(), ids: r.ids, cursors: map[string][]string{}}
	foreign := string(plans.Fill(servertest.Globex))
	g.allIDs = [][]string{
		{foreign}, {string(relay.NewGlobalID("Book", relay.NewID())), string(relay.NewGlobalID("Item", relay.NewID()))},
		r.ids["Book"], r.ids["Reader"], r.ids["Shelf"], r.ids["Tag"], r.ids["Review"], r.ids["Card"],
	}
	x := &executors{generator: g, t: t, plans: plans, gqlgen: plans.With(func(o *server.Options) { o.NoPlans = true })}
	x.readCursors()
	return x
}

// readCursors reads the cursors of all connections at the root, in each order.
func (x *executors) readCursors() {
	for _, f := range x.schema.Query.Fields {
		order := f.Arguments.ForName("orderBy")
		if order == nil {
			continue
		}
		for _, v := range x.schema.Types[order.Type.Name()].EnumValues {
			var data map[string]struct{ Edges []struct{ Cursor string } }
			x.gqlgen.Query(x.t, "acme", fmt.Sprintf("{ %s(first: 100, orderBy: %s) { edges { cursor } } }", f.Name, v.Name), &data)
			for _, e := range data[f.Name].Edges {
				key := f.Type.Name() + v.Name
				x.cursors[key] = append(x.cursors[key], e.Cursor)
			}
		}
	}
}

// compareMany compares the responses of n operations, and stops at the first difference.
func (x *executors) compareMany(n int) {
	for i := range n {
		d := x.newDocument()
		with, without := x.execute(d)
		x.fields += bytes.Count([]byte(without), []byte(`":`))
		if with == without {
			continue
		}
		d.shrink(func() bool { with, without := x.execute(d); return with != without })
		text, variables := d.text()
		with, without = x.execute(d)
		x.t.Errorf("operation %d:\n%s\nvariables %s\nwith plans: %s\nwithout:    %s", i, text, servertest.Body(variables), with, without)
		break
	}
	x.t.Logf("%d operations with %d fields, %d with errors, %d without data", n, x.fields, x.failed, x.refused)
}

// execute returns the responses with plans and without. A mutation has its effect before.
func (x *executors) execute(d *document) (with, without string) {
	body := d.body()
	if d.operation == "mutation" {
		x.restore(d)
		x.gqlgen.Post(x.t, "acme", body)
	}
	x.restore(d)
	_, with = x.plans.Post(x.t, "acme", body)
	x.restore(d)
	_, without = x.gqlgen.Post(x.t, "acme", body)
	if strings.Contains(without, `"errors":`) {
		x.failed++
	}
	if !strings.Contains(without, `"data":{`) {
		x.refused++
	}
	return normalize(x.t, d, with), normalize(x.t, d, without)
}

// restore brings the books back that the document deletes.
func (x *executors) restore(d *document) {
	if slices.ContainsFunc(d.set, func(s *selection) bool { return s.field == "deleteBook" }) {
		x.plans.Exec("UPDATE books SET deleted_at = NULL WHERE tenant_id = 1 AND id = (SELECT MIN(id) FROM (SELECT * FROM books) AS b)")
	}
}

var (
	requestID = regexp.MustCompile(`"requestId":"[^"]*"`)
	today     = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[^"]*Z"`)
)

// normalize returns the errors of a response in their order, and its data. It removes the ids of requests, and times from
// mutations.
func normalize(t *testing.T, d *document, response string) string {
	t.Helper()
	response = requestID.ReplaceAllString(response, `"requestId":""`)
	if d.operation == "mutation" {
		response = today.ReplaceAllString(response, `"now"`)
	}
	var parts struct {
		Errors []json.RawMessage
		Data   json.RawMessage
	}
	if err := json.Unmarshal([]byte(response), &parts); err != nil {
		t.Fatalf("%v: %s", err, response)
	}
	slices.SortFunc(parts.Errors, func(a, b json.RawMessage) int { return cmp.Compare(string(a), string(b)) })
	text := string(parts.Data)
	for _, e := range parts.Errors {
		text += "\n  " + string(e)
	}
	return text
}
