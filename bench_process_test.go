package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A measured server is a process of its own: this test binary again, with the name of the server and the address of
// the database in these environment variables.
const (
	benchServerVariable   = "BENCH_SERVER"
	benchDatabaseVariable = "BENCH_DATABASE"
)

// The names of the measured servers.
const (
	benchRowhouse = "rowhouse"
	benchLimit    = "limit"
)

// benchReply is a line that a measured server writes to its standard output: its address when it has started, and then
// its use of memory after each command.
type benchReply struct {
	Addr          string
	Bytes, Allocs uint64 // allocated since the start
	// The peaks since the last watch command.
	PeakHeap       uint64 // bytes, with garbage
	PeakGoroutines uint64
}

// The commands of a measured server, one on a line of its standard input. The process exits at the end of the input, so also
// when its parent ends.
const (
	benchRead  = "read"  // replies
	benchWatch = "watch" // releases unused memory to the system, and begins to watch the peaks
	benchStop  = "stop"  // replies, and ends watching
)

// serveBenchProcess serves until the process exits, if the environment has the name of a measured server.
func serveBenchProcess() {
	name, dsn := os.Getenv(benchServerVariable), os.Getenv(benchDatabaseVariable)
	if name == "" {
		return
	}
	replies := json.NewEncoder(os.Stdout)
	go func() {
		followBenchCommands(os.Stdin, replies)
		os.Exit(0)
	}()
	started := func(addr string) { _ = replies.Encode(benchReply{Addr: addr}) }
	if name == benchRowhouse {
		args := []string{"serve", "--addr", "127.0.0.1:0", "--database-url", dsn, "--log-format", "json"}
		os.Exit(run(context.Background(), args, io.Discard, benchLog{started}))
	}
	fmt.Fprintln(os.Stderr, serveLimit(context.Background(), dsn, started))
	os.Exit(1)
}

// benchLog is the log of rowhouse serve. It calls started with the address, and writes errors to stderr.
type benchLog struct{ started func(addr string) }

// Write receives one line.
func (l benchLog) Write(line []byte) (int, error) {
	var record struct{ Msg, Level, Addr string }
	err := json.Unmarshal(line, &record)
	switch {
	case err == nil && record.Msg == "serving":
		l.started(record.Addr)
	case err != nil || record.Level == slog.LevelError.String():
		return os.Stderr.Write(line)
	}
	return len(line), nil
}

// followBenchCommands executes commands until their end.
func followBenchCommands(commands io.Reader, replies *json.Encoder) {
	var stop func() benchReply
	for lines := bufio.NewScanner(commands); lines.Scan(); {
		var reply benchReply
		switch lines.Text() {
		case benchWatch:
			debug.FreeOSMemory()
			stop = watchPeaks()
		case benchStop:
			reply = stop()
		}
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		reply.Bytes, reply.Allocs = memory.TotalAlloc, memory.Mallocs
		if replies.Encode(reply) != nil {
			return
		}
	}
}

// watchPeaks reads the use of memory every millisecond until the returned function is called.
func watchPeaks() (stop func() benchReply) {
	ended, result := make(chan struct{}), make(chan benchReply)
	go func() {
		var peak benchReply
		samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/sched/goroutines:goroutines"}}
		for {
			metrics.Read(samples)
			peak.PeakHeap = max(peak.PeakHeap, samples[0].Value.Uint64())
			peak.PeakGoroutines = max(peak.PeakGoroutines, samples[1].Value.Uint64())
			select {
			case <-ended:
				result <- peak
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() benchReply { close(ended); return <-result }
}
