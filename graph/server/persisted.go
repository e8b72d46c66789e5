package server

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/tenancy"
)

// persistedQueries finds documents by name or hash: trusted documents, and automatic persisted
// queries of the same tenant. A tenant cannot find out which documents another tenant has sent.
type persistedQueries struct {
	trusted Documents
	sent    graphql.Cache[string]
}

func newPersistedQueries(trusted Documents) persistedQueries {
	return persistedQueries{trusted, lru.New[string](maxCached)}
}

// Get returns a document by its name or hash.
func (p persistedQueries) Get(ctx context.Context, name string) (string, bool) {
	if text, ok := p.trusted.texts[name]; ok {
		return text, true
	}
	return p.sent.Get(ctx, tenantKey(ctx, name))
}

// Add keeps an automatic persisted query, unless it is large.
func (p persistedQueries) Add(ctx context.Context, hash, text string) {
	if len(text) <= maxCachedBytes {
		p.sent.Add(ctx, tenantKey(ctx, hash), text)
	}
}

// tenantKey returns the key of a hash among those of the tenant of ctx.
func tenantKey(ctx context.Context, hash string) string {
	tenant, _ := tenancy.FromContext(ctx) // each request has a tenant
	return fmt.Sprint(tenant.ID, " ", hash)
}

// trustedOnly rejects all documents except the trusted ones.
type trustedOnly struct{ documents Documents }

var _ graphql.OperationParameterMutator = trustedOnly{}

// MutateOperationParameters rejects an operation of another document.
func (t trustedOnly) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	if t.documents.trusted[p.Query] {
		return nil
	}
	return gqlerror.WrapPath(nil, &clientError{codeForbidden, "this server runs trusted documents only, and this document is not one"})
}
