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

// benchRequest is a measured request. Its aims are its maximum costs.
type benchRequest struct {
	name      string
	query     string
	variables func(*rand.Rand, *benchTenant) string
	block     int // the number of requests between two readings of the clocks, for about a quarter of a second
	aims      benchAims
}

// benchAims are multiples of the CPU time of the hand-written limit, and a number of statements. 0 is
// no aim.
type benchAims struct{ server, database, statements float64 }

// benchRequests select nodes, as clients do that need no cursor of each row.
var benchRequests = []benchRequest{
	{
		name:  "point",
		query: `query($id: ID!) { item(id: $id) { id key name status priority version } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"id":"` + pickRandom(r, t.items) + `"}`
		},
		block: 2000,
		aims:  benchAims{server: 1.4, database: 1.15, statements: 1},
	},
	{
		name: "page",
		query: `{ items(first: 20) {
			nodes { id key name status project { key name } assignee { name email } } pageInfo { hasNextPage endCursor }
		} }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     500,
		aims:      benchAims{server: 6, database: 1.15, statements: 3},
	},
	{
		name: "deep",
		query: `{ projects(first: 10) {
			nodes { key name items(first: 10) { nodes {
				key name status labels { nodes { name color } } comments(first: 3) { nodes { body author { name } } }
			} } }
			pageInfo { hasNextPage endCursor }
		} }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     30,
		aims:      benchAims{server: 9, database: 1.15, statements: 6},
	},
	{
		name:  "create",
		query: `mutation($input: CreateItemInput!) { createItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"projectId":"` + pickRandom(r, t.projects) + `","name":"` + newName(r) +
				`","description":"` + pickRandom(r, benchTexts) + `","status":"TODO","priority":"HIGH"}}`
		},
		block: 1000,
		aims:  benchAims{server: 2.2, database: 1.15, statements: 4},
	},
	{
		name:  "update",
		query: `mutation($input: UpdateItemInput!) { updateItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"id":"` + pickRandom(r, t.items) + `","name":"` + newName(r) +
				`","status":"` + string(pickRandom(r, model.AllItemStatus)) + `"}}`
		},
		block: 1000,
	},
}

// pickRandom returns a random element.
func pickRandom[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// newName returns a random name.
func newName(r *rand.Rand) string { return "Renamed or new " + strconv.FormatUint(r.Uint64(), 36) }

// BenchmarkRequests measures whole requests, without a network, and compares them with the hand-written
// limit (bench_limit_test.go). An iteration is a block of requests to each server in turn, so that other
// load of the machine affects both.
func BenchmarkRequests(b *testing.B) {
	tuneGarbageCollector()
	rig := newRig(b)
	var results []*benchResult
	for _, q := range benchRequests {
		result := &benchResult{}
		ours, limit := rig.rowhouse.withRequest(q), rig.limit.withRequest(q)
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			*result = benchResult{benchRequest: q} // with -count, the table has the last
			rig.checkEqual(b, q, ours, limit)
			result.statements = rig.countStatements(b, q)
			busy := rig.addChores(b, q, ours, limit)
			for b.Loop() {
				result.requests += float64(q.block)
				result.ours.addCosts(rig.measureBlock(b, q, ours))
				result.limit.addCosts(rig.measureBlock(b, q, limit))
				result.busy.addCosts(rig.measureBlock(b, q, busy))
			}
			result.reportMetrics(b)
		})
		if result.requests > 0 {
			results = append(results, result)
		}
	}
	printResults(results)
}

// benchCost is the cost of requests, by kind.
type benchCost [5]float64

const (
	wallMS     = iota // until the last response of the block
	serverMS          // CPU of this process: the server and its clients
	databaseMS        // CPU of the database server, all of its threads
	kilobytes         // allocated
	allocs
)

// addCosts adds other costs to c.
func (c *benchCost) addCosts(other benchCost) {
	for kind := range c {
		c[kind] += other[kind]
	}
}

// measureBlock returns the cost of a block of requests.
func (rig *benchRig) measureBlock(b *testing.B, q benchRequest, s benchServer) (cost benchCost) {
	before := rig.readCosts()
	rig.sendRequests(b, q, s, q.block)
	for kind, after := range rig.readCosts() {
		cost[kind] = after - before[kind]
	}
	return cost
}

// readCosts reads the clocks and the memory statistics.
func (rig *benchRig) readCosts() (c benchCost) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	c[kilobytes], c[allocs] = float64(memory.TotalAlloc)/1e3, float64(memory.Mallocs)
	if rig.pid != 0 { // 0 for the server of TEST_DATABASE_URL, whose clock can't be read
		c[databaseMS] = readCPU(rig.pid)
	}
	c[serverMS] = readCPU(os.Getpid())
	c[wallMS] = float64(time.Since(benchStart)) / 1e6
	return c
}

var benchStart = time.Now()

// readCPU returns the CPU time of all threads of a process in ms, as clock_getcpuclockid(3) does. The
// times in /proc have a resolution of 10 ms.
func readCPU(pid int) float64 {
	var t syscall.Timespec
	clock := ^pid<<3 | 2
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		panic(errno)
	}
	return float64(t.Nano()) / 1e6
}

// addChores returns the limit with chores, so that its clients and server use as much CPU time as those of
// Rowhouse. A statement costs the database up to a half more when the processors do other work between two
// statements: threads sleep and wake up, and caches are cold. So the CPU times of the database can be
// compared only between equally busy servers.
func (rig *benchRig) addChores(b *testing.B, q benchRequest, ours, limit benchServer) benchServer {
	busy := limit
	busy.chores = 10
	var cpu [3]float64
	for i, s := range []benchServer{ours, limit, busy} {
		rig.sendRequests(b, q, s, q.block/5+benchConns) // opens connections, fills caches
		cpu[i] = rig.measureBlock(b, q, s)[serverMS]
	}
	busy.chores = int(math.Round(max(0, float64(busy.chores)*(cpu[0]-cpu[1])/(cpu[2]-cpu[1]))))
	return busy
}

// benchResult is the cost of all blocks of a request.
type benchResult struct {
	benchRequest
	requests          float64 // to each server
	ours, limit, busy benchCost
	statements        float64
}

// perRequest returns the costs of one request.
func (r *benchResult) perRequest(c benchCost) benchCost {
	for kind := range c {
		c[kind] /= r.requests
	}
	return c
}

// reportMetrics reports the costs per request, for benchstat.
func (r *benchResult) reportMetrics(b *testing.B) {
	ours, limit, busy := r.perRequest(r.ours), r.perRequest(r.limit), r.perRequest(r.busy)
	for unit, value := range map[string]float64{
		"ns/op": ours[wallMS] * 1e6, "limit-ns/op": limit[wallMS] * 1e6,
		"server-ms/op": ours[serverMS], "limit-server-ms/op": limit[serverMS], "server-x": ours[serverMS] / limit[serverMS],
		"db-ms/op": ours[databaseMS], "limit-db-ms/op": limit[databaseMS],
		"busy-limit-db-ms/op": busy[databaseMS], "db-x": divide(ours[databaseMS], busy[databaseMS]),
		"B/op": ours[kilobytes] * 1e3, "limit-B/op": limit[kilobytes] * 1e3,
		"allocs/op": ours[allocs], "limit-allocs/op": limit[allocs],
		"statements/op": r.statements,
	} {
		b.ReportMetric(value, unit)
	}
}

// printResults prints a table of Rowhouse, the limit and the aims.
func printResults(results []*benchResult) {
	fmt.Fprintf(os.Stderr, `
Cost of a request: Rowhouse / hand-written limit = ratio (aim); %d concurrent requests, %d processors.
Database CPU is that of the limit with an equally busy server; "idle" is without other work.

`, benchConns, runtime.GOMAXPROCS(0))
	w := tabwriter.NewWriter(os.Stderr, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "request\tserver CPU ms\tdatabase CPU ms\t(idle)\tstatements\tkB\tallocations\twall ms")
	for _, r := range results {
		ours, limit, busy := r.perRequest(r.ours), r.perRequest(r.limit), r.perRequest(r.busy)
		fmt.Fprintf(w, "%s\t%.3f / %.3f = %.2f (%s)\t%.3f / %.3f = %.2f (%s)\t%.3f\t%.3g (%s)\t"+
			"%.1f / %.1f\t%.0f / %.0f\t%.3f / %.3f\n", r.name,
			ours[serverMS], limit[serverMS], divide(ours[serverMS], limit[serverMS]), formatAim(r.aims.server),
			ours[databaseMS], busy[databaseMS], divide(ours[databaseMS], busy[databaseMS]), formatAim(r.aims.database), limit[databaseMS],
			r.statements, formatAim(r.aims.statements),
			ours[kilobytes], limit[kilobytes], ours[allocs], limit[allocs], ours[wallMS], limit[wallMS])
	}
	_ = w.Flush()
	fmt.Fprintln(os.Stderr)
}

// divide returns ours / limit, or 0 without a clock of the database.
func divide(ours, limit float64) float64 {
	if limit == 0 {
		return 0
	}
	return ours / limit
}

// formatAim returns an aim, or - without one.
func formatAim(a float64) string {
	if a == 0 {
		return "-"
	}
	return strconv.FormatFloat(a, 'g', -1, 64)
}
