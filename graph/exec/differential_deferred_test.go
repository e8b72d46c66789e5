package exec_test

import (
	"regexp"
	"testing"

	"rowhouse/graph/servertest"
)

// TestDeferralAddsNoStatements counts the statements of random queries. @defer adds no more with plans than without:
// only those for the rows of a connection of which the initial response has nothing but totalCount.
func TestDeferralAddsNoStatements(t *testing.T) {
	x := newExecutors(t, &progress{cases: map[string]int{}}, *seed)
	counted := 0
	for range *operations {
		d := x.newDocument()
		if !d.isDeferred || d.operation != "query" || d.trouble != (trouble{}) {
			continue
		}
		counted++
		n := x.addedStatements(d)
		if n > 0 { // one of an earlier query could have been late
			n = x.addedStatements(d)
		}
		if n > 0 {
			text, variables := d.text()
			t.Fatalf("%d more statements: %s\nvariables %s", n, text, servertest.Body(variables))
		}
	}
	if counted < *operations/30 {
		t.Errorf("only %d queries have @defer", counted)
	}
}

// addedStatements returns the number of statements that @defer adds to a query with plans, less those without.
func (x *executors) addedStatements(d *document) int {
	body := d.body()
	plain := regexp.MustCompile(`@defer(\([^)]*\))?`).ReplaceAllString(body, "")
	added := func(s *servertest.Server) int { return x.countStatements(d, s, body) - x.countStatements(d, s, plain) }
	servers := x.serversFor(trouble{})
	return added(servers[0]) - added(servers[1])
}

func (x *executors) countStatements(d *document, s *servertest.Server, body string) int {
	e := &execution{document: d}
	e.text, e.variables = d.text()
	s.Reset()
	x.post(e, s, body)
	return len(s.Ran())
}
