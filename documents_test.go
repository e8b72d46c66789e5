package main

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// folderOf holds one file of documents.
func newDocumentsDir(t *testing.T, file string) string {
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

// TestInvalidDocumentsAreRefused starts with folders that hold something else.
func TestInvalidDocumentsAreRefused(t *testing.T) {
	for says, file := range map[string]string{
		"does not fit the schema":  `{"a": "{ tenant { slugs } }"}`,
		"document a does not":      `{"a": "{"}`,
		"JSON object of documents": `[]`,
		"of documents by name":     `{"a": {"query": "{ tenant { slug } }"}}`,
		"holds no .json file with": `{}`,
		"holds no operation":       `{"a": ""}`,
	} {
		if code, _, errOut := runCommand(t, "--documents", newDocumentsDir(t, file)); code != 2 || !strings.Contains(errOut, says) ||
			!strings.Contains(errOut, "--documents") {
			t.Errorf("%s: %d %s", file, code, errOut)
		}
	}
	if code, _, errOut := runCommand(t, "--documents", filepath.Join(t.TempDir(), "none")); code != 2 ||
		!strings.Contains(errOut, "there is no folder") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, _, errOut := runCommand(t, "--trusted-documents", "only"); code != 1 || !strings.Contains(errOut, "needs --documents") {
		t.Errorf("%d %s", code, errOut)
	}
	if code, _, errOut := runCommand(t, "--trusted-documents", "no"); code != 2 || !strings.Contains(errOut, "--trusted-documents") {
		t.Errorf("%d %s", code, errOut)
	}
	t.Setenv("ROWHOUSE_DOCUMENTS", "")
	if code, _, errOut := runCommand(t, "--addr", "nonsense"); code != 1 || !strings.Contains(errOut, "host:port") {
		t.Errorf("an empty variable: %d %s", code, errOut)
	}
	folder := newDocumentsDir(t, `{"a": "{ tenant { slug } }"}`)
	if err := os.WriteFile(filepath.Join(folder, "other.json"), []byte(`{"a": "{ tenant { name } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := runCommand(t, "--documents", folder); code != 2 || !strings.Contains(errOut, "another document a") {
		t.Errorf("%d %s", code, errOut)
	}
}

// TestSchemaIsServedWithoutATenant to whom it may be told, without a tenant: it is the same for all.
func TestSchemaIsServedWithoutATenant(t *testing.T) {
	s := newTestServer(t)
	w := s.do(servertest.NewRequest(t, http.MethodGet, "/schema.graphql", ""))
	code, printed, _ := runCommand(t, "schema")
	if w.Code != http.StatusOK || code != 0 || w.Body.String() != printed || !strings.Contains(printed, "type Query {\n") {
		t.Errorf("%d %d %.200s", w.Code, code, printed)
	}
	if strings.Contains(printed, "@go") || !strings.Contains(printed, "directive @defer(") {
		t.Error("clients see what is not theirs, or not what they may use")
	}
	options := defaults
	options.Introspection = false
	closed := &testServer{s.Database, newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))}
	if _, answer := closed.post(t, "acme", "{ __schema { queryType { name } } }"); !strings.Contains(answer, "FORBIDDEN") ||
		strings.Contains(answer, "INTERNAL") {
		t.Error(answer)
	}
	if w := closed.do(servertest.NewRequest(t, http.MethodGet, "/schema.graphql", "")); w.Code != http.StatusNotFound {
		t.Errorf("without introspection: %d", w.Code)
	}
}

// TestOtherHostNamesAreRefused asks as a page of elsewhere would whose name resolves
// to this machine by now.
func TestOtherHostNamesAreRefused(t *testing.T) {
	s := newTestServer(t)
	for host, status := range map[string]int{
		"127.0.0.1:8080": 200, "localhost": 200, "LOCALHOST:1": 200, "acme.localhost:8080": 200, "[::1]:8080": 200, "127.1.2.3": 200, "[::1]": 200,
		"evil.example": 403, "evil.example:8080": 403, "": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example:8080": 403,
		"10.0.0.1": 403, "0.0.0.0:8080": 403, "[::]:8080": 403, "xlocalhost": 403, "localhost:8080:8080": 403,
	} {
		for _, path := range []string{"/graphql?query={tenant{slug}}", "/", "/schema.graphql"} {
			r := servertest.NewRequest(t, http.MethodGet, path, "", tenancy.HeaderName, "acme")
			r.Host = host
			w := (&testServer{s.Database, requireLoopbackHost(s)}).do(r)
			if w.Code != status {
				t.Errorf("%q %s: %d %s", host, path, w.Code, w.Body)
			}
		}
	}
}
