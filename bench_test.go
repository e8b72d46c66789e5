//go:build linux

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
	"unsafe"

	"rowhouse/model"
)

// benchRequest is a request that is measured: what it asks, and how much it may
// cost (../shared/performance.md), as multiples of the hand-written limit.
type benchRequest struct {
	name      string
	query     string
	variables func(*rand.Rand, *benchTenant) string
	block     int // requests between two readings of the clocks: a quarter of a second or so
	aims      benchAims
}

// benchAims are multiples of the limit, and statements; 0 is no aim.
type benchAims struct{ server, database, statements float64 }

// Lists are asked for by nodes, as clients do that need no cursor of each row; the
// outermost one says whether there is more.
var benchRequests = []benchRequest{
	{
		name:  "point",
		query: `query($id: ID!) { item(id: $id) { id key name status priority version } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"id":"` + pick(r, t.items) + `"}`
		},
		block: 2000, aims: benchAims{1.4, 1.15, 1},
	},
	{
		name:      "page",
		query:     `{ items(first: 20) { nodes { id key name status project { key name } assignee { name email } } pageInfo { hasNextPage endCursor } } }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     500, aims: benchAims{6, 1.15, 3},
	},
	{
		name:      "deep",
		query:     `{ projects(first: 10) { nodes { key name items(first: 10) { nodes { key name status labels { nodes { name color } } comments(first: 3) { nodes { body author { name } } } } } } pageInfo { hasNextPage endCursor } } }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     30, aims: benchAims{9, 1.15, 6},
	},
	{
		name:  "create",
		query: `mutation($input: CreateItemInput!) { createItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"projectId":"` + pick(r, t.projects) + `","name":"` + newName(r) + `","description":"` + pick(r, benchTexts) + `","status":"TODO","priority":"HIGH"}}`
		},
		block: 1000, aims: benchAims{2.2, 1.15, 4},
	},
	{
		name:  "update",
		query: `mutation($input: UpdateItemInput!) { updateItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"id":"` + pick(r, t.items) + `","name":"` + newName(r) + `","status":"` + string(pick(r, model.AllItemStatus)) + `"}}`
		},
		block: 1000,
	},
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func newName(r *rand.Rand) string { return "Renamed or new " + strconv.FormatUint(r.Uint64(), 36) }

// BenchmarkRequests measures whole requests, without a network, beside the limit
// (bench_limit_test.go). One iteration is a block of requests to each in turn, so
// that whatever else the machine does falls on all.
func BenchmarkRequests(b *testing.B) {
	tuneGarbageCollector()
	rig := newRig(b)
	var results []*benchResult
	for _, q := range benchRequests {
		result := &benchResult{}
		ours, limit := rig.rowhouse.asking(q), rig.limit.asking(q)
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			*result = benchResult{benchRequest: q} // with -count, the table shows the last
			rig.checkEqual(b, q, ours, limit)
			result.statements = rig.countStatements(b, q)
			busy := rig.asBusy(b, q, ours, limit)
			for b.Loop() {
				result.requests += float64(q.block)
				result.ours.add(rig.measure(b, q, ours))
				result.limit.add(rig.measure(b, q, limit))
				result.busy.add(rig.measure(b, q, busy))
			}
			result.report(b)
		})
		if result.requests > 0 {
			results = append(results, result)
		}
	}
	printBench(results)
}

// benchCost is what requests cost, by the kinds below.
type benchCost [5]float64

const (
	wallMS     = iota // until the answer of the block's last request, shared by all
	serverMS          // CPU of this process: the server and its clients
	databaseMS        // CPU of the database server, all of its threads
	kilobytes         // allocated
	allocs
)

func (c *benchCost) add(other benchCost) {
	for kind := range c {
		c[kind] += other[kind]
	}
}

// measure returns what a block of requests costs.
func (rig *benchRig) measure(b *testing.B, q benchRequest, s benchServer) (cost benchCost) {
	before := rig.spent()
	rig.run(b, q, s, q.block)
	for kind, after := range rig.spent() {
		cost[kind] = after - before[kind]
	}
	return cost
}

func (rig *benchRig) spent() (c benchCost) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	c[kilobytes], c[allocs] = float64(memory.TotalAlloc)/1e3, float64(memory.Mallocs)
	if rig.pid != 0 { // TEST_DATABASE_URL names a server whose clock is out of reach
		c[databaseMS] = cpuMS(rig.pid)
	}
	c[serverMS] = cpuMS(os.Getpid())
	c[wallMS] = float64(time.Since(benchStart)) / 1e6
	return c
}

var benchStart = time.Now()

// cpuMS reads the CPU clock of a process, all threads together, the ended ones too:
// what clock_getcpuclockid(3) does. /proc knows it no finer than to 10 ms.
func cpuMS(pid int) float64 {
	var t syscall.Timespec
	clock := ^pid<<3 | 2
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		panic(errno)
	}
	return float64(t.Nano()) / 1e6
}

// asBusy returns the limit with as much to do beside its work as Rowhouse has. The
// same statement costs the database up to half more when the processors do other
// things between two of them (its threads sleep and wake, their caches are cold), so
// Rowhouse's statements can be compared only with those of a server as busy.
func (rig *benchRig) asBusy(b *testing.B, q benchRequest, ours, limit benchServer) benchServer {
	busy := limit
	busy.chores = 10
	var cpu [3]float64
	for i, s := range []benchServer{ours, limit, busy} {
		rig.run(b, q, s, q.block/5+benchConns) // opens connections, fills caches
		cpu[i] = rig.measure(b, q, s)[serverMS]
	}
	busy.chores = int(math.Round(max(0, float64(busy.chores)*(cpu[0]-cpu[1])/(cpu[2]-cpu[1]))))
	return busy
}

// benchResult is what all blocks of a request cost together.
type benchResult struct {
	benchRequest
	requests          float64 // to each server
	ours, limit, busy benchCost
	statements        float64
}

// per returns the costs of one request.
func (r *benchResult) per(c benchCost) benchCost {
	for kind := range c {
		c[kind] /= r.requests
	}
	return c
}

// report is for benchstat.
func (r *benchResult) report(b *testing.B) {
	ours, limit, busy := r.per(r.ours), r.per(r.limit), r.per(r.busy)
	for unit, value := range map[string]float64{
		"ns/op": ours[wallMS] * 1e6, "limit-ns/op": limit[wallMS] * 1e6,
		"server-ms/op": ours[serverMS], "limit-server-ms/op": limit[serverMS], "server-x": ours[serverMS] / limit[serverMS],
		"db-ms/op": ours[databaseMS], "limit-db-ms/op": limit[databaseMS],
		"busy-limit-db-ms/op": busy[databaseMS], "db-x": ratio(ours[databaseMS], busy[databaseMS]),
		"B/op": ours[kilobytes] * 1e3, "limit-B/op": limit[kilobytes] * 1e3,
		"allocs/op": ours[allocs], "limit-allocs/op": limit[allocs],
		"statements/op": r.statements,
	} {
		b.ReportMetric(value, unit)
	}
}

// printBench shows Rowhouse beside the limit, and beside what it aims at.
func printBench(results []*benchResult) {
	fmt.Fprintf(os.Stderr, `
What a request costs: Rowhouse / hand-written limit = ratio (aim); %d at once, on %d processors.
Database CPU is compared with that of the limit when its server is as busy; "alone" is without that.

`, benchConns, runtime.GOMAXPROCS(0))
	w := tabwriter.NewWriter(os.Stderr, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "request\tserver CPU ms\tdatabase CPU ms\t(alone)\tstatements\tkB\tallocations\twall ms")
	for _, r := range results {
		ours, limit, busy := r.per(r.ours), r.per(r.limit), r.per(r.busy)
		fmt.Fprintf(w, "%s\t%.3f / %.3f = %.2f (%s)\t%.3f / %.3f = %.2f (%s)\t%.3f\t%.3g (%s)\t%.1f / %.1f\t%.0f / %.0f\t%.3f / %.3f\n", r.name,
			ours[serverMS], limit[serverMS], ratio(ours[serverMS], limit[serverMS]), aim(r.aims.server),
			ours[databaseMS], busy[databaseMS], ratio(ours[databaseMS], busy[databaseMS]), aim(r.aims.database), limit[databaseMS],
			r.statements, aim(r.aims.statements), ours[kilobytes], limit[kilobytes], ours[allocs], limit[allocs], ours[wallMS], limit[wallMS])
	}
	_ = w.Flush()
	fmt.Fprintln(os.Stderr)
}

// ratio is 0 where the database's clock is out of reach.
func ratio(ours, limit float64) float64 {
	if limit == 0 {
		return 0
	}
	return ours / limit
}

func aim(a float64) string {
	if a == 0 {
		return "-"
	}
	return strconv.FormatFloat(a, 'g', -1, 64)
}
