package exec_test

import (
	"testing"

	"rowhouse/graph/servertest"
)

// TestDeferralAddsNoStatements counts the statements of random queries. @defer adds no more with plans than without, which
// are those for the rows of a connection that selects only its totalCount at first.
func TestDeferralAddsNoStatements(t *testing.T) {
	x := newExecutors(t, *seed)
	for range *operations {
		d := x.newDocument()
		d.panics, d.isBounded = "", false
		if !d.defers || d.operation != "query" {
			continue
		}
		n := x.addedStatements(d)
		if n > 0 { // one of an earlier query could have been late
			n = x.addedStatements(d)
		}
		if n > 0 {
			text, variables := d.text()
			t.Fatalf("%d more statements: %s\nvariables %s", n, text, servertest.Body(variables))
		}
	}
	if x.payloads < *operations/10 {
		t.Errorf("only %d payloads", x.payloads)
	}
}

// addedStatements returns the number of statements that @defer adds to a query with plans, less those without.
func (x *executors) addedStatements(d *document) (n int) {
	d.defers = true
	n = x.countStatements(d, x.plans) - x.countStatements(d, x.gqlgen)
	d.defers = false
	return n - x.countStatements(d, x.plans) + x.countStatements(d, x.gqlgen)
}

func (x *executors) countStatements(d *document, s *servertest.Server) int {
	s.Reset()
	x.normalize(d, x.post(d, s))
	return len(s.Ran())
}
