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

	"github.com/99designs/gqlgen/graphql"
	"github.com/alecthomas/kong"
	"github.com/google/uuid"
	"golang.org/x/tools/txtar"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

var update = flag.Bool("update", false, "write the answers into testdata instead of comparing them")

// TestScenarios plays the files in testdata. A file is a sequence of requests, each
// under the name of its tenant (or of whatever the header shall hold; "nobody" sends
// none) and followed by its answer. A request is a GraphQL document, or a whole body
// if it starts with {"; ids, cursors and times have names: <Item:1>, <cursor:Item:1>,
// <time>.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { play(t, newTestServer(t), file) })
	}
}

func play(t *testing.T, server *testServer, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	names := names{real: map[string]string{}, counts: map[string]int{}}
	played := &txtar.Archive{Comment: archive.Comment}
	for _, step := range archive.Files {
		if step.Name == "answer" {
			continue
		}
		status, body := server.ask(t, step.Name, names.replace(string(step.Data)))
		answer := fmt.Sprintf("%d\n%s\n", status, names.give(body))
		played.Files = append(played.Files, step, txtar.File{Name: "answer", Data: []byte(answer)})
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

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			from := max(0, i-12)
			return fmt.Sprintf("line %d:\n%s\nwant:\n%s", i+1,
				strings.Join(g[from:min(len(g), i+12)], "\n"), strings.Join(w[from:min(len(w), i+12)], "\n"))
		}
	}
	return "nothing where there should be:\n" + strings.Join(w[len(g):], "\n")
}

// names stands for what is different in each run.
type names struct {
	real   map[string]string // of a name
	counts map[string]int    // of names, by noun
}

var (
	namePattern   = regexp.MustCompile(`<(?:cursor:)?\w+:\d+>`)
	stringPattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	globalPattern = regexp.MustCompile(`^(` + strings.Join(model.Types.Names(), "|") + `):([0-9a-f-]{36})$`)
	timePattern   = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"$`)
	requestID     = regexp.MustCompile(`"requestId": ".*"`)
)

// replace puts what names stand for into a request.
func (n names) replace(request string) string {
	return namePattern.ReplaceAllStringFunc(request, func(name string) string {
		if stands, ok := n.real[name]; ok {
			return stands
		}
		return name
	})
}

// give puts names into an answer.
func (n names) give(answer string) string {
	answer = requestID.ReplaceAllString(answer, `"requestId": "<request>"`)
	// Ids first: a cursor is named after the row that it points to.
	answer = stringPattern.ReplaceAllStringFunc(answer, func(quoted string) string {
		decoded, err := base64.RawURLEncoding.DecodeString(strings.Trim(quoted, `"`))
		match := globalPattern.FindStringSubmatch(string(decoded))
		if err != nil || match == nil {
			return quoted
		}
		noun, id := match[1], uuid.MustParse(match[2])
		for name, stands := range n.real {
			if stands == strings.Trim(quoted, `"`) {
				return `"` + name + `"`
			}
		}
		n.counts[noun]++
		name := fmt.Sprintf("<%s:%d>", noun, n.counts[noun])
		n.real[name] = strings.Trim(quoted, `"`)
		n.real["<cursor:"+name[1:]] = base64.RawURLEncoding.EncodeToString(append([]byte("id:"), id[:]...))
		return `"` + name + `"`
	})
	return stringPattern.ReplaceAllStringFunc(answer, func(quoted string) string {
		if timePattern.MatchString(quoted) {
			return `"<time>"`
		}
		for name, stands := range n.real {
			if strings.HasPrefix(name, "<cursor:") && stands == strings.Trim(quoted, `"`) {
				return `"` + name + `"`
			}
		}
		return quoted
	})
}

// testServer is the whole handler on a database of its own, with two tenants.
type testServer struct {
	*dbtest.Database
	http.Handler
}

func newTestServer(t testing.TB) *testServer {
	t.Helper()
	d := dbtest.New(t)
	t.Cleanup(func() {
		if n := d.Counts().Refused; n > 0 {
			t.Errorf("the guard refused %d of the server's own statements", n)
		}
	})
	return &testServer{d, newHandler(d.DB, tenancy.NewDirectory(d.DB), defaults,
		corsFlags{Origin: []string{"https://app.example.com"}}, slog.New(slog.DiscardHandler))}
}

// defaults are the API's settings without a flag.
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

// ask posts a GraphQL document, or a whole body, as a tenant.
func (s *testServer) ask(t testing.TB, tenant, query string) (status int, answer string) {
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
	if tenant != "nobody" {
		r.Header.Set(tenancy.HeaderName, tenant)
	}
	w := s.do(r)
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(w.Body.Bytes()), "", "  "); err != nil {
		t.Fatalf("the answer is no JSON: %v\n%s", err, w.Body)
	}
	return w.Code, leaves.ReplaceAllStringFunc(indented.String(), func(leaf string) string {
		return strings.Join(strings.Fields(leaf), " ")
	})
}

// leaves are the objects and lists that hold no others: each goes on one line.
var leaves = regexp.MustCompile(`(?s)\{[^{}\[\]]*\}|\[[^{}\[\]]*\]`)

func (s *testServer) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// query asks and decodes data into out; errors fail the test.
func (s *testServer) query(t testing.TB, tenant, query string, out any) {
	t.Helper()
	status, answer := s.ask(t, tenant, query)
	var got struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	if err := json.NewDecoder(strings.NewReader(answer)).Decode(&got); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	if status != http.StatusOK || got.Errors != nil {
		t.Fatalf("%s\n%d %s", query, status, answer)
	}
	if out != nil {
		if err := json.Unmarshal(got.Data, out); err != nil {
			t.Fatal(err)
		}
	}
}

// text is a string for an optional field of an input.
func text(s string) graphql.Omittable[*string] { return graphql.OmittableOf(&s) }
