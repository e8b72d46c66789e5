//go:build linux

package main

import (
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
)

// The server may use boundMB of resident memory while boundConns clients send the deep query.
const (
	boundMB    = 150
	boundConns = 64
)

// BenchmarkMemory measures the memory of the server by the number of clients that send the deep query. It fails if the
// server uses more than boundMB for boundConns clients.
func BenchmarkMemory(b *testing.B) {
	rig := newRig(b)
	var deep benchTarget
	for _, q := range benchRequests {
		if q.name == "deep" {
			deep = rig.rowhouse.withRequest(q)
		}
	}
	w := tabwriter.NewWriter(os.Stderr, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "\nconnections\tpeak RSS MB\tpeak heap MB\tpeak goroutines\tserver CPU ms per request")
	for _, conns := range []int{1, 16, boundConns, 256} {
		deep.connect(b, conns)
		requests := max(200, 4*conns)
		began := readCPU(deep.pid)
		peak := deep.measurePeak(b, requests)
		cpu := (readCPU(deep.pid) - began) / float64(requests)
		fmt.Fprintf(w, "%d\t%.0f\t%.0f\t%.0f\t%.2f\n", conns, peak.rssMB, peak.heapMB, peak.goroutines, cpu)
		if conns == boundConns && peak.rssMB > boundMB {
			b.Errorf("the deep query with %d connections uses %.0f MB, more than %d MB", conns, peak.rssMB, boundMB)
		}
	}
	fmt.Fprintln(os.Stderr, "\nMemory of the server while clients send the deep query; heap includes garbage.")
	_ = w.Flush()
	fmt.Fprintln(os.Stderr)
}
