package main

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rowhouse/graph"
	"rowhouse/graph/server"
	"rowhouse/tenancy"
)

// folderOf holds one file of documents.
func folderOf(t *testing.T, file string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "web"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"web/persisted-documents.json": file, "README.md": "no document"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// loadDocuments loads the trusted documents of a folder.
func loadDocuments(t *testing.T, folder string) server.Documents {
	t.Helper()
	d, err := server.LoadDocuments(folder, graph.NewExecutableSchema(graph.Config{}).Schema())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestOnlyTrustedDocumentsAreRun sends documents by every name and in full, to a server
// that runs no others and to one that does.
func TestOnlyTrustedDocumentsAreRun(t *testing.T) {
	s := newTestServer(t)
	const trusted, other = "query Own { tenant { slug } }", "query Other { tenant { slug } }"
	hash := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	apq := func(query, hash string) string {
		return fmt.Sprintf(`{"query": %q, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": %q}}}`, query, hash)
	}
	folder := folderOf(t, fmt.Sprintf(`{"own-1": %q}`, trusted))
	for _, test := range []struct{ name, body, only, also string }{
		{"by its name", `{"documentId": "own-1"}`, "acme", "acme"},
		{"by its hash", `{"documentId": "sha256:` + hash(trusted) + `"}`, "acme", "acme"},
		{"by its bare hash", `{"documentId": "` + hash(trusted) + `"}`, "acme", "acme"},
		{"by the hash of automatic persisted queries", apq("", hash(trusted)), "acme", "acme"},
		{"with that hash", apq(trusted, hash(trusted)), "acme", "acme"},
		{"in full", `{"query": "` + trusted + `"}`, "acme", "acme"},
		{"almost in full", `{"query": "` + trusted + ` "}`, "FORBIDDEN", "acme"},
		{"another", `{"query": "` + other + `"}`, "FORBIDDEN", "acme"},
		{"another with its hash", apq(other, hash(other)), "FORBIDDEN", "acme"},
		{"another by the hash that was sent before", apq("", hash(other)), "FORBIDDEN PERSISTED_QUERY_NOT_FOUND", "acme"},
		{"another with the hash of one that is trusted", apq(other, hash(trusted)), "hash does not match", "hash does not match"},
		{"introspection", `{"query": "{ __schema { queryType { name } } }"}`, "FORBIDDEN", "Query"},
		{"no document", `{"documentId": "own-2"}`, "PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_NOT_FOUND"},
		{"a number", `{"documentId": 1}`, "documentId must not be a JSON number", "documentId must not be a JSON number"},
		{"both", `{"documentId": "own-1", "query": "` + other + `"}`, "not both", "not both"},
		{"a file of the folder", `{"documentId": "README.md"}`, "PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_NOT_FOUND"},
		{"nothing", `{"documentId": ""}`, "there is neither", "there is neither"},
	} {
		for mode, want := range map[string]string{"only": test.only, "also": test.also} {
			options := defaults
			options.TrustedOnly = mode == "only"
			options.Documents = loadDocuments(t, folder)
			one := &testServer{s.Database, newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))}
			if strings.Contains(test.name, "before") {
				_, _ = one.ask(t, "acme", apq(other, hash(other)))
			}
			_, answer := one.ask(t, "acme", test.body)
			found := false
			for _, part := range strings.Split(want, " ") {
				found = found || strings.Contains(answer, part)
			}
			if !found || strings.Contains(want, "FORBIDDEN") && strings.Contains(answer, "data") {
				t.Errorf("%s, %s: %s", mode, test.name, answer)
			}
		}
	}
	options := defaults
	options.TrustedOnly = true
	options.Documents = loadDocuments(t, folder)
	// By the other transports, too.
	get := newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
	for query, holds := range map[string]string{"documentId=own-1": `"acme"`, "query=" + url.QueryEscape(other): "FORBIDDEN"} {
		for _, accept := range []string{"*/*", "text/event-stream"} {
			one := &testServer{s.Database, get}
			if w := one.do(request(t, http.MethodGet, "/graphql?"+query, "", tenancy.HeaderName, "acme", "Accept", accept)); !strings.Contains(w.Body.String(), holds) {
				t.Errorf("GET %s: %s", query, w.Body)
			}
		}
	}
	c := connect(t, s.listen(t, options), "acme")
	c.send(`{"id": "a", "type": "subscribe", "payload": {"documentId": "own-1"}}`)
	c.expect("next", `"acme"`)
	c.expect("complete", "")
	c.subscribe("b", other)
	c.expect("error", "FORBIDDEN")
}

// TestDocumentsMustFit starts with folders that hold something else.
func TestDocumentsMustFit(t *testing.T) {
	for says, file := range map[string]string{
		"does not fit the schema":  `{"a": "{ tenant { slugs } }"}`,
		"document a does not":      `{"a": "{"}`,
		"JSON object of documents": `[]`,
		"of documents by name":     `{"a": {"query": "{ tenant { slug } }"}}`,
		"holds no .json file with": `{}`,
		"holds no operation":       `{"a": ""}`,
	} {
		if code, _, screen := rowhouse(t, "--documents", folderOf(t, file)); code != 2 || !strings.Contains(screen, says) || !strings.Contains(screen, "--documents") {
			t.Errorf("%s: %d %s", file, code, screen)
		}
	}
	if code, _, screen := rowhouse(t, "--documents", filepath.Join(t.TempDir(), "none")); code != 2 || !strings.Contains(screen, "there is no folder") {
		t.Errorf("%d %s", code, screen)
	}
	if code, _, screen := rowhouse(t, "--trusted-documents", "only"); code != 1 || !strings.Contains(screen, "needs --documents") {
		t.Errorf("%d %s", code, screen)
	}
	if code, _, screen := rowhouse(t, "--trusted-documents", "no"); code != 2 || !strings.Contains(screen, "--trusted-documents") {
		t.Errorf("%d %s", code, screen)
	}
	t.Setenv("ROWHOUSE_DOCUMENTS", "")
	if code, _, screen := rowhouse(t, "--addr", "nonsense"); code != 1 || !strings.Contains(screen, "host:port") {
		t.Errorf("an empty variable: %d %s", code, screen)
	}
	folder := folderOf(t, `{"a": "{ tenant { slug } }"}`)
	if err := os.WriteFile(filepath.Join(folder, "other.json"), []byte(`{"a": "{ tenant { name } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, screen := rowhouse(t, "--documents", folder); code != 2 || !strings.Contains(screen, "another document a") {
		t.Errorf("%d %s", code, screen)
	}
}

// TestTheSchemaIsServed to whom it may be told, without a tenant: it is the same for all.
func TestTheSchemaIsServed(t *testing.T) {
	s := newTestServer(t)
	w := s.do(request(t, http.MethodGet, "/schema.graphql", ""))
	code, printed, _ := rowhouse(t, "schema")
	if w.Code != http.StatusOK || code != 0 || w.Body.String() != printed || !strings.Contains(printed, "type Query {\n") {
		t.Errorf("%d %d %.200s", w.Code, code, printed)
	}
	if strings.Contains(printed, "@go") || !strings.Contains(printed, "directive @defer(") {
		t.Error("clients see what is not theirs, or not what they may use")
	}
	options := defaults
	options.Introspection = false
	closed := &testServer{s.Database, newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))}
	if _, answer := closed.ask(t, "acme", "{ __schema { queryType { name } } }"); !strings.Contains(answer, "FORBIDDEN") || strings.Contains(answer, "INTERNAL") {
		t.Error(answer)
	}
	if w := closed.do(request(t, http.MethodGet, "/schema.graphql", "")); w.Code != http.StatusNotFound {
		t.Errorf("without introspection: %d", w.Code)
	}
	for _, document := range []string{
		"{ item { nam } }", "{ items(wher: {}) { totalCount } }", "{ items(where: {nam: {}}) { totalCount } }", "{ tenant }",
		"{ items(orderBy: NAME_AS) { totalCount } }", `{ items(orderBy: "NAME_ASC") { totalCount } }`, "{ node(id: 1) { ... on Iten { id } } }",
		"query($x: ItemFilte) { items(where: $x) { totalCount } }", "{ tenant { ...f } } fragment f on Tenat { slug }", "{ tenant @skp(if: true) { slug } }", "{ tenant @skip(f: true) { slug } }",
	} {
		if _, answer := closed.ask(t, "acme", document); !strings.Contains(answer, "GRAPHQL_VALIDATION_FAILED") || strings.Contains(answer, "Did you mean") {
			t.Errorf("without introspection: %s: %s", document, answer)
		}
	}
}

// TestNoOtherNameReachesTheServer asks as a page of elsewhere would whose name resolves
// to this machine by now.
func TestNoOtherNameReachesTheServer(t *testing.T) {
	s := newTestServer(t)
	for host, status := range map[string]int{
		"127.0.0.1:8080": 200, "localhost": 200, "LOCALHOST:1": 200, "acme.localhost:8080": 200, "[::1]:8080": 200, "127.1.2.3": 200, "[::1]": 200,
		"evil.example": 403, "evil.example:8080": 403, "": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example:8080": 403,
		"10.0.0.1": 403, "0.0.0.0:8080": 403, "[::]:8080": 403, "xlocalhost": 403, "localhost:8080:8080": 403,
	} {
		for _, path := range []string{"/graphql?query={tenant{slug}}", "/", "/schema.graphql"} {
			r := request(t, http.MethodGet, path, "", tenancy.HeaderName, "acme")
			r.Host = host
			w := (&testServer{s.Database, requireLoopbackHost(s)}).do(r)
			if w.Code != status {
				t.Errorf("%q %s: %d %s", host, path, w.Code, w.Body)
			}
		}
	}
}
