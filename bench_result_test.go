//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"text/tabwriter"
)

// benchResult is the cost of a request: the rounds have Rowhouse first and the limit second.
type benchResult struct {
	benchRequest
	rounds                      benchRounds
	statements, limitStatements float64
	peak, limitPeak             benchPeak
}

// reportMetrics reports the costs per request, for benchstat.
func (r *benchResult) reportMetrics(b *testing.B) {
	for unit, value := range map[string]float64{
		"ns/op": r.rounds.first(wallMS) * 1e6, "limit-ns/op": r.rounds.second(wallMS) * 1e6,
		"server-ms/op": r.rounds.first(serverMS), "limit-server-ms/op": r.rounds.second(serverMS),
		"db-ms/op": r.rounds.first(databaseMS), "limit-db-ms/op": r.rounds.second(databaseMS), "total-x": r.rounds.ratio(totalMS),
		"B/op": r.rounds.first(kilobytes) * 1e3, "limit-B/op": r.rounds.second(kilobytes) * 1e3,
		"allocs/op": r.rounds.first(allocs), "limit-allocs/op": r.rounds.second(allocs),
		"statements/op": r.statements, "limit-statements/op": r.limitStatements,
		"peak-goroutines": r.peak.goroutines, "peak-heap-MB": r.peak.heapMB, "peak-RSS-MB": r.peak.rssMB,
	} {
		b.ReportMetric(value, unit)
	}
}

// printResults prints the costs of Rowhouse and the limit, and the ratios beside those of peers.
func printResults(results []*benchResult) {
	if len(results) == 0 {
		return
	}
	fmt.Fprintf(os.Stderr, "\nCost of a request: Rowhouse / hand-written limit, each a process of its own, over HTTP on 127.0.0.1 with "+
		"%d keep-alive\nconnections; %d processors. Medians of %d paired rounds; = is the median of the rounds' ratios, total is "+
		"server and database.\nStatements include BEGIN and COMMIT. Goroutines, heap and RSS are peaks.\n\n",
		benchConns, runtime.GOMAXPROCS(0), len(results[0].rounds))
	w := tabwriter.NewWriter(os.Stderr, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "request\tserver CPU ms\tdatabase CPU ms\ttotal\taim\tstatements\tkB\tallocations\twall ms\t"+
		"goroutines\theap MB\tRSS MB")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\t%.1f\t%.2f / %.2f\t%.1f / %.1f\t%.0f / %.0f\t%.3f / %.3f\t"+
			"%.0f / %.0f\t%.0f / %.0f\t%.0f / %.0f\n",
			r.name, r.rounds.formatCPU(serverMS), r.rounds.formatCPU(databaseMS), r.rounds.ratio(totalMS), r.aim,
			r.statements, r.limitStatements, r.rounds.first(kilobytes), r.rounds.second(kilobytes),
			r.rounds.first(allocs), r.rounds.second(allocs), r.rounds.first(wallMS), r.rounds.second(wallMS),
			r.peak.goroutines, r.limitPeak.goroutines, r.peak.heapMB, r.limitPeak.heapMB, r.peak.rssMB, r.limitPeak.rssMB)
	}
	_ = w.Flush()
	printPeers(w, results)
}

// formatCPU returns a CPU time of both servers, and its ratio.
func (all benchRounds) formatCPU(kind int) string {
	return fmt.Sprintf("%.3f / %.3f = %.2f", all.first(kind), all.second(kind), all.ratio(kind))
}

// printPeers prints the ratios beside those of peers.
func printPeers(w *tabwriter.Writer, results []*benchResult) {
	fmt.Fprint(os.Stderr, "\nCPU time of server and database as a multiple of the limit's. Only Rowhouse and its limit were measured now. "+
		"The other servers\nwere measured once: with this data, as many connections, HTTP on the loopback interface, and paired with a "+
		"limit of the same kind,\nwhose CPU time was \"limit then\" (MariaDB 10.11; PostGraphile on PostgreSQL 15; "+
		"means of two runs, if there\nwere two). Their filter had other conditions.\n\n")
	fmt.Fprintln(w, "request\tRowhouse\taim\tgqlgen + GORM, tuned\tent + entgql\tPostGraphile 5\tApollo Server 5\t"+
		"Mercurius + graphql-jit\tlimit now, ms\tlimit then, ms")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%.2f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%.3f\t%.3f\n", r.name, r.rounds.ratio(totalMS), r.aim,
			r.peers.tunedGqlgen, r.peers.ent, r.peers.postGraphile, r.peers.apollo, r.peers.mercurius, r.rounds.second(totalMS), r.limitMS)
	}
	_ = w.Flush()
	fmt.Fprintln(os.Stderr)
}
