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

// benchConns is the number of concurrent requests.
const benchConns = 16

// benchRig has two servers with one database, and their clients.
type benchRig struct {
	db       *dbtest.Database
	pid      int // of the database server
	tenants  []benchTenant
	rowhouse benchServer
	limit    benchServer
	clients  [benchConns]benchClient
}

// newRig creates the data and starts the servers.
func newRig(b *testing.B) *benchRig {
	rig := &benchRig{db: dbtest.New(b), pid: dbtest.PID(b)}
	rig.tenants = seedTenants(b, rig.db)
	db, err := tenancy.Open(b.Context(), rig.db.DSN, model.Types.Models(), tenancy.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	rig.rowhouse = newRowhouseServer(b, rig, db)
	rig.limit = newLimitServer(b, rig)
	for i := range rig.clients {
		c := &rig.clients[i]
		c.random = rand.New(rand.NewPCG(1, uint64(i)))
		c.tenant = make([]string, 1)
		c.header = http.Header{"Content-Type": {"application/json"}, http.CanonicalHeaderKey(tenancy.HeaderName): c.tenant}
		c.response.header = http.Header{}
	}
	return rig
}

// newRowhouseServer returns the server of this repository. Its directory has read all tenants, so that
// the cache does not affect the measurement.
func newRowhouseServer(b *testing.B, rig *benchRig, db *tenancy.DB) benchServer {
	directory := tenancy.NewDirectory(db)
	for i := range rig.tenants {
		if _, err := directory.ByID(b.Context(), rig.tenants[i].id); err != nil {
			b.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	return benchServer{handler: newHandler(db, directory, defaults, corsFlags{}, log)}
}

// benchServer is a handler with a request. before and after are the parts of the body around the
// variables.
type benchServer struct {
	handler       http.Handler
	url           *url.URL
	before, after string
}

// withRequest returns the server with a request. Rowhouse receives GraphQL; the limit receives only the
// variables, and has a path for each request.
func (s benchServer) withRequest(q benchRequest) benchServer {
	if _, ok := s.handler.(*limit); ok {
		s.url = &url.URL{Path: "/" + q.name}
		return s
	}
	s.url = &url.URL{Path: "/graphql"}
	s.before, s.after = `{"query":`+strconv.Quote(q.query)+`,"variables":`, `}`
	return s
}

// benchClient sends requests in turn. It reuses the parts of a request, so that the client costs little.
type benchClient struct {
	random   *rand.Rand
	header   http.Header
	tenant   []string // the header's value
	body     strings.Reader
	response benchResponse
}

// benchResponse is a ResponseWriter that is reused.
type benchResponse struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *benchResponse) Header() http.Header         { return r.header }
func (r *benchResponse) WriteHeader(status int)      { r.status = status }
func (r *benchResponse) Write(p []byte) (int, error) { return r.body.Write(p) }

// sendRequest fails if the response has no data. The response is valid until the next request.
func (c *benchClient) sendRequest(s benchServer, t *benchTenant, variables string) ([]byte, error) {
	c.tenant[0] = t.number
	body := s.before + variables + s.after
	c.body.Reset(body)
	clear(c.response.header)
	c.response.status = http.StatusOK
	c.response.body.Reset()
	// The context can be cancelled, as in a real server, so that the driver watches it.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := &http.Request{
		Method: http.MethodPost, URL: s.url, Host: "rowhouse.test", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.header, Body: io.NopCloser(&c.body), ContentLength: int64(len(body)),
	}
	s.handler.ServeHTTP(&c.response, r.WithContext(ctx))
	response := c.response.body.Bytes()
	if c.response.status != http.StatusOK || !bytes.HasPrefix(response, []byte(`{"data":{`)) {
		return nil, fmt.Errorf("%s: status %d: %.300s", s.url, c.response.status, response)
	}
	return response, nil
}

// sendRequests sends n requests for random tenants, benchConns of them concurrently.
func (rig *benchRig) sendRequests(b *testing.B, q benchRequest, s benchServer, n int) {
	var sent atomic.Int64
	var failed atomic.Pointer[error]
	var clients sync.WaitGroup
	for i := range rig.clients {
		c := &rig.clients[i]
		clients.Go(func() {
			for sent.Add(1) <= int64(n) {
				t := &rig.tenants[c.random.IntN(len(rig.tenants))]
				if _, err := c.sendRequest(s, t, q.variables(c.random, t)); err != nil {
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

// checkEqual checks that both servers do the same work: their responses to a query are equal. Responses
// to a mutation have equal fields, since ids and numbers differ.
func (rig *benchRig) checkEqual(b *testing.B, q benchRequest, ours, limit benchServer) {
	c := &rig.clients[0]
	for range 10 {
		t := &rig.tenants[c.random.IntN(len(rig.tenants))]
		variables := q.variables(c.random, t)
		var responses [2]any
		for i, s := range []benchServer{ours, limit} {
			response, err := c.sendRequest(s, t, variables)
			if err == nil {
				err = json.Unmarshal(response, &responses[i])
			}
			if err != nil {
				b.Fatal(err)
			}
			if strings.HasPrefix(q.query, "mutation") {
				responses[i] = replaceValues(responses[i])
			}
		}
		if !reflect.DeepEqual(responses[0], responses[1]) {
			b.Fatalf("the response of the limit differs:\n%v\n%v", responses[0], responses[1])
		}
	}
}

// replaceValues replaces the values in objects with their types.
func replaceValues(v any) any {
	if object, ok := v.(map[string]any); ok {
		for k := range object {
			object[k] = replaceValues(object[k])
		}
		return object
	}
	return fmt.Sprintf("%T", v)
}

// countStatements returns the number of statements per request, without BEGIN and COMMIT, of benchConns
// concurrent requests. They are not measured, because the log of statements costs time.
func (rig *benchRig) countStatements(b *testing.B, q benchRequest) float64 {
	counted := newRowhouseServer(b, rig, rig.db.DB).withRequest(q)
	rig.db.Reset()
	rig.sendRequests(b, q, counted, benchConns)
	n := len(rig.db.Ran())
	rig.db.Reset()
	return float64(n) / benchConns
}
