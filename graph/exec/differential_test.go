package exec_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
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
	bounded       [2]*servertest.Server // the same with a small limit of the response
	urls          [2]string             // of plans and gqlgen
	changed       *model.Book           // for subscriptions
	known         map[string]bool       // the ids of rows, quoted
	restored      relay.ID              // the first half of the books has no greater ids
	last          relay.ID              // greater than those of the rows, and less than those of created rows
	fields        int
	failed        int // responses with errors
	refused       int // responses without data
	payloads      int // of deferred fragments
	nulls         int // payloads without data
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
		l.Sockets, l.Subscriptions, l.Buffered = 1e6, 1e6, 1e6
	})
	r := &rows{Rand: random, server: plans, ids: map[string][]string{}}
	r.fill(t)
	g := &generator{Rand: random, schema: servertest.NewSchema(nil).Schema(), ids: r.ids, cursors: map[string][]string{}}
	foreign := string(plans.Fill(servertest.Globex))
	g.allIDs = [][]string{
		{foreign},
		{string(relay.NewGlobalID("Book", relay.NewID())), string(relay.NewGlobalID("Item", relay.NewID()))},
		r.ids["Book"], r.ids["Reader"], r.ids["Shelf"], r.ids["Tag"], r.ids["Review"], r.ids["Card"],
	}
	x := &executors{generator: g, t: t, plans: plans, known: map[string]bool{}, changed: r.changed}
	x.gqlgen = plans.With(func(o *server.Options) { o.NoPlans = true })
	for i, s := range []*servertest.Server{x.plans, x.gqlgen} {
		x.urls[i] = s.With().Listen(t) // with another log, in which closed sockets may be late
		x.bounded[i] = s.With(func(o *server.Options) { o.Limits.Response = 2_000 })
	}
	for _, ids := range x.ids {
		for _, id := range ids {
			x.known[`"`+id+`"`] = true
		}
	}
	x.last = relay.NewID()
	x.restored, _ = relay.GlobalID(x.ids["Book"][9]).Decode("Book")
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

// compareMany compares the responses of n operations, and stops at the first difference. Some documents are executed again
// with other variables.
func (x *executors) compareMany(n int) {
	defer func() {
		x.t.Logf("%d operations with %d fields, %d with errors, %d without data; %d payloads, %d without data",
			n, x.fields, x.failed, x.refused, x.payloads, x.nulls)
	}()
	for i := 0; i < n; {
		d := x.newDocument()
		if x.IntN(50) == 0 {
			d = x.newSubscription()
		}
		for again := true; again && i < n; again = len(d.variables) > 0 && x.IntN(3) == 0 {
			if i++; !x.compare(d) {
				return
			}
			for _, v := range d.variables {
				x.setVariable(v)
			}
		}
	}
}

// compare compares the responses of an operation. It shrinks and prints a document with a difference.
func (x *executors) compare(d *document) (equal bool) {
	with, without := x.execute(d)
	if isCut := strings.Contains(with, "the response is longer"); isCut && strings.Contains(without, "\n  ") {
		return true // a plan stops at the limit, before an error that would have removed the part
	}
	x.fields += bytes.Count([]byte(without), []byte(`":`))
	if with == without {
		return true
	}
	first, _ := d.text()
	d.shrink(func() bool { with, without := x.execute(d); return with != without })
	text, variables := d.text()
	with, without = x.execute(d)
	x.t.Errorf("%s\nshrunk to %s\nvariables %s\nwith plans: %s\nwithout:    %s", first, text, servertest.Body(variables), with, without)
	return false
}

// execute returns the responses and logged lines with plans and without. A mutation has its effect before.
func (x *executors) execute(d *document) (with, without string) {
	if d.operation == "subscription" {
		return x.subscribe(d)
	}
	body, plans, gqlgen := d.body(), x.plans, x.gqlgen
	if d.isBounded {
		plans, gqlgen = x.bounded[0], x.bounded[1]
	}
	if d.operation == "mutation" {
		x.restore(d)
		x.gqlgen.Post(x.t, "acme", body)
	}
	x.plans.PanicIn(d.panics)
	defer x.plans.PanicIn("")
	plans.Log.Take()
	gqlgen.Log.Take()
	x.restore(d)
	with = x.post(d, plans)
	x.restore(d)
	without = x.post(d, gqlgen)
	if strings.Contains(without, `"errors":`) {
		x.failed++
	}
	if !strings.Contains(without, `"data":{`) {
		x.refused++
	}
	return x.normalize(d, with) + normalizeLog(plans.Log.Take()), x.normalize(d, without) + normalizeLog(gqlgen.Log.Take())
}

// post returns the response of a server: one JSON object or, with @defer, some lines of them.
func (x *executors) post(d *document, s *servertest.Server) string {
	accept := "application/graphql-response+json"
	if d.defers {
		accept = servertest.AcceptParts
	}
	w := s.Do(servertest.NewRequest(x.t, http.MethodPost, "/graphql", d.body(),
		"Content-Type", "application/json", "Accept", accept, tenancy.HeaderName, "acme"))
	return w.Body.String()
}

// restore brings the books back that a document deletes, and deletes the rows that it creates.
func (x *executors) restore(d *document) {
	if d.operation == "query" {
		return
	}
	statements := []string{"SET foreign_key_checks = 0"}
	for _, table := range []string{"taggings", "reviews", "books", "tags", "shelves", "library_cards", "patrons"} {
		statements = append(statements, fmt.Sprintf("DELETE FROM %s WHERE tenant_id = 1 AND id > x'%x'", table, x.last))
	}
	if strings.HasPrefix(d.set[0].field, "delete") {
		statements = append(statements, fmt.Sprintf("UPDATE books SET deleted_at = NULL WHERE tenant_id = 1 AND id > x'%x'", x.restored))
	}
	x.plans.Exec(append(statements, "SET foreign_key_checks = 1")...)
}

var (
	requestID = regexp.MustCompile(`"requestId":"[^"]*"`)
	today     = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[^"]*Z"`)
	newKey    = regexp.MustCompile(`-[0-9A-F]{8}"`)
	opaque    = regexp.MustCompile(`"[A-Za-z0-9_-]{20,}"`)
)

// normalize returns the errors of a response in their order, and its data. It removes the ids of requests, and the times,
// keys and ids that mutations make.
func (x *executors) normalize(d *document, response string) string {
	response = requestID.ReplaceAllString(response, `"requestId":""`)
	if d.operation == "mutation" {
		response = newKey.ReplaceAllString(today.ReplaceAllString(response, `"now"`), `-new"`)
		response = opaque.ReplaceAllStringFunc(response, func(id string) string {
			if x.known[id] {
				return id
			}
			return `"new"`
		})
	}
	lines := strings.Split(response, "\r\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "{") {
			lines[i] = x.sortErrors(line)
		}
	}
	return strings.Join(lines, "\r\n")
}

// sortErrors returns a response, or a payload, with its errors at the end, in their order.
func (x *executors) sortErrors(response string) string {
	var parts struct {
		Errors      json.RawMessage
		Incremental []json.RawMessage
	}
	if err := json.Unmarshal([]byte(response), &parts); err != nil {
		x.t.Fatalf("%v: %s", err, response)
	}
	for _, payload := range parts.Incremental {
		x.payloads++
		if strings.HasPrefix(string(payload), `{"data":null`) {
			x.nulls++
		}
		response = strings.Replace(response, string(payload), x.sortErrors(string(payload)), 1)
	}
	if parts.Errors == nil {
		return response
	}
	var errors []json.RawMessage
	if err := json.Unmarshal(parts.Errors, &errors); err != nil {
		x.t.Fatalf("%v: %s", err, response)
	}
	slices.SortFunc(errors, func(a, b json.RawMessage) int { return cmp.Compare(string(a), string(b)) })
	text := strings.Replace(response, string(parts.Errors), "", 1)
	for _, e := range errors {
		text += "\n  " + string(e)
	}
	return text
}

// variableParts are the parts of a log that are not equal in two executions.
var variableParts = regexp.MustCompile(`time=\S+|requestId=\S+|(\\n)?goroutine .*?( path=|\n|$)`)

// normalizeLog returns the lines of a log in their order, without times, ids of requests and stacks. It returns nothing for
// ten lines, which are the first of more.
func normalizeLog(log string) string {
	lines := strings.Split(variableParts.ReplaceAllString(log, "$2"), "\n")
	if len(lines) > 10 {
		return ""
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
