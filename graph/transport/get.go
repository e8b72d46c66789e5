package transport

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// readGet reads the parameters of a GET request from its query string. The parameters variables
// and extensions are JSON, and ignored if they are empty.
func (x exchange) readGet() (*graphql.RawParams, error) {
	if !x.isPreflighted() {
		return nil, newError(http.StatusBadRequest,
			"a GET request needs the header %s, which makes browsers send a CORS preflight: this prevents CSRF",
			strings.Join(x.PreflightHeaders, " or "))
	}
	query, err := url.ParseQuery(x.r.URL.RawQuery)
	if err != nil {
		return nil, newError(http.StatusBadRequest, "the query string of the URL is malformed")
	}
	all := map[string]any{}
	for name, values := range query {
		if len(values) > 1 {
			return nil, newError(http.StatusBadRequest, "the parameter %s was sent %d times: send it once", name, len(values))
		}
		switch value := values[0]; name {
		case "query", "operationName", "documentId":
			if !utf8.ValidString(value) {
				return nil, newError(http.StatusBadRequest, "the parameter %s has invalid UTF-8", name)
			}
			all[name] = value
		case "variables", "extensions":
			if value == "" {
				continue
			}
			if all[name], err = decodeJSON([]byte(value)); err != nil {
				return nil, newError(http.StatusBadRequest, "the parameter %s must be a JSON object", name)
			}
		}
	}
	return newParams(all)
}

// isPreflighted reports whether a browser sends a CORS preflight before the request, if it comes
// from a page of another origin.
func (x exchange) isPreflighted() bool {
	if mediaType, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err == nil {
		return mediaType != "application/x-www-form-urlencoded" && mediaType != "multipart/form-data" && mediaType != "text/plain"
	}
	for _, name := range x.PreflightHeaders {
		if x.r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}
