package transport

import "net/http"

// allowedMethods is the Allow header. PUT and DELETE are for event streams in single connection
// mode.
const allowedMethods = "GET, POST, PUT, DELETE, OPTIONS"

// AllowMethods passes requests with the methods of HTTP to next, and responds to OPTIONS requests
// that are not CORS preflights. For other methods it calls writeError with an *Error. HEAD is one
// of them: it would execute a query only for the headers.
func AllowMethods(writeError func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete:
			next.ServeHTTP(w, r)
		case http.MethodOptions:
			w.Header().Set("Allow", allowedMethods)
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", allowedMethods)
			writeError(w, r, newError(http.StatusMethodNotAllowed, "the method must be POST or GET, or PUT or DELETE for an event stream"))
		}
	})
}
