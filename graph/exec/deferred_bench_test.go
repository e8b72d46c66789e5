package exec_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// BenchmarkDeferral compares a deep query in one piece with its response in parts, with plans and without. @defer costs
// a second execution on the same rows.
func BenchmarkDeferral(b *testing.B) {
	s := servertest.New(b)
	s.Fill(servertest.Acme)
	const query = `{ shelves(first: 10) { nodes { name books(first: 10) { nodes { title genre ` +
		`... @defer { summary tags { nodes { name color } } reviews(first: 3) { nodes { body createdAt reader { name } } } } } } } } }`
	for _, executor := range []*servertest.Server{s, s.With(func(o *server.Options) { o.NoPlans = true })} {
		for _, accept := range []string{"application/json", servertest.AcceptParts} {
			b.Run(fmt.Sprintf("plans=%t/parts=%t", executor == s, accept == servertest.AcceptParts), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					body := servertest.Body(map[string]string{"query": query})
					w := executor.Do(servertest.NewRequest(b, http.MethodPost, "/graphql", body,
						"Content-Type", "application/json", "Accept", accept, tenancy.HeaderName, "acme"))
					if strings.Contains(w.Body.String(), `"errors"`) || w.Body.Len() < 20_000 {
						b.Fatal(w.Body)
					}
				}
			})
		}
	}
}
