package server

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/exec"
	"rowhouse/graph/limits"
)

// The caches hold at most maxCached documents, each of at most maxCachedBytes: together some 115 MB
// if a client fills them with large documents, and as much again with their plans. Tenants share the parsed documents, which hold
// no data of a tenant.
const maxCached, maxCachedBytes = 500, 16 << 10

// documentCache keeps parsed and validated documents by their text, each with its plans.
type documentCache struct{ documents *lru.LRU[*cachedDocument] }

type cachedDocument struct {
	*ast.QueryDocument
	plans exec.Plans
}

func newDocumentCache() documentCache { return documentCache{lru.New[*cachedDocument](maxCached)} }

// addDocument adds a document, unless it is large.
func (c documentCache) addDocument(ctx context.Context, text string, document *ast.QueryDocument, s limits.Statistics) {
	const nodeBytes = 16 // of a field with its argument as text; parsed, it takes some 350 bytes
	if max(len(text), nodeBytes*(s.Selections+s.Values)) <= maxCachedBytes {
		c.documents.Add(ctx, text, &cachedDocument{QueryDocument: document})
	}
}

// Get returns a document.
func (c documentCache) Get(ctx context.Context, text string) (*ast.QueryDocument, bool) {
	found, ok := c.documents.Get(ctx, text)
	if !ok {
		return nil, false
	}
	return found.QueryDocument, true
}

// plansOf returns the plans of an operation's document, or nil for a document that is not in the cache.
func (c documentCache) plansOf(ctx context.Context, o *graphql.OperationContext) *exec.Plans {
	found, ok := c.documents.Get(ctx, o.RawQuery)
	if !ok || found.QueryDocument != o.Doc {
		return nil
	}
	return &found.plans
}
