//go:build linux

package main

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
	"time"
)

// scaleMost bounds the rows of BenchmarkScale.
var scaleMost = flag.Int("bench.items", 1_000_000, "the number of items in the largest database of BenchmarkScale")

// scaleActive is the number of tenants that requests are for, if there are as many.
const scaleActive = 1000

// scaleRounds is the number of rounds for each size and request.
const scaleRounds = 7

// scaleSeries is a series of growing databases.
type scaleSeries struct {
	name  string
	sizes []scaleSize
}

// scaleAll has the series. All tenants have the same number of members and projects.
var scaleAll = []scaleSeries{
	{"tenants", []scaleSize{{1, 30}, {100, 30}, {10_000, 30}, {100_000, 30}}},
	{"rows", []scaleSize{{10, 1000}, {10, 10_000}, {10, 100_000}, {10, 1_000_000}}},
}

// scaleRequests are the names of the measured requests.
var scaleRequests = []string{"point", "page", "filter", "create"}

// BenchmarkScale measures requests to databases of growing size. Each is compared with the smallest one in paired
// rounds, so that other load of the machine affects both.
func BenchmarkScale(b *testing.B) {
	for _, series := range scaleAll {
		b.Run(series.name, func(b *testing.B) { series.measure(b) })
	}
}

// scaleResult is the cost of each request to a database. The rounds have the smallest database second.
type scaleResult struct {
	size   scaleSize
	rounds []benchRounds
}

// measure measures a series, without the databases that are too large for -bench.items.
func (s scaleSeries) measure(b *testing.B) {
	server := startScaleServer(b)
	var results []scaleResult
	for _, size := range s.sizes[1:] {
		if size.tenants*size.items > *scaleMost {
			break
		}
		b.Run(fmt.Sprintf("%dx%d", size.tenants, size.items), func(b *testing.B) { // its end removes the databases
			// Requests create items, and a page of these costs less than one of seeded items. So both databases are new.
			larger, smallest := startOnSize(b, server, size), startOnSize(b, server, s.sizes[0])
			results = append(results, scaleResult{size, compareSizes(b, larger, smallest)})
		})
		s.printResults(results) // the next size takes longer
	}
}

// startOnSize starts a server of Rowhouse with a new database.
func startOnSize(b *testing.B, server scaleServer, size scaleSize) *benchServer {
	d := newScaleDatabase(b, server, size)
	return startServer(b, benchRowhouse, d.dsn, server.PID(), d.pickTenants(), 0)
}

// compareSizes measures all requests to two databases.
func compareSizes(b *testing.B, larger, smallest *benchServer) (all []benchRounds) {
	for _, name := range scaleRequests {
		for _, q := range benchRequests {
			if q.name != name {
				continue
			}
			var rounds benchRounds
			first, second := larger.withRequest(q), smallest.withRequest(q)
			for _, to := range []benchTarget{first, second} {
				to.connect(b, benchConns)
				to.sendRequests(b, q.block) // fills the caches
			}
			// With a slow request, the other server would close its idle connections during a block.
			warmUp := q.block/10 + benchConns
			began := time.Now()
			first.sendRequests(b, warmUp)
			most := int(2 * time.Second * time.Duration(warmUp) / time.Since(began))
			for n := range scaleRounds {
				rounds = append(rounds, measureRound(b, n, first, second, min(q.block, max(most, benchConns))))
			}
			all = append(all, rounds)
		}
	}
	return all
}

// printResults prints the costs of a series.
func (s scaleSeries) printResults(results []scaleResult) {
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(os.Stderr, "\nCost of a request to Rowhouse by the number of %s: CPU ms of server + database, and the total as a multiple "+
		"of that of the\nsmallest database, measured in turn (medians of %d paired rounds, %d connections). The requests are for at most "+
		"%d\ntenants, and for 100 items of each, whose pages fit in the buffer pool of 1 GiB.\n\n",
		s.name, scaleRounds, benchConns, scaleActive)
	w := tabwriter.NewWriter(os.Stderr, 0, 0, 3, ' ', 0)
	fmt.Fprint(w, "tenants\titems of each\titems")
	for _, name := range scaleRequests {
		fmt.Fprintf(w, "\t%s", name)
	}
	fmt.Fprintf(w, "\n%d\t%d\t%.0e", s.sizes[0].tenants, s.sizes[0].items, float64(s.sizes[0].tenants*s.sizes[0].items))
	for _, rounds := range results[0].rounds {
		fmt.Fprintf(w, "\t%.3f + %.3f = 1", rounds.second(serverMS), rounds.second(databaseMS))
	}
	for _, r := range results {
		fmt.Fprintf(w, "\n%d\t%d\t%.0e", r.size.tenants, r.size.items, float64(r.size.tenants*r.size.items))
		for _, rounds := range r.rounds {
			fmt.Fprintf(w, "\t%.3f + %.3f = %.2f", rounds.first(serverMS), rounds.first(databaseMS), rounds.ratio(totalMS))
		}
	}
	fmt.Fprintln(w)
	_ = w.Flush()
	fmt.Fprintln(os.Stderr)
}
