package limits_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// attack is a request of acme that must not cost seconds or megabytes.
type attack struct {
	name     string
	query    string // a document, or a body in JSON
	code     string // of an error in the response, if there is one
	contains string
}

// check sends the request, and measures the work and the size of the response. With -v it prints
// them.
func (a attack) check(t *testing.T, s *servertest.Server) {
	body := a.query
	if !strings.HasPrefix(body, `{"`) && body[0] != '[' {
		quoted, err := json.Marshal(map[string]string{"query": body})
		if err != nil {
			t.Fatal(err)
		}
		body = string(quoted)
	}
	var w *httptest.ResponseRecorder
	units := 0.0
	for try := 0; try == 0 || units > maxUnits && try < 5; try++ {
		r := servertest.NewRequest(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json", tenancy.HeaderName, "acme")
		units = unitsOfWork(func() { w = s.Do(r) })
	}
	size := w.Body.Len()
	response := strings.ReplaceAll(w.Body.String(), `":`, `": `)
	t.Logf("| %s | %s | %.2f units | %d bytes |", a.name, a.code, units, size)
	var got struct{ Errors []any }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || units > maxUnits || size > 32<<10 || len(got.Errors) > 20 {
		t.Errorf("%v, %.2f units of work, %d bytes, %d errors", err, units, size, len(got.Errors))
	}
	if !strings.Contains(response, a.contains) || a.code != "" && !strings.Contains(response, a.code) {
		t.Errorf("%.600s", response)
	}
}

// repeat formats the numbers from 0 to n-1.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// chain returns a document with a chain of n fragments.
func chain(n int, first, each, last string) string {
	all := first
	for i := range n {
		all += fmt.Sprintf(each, i, i+1)
	}
	return all + last
}

// maxUnits bounds the units of work of a request: about a second on a machine of 2020,
// without the race detector.
const maxUnits = 40

// unitsOfWork returns how long f takes, in units of the time that a fixed piece of work takes after
// it, so that the machine's speed and a constant load do not matter. It returns 0 for less than 200
// milliseconds: that is fast on each machine.
func unitsOfWork(f func()) float64 {
	start := time.Now()
	f()
	took := time.Since(start)
	if took < 200*time.Millisecond {
		return 0
	}
	start = time.Now()
	for range 20 {
		var v any
		_ = json.Unmarshal(unitDocument, &v)
	}
	return float64(took) / float64(time.Since(start))
}

var unitDocument = []byte("[1" + strings.Repeat(`, {"a": "b", "c": [1, 2, 3]}`, 1_000) + "]")
