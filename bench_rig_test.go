//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// benchConns is how many requests run at once.
const benchConns = 16

// benchRig holds both servers, on one database, and the clients.
type benchRig struct {
	db       *dbtest.Database
	pid      int
	tenants  []benchTenant
	rowhouse benchServer
	limit    benchServer
	clients  [benchConns]benchClient
}

func newRig(b *testing.B) *benchRig {
	rig := &benchRig{db: dbtest.New(b), pid: dbtest.PID(b)}
	rig.tenants = seed(b, rig.db)
	db, err := tenancy.Open(b.Context(), rig.db.DSN, model.Types.Models(), tenancy.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	rig.rowhouse = rowhouseServer(b, rig, db)
	rig.limit = limitServer(b, rig)
	for i := range rig.clients {
		c := &rig.clients[i]
		c.random = rand.New(rand.NewPCG(1, uint64(i)))
		c.tenant = make([]string, 1)
		c.header = http.Header{"Content-Type": {"application/json"}, http.CanonicalHeaderKey(tenancy.HeaderName): c.tenant}
		c.answer.header = http.Header{}
	}
	return rig
}

// rowhouseServer knows all tenants beforehand: their cache is not what is measured.
func rowhouseServer(b *testing.B, rig *benchRig, db *tenancy.DB) benchServer {
	directory := tenancy.NewDirectory(db)
	for i := range rig.tenants {
		if _, err := directory.ByID(b.Context(), rig.tenants[i].id); err != nil {
			b.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	return benchServer{handler: newHandler(db, directory, defaults, corsFlags{}, log)}
}

// benchServer is a handler, and what to send it around a request's variables.
type benchServer struct {
	handler       http.Handler
	url           *url.URL
	before, after string
	chores        int // how often the client reads an answer before it goes on
}

// asking returns the server with the request put to it: GraphQL to Rowhouse, only
// the variables to the limit, which has a path for each request.
func (s benchServer) asking(q benchRequest) benchServer {
	if _, ok := s.handler.(*limit); ok {
		s.url = &url.URL{Path: "/" + q.name}
		return s
	}
	s.url = &url.URL{Path: "/graphql"}
	s.before, s.after = `{"query":`+strconv.Quote(q.query)+`,"variables":`, `}`
	return s
}

// benchClient sends one request after the other, and keeps what it can of a request
// for the next, so that its own share of the cost is small.
type benchClient struct {
	random *rand.Rand
	header http.Header
	tenant []string // the header's value
	body   strings.Reader
	answer benchAnswer
}

type benchAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *benchAnswer) Header() http.Header         { return a.header }
func (a *benchAnswer) WriteHeader(status int)      { a.status = status }
func (a *benchAnswer) Write(p []byte) (int, error) { return a.body.Write(p) }

// send fails on any answer but data. The answer is valid until the next one.
func (c *benchClient) send(s benchServer, t *benchTenant, variables string) ([]byte, error) {
	c.tenant[0] = t.number
	body := s.before + variables + s.after
	c.body.Reset(body)
	clear(c.answer.header)
	c.answer.status = http.StatusOK
	c.answer.body.Reset()
	// It can be cancelled, as a real server's: that makes the driver watch it.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := &http.Request{
		Method: http.MethodPost, URL: s.url, Host: "rowhouse.test", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.header, Body: io.NopCloser(&c.body), ContentLength: int64(len(body)),
	}
	s.handler.ServeHTTP(&c.answer, r.WithContext(ctx))
	answer := c.answer.body.Bytes()
	if c.answer.status != http.StatusOK || !bytes.HasPrefix(answer, []byte(`{"data":{`)) {
		return nil, fmt.Errorf("%s answered %d: %.300s", s.url, c.answer.status, answer)
	}
	for range s.chores {
		var read any
		if err := json.Unmarshal(answer, &read); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// run sends n requests, benchConns at once, for random tenants.
func (rig *benchRig) run(b *testing.B, q benchRequest, s benchServer, n int) {
	var sent atomic.Int64
	var failed atomic.Pointer[error]
	var clients sync.WaitGroup
	for i := range rig.clients {
		c := &rig.clients[i]
		clients.Go(func() {
			for sent.Add(1) <= int64(n) {
				t := &rig.tenants[c.random.IntN(len(rig.tenants))]
				if _, err := c.send(s, t, q.variables(c.random, t)); err != nil {
					failed.Store(&err)
					return
				}
			}
		})
	}
	clients.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
}

// checkEqual makes sure that both servers do the same work: answers to the same
// question are equal, and those to mutations, which have other ids and numbers, have
// the same shape.
func (rig *benchRig) checkEqual(b *testing.B, q benchRequest, ours, limit benchServer) {
	c := &rig.clients[0]
	for range 10 {
		t := &rig.tenants[c.random.IntN(len(rig.tenants))]
		variables := q.variables(c.random, t)
		var answers [2]any
		for i, s := range []benchServer{ours, limit} {
			answer, err := c.send(s, t, variables)
			if err == nil {
				err = json.Unmarshal(answer, &answers[i])
			}
			if err != nil {
				b.Fatal(err)
			}
			if strings.HasPrefix(q.query, "mutation") {
				answers[i] = shape(answers[i])
			}
		}
		if !reflect.DeepEqual(answers[0], answers[1]) {
			b.Fatalf("the limit answers something else:\n%v\n%v", answers[0], answers[1])
		}
	}
}

// shape replaces values by their types.
func shape(v any) any {
	if object, ok := v.(map[string]any); ok {
		for k := range object {
			object[k] = shape(object[k])
		}
		return object
	}
	return fmt.Sprintf("%T", v)
}

// countStatements returns the statements a request, without BEGIN and COMMIT, of
// benchConns requests at once. It is a run of its own, since the log costs time.
func (rig *benchRig) countStatements(b *testing.B, q benchRequest) float64 {
	counted := rowhouseServer(b, rig, rig.db.DB).asking(q)
	rig.db.Reset()
	rig.run(b, q, counted, benchConns)
	n := len(rig.db.Ran())
	rig.db.Reset()
	return float64(n) / benchConns
}
