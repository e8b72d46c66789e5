package exec_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
)

var (
	operations = flag.Int("operations", 400, "the number of operations that TestDifferential compares")
	seed       = flag.Uint64("seed", 0, "the seed of TestDifferential, or 0 for a new one")
)

// TestDifferential executes random operations on random rows with plans and without. The responses are equal, except for
// the order of errors. Each case of the grammar occurs, if there are enough operations. Long runs print their progress.
// This compares about ten million fields:
//
//	go test ./graph/exec -run TestDifferential -v -timeout 0 -operations 300000
func TestDifferential(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	p := &progress{start: time.Now(), cases: map[string]int{}}
	for round := uint64(0); p.operations < *operations; round++ {
		n := min(5_000, *operations-p.operations)
		if !t.Run(fmt.Sprint("seed", *seed+round), func(t *testing.T) { newExecutors(t, p, *seed+round).compareMany(n) }) {
			return
		}
	}
	t.Log(p)
	if *operations < 4_000 {
		return
	}
	for _, c := range cases {
		if t.Logf("%6d in 10,000 operations: %s", p.cases[c.name]*10_000/p.operations, c.name); p.cases[c.name] == 0 {
			t.Errorf("no operation has this case: %s", c.name)
		}
	}
}

// TestGeneratedDocumentsHaveEachCase executes nothing, so that each run of the tests has enough documents.
func TestGeneratedDocumentsHaveEachCase(t *testing.T) {
	id := []string{string(relay.NewGlobalID("Book", relay.NewID()))}
	x := &executors{t: t, generator: &generator{
		Rand: rand.New(rand.NewPCG(1, 2)), schema: servertest.NewSchema(nil).Schema(), allIDs: [][]string{id},
		cursors: map[string][]string{"BookConnectionTITLE_ASC": {"x"}}, changed: &model.Book{},
	}}
	counts := map[string]int{}
	for range 1_500 {
		e := &execution{document: x.newDocument()}
		e.text, e.variables = e.document.text()
		x.walk(e)
		for _, c := range cases {
			if c.where == inDocument && c.occurs(e) {
				counts[c.name]++
			}
		}
	}
	for _, c := range cases {
		if c.where == inDocument && counts[c.name] == 0 {
			t.Errorf("no document has this case: %s", c.name)
		}
	}
}

// progress counts what was compared.
type progress struct {
	start, printed time.Time
	operations     int
	fields         int // of responses, without introspection
	failed         int // responses with errors
	refused        int // responses without data
	cases          map[string]int
}

// String describes the progress.
func (p *progress) String() string {
	return fmt.Sprintf("%d operations, %d with errors, %d without data; %d fields, %.0f per second",
		p.operations, p.failed, p.refused, p.fields, float64(p.fields)/time.Since(p.start).Seconds())
}

// print prints the progress of a long run, each ten seconds.
func (p *progress) print() {
	if *operations >= 5_000 && time.Since(p.printed) > 10*time.Second {
		p.printed = time.Now()
		fmt.Fprintln(os.Stderr, p)
	}
}

// executors are servers of one database, with plans and without.
type executors struct {
	*generator
	*progress
	t       *testing.T
	plans   *servertest.Server
	servers map[trouble][2]*servertest.Server // with plans and without; with limits
	urls    [2]string
	known   map[string]bool // the ids of rows, quoted
	restore func()
	seen    map[string]map[string]any // the variables of the last documents, by text
}

func newExecutors(t *testing.T, p *progress, seed uint64) *executors {
	random := rand.New(rand.NewPCG(seed, 0))
	plans := servertest.New(t, func(o *server.Options) {
		l := &o.Limits
		l.Depth, l.Width, l.RootFields, l.Aliases, l.Directives, l.Fragments, l.Selections = 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6
		l.Errors, l.Cost, l.Tokens, l.Response, l.Time = 1e9, 1e12, 1e6, 1<<30, time.Hour
		l.Sockets, l.Subscriptions, l.Buffered = 1e6, 1e6, 1e6
	})
	r := &rows{Rand: random, server: plans, ids: map[string][]string{}}
	r.fill(t)
	g := &generator{
		Rand: random, schema: servertest.NewSchema(nil).Schema(), ids: r.ids, cursors: map[string][]string{}, changed: r.changed,
	}
	foreign := string(plans.Fill(servertest.Globex))
	g.allIDs = [][]string{
		{foreign},
		{string(relay.NewGlobalID("Book", relay.NewID())), string(relay.NewGlobalID("Item", relay.NewID()))},
		r.ids["Book"], r.ids["Reader"], r.ids["Shelf"], r.ids["Tag"], r.ids["Review"], r.ids["Card"],
	}
	x := &executors{
		generator: g, progress: p, t: t, plans: plans, known: map[string]bool{},
		servers: map[trouble][2]*servertest.Server{}, seen: map[string]map[string]any{},
	}
	for i, s := range x.serversFor(trouble{}) {
		x.urls[i] = s.With().Listen(t) // with another log, in which closed sockets may be late
	}
	for _, ids := range x.ids {
		for _, id := range ids {
			x.known[`"`+id+`"`] = true
		}
	}
	x.readCursors()
	x.restore = plans.Snapshot(servertest.Acme)
	return x
}

// serversFor returns the servers with plans and without that have the limits of a trouble.
func (x *executors) serversFor(t trouble) [2]*servertest.Server {
	key := trouble{response: t.response, cost: t.cost, held: t.held[:min(1, len(t.held))]}
	if x.servers[key][0] == nil {
		set := func(o *server.Options) {
			if o.NoPlans = false; key.response > 0 {
				o.Limits.Response = int64(key.response)
			}
			if key.cost > 0 {
				o.Limits.Cost = key.cost
			}
			if key.held != "" {
				o.Limits.Time = 60 * time.Millisecond
			}
		}
		plans := x.plans.With(set)
		x.servers[key] = [2]*servertest.Server{plans, plans.With(func(o *server.Options) { o.NoPlans = true })}
	}
	return x.servers[key]
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
			x.plans.Query(x.t, "acme", fmt.Sprintf("{ %s(first: 100, orderBy: %s) { edges { cursor } } }", f.Name, v.Name), &data)
			for _, e := range data[f.Name].Edges {
				key := f.Type.Name() + v.Name
				x.cursors[key] = append(x.cursors[key], e.Cursor)
			}
		}
	}
}

// compareMany compares the responses of n operations, and stops at the first difference. Many documents are executed again
// with other variables, some at the same time.
func (x *executors) compareMany(n int) {
	for i := 0; i < n && !x.t.Failed(); {
		d := x.newDocument()
		for again := true; again && i < n && x.compare(d); again = len(d.variables) > 0 && x.IntN(2) == 0 {
			i++
			x.setVariables(d)
		}
		if d.second != nil {
			d.isSecond = true
			i++
			x.compare(d)
		}
		if !d.isSecond && d.operation == "query" && len(d.variables) > 0 && d.trouble == (trouble{}) && x.IntN(8) == 0 {
			i += x.compareTogether(d)
		}
		x.print()
	}
}

func (x *executors) setVariables(d *document) {
	for _, v := range d.variables {
		x.setVariable(v)
	}
}

// compare compares the responses of an operation. It shrinks and prints a document with a difference.
func (x *executors) compare(d *document) (equal bool) {
	e := x.execute(d)
	x.operations++
	if e.areEqual() {
		x.count(e)
		return true
	}
	attempts := 1
	if d.trouble.held != "" {
		attempts = 3 // the time can be over too early on a busy machine
	}
	fails := func() bool {
		for range attempts {
			if x.execute(d).areEqual() {
				return false
			}
		}
		return true
	}
	if d.trouble.held != "" && !fails() {
		return true
	}
	first, _ := d.text()
	d.shrink(fails)
	text, variables := d.text()
	e = x.execute(d)
	round := strings.TrimPrefix(x.t.Name(), "TestDifferential/seed")
	x.t.Errorf("after %d operations: %s\nshrunk to %s\nvariables %s, %+v\nwith plans: %s\nwithout:    %s", x.operations, first, text,
		servertest.Body(variables), d.trouble, e.with, e.without)
	x.t.Errorf("run again: go test ./graph/exec -run TestDifferential -operations 5000 -seed %s", round)
	return false
}

// count counts the fields and cases of an execution.
func (x *executors) count(e *execution) {
	if !e.document.isMixed {
		x.fields += strings.Count(e.without, `":`)
	}
	if e.hasErrors() {
		x.failed++
	}
	if !strings.HasPrefix(e.without, "{") {
		x.refused++
	}
	e.previous = x.seen[e.text]
	x.walk(e)
	for _, c := range cases {
		if c.occurs(e) {
			x.cases[c.name]++
		}
	}
	if len(x.seen) > 100 {
		clear(x.seen)
	}
	x.seen[e.text] = e.variables
}
