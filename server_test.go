package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/uuid"
	"golang.org/x/tools/txtar"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

var update = flag.Bool("update", false, "write the responses into testdata instead of comparing them")

// TestScenarios plays the files in testdata. A file is a sequence of requests. Each has the name of its
// tenant, or another value of the header X-Tenant-ID, or "none" for no header, and is followed by its
// response. A request is a GraphQL document, or a whole body if it starts with {". Ids, cursors and
// times have placeholders: <Item:1>, <cursor:Item:1>, <time>.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { playScenario(t, newTestServer(t), file) })
	}
}

// playScenario sends the requests of a file, and compares the responses.
func playScenario(t *testing.T, server *testServer, file string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	placeholders := placeholders{values: map[string]string{}, counts: map[string]int{}}
	played := &txtar.Archive{Comment: archive.Comment}
	for _, step := range archive.Files {
		if step.Name == responseName {
			continue
		}
		status, body := server.post(t, step.Name, placeholders.resolve(string(step.Data)))
		response := fmt.Sprintf("%d\n%s\n", status, placeholders.insert(body))
		played.Files = append(played.Files, step, txtar.File{Name: responseName, Data: []byte(response)})
	}
	got := txtar.Format(played)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := txtar.Format(archive); !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s", file, firstDifference(string(got), string(want)))
	}
}

// firstDifference returns the lines around the first difference of two texts.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			from := max(0, i-12)
			return fmt.Sprintf("line %d:\n%s\nwant:\n%s", i+1,
				strings.Join(g[from:min(len(g), i+12)], "\n"), strings.Join(w[from:min(len(w), i+12)], "\n"))
		}
	}
	return "the end is missing:\n" + strings.Join(w[len(g):], "\n")
}

// placeholders stand for values that differ in each run.
type placeholders struct {
	values map[string]string // by placeholder
	counts map[string]int    // of placeholders, by type
}

// responseName is the name of a response in a scenario; noTenant that of a request without a tenant.
const (
	responseName = "response"
	noTenant     = "none"
)

var (
	placeholder   = regexp.MustCompile(`<(?:cursor:)?\w+:\d+>`)
	stringPattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	globalPattern = regexp.MustCompile(`^(` + strings.Join(model.Types.Names(), "|") + `):([0-9a-f-]{36})$`)
	timePattern   = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"$`)
	requestID     = regexp.MustCompile(`"requestId": ".*"`)
)

// resolve replaces the placeholders of a request with their values.
func (p placeholders) resolve(request string) string {
	return placeholder.ReplaceAllStringFunc(request, func(name string) string {
		if value, ok := p.values[name]; ok {
			return value
		}
		return name
	})
}

// insert replaces the values of a response with placeholders.
func (p placeholders) insert(response string) string {
	response = requestID.ReplaceAllString(response, `"requestId": "<request>"`)
	// Ids first: a cursor is named after the row that it points to.
	response = stringPattern.ReplaceAllStringFunc(response, func(quoted string) string {
		decoded, err := base64.RawURLEncoding.DecodeString(strings.Trim(quoted, `"`))
		match := globalPattern.FindStringSubmatch(string(decoded))
		if err != nil || match == nil {
			return quoted
		}
		typeName, id := match[1], uuid.MustParse(match[2])
		for name, value := range p.values {
			if value == strings.Trim(quoted, `"`) {
				return `"` + name + `"`
			}
		}
		p.counts[typeName]++
		name := fmt.Sprintf("<%s:%d>", typeName, p.counts[typeName])
		p.values[name] = strings.Trim(quoted, `"`)
		p.values["<cursor:"+name[1:]] = base64.RawURLEncoding.EncodeToString(append([]byte("id:"), id[:]...))
		return `"` + name + `"`
	})
	return stringPattern.ReplaceAllStringFunc(response, func(quoted string) string {
		if timePattern.MatchString(quoted) {
			return `"<time>"`
		}
		for name, value := range p.values {
			if strings.HasPrefix(name, "<cursor:") && value == strings.Trim(quoted, `"`) {
				return `"` + name + `"`
			}
		}
		return quoted
	})
}

// testServer is the handler of all paths on a new database with two tenants.
type testServer struct {
	*dbtest.Database
	http.Handler
}

// newTestServer returns a server with the default settings. It fails the test if the guard has refused a
// statement of the server.
func newTestServer(t testing.TB) *testServer {
	t.Helper()
	d := dbtest.New(t)
	t.Cleanup(func() {
		if n := d.Counts().Refused; n > 0 {
			t.Errorf("the guard refused %d statements of the server", n)
		}
	})
	return &testServer{d, newHandler(d.DB, tenancy.NewDirectory(d.DB), defaults,
		corsFlags{Origin: []string{"https://app.example.com"}}, slog.New(slog.DiscardHandler))}
}

// defaults are the settings of the API without flags.
var defaults = func() apiOptions {
	var s serve
	if _, err := kong.Must(&s).Parse(nil); err != nil {
		panic(err)
	}
	options, err := s.API.options()
	if err != nil {
		panic(err)
	}
	return options
}()

// post sends a GraphQL document, or a whole body, for a tenant. The response is indented JSON.
func (s *testServer) post(t testing.TB, tenant, query string) (status int, response string) {
	t.Helper()
	body := query
	if !strings.HasPrefix(query, `{"`) {
		quoted, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		body = string(quoted)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if tenant != noTenant {
		r.Header.Set(tenancy.HeaderName, tenant)
	}
	w := s.do(r)
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(w.Body.Bytes()), "", "  "); err != nil {
		t.Fatalf("the response is not JSON: %v\n%s", err, w.Body)
	}
	return w.Code, leaves.ReplaceAllStringFunc(indented.String(), func(leaf string) string {
		return strings.Join(strings.Fields(leaf), " ")
	})
}

// leaves are the objects and lists without others in them. Each is on one line.
var leaves = regexp.MustCompile(`(?s)\{[^{}\[\]]*\}|\[[^{}\[\]]*\]`)

// do returns the response to a request.
func (s *testServer) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// query posts a document and decodes the data of the response into out, unless out is nil. Errors fail
// the test.
func (s *testServer) query(t testing.TB, tenant, query string, out any) {
	t.Helper()
	status, response := s.post(t, tenant, query)
	var got struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	if err := json.NewDecoder(strings.NewReader(response)).Decode(&got); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	if status != http.StatusOK || got.Errors != nil {
		t.Fatalf("%s\n%d %s", query, status, response)
	}
	if out != nil {
		if err := json.Unmarshal(got.Data, out); err != nil {
			t.Fatal(err)
		}
	}
}

// findProject returns the id of the project of an item of acme.
func (s *testServer) findProject(t testing.TB, item string) (id string) {
	t.Helper()
	var found struct {
		Item struct{ Project struct{ ID string } }
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) { project { id } } }`, item), &found)
	return found.Item.Project.ID
}
