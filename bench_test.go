//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
	"unsafe"

	"rowhouse/model"
)

// benchRequest is a measured request.
type benchRequest struct {
	name      string
	query     string
	variables func(*rand.Rand, *benchTenant) string
	block     int // the number of requests between two readings of the clocks, for about a quarter of a second
	// aim and peers are the CPU time of the server and the database as multiples of the limit's. Those of peers were
	// measured once, with this data and as many connections; a mean of two runs.
	aim   float64
	peers benchPeers
}

// benchPeers are the ratios of other servers. 0 was not measured.
type benchPeers struct{ tunedGqlgen, ent, postGraphile, apollo, mercurius float64 }

// benchRequests select nodes, as clients do that need no cursor of each row.
var benchRequests = []benchRequest{
	{
		name:  "point",
		query: `query($id: ID!) { item(id: $id) { id key name status priority version } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"id":"` + pickRandom(r, t.items) + `"}`
		},
		block: 2000,
		aim:   1.4, peers: benchPeers{1.8, 2.0, 6.4, 3.1, 1.7},
	},
	{
		name: "page",
		query: `{ items(first: 20) {
			nodes { id key name status project { key name } assignee { name email } } pageInfo { hasNextPage endCursor }
		} }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     500,
		aim:       1.6, peers: benchPeers{5.0, 6.5, 4.6, 4.8, 3.0},
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
		aim:       1.4, peers: benchPeers{5.5, 6.1, 2.1, 4.5, 2.7},
	},
	{
		name: "filter",
		query: `{ items(first: 20, where: {
			status: {in: [TODO, IN_PROGRESS]}, priority: {gte: MEDIUM}, assignee: {name: {startsWith: "Member 1"}}
		}) {
			nodes { id key name status project { key name } assignee { name email } } pageInfo { hasNextPage endCursor }
		} }`,
		variables: func(*rand.Rand, *benchTenant) string { return `{}` },
		block:     200,
		aim:       1.4, peers: benchPeers{2.2, 2.8, 2.0, 2.2, 1.7},
	},
	{
		name:  "create",
		query: `mutation($input: CreateItemInput!) { createItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"projectId":"` + pickRandom(r, t.projects) + `","name":"` + newName(r) +
				`","description":"` + pickRandom(r, benchTexts) + `","status":"TODO","priority":"HIGH"}}`
		},
		block: 1000,
		aim:   1.6, peers: benchPeers{2.5, 2.3, 3.9, 2.5, 1.9},
	},
	{
		name:  "update",
		query: `mutation($input: UpdateItemInput!) { updateItem(input: $input) { item { id key name status priority version } } }`,
		variables: func(r *rand.Rand, t *benchTenant) string {
			return `{"input":{"id":"` + pickRandom(r, t.items) + `","name":"` + newName(r) +
				`","status":"` + string(pickRandom(r, model.AllItemStatus)) + `"}}`
		},
		block: 1000,
		aim:   1.5, peers: benchPeers{2.3, 2.6, 4.6, 2.8, 2.1},
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
			for _, s := range []benchServer{ours, limit} {
				rig.sendRequests(b, q, s, q.block/5+benchConns) // opens connections, fills caches
			}
			result.peak = rig.measurePeak(b, q, ours)
			for b.Loop() {
				result.requests += float64(q.block)
				result.ours.addCosts(rig.measureBlock(b, q, ours))
				result.limit.addCosts(rig.measureBlock(b, q, limit))
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

// benchPeak is the greatest use of resources during a block of requests, without that before it.
type benchPeak struct{ goroutines, megabytes float64 }

// measurePeak returns the peak of a block of requests. It looks every millisecond.
func (rig *benchRig) measurePeak(b *testing.B, q benchRequest, s benchServer) (peak benchPeak) {
	runtime.GC()
	before, ended, looked := readUse(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looked)
		for {
			select {
			case <-ended:
				return
			case <-time.After(time.Millisecond):
				now := readUse()
				peak.goroutines = max(peak.goroutines, now.goroutines-before.goroutines)
				peak.megabytes = max(peak.megabytes, now.megabytes-before.megabytes)
			}
		}
	}()
	rig.sendRequests(b, q, s, q.block)
	close(ended)
	<-looked
	return peak
}

// readUse reads the number of goroutines, and the memory of the heap with its garbage.
func readUse() benchPeak {
	samples := []metrics.Sample{{Name: "/sched/goroutines:goroutines"}, {Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(samples)
	return benchPeak{float64(samples[0].Value.Uint64()), float64(samples[1].Value.Uint64()) / 1e6}
}

// benchResult is the cost of all blocks of a request.
type benchResult struct {
	benchRequest
	requests    float64 // to each server
	ours, limit benchCost
	statements  float64
	peak        benchPeak
}

// perRequest returns the costs of one request.
func (r *benchResult) perRequest(c benchCost) benchCost {
	for kind := range c {
		c[kind] /= r.requests
	}
	return c
}

// totalRatio returns the CPU time of the server and the database as a multiple of the limit's.
func (r *benchResult) totalRatio() float64 {
	return (r.ours[serverMS] + r.ours[databaseMS]) / (r.limit[serverMS] + r.limit[databaseMS])
}

// reportMetrics reports the costs per request, for benchstat.
func (r *benchResult) reportMetrics(b *testing.B) {
	ours, limit := r.perRequest(r.ours), r.perRequest(r.limit)
	for unit, value := range map[string]float64{
		"ns/op": ours[wallMS] * 1e6, "limit-ns/op": limit[wallMS] * 1e6,
		"server-ms/op": ours[serverMS], "limit-server-ms/op": limit[serverMS],
		"db-ms/op": ours[databaseMS], "limit-db-ms/op": limit[databaseMS], "total-x": r.totalRatio(),
		"B/op": ours[kilobytes] * 1e3, "limit-B/op": limit[kilobytes] * 1e3,
		"allocs/op": ours[allocs], "limit-allocs/op": limit[allocs],
		"statements/op": r.statements, "peak-goroutines": r.peak.goroutines, "peak-MB": r.peak.megabytes,
	} {
		b.ReportMetric(value, unit)
	}
}

// printResults prints the costs of Rowhouse and the limit, and the ratios beside those of peers.
func printResults(results []*benchResult) {
	fmt.Fprintf(os.Stderr, "\nCost of a request: Rowhouse / hand-written limit; %d concurrent requests, %d processors.\n\n",
		benchConns, runtime.GOMAXPROCS(0))
	w := tabwriter.NewWriter(os.Stderr, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "request\tserver CPU ms\tdatabase CPU ms\tstatements\tkB\tallocations\twall ms\tpeak goroutines\tpeak MB")
	for _, r := range results {
		ours, limit := r.perRequest(r.ours), r.perRequest(r.limit)
		fmt.Fprintf(w, "%s\t%.3f / %.3f = %.2f\t%.3f / %.3f = %.2f\t%.3g\t%.1f / %.1f\t%.0f / %.0f\t%.3f / %.3f\t%.0f\t%.0f\n", r.name,
			ours[serverMS], limit[serverMS], divide(ours[serverMS], limit[serverMS]),
			ours[databaseMS], limit[databaseMS], divide(ours[databaseMS], limit[databaseMS]), r.statements,
			ours[kilobytes], limit[kilobytes], ours[allocs], limit[allocs], ours[wallMS], limit[wallMS],
			r.peak.goroutines, r.peak.megabytes)
	}
	_ = w.Flush()
	fmt.Fprint(os.Stderr, "\nCPU time of server and database as a multiple of the limit's. The other servers were measured in "+
		"runs of their own,\nagainst a limit of the same kind; the row filter has other conditions there.\n\n")
	fmt.Fprintln(w, "request\tRowhouse\taim\tgqlgen + GORM, tuned\tent + entgql\tPostGraphile 5\tApollo Server 5\tMercurius + graphql-jit")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", r.name, r.totalRatio(), r.aim,
			r.peers.tunedGqlgen, r.peers.ent, r.peers.postGraphile, r.peers.apollo, r.peers.mercurius)
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
