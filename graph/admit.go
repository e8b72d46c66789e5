package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
)

// refusal is a request that is no GraphQL over HTTP.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

// admit lets through what gqlgen's transports understand. What they don't, they would
// answer without a code.
func admit(next http.Handler, fail func(http.ResponseWriter, *http.Request, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var refused *refusal
		if err := admissible(r); errors.As(err, &refused) {
			if refused.status == http.StatusMethodNotAllowed {
				w.Header().Set("Allow", "GET, POST, OPTIONS")
			}
			fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func admissible(r *http.Request) error {
	switch r.Method {
	case http.MethodOptions:
		return nil
	case http.MethodPost:
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return &refusal{http.StatusUnsupportedMediaType, "the Content-Type of a POST must be application/json"}
		}
		if r.ContentLength > largestBody {
			return &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body must have at most %d bytes", largestBody)}
		}
		return nil
	case http.MethodGet:
		for _, name := range []string{"variables", "extensions"} {
			if value := r.URL.Query().Get(name); value != "" && !json.Valid([]byte(value)) {
				return &refusal{http.StatusBadRequest, "the parameter " + name + " must be a JSON object"}
			}
		}
		return nil
	}
	return &refusal{http.StatusMethodNotAllowed, "the method must be POST or GET"}
}
