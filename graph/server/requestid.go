package server

import (
	"context"
	"net/http"
	"regexp"

	"github.com/google/uuid"
)

// RequestIDHeader is the header with the id of a request, which is also in the response, in the log
// and in extensions.requestId. A client or a gateway may set it to 1 to 64 letters, digits, dots,
// hyphens and underscores. The server replaces other ids.
const RequestIDHeader = "X-Request-ID"

var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// requestIDField is RequestIDHeader as a key of http.Header. A look-up by another spelling allocates.
var requestIDField = http.CanonicalHeaderKey(RequestIDHeader)

type requestIDKey struct{}

// WithRequestID adds an id to the context of each request, and to its response.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDField)
		if !requestID.MatchString(id) {
			id = uuid.NewString()
		}
		w.Header().Set(requestIDField, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// RequestIDFrom returns the id of the request of ctx, or "" outside a request.
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
