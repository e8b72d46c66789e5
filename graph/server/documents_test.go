package server_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// folderOf returns a folder with a file of documents in a folder web.json, and a file that is not JSON.
func folderOf(t *testing.T, file string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "web.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"web.json/persisted-documents.json": file, "README.md": "no document"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// loadDocuments loads the trusted documents of a folder.
func loadDocuments(t *testing.T, folder string) server.Documents {
	t.Helper()
	d, err := server.LoadDocuments(folder, servertest.NewSchema(nil).Schema())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestOnlyTrustedDocumentsAreRun sends documents by each name and in full, to a server that runs no
// other documents and to a server that does.
func TestOnlyTrustedDocumentsAreRun(t *testing.T) {
	const trusted, other = "query Own { tenant { slug } }", "query Other { tenant { slug } }"
	hash := func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }
	apq := func(query, hash string) string {
		return fmt.Sprintf(`{"query": %q, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": %q}}}`, query, hash)
	}
	folder := folderOf(t, fmt.Sprintf(`{"own-1": %q}`, trusted))
	for _, test := range []struct {
		name, body string
		only, also string // parts of the responses of both servers
	}{
		{
			name: "by its name",
			body: `{"documentId": "own-1"}`,
			only: "acme",
			also: "acme",
		},
		{
			name: "by its hash",
			body: `{"documentId": "sha256:` + hash(trusted) + `"}`,
			only: "acme",
			also: "acme",
		},
		{
			name: "by its bare hash",
			body: `{"documentId": "` + hash(trusted) + `"}`,
			only: "acme",
			also: "acme",
		},
		{
			name: "by the hash of automatic persisted queries",
			body: apq("", hash(trusted)),
			only: "acme",
			also: "acme",
		},
		{
			name: "with that hash",
			body: apq(trusted, hash(trusted)),
			only: "acme",
			also: "acme",
		},
		{
			name: "in full",
			body: `{"query": "` + trusted + `"}`,
			only: "acme",
			also: "acme",
		},
		{
			name: "almost in full",
			body: `{"query": "` + trusted + ` "}`,
			only: "FORBIDDEN",
			also: "acme",
		},
		{
			name: "another",
			body: `{"query": "` + other + `"}`,
			only: "FORBIDDEN",
			also: "acme",
		},
		{
			name: "another with its hash",
			body: apq(other, hash(other)),
			only: "FORBIDDEN",
			also: "acme",
		},
		{
			name: "another by the hash that was sent before",
			body: apq("", hash(other)),
			only: "FORBIDDEN PERSISTED_QUERY_NOT_FOUND",
			also: "acme",
		},
		{
			name: "another with the hash of one that is trusted",
			body: apq(other, hash(trusted)),
			only: "hash does not match",
			also: "hash does not match",
		},
		{
			name: "introspection",
			body: `{"query": "{ __schema { queryType { name } } }"}`,
			only: "FORBIDDEN",
			also: "Query",
		},
		{
			name: "no document",
			body: `{"documentId": "own-2"}`,
			only: "PERSISTED_QUERY_NOT_FOUND",
			also: "PERSISTED_QUERY_NOT_FOUND",
		},
		{
			name: "a number",
			body: `{"documentId": 1}`,
			only: "documentId must not be a JSON number",
			also: "documentId must not be a JSON number",
		},
		{
			name: "both",
			body: `{"documentId": "own-1", "query": "` + other + `"}`,
			only: "not both",
			also: "not both",
		},
		{
			name: "a file of the folder",
			body: `{"documentId": "README.md"}`,
			only: "PERSISTED_QUERY_NOT_FOUND",
			also: "PERSISTED_QUERY_NOT_FOUND",
		},
		{
			name: "nothing",
			body: `{"documentId": ""}`,
			only: "there is neither",
			also: "there is neither",
		},
	} {
		for trustedOnly, want := range map[bool]string{true: test.only, false: test.also} {
			s := servertest.NewStateless(func(o *server.Options) {
				o.TrustedOnly, o.Documents = trustedOnly, loadDocuments(t, folder)
			})
			if strings.Contains(test.name, "before") {
				_, _ = s.Post(t, "acme", apq(other, hash(other)))
			}
			_, response := s.Post(t, "acme", test.body)
			found := false
			for _, part := range strings.Split(want, " ") {
				found = found || strings.Contains(response, part)
			}
			if !found || strings.Contains(want, "FORBIDDEN") && strings.Contains(response, "data") {
				t.Errorf("trusted only: %t, %s: %s", trustedOnly, test.name, response)
			}
		}
	}
}

// TestOnlyTrustedDocumentsAreRunOverEachTransport sends documents by GET, as event streams and over
// a socket.
func TestOnlyTrustedDocumentsAreRunOverEachTransport(t *testing.T) {
	folder := folderOf(t, `{"own-1": "query Own { tenant { slug } }"}`)
	s := servertest.NewStateless(func(o *server.Options) { o.TrustedOnly, o.Documents = true, loadDocuments(t, folder) })
	const other = "query Other { tenant { slug } }"
	for query, contains := range map[string]string{"documentId=own-1": `"acme"`, "query=" + url.QueryEscape(other): "FORBIDDEN"} {
		for _, accept := range []string{"*/*", "text/event-stream"} {
			w := s.Do(servertest.NewRequest(t, http.MethodGet, "/graphql?"+query, "", tenancy.HeaderName, "acme", "Accept", accept))
			if !strings.Contains(w.Body.String(), contains) {
				t.Errorf("GET %s: %s", query, w.Body)
			}
		}
	}
	c := servertest.Connect(t, s.Listen(t), "acme")
	c.Send(`{"id": "a", "type": "subscribe", "payload": {"documentId": "own-1"}}`)
	c.Expect("next", `"acme"`)
	c.Expect("complete", "")
	c.Subscribe("b", other)
	c.Expect("error", "FORBIDDEN")
}

// TestDocumentsMustFitTheSchema loads folders with other files.
func TestDocumentsMustFitTheSchema(t *testing.T) {
	load := func(folder, message string) {
		t.Helper()
		_, err := server.LoadDocuments(folder, servertest.NewSchema(nil).Schema())
		if err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%v, want %s", err, message)
		}
	}
	for message, file := range map[string]string{
		"does not fit the schema":  `{"a": "{ tenant { slugs } }"}`,
		"document a does not":      `{"a": "{"}`,
		"JSON object of documents": `[]`,
		"of documents by name":     `{"a": {"query": "{ tenant { slug } }"}}`,
		"holds no .json file with": `{}`,
		"holds no operation":       `{"a": ""}`,
	} {
		load(folderOf(t, file), message)
	}
	load(filepath.Join(t.TempDir(), "none"), "there is no folder")
	folder := folderOf(t, `{"a": "{ tenant { slug } }", "the same": "{ tenant { slug } }"}`)
	if d := loadDocuments(t, folder); d.Len() != 1 {
		t.Errorf("%d documents", d.Len())
	}
	load(filepath.Join(folder, "README.md"), "there is no folder")
	if err := os.WriteFile(filepath.Join(folder, "other.json"), []byte(`{"a": "{ tenant { name } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	load(folder, "another document a")
	if err := os.Symlink("missing", filepath.Join(folder, "broken.json")); err != nil {
		t.Fatal(err)
	}
	load(folder, "broken.json: no such file")
}

// TestPersistedQueriesBelongToTheirTenant sends a hash, then the document with it, then the hash again.
func TestPersistedQueriesBelongToTheirTenant(t *testing.T) {
	s := servertest.NewStateless()
	const query = "{ tenant { slug } }"
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(query)))
	send := func(tenant, query, hash string) string {
		persisted := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}
		_, response := s.Post(t, tenant, servertest.Body(map[string]any{"query": query, "extensions": persisted}))
		return response
	}
	for _, step := range []struct{ tenant, query, hash, contains string }{
		{
			tenant:   "acme",
			hash:     hash,
			contains: "PERSISTED_QUERY_NOT_FOUND",
		},
		{
			tenant:   "acme",
			query:    query + " ",
			hash:     hash,
			contains: "provided APQ hash does not match query",
		},
		{
			tenant:   "acme",
			hash:     hash,
			contains: "PersistedQueryNotFound",
		},
		{
			tenant:   "acme",
			query:    query,
			hash:     hash,
			contains: `"acme"`,
		},
		{
			tenant:   "globex", // tenants do not share the documents that clients send
			hash:     hash,
			contains: "PERSISTED_QUERY_NOT_FOUND",
		},
		{
			tenant:   "globex",
			query:    query,
			hash:     hash,
			contains: `"globex"`,
		},
		{
			tenant:   "globex",
			hash:     hash,
			contains: `"globex"`,
		},
	} {
		if response := send(step.tenant, step.query, step.hash); !strings.Contains(response, step.contains) ||
			strings.Contains(response, "INTERNAL") {
			t.Errorf("%+v: %s", step, response)
		}
	}
	for bytes, contains := range map[int]string{16 << 10: `"acme"`, 16<<10 + 1: "PERSISTED_QUERY_NOT_FOUND"} {
		long := query + strings.Repeat(" ", bytes-len(query))
		hash := fmt.Sprintf("%x", sha256.Sum256([]byte(long)))
		send("acme", long, hash)
		if response := send("acme", "", hash); !strings.Contains(response, contains) {
			t.Errorf("%d bytes: %s", bytes, response)
		}
	}
	extensions := url.QueryEscape(`{"persistedQuery": {"version": 1, "sha256Hash": "` + hash + `"}}`)
	r := servertest.NewRequest(t, http.MethodGet, "/graphql?extensions="+extensions, "", tenancy.HeaderName, "acme")
	if w := s.Do(r); !strings.Contains(w.Body.String(), `"acme"`) {
		t.Error(w.Body)
	}
}
