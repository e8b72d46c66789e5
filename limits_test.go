package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// TestAttacksAreAnsweredFastAndSmall sends what must not cost seconds or megabytes; with
// -v it prints what each did.
func TestAttacksAreAnsweredFastAndSmall(t *testing.T) {
	s := newTestServer(t)
	item := string(fill(s.Acme, t, s, "acme"))
	s.query(t, "acme", `{ tenant { slug } }`, nil) // so that the directory knows it
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	fragments := func(first, each, last string) string {
		all := first
		for i := range 30 {
			all += fmt.Sprintf(each, i, i+1)
		}
		return all + last
	}
	const page = `nodes { items(first: 100) { nodes { comments(first: 100) { nodes { body item { comments(first: 100) { nodes { body } } } } } } } }`
	for _, attack := range []struct{ name, query, code, holds string }{
		{"20,000 aliases", "{" + many(20_000, "a%d: tenant { slug } ") + "}", "COMPLEXITY_LIMIT_EXCEEDED", "tokens"},
		{"51 aliases", "{ tenant {" + many(51, "a%d: slug ") + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "51 aliases, and may have 50"},
		{"an alias of 20 kB", "{ tenant { " + strings.Repeat("a", 20_000) + ": slug } }", "COMPLEXITY_LIMIT_EXCEEDED", "a name or a label of 20000 bytes"},
		{"a label of 20 kB", "{ tenant { ...a } } fragment a on Tenant { ... @defer(label: \"" + strings.Repeat("a", 20_000) + "\") { slug } }", "COMPLEXITY_LIMIT_EXCEEDED", "a name or a label of 20000 bytes"},
		{"a condition that is null", `{"query": "query($x: Boolean = true) { tenant @skip(if: $x) { slug } }", "variables": {"x": null}}`, "BAD_USER_INPUT", "not to be null"},
		{"one in a fragment", `{"query": "query($x: Boolean = true) { tenant { ...a } } fragment a on Tenant { ... @include(if: $x) { slug } }", "variables": {"x": null}}`, "BAD_USER_INPUT", "not to be null"},
		{"a filter 9,900 deep", `{"query": "query($w: ItemFilter) {` + many(25, " a%d: items(where: $w) { totalCount }") + ` }", "variables": {"w": ` + strings.Repeat(`{"not":`, 9_900) + "{}" + strings.Repeat("}", 9_900) + "}}", "COMPLEXITY_LIMIT_EXCEEDED", "smaller filters"},
		{"a filter of 100,000, for each row", `{"query": "query($w: CommentFilter) { items(first: 100) { nodes {` + many(45, " a%d: comments(where: $w) { totalCount }") + ` } } }", "variables": {"w": {"and": [{}` + strings.Repeat(",{}", 100_000) + "]}}}", "COMPLEXITY_LIMIT_EXCEEDED", "smaller filters"},
		{"a filter of 5,000, for each row", `{"query": "query($w: CommentFilter) { items(first: 100) { nodes {` + many(45, " a%d: comments(where: $w) { totalCount }") + ` } } }", "variables": {"w": {"and": [{}` + strings.Repeat(",{}", 5_000) + "]}}}", "COMPLEXITY_LIMIT_EXCEEDED", "smaller filters"},
		{"200,000 numbers in a filter, 25 times", `{"query": "query($w: ItemFilter) {` + many(25, " a%d: items(where: $w) { totalCount }") + ` }", "variables": {"w": {"number": {"in": [1` + strings.Repeat(",1", 200_000) + "]}}}}", "COMPLEXITY_LIMIT_EXCEEDED", "smaller filters"},
		{"a text of 900 kB, for each row", `{"query": "query($x: String) { items(first: 100) { nodes { comments(where: {body: {contains: $x}}) { nodes { id } } } } }", "variables": {"x": "` + strings.Repeat("a", 900_000) + `"}}`, "COMPLEXITY_LIMIT_EXCEEDED", "smaller filters"},
		{"a filter 300 deep, for each row", `{"query": "query($w: CommentFilter) { items(first: 100) { nodes { comments(where: $w) { totalCount } } } }", "variables": {"w": ` + strings.Repeat(`{"not":`, 300) + "{}" + strings.Repeat("}", 300) + "}}", "COMPLEXITY_LIMIT_EXCEEDED", "smaller filters"},
		{"a null condition below __schema", `{"query": "query($x: Boolean = true) { __schema { types { name @skip(if: $x) } } }", "variables": {"x": null}}`, "BAD_USER_INPUT", "not to be null"},
		{"26 root fields", "{" + strings.Repeat("tenant { slug } ", 26) + "}", "COMPLEXITY_LIMIT_EXCEEDED", "26 fields at its root"},
		{"1,000 fields beside each other", "{ tenant {" + strings.Repeat("slug ", 1000) + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "1000 fields beside"},
		{"as many by fragments", "{ tenant { ...a ...a ...a ...a } } fragment a on Tenant {" + strings.Repeat("slug ", 150) + "}", "COMPLEXITY_LIMIT_EXCEEDED", "600 fields beside"},
		{"60 components' fragments (honest)", "{ tenant {" + many(60, "...f%d ") + "} }" + many(60, "fragment f%d on Tenant { id slug name createdAt id slug name createdAt } "), "", `"slug"`},
		{"20,000 unknown directives", "{ tenant { slug " + many(20_000, "@d%d ") + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "tokens"},
		{"2,000 unknown directives", "{ tenant { slug " + many(2_000, "@d%d ") + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "2000 directives"},
		{"51 directives", "{ tenant { slug " + strings.Repeat("@include(if: true) ", 51) + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "51 directives"},
		{"149 unknown fields", "{ tenant {" + many(149, "slog%d ") + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "149 validation errors; the first: Cannot query field"},
		{"940 unknown fields", "{ tenant {" + strings.Repeat("... { "+many(100, "slog%d ")+"} ", 1) + "} " + strings.Repeat("a: tenant { "+many(140, "slog%d ")+"} ", 6) + "}", "COMPLEXITY_LIMIT_EXCEEDED", "validation errors"},
		{"2,400 deep", strings.Repeat("{ a ", 2_400) + strings.Repeat("}", 2_400), "GRAPHQL_PARSE_FAILED", "nesting depth"},
		{"2^30 fields by fragments", fragments("{ tenant { ...f0 } }", "fragment f%d on Tenant { ...f%d ...f%[2]d }", "fragment f30 on Tenant { slug }"), "COMPLEXITY_LIMIT_EXCEEDED", "fields beside"},
		{"2^30 in depth", fragments("{ projects { nodes { ...f0 } } }", "fragment f%d on Project { items { nodes { project { ...f%d } } } items { nodes { project { ...f%[2]d } } } }", "fragment f30 on Project { id }"), "COMPLEXITY_LIMIT_EXCEEDED", "deep"},
		{"a fragment in itself", "{ tenant { ...a } } fragment a on Tenant { ...a }", "GRAPHQL_VALIDATION_FAILED", "itself"},
		{"1,600 fields in a fragment that nobody uses", "{ tenant { slug } } fragment a on Item {" + strings.Repeat("a: key ", 1600) + "}", "COMPLEXITY_LIMIT_EXCEEDED", "fragment a has 1600 fields"},
		{"600 fragments in each other", "{ tenant { ...f0 } }" + many(600, "fragment f%d on Tenant { ...f%[1]d0 } "), "COMPLEXITY_LIMIT_EXCEEDED", "600 fragments, and may have 100"},
		{"300 operations of a large fragment", many(300, "query q%d { ...f } ") + "fragment f on Query {" + strings.Repeat("items { nodes {"+strings.Repeat("key ", 145)+"} } ", 16) + "}", "COMPLEXITY_LIMIT_EXCEEDED", "counted for each operation"},
		{"3,750 fields of one name", "{" + strings.Repeat("items { nodes {"+strings.Repeat("id ", 150)+"} } ", 25) + "}", "COMPLEXITY_LIMIT_EXCEEDED", "3800 fields"},
		{"950 fields of one name", "{" + strings.Repeat("items { nodes {"+strings.Repeat("id ", 36)+"} } ", 25) + "}", "", `"nodes"`},
		{"500 fields of one name", "{ items { nodes {" + strings.Repeat("id ", 500) + "} } }", "", `"nodes"`},
		{"wrong values in 300 operations", many(300, "query q%d { ...f } ") + "fragment f on Query { items(where: {number: {in: [" + strings.Repeat("a ", 3_000) + "]}}) { totalCount } }", "COMPLEXITY_LIMIT_EXCEEDED", "counted for each operation"},
		{"1,600 unknown fragments", "{ tenant {" + many(1_600, "...f%d ") + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "1600 fragments that it does not have"},
		{"950 unknown fragments", "{ tenant {" + many(950, "...f%d ") + "} }", "COMPLEXITY_LIMIT_EXCEEDED", "950 fragments that it does not have"},
		{"a name of 1 MB", "{ items(where: {number: {eq: " + strings.Repeat("a", 1_000_000) + "}}) { totalCount } }", "COMPLEXITY_LIMIT_EXCEEDED", "a name or a label of 1000000 bytes"},
		{"a field of 1 MB", "{ " + strings.Repeat("a", 1_000_000) + " }", "COMPLEXITY_LIMIT_EXCEEDED", "a name or a label of 1000000 bytes"},
		{"an argument of 1 MB", "{ items(" + strings.Repeat("a", 1_000_000) + ": 1) { totalCount } }", "COMPLEXITY_LIMIT_EXCEEDED", "a name or a label of 1000000 bytes"},
		{"a key of 1 MB", "{ items(where: {" + strings.Repeat("a", 1_000_000) + ": 1}) { totalCount } }", "COMPLEXITY_LIMIT_EXCEEDED", "a name or a label of 1000000 bytes"},
		{"a field of 900 kB that there is not", `{"query": "query($w: ItemFilter) { items(where: $w) { totalCount } }", "variables": {"w": {"` + strings.Repeat("a", 900_000) + `": 1}}}`, "", "aaa…"},
		{"a number of 900 kB, for each row", `{"query": "query($x: String) { items(first: 100) { nodes { comments(where: {body: {contains: $x}}) { nodes { id } } } } }", "variables": {"x": ` + strings.Repeat("1", 900_000) + `}}`, "BAD_USER_INPUT", "String cannot represent a non string value"},
		{"an id of 900 kB that is a number, for each row", `{"query": "query($x: ID) { items(first: 100) { nodes { comments(where: {id: {eq: $x}}) { nodes { id } } } } }", "variables": {"x": ` + strings.Repeat("1", 900_000) + `}}`, "COMPLEXITY_LIMIT_EXCEEDED", "smaller filters"},
		{"45,000 wrong values", `{"query": "query($x: [ID!]!) { nodes(ids: $x) { id } }", "variables": {"x": [` + strings.Repeat("true,", 45_000) + `true]}}`, "BAD_USER_INPUT", "at least 20 values in variables are invalid"},
		{"45,000 halves of surrogate pairs", `{"query": "query($x: [ID!]!) { nodes(ids: $x) { id } }", "variables": {"x": [` + strings.Repeat(`"\udc00",`, 45_000) + `"\ud800"]}}`, "BAD_USER_INPUT", "at least 20 values in variables are invalid"},
		{"4,000 unknown fields", `{"query": "query($x: ItemFilter) { items(where: $x) { totalCount } }", "variables": {"x": {` + many(4_000, `"a%d": 1, `) + `"a": 1}}}`, "BAD_USER_INPUT", "at least 20 values in variables are invalid"},
		{"an object with a name of 900 kB", `{"query": "query($x: ItemFilter) { items(where: $x) { totalCount } }", "variables": {"x": {"` + strings.Repeat("a", 900_000) + `": 1}}}`, "BAD_USER_INPUT", "is not defined by type"},
		{"a document of 2,000 halves of surrogate pairs", `{ nodes(ids: [` + strings.Repeat(`"\ud800" `, 2_000) + `]) { id } }`, "COMPLEXITY_LIMIT_EXCEEDED", "validation errors"},
		{"wrong literals of 900 kB", `{ nodes(ids: [[` + strings.Repeat(`"`+strings.Repeat("a", 900)+`" `, 1_000) + `]]) { id } }`, "GRAPHQL_VALIDATION_FAILED", "ID cannot represent"},
		{"lists in each other, as variables, with a half of a pair", `{"query": "query($x: ID!) { node(id: $x) { id } }", "variables": {"x": ` + strings.Repeat("[", 9_000) + `"\ud800"` + strings.Repeat("]", 9_000) + `}}`, "COMPLEXITY_LIMIT_EXCEEDED", "nest"},
		{"100 million comments", "{ projects(first: 100) { " + page + " } }", "COMPLEXITY_LIMIT_EXCEEDED", "smaller pages"},
		{"the same by default sizes and variables", "query($n: Int = 100) { projects { nodes { items(first: $n) { nodes { labels(last: $n) { edges { node { id } } } } } } } }", "COMPLEXITY_LIMIT_EXCEEDED", "smaller pages"},
		{"the same in fragments", "{ projects(first: 100) { ...a } } fragment a on ProjectConnection { nodes { items(first: 100) { ...b } } } fragment b on ItemConnection { nodes { id key name version status priority } }", "COMPLEXITY_LIMIT_EXCEEDED", "smaller pages"},
		{"the schema 25 times", "{" + many(25, "a%d: __schema { types { name fields { name type { name } } } } ") + "}", "COMPLEXITY_LIMIT_EXCEEDED", "smaller pages"},
		{"a body of 2 MiB", `{"query": "{ tenant { slug } }", "variables": {"a": "` + strings.Repeat("a", 2<<20) + `"}}`, "BAD_USER_INPUT", "at most 1048576 bytes"},
		{"a batch of 1,000", "[" + strings.Repeat(`{"query": "{ tenant { slug } }"},`, 1000) + "{}]", "BAD_USER_INPUT", "batches are not supported"},
		{"a query that is a number", `{"query": 1}`, "BAD_USER_INPUT", "query must not be a JSON number"},
		{"a text of 1 MB", fmt.Sprintf("{ items(where: {name: {contains: %q}}) { totalCount } }", strings.Repeat("a", 1_000_000)), "", `"totalCount": 0`},
		{"a number of 1 MB", "{ items(first: " + strings.Repeat("9", 1_000_000) + ") { totalCount } }", "", "errors"},
		{"a comment of 1 MB", "{ tenant { slug } } #" + strings.Repeat("x", 1_000_000), "", "acme"},
		{"51 conditions", "{ items(where: {or: [" + strings.Repeat("{number: {eq: 1}} ", 51) + "]}) { totalCount } }", "BAD_USER_INPUT", "at most 50 conditions"},
		{"9 filters in each other", "{ items(where: " + strings.Repeat("{not: ", 17) + "{}" + strings.Repeat("}", 17) + ") { totalCount } }", "BAD_USER_INPUT", "too deep"},
		{"101 values", "{ items(where: {number: {in: [" + strings.Repeat("1 ", 101) + "]}}) { totalCount } }", "BAD_USER_INPUT", "at most 100 entries"},
		{"101 ids", "{ nodes(ids: [" + strings.Repeat(`"`+item+`" `, 101) + "]) { id } }", "BAD_USER_INPUT", "at most 100"},
		{"an error for each of 100 rows", `{ a: items(first: 100) { nodes { comments(first: -1) { totalCount } } } }`, "BAD_USER_INPUT", "must be 0 to 100"},
	} {
		t.Run(attack.name, func(t *testing.T) {
			body := attack.query
			if !strings.HasPrefix(body, `{"`) && body[0] != '[' {
				quoted, err := json.Marshal(map[string]string{"query": body})
				if err != nil {
					t.Fatal(err)
				}
				body = string(quoted)
			}
			var w *httptest.ResponseRecorder
			units := 0.0
			for try := 0; try == 0 || units > maxUnits && try < 5; try++ { // the machine may be busy in between
				r := request(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json", tenancy.HeaderName, "acme")
				units = unitsOfWork(func() { w = s.do(r) })
			}
			size := w.Body.Len()
			answer := strings.ReplaceAll(w.Body.String(), `":`, `": `)
			t.Logf("| %s | %s | %.2f units | %d bytes |", attack.name, attack.code, units, size)
			var got struct{ Errors []any }
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || units > maxUnits || size > 32<<10 || len(got.Errors) > 20 {
				t.Errorf("%v, %.2f units of work, %d bytes, %d errors", err, units, size, len(got.Errors))
			}
			if !strings.Contains(answer, attack.holds) || attack.code != "" && !strings.Contains(answer, attack.code) {
				t.Errorf("%.600s", answer)
			}
		})
	}
}

// maxUnits bounds the units of work of a request: about a second on a machine of 2020,
// without the race detector.
const maxUnits = 40

// unitsOfWork returns how long f takes, in units of the time that a fixed piece of work
// takes before and after it, so that the machine's speed and a constant load do not matter.
func unitsOfWork(f func()) float64 {
	unit := func() {
		for range 20 {
			var v any
			_ = json.Unmarshal(unitDocument, &v)
		}
	}
	start := time.Now()
	unit()
	begin := time.Now()
	f()
	end := time.Now()
	unit()
	return float64(end.Sub(begin)) / float64(begin.Sub(start)+time.Since(end)) * 2
}

var unitDocument = []byte("[1" + strings.Repeat(`, {"a": "b", "c": [1, 2, 3]}`, 1_000) + "]")

// TestAnswersAreBounded asks for texts again and again, and for lists without pages.
func TestAnswersAreBounded(t *testing.T) {
	s := newTestServer(t)
	if err := s.Tx(s.Acme, func(ctx context.Context) error {
		project, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"})
		if err != nil {
			return err
		}
		for i := range 100 {
			member, err := model.CreateMember(ctx, s.DB, model.CreateMemberInput{Name: "a member", Email: fmt.Sprintf("m%d@example.com", i), Role: model.MemberRoleMember})
			if err != nil {
				return err
			}
			assignee := graphql.OmittableOf(new(member.GlobalID()))
			if _, err := model.CreateItem(ctx, s.DB, model.CreateItemInput{ProjectID: project.GlobalID(), AssigneeID: assignee, Name: "x", Description: text(strings.Repeat("😀", 10_000)), Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	const counts = "itemCounts(by: ASSIGNEE) { count assignee { id name email role } }"
	for _, test := range []struct{ name, query, code string }{
		{"4 MB of texts", `{ items(first: 100) { nodes { description } } }`, ""},
		{"400 MB", `{ items(first: 100) { nodes { project { items(first: 100) { nodes { description } } } } } }`, "the response is longer than 8388608 bytes"},
		{"40 MB by aliases", `{ items(first: 100) { nodes { ` + strings.Repeat("%", 10) + ` } } }`, "the response is longer"},
		{"40 MB, deferred", `{ items(first: 100) { nodes { id ... @defer { ` + strings.Repeat("%", 10) + ` } } } }`, "the response is longer"},
		{"101 counts", `{ projects { nodes { ` + counts + ` } } }`, ""},
		{"the same for each item", `{ items(first: 100) { nodes { project { ` + counts + ` } } } }`, "in lists like itemCounts"},
	} {
		for i := 0; strings.Contains(test.query, "%"); i++ {
			test.query = strings.Replace(test.query, "%", fmt.Sprintf("a%d: description ", i), 1)
		}
		body, err := json.Marshal(map[string]string{"query": test.query})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		w := s.do(request(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Accept", takesParts, tenancy.HeaderName, "acme"))
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		t.Logf("| %s | %.1f ms | %d bytes | %d MB allocated |", test.name, took.Seconds()*1000, w.Body.Len(), (after.TotalAlloc-before.TotalAlloc)>>20)
		answer := w.Body.String()
		if refused := strings.Contains(answer, "COMPLEXITY_LIMIT_EXCEEDED"); refused != (test.code != "") || !strings.Contains(answer, test.code) || w.Body.Len() > 9<<20 {
			t.Errorf("%.600s", answer)
		}
	}
}

// TestAnOperationEndsInTime lets one wait for a lock, in one piece and deferred.
func TestAnOperationEndsInTime(t *testing.T) {
	s := newTestServer(t)
	fill(s.Acme, t, s, "acme")
	options := defaults
	options.Limits.Time = 300 * time.Millisecond
	s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
	lock, err := s.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), "LOCK TABLES comments WRITE"); err != nil {
		t.Fatal(err)
	}
	const late = "COMPLEXITY_LIMIT_EXCEEDED"
	// Each response comes while the table is locked, so it comes because of the time limit.
	if _, answer := s.ask(t, "acme", wholeQuery); !strings.Contains(answer, late) || !strings.Contains(answer, "longer than it may") {
		t.Error(answer)
	}
	parts, err := json.Marshal(s.inParts(t, "acme", deferQuery))
	if err != nil || !strings.Contains(string(parts), late) {
		t.Errorf("%v %s", err, parts)
	}
	c := connect(t, s.listen(t, options), "acme")
	c.subscribe("a", wholeQuery)
	c.expect("next", late)
	if _, err := lock.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	s.query(t, "acme", wholeQuery, nil)
}

// TestUnreadAnswersAreCounted has a tenant that may keep one large answer waiting, and one
// that may keep none.
func TestUnreadAnswersAreCounted(t *testing.T) {
	s := newTestServer(t)
	for _, tenant := range []context.Context{s.Acme, s.Globex} {
		for i := range 10 {
			in := model.CreateProjectInput{Key: "W" + string(rune('A'+i)), Name: "web", Description: text(strings.Repeat("x", 10_000))}
			if _, err := model.CreateProject(tenant, s.DB, in); err != nil {
				t.Fatal(err)
			}
		}
	}
	const query = `{ projects { nodes { id ... @defer { description } } } }`
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []struct {
		kib     int
		refused bool
	}{{150, false}, {50, true}} {
		options := defaults
		options.Limits.Buffered = limit.kib
		s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
		c := connect(t, s.listen(t, options), "acme")
		c.SetReadLimit(1 << 20)
		for name, ask := range map[string]func() string{
			"parts":  func() string { return s.accepting(t, takesParts, body) },
			"JSON":   func() string { return s.accepting(t, "application/json", body) },
			"events": func() string { return s.accepting(t, "text/event-stream", body) },
			"socket": func() string {
				c.subscribe("a", query)
				var all string
				for {
					f, err := c.next()
					if err != nil {
						t.Fatal(err)
					}
					if all += string(f.Payload); f.Type != "next" {
						return all
					}
				}
			},
		} {
			for range 5 {
				answer, refused := "", true
				for try := 0; refused && try < 50; try++ { // a place is free a moment after the answer was read
					answer = ask()
					refused = strings.Contains(answer, "RATE_LIMITED")
					if limit.refused {
						break
					}
					time.Sleep(time.Millisecond)
				}
				if refused != limit.refused {
					t.Errorf("%s, %d KiB: %.300s", name, limit.kib, answer)
				}
			}
		}
	}
}

// accepting returns the answer to acme in a content type.
func (s *testServer) accepting(t *testing.T, accept string, body []byte) string {
	t.Helper()
	return s.do(request(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Accept", accept, tenancy.HeaderName, "acme")).Body.String()
}
