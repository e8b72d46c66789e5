package server

import (
	"context"

	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/limits"
)

// The caches hold at most maxCached documents, each of at most maxCachedBytes: together some 115 MB
// if a client fills them with large documents. Tenants share the parsed documents, which hold
// no data of a tenant.
const maxCached, maxCachedBytes = 500, 16 << 10

// documentCache keeps parsed and validated documents by their text.
type documentCache struct{ *lru.LRU[*ast.QueryDocument] }

func newDocumentCache() documentCache { return documentCache{lru.New[*ast.QueryDocument](maxCached)} }

// addDocument adds a document, unless it is large.
func (c documentCache) addDocument(ctx context.Context, text string, document *ast.QueryDocument, s limits.Statistics) {
	const nodeBytes = 16 // of a field with its argument as text; parsed, it takes some 350 bytes
	if max(len(text), nodeBytes*(s.Selections+s.Values)) <= maxCachedBytes {
		c.LRU.Add(ctx, text, document)
	}
}
