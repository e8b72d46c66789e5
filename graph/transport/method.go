package transport

import "net/http"

// methods are the allowed methods. PUT and DELETE are for event streams.
const methods = "GET, POST, PUT, DELETE, OPTIONS"

// AllowMethods refuses other methods, before next gets the request, and responds to OPTIONS
// requests other than CORS preflights. It refuses HEAD, which would run the operation of a GET for
// its headers.
func AllowMethods(fail func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete:
			next.ServeHTTP(w, r)
		case http.MethodOptions:
			w.Header().Set("Allow", methods)
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", methods)
			fail(w, r, refuse(http.StatusMethodNotAllowed, "the method must be POST or GET, or, for an event stream, PUT or DELETE"))
		}
	})
}
