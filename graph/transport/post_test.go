package transport_test

import (
	"compress/gzip"
	"strings"
	"testing"
)

// newBody returns a request body with a query and a size in bytes.
func newBody(size int) string {
	const query = `{"query": "{ name }"}`
	return query + strings.Repeat(" ", size-len(query))
}

// TestBodiesAreDecompressed has encodings, media types and sizes of bodies. The limit is 1000 bytes.
func TestBodiesAreDecompressed(t *testing.T) {
	for _, test := range []struct {
		name        string
		contentType string // application/json if empty
		encoding    string
		body        string
		status      int
	}{
		{
			name:   "the largest body",
			body:   newBody(1000),
			status: 200,
		},
		{
			name:   "a body that is too large",
			body:   newBody(1001),
			status: 413,
		},
		{
			name:     "the largest body, compressed",
			encoding: "gzip",
			body:     encodeBody(t, gzip.NewWriter, newBody(1000)),
			status:   200,
		},
		{
			name:     "a compressed body that is too large",
			encoding: "gzip",
			body:     encodeBody(t, gzip.NewWriter, newBody(1001)),
			status:   413,
		},
		{
			name:     "the alias x-gzip, in another case",
			encoding: "X-GZip",
			body:     encodeBody(t, gzip.NewWriter, newBody(100)),
			status:   200,
		},
		{
			name:     "the encoding identity",
			encoding: "identity",
			body:     newBody(100),
			status:   200,
		},
		{
			name:     "a body that is not compressed",
			encoding: "gzip",
			body:     newBody(100),
			status:   400,
		},
		{
			name:     "a truncated body",
			encoding: "gzip",
			body:     encodeBody(t, gzip.NewWriter, newBody(1000))[:25],
			status:   400,
		},
		{
			name:     "an unsupported encoding",
			encoding: "br",
			body:     newBody(100),
			status:   415,
		},
		{
			name:        "the charset UTF-8",
			contentType: "application/json; charset=UTF-8",
			body:        newBody(100),
			status:      200,
		},
		{
			name:        "the charset utf8",
			contentType: "application/json; charset=utf8",
			body:        newBody(100),
			status:      200,
		},
		{
			name:        "an unsupported charset",
			contentType: "application/json; charset=latin1",
			body:        newBody(100),
			status:      415,
		},
		{
			name:        "a parameter without a value",
			contentType: "application/json; charset",
			body:        newBody(100),
			status:      415,
		},
		{
			name:        "an unsupported media type",
			contentType: "text/plain",
			body:        newBody(100),
			status:      415,
		},
		{
			name:        "a malformed media type",
			contentType: "/",
			body:        newBody(100),
			status:      415,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			headers := []string{"Content-Encoding", test.encoding}
			if test.contentType != "" {
				headers = append(headers, "Content-Type", test.contentType)
			}
			w := send(t.Context(), newServer(&quota{}), "POST", "/", test.body, headers...)
			if w.Code != test.status {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if accept := w.Header().Get("Accept-Encoding"); (accept == "gzip") != (test.encoding == "br") {
				t.Errorf("Accept-Encoding: %s", accept)
			}
		})
	}
}
