//go:build linux

package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// benchCost is the cost of a request, by kind: the mean of a block of requests.
type benchCost [6]float64

const (
	wallMS     = iota // of the block
	serverMS          // CPU of the server's process
	databaseMS        // CPU of the database server, all of its threads
	totalMS           // of both
	kilobytes         // allocated
	allocs
)

// measureBlock returns the cost of a request in a block of them.
func (to benchTarget) measureBlock(b *testing.B, requests int) (cost benchCost) {
	before := to.readCosts(b)
	to.sendRequests(b, requests)
	for kind, after := range to.readCosts(b) {
		cost[kind] = (after - before[kind]) / float64(requests)
	}
	return cost
}

// readCosts reads the clocks, and the memory statistics of the server.
func (s *benchServer) readCosts(b *testing.B) (c benchCost) {
	memory := s.command(b, benchRead)
	c[kilobytes], c[allocs] = float64(memory.Bytes)/1e3, float64(memory.Allocs)
	if s.databasePID != 0 {
		c[databaseMS] = readCPU(s.databasePID)
	}
	c[serverMS] = readCPU(s.pid)
	c[totalMS] = c[serverMS] + c[databaseMS]
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

// benchPeak is the greatest use of resources by a server during requests. A megabyte has 10^6 bytes.
type benchPeak struct{ goroutines, heapMB, rssMB float64 }

// measurePeak returns the peak of the server during n requests.
func (to benchTarget) measurePeak(b *testing.B, n int) benchPeak {
	to.command(b, benchWatch)
	process := fmt.Sprintf("/proc/%d/", to.pid)
	const resetPeak = "5" // see proc_pid_clear_refs(5)
	if err := os.WriteFile(process+"clear_refs", []byte(resetPeak), 0); err != nil {
		b.Fatal(err)
	}
	to.sendRequests(b, n)
	reply := to.command(b, benchStop)
	rss, err := readPeakRSS(process + "status")
	if err != nil {
		b.Fatal(err)
	}
	return benchPeak{float64(reply.PeakGoroutines), float64(reply.PeakHeap) / 1e6, rss}
}

// readPeakRSS returns the peak resident set size in a status file of /proc, in MB.
func readPeakRSS(file string) (float64, error) {
	status, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var kB float64
	if _, line, ok := strings.Cut(string(status), "\nVmHWM:"); ok {
		_, err = fmt.Sscan(line, &kB)
	} else {
		err = errors.New(file + " has no VmHWM")
	}
	return kB * 1024 / 1e6, err
}

// countStatements returns the number of statements per request that the database server executes, BEGIN and COMMIT
// included. Nothing else may use the database server.
func (to benchTarget) countStatements(b *testing.B, db *sql.DB, requests int) float64 {
	before := readQuestions(b, db)
	to.sendRequests(b, requests)
	return (readQuestions(b, db) - before - 1) / float64(requests) // the server counts SHOW, too
}

func readQuestions(b *testing.B, db *sql.DB) (n float64) {
	var name string
	if err := db.QueryRowContext(b.Context(), "SHOW GLOBAL STATUS LIKE 'Questions'").Scan(&name, &n); err != nil {
		b.Fatal(err)
	}
	return n
}

// findMedian returns the median of the values of rounds.
func findMedian[T any](rounds []T, value func(T) float64) float64 {
	if len(rounds) == 0 {
		return 0
	}
	var all []float64
	for _, r := range rounds {
		all = append(all, value(r))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// benchRound has the costs of a request to two servers, measured one after the other.
type benchRound struct{ first, second benchCost }

// measureRound measures a block of requests to each server. Every second round begins with the second server, so that
// the order has no effect on the median.
func measureRound(b *testing.B, round int, first, second benchTarget, requests int) (r benchRound) {
	if round%2 == 0 {
		r.first = first.measureBlock(b, requests)
		r.second = second.measureBlock(b, requests)
	} else {
		r.second = second.measureBlock(b, requests)
		r.first = first.measureBlock(b, requests)
	}
	return r
}

// benchRounds are rounds with the same servers and request.
type benchRounds []benchRound

// first and second are the medians of a cost.
func (all benchRounds) first(kind int) float64 {
	return findMedian(all, func(r benchRound) float64 { return r.first[kind] })
}

func (all benchRounds) second(kind int) float64 {
	return findMedian(all, func(r benchRound) float64 { return r.second[kind] })
}

// ratio is the median of the ratios of the rounds, or 0 without a clock of the database.
func (all benchRounds) ratio(kind int) float64 {
	return findMedian(all, func(r benchRound) float64 {
		if r.second[kind] == 0 {
			return 0
		}
		return r.first[kind] / r.second[kind]
	})
}
