package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestOnlyAllowedOriginsMayRead sends preflights and requests of several origins.
func TestOnlyAllowedOriginsMayRead(t *testing.T) {
	s := newTestServer(t)
	const allowed = "https://app.example.com" // of newTestServer
	const headers = "apollographql-client-name,content-type,traceparent,x-apollo-operation-name,x-tenant-id"
	var log bytes.Buffer
	withoutOrigins := newHandler(s.DB, tenancy.NewDirectory(s.DB), defaults, corsFlags{}, slog.New(slog.NewTextHandler(&log, nil)))
	for _, test := range []struct {
		name    string
		handler http.Handler
		origin  string
		allowed bool
	}{
		{
			name:    "an allowed origin",
			handler: s,
			origin:  allowed,
			allowed: true,
		},
		{
			name:    "another origin",
			handler: s,
			origin:  "https://evil.example",
		},
		{
			name:    "an origin that begins with an allowed one",
			handler: s,
			origin:  allowed + ".evil.example",
		},
		{
			name:    "null",
			handler: s,
			origin:  "null",
		},
		{
			name:    "no origin is allowed",
			handler: withoutOrigins,
			origin:  allowed,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			preflight := servertest.NewRequest(t, http.MethodOptions, "/graphql", "", "Origin", test.origin,
				"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", headers) // without a tenant
			post := servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`,
				"Origin", test.origin, "Content-Type", "application/json", tenancy.HeaderName, "acme")
			for _, r := range []*http.Request{preflight, post} {
				w := httptest.NewRecorder()
				test.handler.ServeHTTP(w, r)
				origin, credentials := w.Header().Get("Access-Control-Allow-Origin"), w.Header().Get("Access-Control-Allow-Credentials")
				if test.allowed && (origin != test.origin || credentials != "true") || !test.allowed && origin+credentials != "" {
					t.Errorf("%s: allows the origin %q, credentials %q", r.Method, origin, credentials)
				}
				if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Origin") {
					t.Errorf("%s: a cache would return the response to another origin", r.Method)
				}
			}
		})
	}
	if lines := strings.Count(log.String(), "--cors-origin"); lines != 1 {
		t.Errorf("the log has %d lines for the refused preflight", lines)
	}
}

// TestRefusedPreflightIsLogged checks that the log has the reason and the flag that allows the request.
func TestRefusedPreflightIsLogged(t *testing.T) {
	s := newTestServer(t)
	const origin = "https://app.example.com"
	var log bytes.Buffer
	handler := newHandler(s.DB, tenancy.NewDirectory(s.DB), defaults,
		corsFlags{Origin: []string{origin}, Header: []string{"X-App-Version", "X-Other"}},
		slog.New(slog.NewTextHandler(&log, nil)))
	for _, test := range []struct {
		name, origin, method string
		headers              []string
		logged               string // "" if it is allowed
	}{
		{
			name:    "headers of Apollo Client",
			origin:  origin,
			method:  "POST",
			headers: []string{"apollographql-client-name,content-type,x-tenant-id"},
		},
		{
			name:   "no headers",
			origin: origin,
			method: "POST",
		},
		{
			name:    "an empty header list",
			origin:  origin,
			method:  "POST",
			headers: []string{""},
		},
		{
			name:    "event stream operation",
			origin:  origin,
			method:  "DELETE",
			headers: []string{"x-graphql-event-stream-token,x-tenant-id"},
		},
		{
			name:    "event stream reservation",
			origin:  origin,
			method:  "PUT",
			headers: []string{"x-tenant-id"},
		},
		{
			name:    "a header of --cors-header",
			origin:  origin,
			method:  "POST",
			headers: []string{"content-type,x-app-version"},
		},
		{
			name:    "two headers of --cors-header",
			origin:  origin,
			method:  "GET",
			headers: []string{"x-app-version,x-other"},
		},
		{
			name:    "one header that is not allowed",
			origin:  origin,
			method:  "POST",
			headers: []string{"content-type,x-my-header,x-tenant-id"},
			logged:  `not allowed: \"x-my-header\"; --cors-header`,
		},
		{
			name:    "two headers that are not allowed",
			origin:  origin,
			method:  "POST",
			headers: []string{"x-a,x-my-header"},
			logged:  `\"x-a, x-my-header\"; --cors-header`,
		},
		{
			name:    "headers in two lines",
			origin:  origin,
			method:  "POST",
			headers: []string{"content-type", "x-my-header"},
			logged:  `\"x-my-header\"; --cors-header`,
		},
		{
			name:    "a prefix of an allowed header",
			origin:  origin,
			method:  "POST",
			headers: []string{"x-app"},
			logged:  `\"x-app\"; --cors-header`,
		},
		{
			name:    "a header with a line break",
			origin:  origin,
			method:  "POST",
			headers: []string{"x-a\nlevel=ERROR"},
			logged:  `\"x-a\\nlevel=ERROR\"`,
		},
		{
			name:   "another method",
			origin: origin,
			method: "PATCH",
			logged: `no method \"PATCH\"`,
		},
		{
			name:    "another origin",
			origin:  "https://evil.example",
			method:  "POST",
			headers: []string{"x-my-header"},
			logged:  "--cors-origin",
		},
		{
			name:   "a long origin",
			origin: "https://" + strings.Repeat("x", 5000),
			method: "POST",
			logged: "--cors-origin",
		},
		{
			name:    "a long header",
			origin:  origin,
			method:  "POST",
			headers: []string{"x-" + strings.Repeat("x", 5000)},
			logged:  "--cors-header",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			log.Reset()
			r := servertest.NewRequest(t, http.MethodOptions, "/graphql", "",
				"Origin", test.origin, "Access-Control-Request-Method", test.method)
			if test.headers != nil {
				r.Header["Access-Control-Request-Headers"] = test.headers
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if allowed := w.Header().Get("Access-Control-Allow-Origin") != ""; allowed != (test.logged == "") {
				t.Errorf("allowed: %t, %v", allowed, w.Header())
			}
			if lines := strings.Count(log.String(), "\n"); lines > 1 || (lines == 1) != (test.logged != "") || log.Len() > 800 {
				t.Errorf("%d lines, %d bytes", lines, log.Len())
			}
			line := strings.ReplaceAll(log.String(), `origin="`, "origin=")
			if !strings.Contains(line, test.logged) || test.logged != "" && !strings.Contains(line, "origin="+test.origin[:8]) {
				t.Error(line)
			}
		})
	}
	// A request that is not a preflight is not logged.
	log.Reset()
	options := servertest.NewRequest(t, http.MethodOptions, "/graphql", "", "Origin", "https://evil.example")
	handler.ServeHTTP(httptest.NewRecorder(), options)
	if log.Len() > 0 {
		t.Error(log.String())
	}
}
