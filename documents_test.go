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

// newDocumentsDir returns a folder with one file of documents, and a file of another kind.
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

// TestInvalidDocumentsAreRefused starts the server with invalid folders and flags.
func TestInvalidDocumentsAreRefused(t *testing.T) {
	twoFiles := newDocumentsDir(t, `{"a": "{ tenant { slug } }"}`)
	if err := os.WriteFile(filepath.Join(twoFiles, "other.json"), []byte(`{"a": "{ tenant { name } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		args    []string
		code    int
		message string
	}{
		{
			name:    "an unknown field",
			args:    []string{"--documents", newDocumentsDir(t, `{"a": "{ tenant { slugs } }"}`)},
			code:    2,
			message: "does not fit the schema",
		},
		{
			name:    "a syntax error",
			args:    []string{"--documents", newDocumentsDir(t, `{"a": "{"}`)},
			code:    2,
			message: "document a does not",
		},
		{
			name:    "a list",
			args:    []string{"--documents", newDocumentsDir(t, `[]`)},
			code:    2,
			message: "JSON object of documents",
		},
		{
			name:    "a document in an object",
			args:    []string{"--documents", newDocumentsDir(t, `{"a": {"query": "{ tenant { slug } }"}}`)},
			code:    2,
			message: "of documents by name",
		},
		{
			name:    "no document",
			args:    []string{"--documents", newDocumentsDir(t, `{}`)},
			code:    2,
			message: "holds no .json file with",
		},
		{
			name:    "no operation",
			args:    []string{"--documents", newDocumentsDir(t, `{"a": ""}`)},
			code:    2,
			message: "holds no operation",
		},
		{
			name:    "two documents of one name",
			args:    []string{"--documents", twoFiles},
			code:    2,
			message: "another document a",
		},
		{
			name:    "a missing folder",
			args:    []string{"--documents", filepath.Join(t.TempDir(), "none")},
			code:    2,
			message: "there is no folder",
		},
		{
			name:    "only trusted documents, without a folder",
			args:    []string{"--trusted-documents", "only"},
			code:    1,
			message: "needs --documents",
		},
		{
			name:    "an unknown value of --trusted-documents",
			args:    []string{"--trusted-documents", "no"},
			code:    2,
			message: "--trusted-documents",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, _, errOut := runCommand(t, test.args...)
			if code != test.code || !strings.Contains(errOut, test.message) || !strings.Contains(errOut, test.args[0]) {
				t.Errorf("%d %s", code, errOut)
			}
		})
	}
	t.Setenv("ROWHOUSE_DOCUMENTS", "") // as if it were not set
	if code, _, errOut := runCommand(t, "--addr", "nonsense"); code != 1 || !strings.Contains(errOut, "host:port") {
		t.Errorf("an empty variable: %d %s", code, errOut)
	}
}

// TestSchemaIsServedWithoutATenant compares /schema.graphql with the output of rowhouse schema. Both have
// only the directives of clients. Without introspection, there is no schema.
func TestSchemaIsServedWithoutATenant(t *testing.T) {
	s := newTestServer(t)
	w := s.do(servertest.NewRequest(t, http.MethodGet, "/schema.graphql", ""))
	code, printed, _ := runCommand(t, "schema")
	if w.Code != http.StatusOK || code != 0 || w.Body.String() != printed || !strings.Contains(printed, "type Query {\n") {
		t.Errorf("%d %d %.200s", w.Code, code, printed)
	}
	if strings.Contains(printed, "@go") || !strings.Contains(printed, "directive @defer(") {
		t.Error("the schema must contain @defer, and no directives of the code generator")
	}
	options := defaults
	options.Introspection = false
	hidden := &testServer{s.Database, newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))}
	if _, response := hidden.post(t, "acme", "{ __schema { queryType { name } } }"); !strings.Contains(response, "FORBIDDEN") ||
		strings.Contains(response, "INTERNAL") {
		t.Error(response)
	}
	if w := hidden.do(servertest.NewRequest(t, http.MethodGet, "/schema.graphql", "")); w.Code != http.StatusNotFound {
		t.Errorf("without introspection: %d", w.Code)
	}
}

// TestOtherHostNamesAreRefused sends the Host header of a DNS rebinding attack: a name of another site that
// resolves to this machine.
func TestOtherHostNamesAreRefused(t *testing.T) {
	s := newTestServer(t)
	for host, status := range map[string]int{
		"127.0.0.1:8080":              200,
		"127.1.2.3":                   200,
		"localhost":                   200,
		"LOCALHOST:1":                 200,
		"acme.localhost:8080":         200,
		"[::1]:8080":                  200,
		"[::1]":                       200,
		"":                            403,
		"10.0.0.1":                    403,
		"0.0.0.0:8080":                403,
		"[::]:8080":                   403,
		"evil.example":                403,
		"evil.example:8080":           403,
		"localhost.evil.example":      403,
		"127.0.0.1.evil.example:8080": 403,
		"xlocalhost":                  403,
		"localhost:8080:8080":         403,
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
