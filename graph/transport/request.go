package transport

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

const (
	plainJSON    = "application/json"
	responseJSON = "application/graphql-response+json"
	eventStream  = "text/event-stream"
)

// acceptance is what a client takes.
type acceptance struct {
	kind   string // the content type that it likes best, of the three above
	parts  bool   // whether a query's response may come in parts
	stream string // the preferred content type of a subscription, or ""
}

// ErrorContentType returns that of an answer that is not in parts, and no stream.
func ErrorContentType(r *http.Request) string {
	kind := plainJSON
	if a, err := accepted(r.Header.Values("Accept")); err == nil && a.kind != eventStream {
		kind = a.kind
	}
	return kind + "; charset=utf-8"
}

// accepted reads Accept headers. Of what is liked alike, the first is taken.
func accepted(accept []string) (a acceptance, err error) {
	all := strings.Join(accept, ",")
	if strings.TrimSpace(all) == "" {
		return acceptance{kind: plainJSON}, nil
	}
	best, bestStream := 0.0, 0.0
	for entry := range strings.SplitSeq(all, ",") {
		name, parameters, err := mime.ParseMediaType(entry)
		if err != nil {
			continue
		}
		if name == "*/*" || name == "application/*" {
			name = plainJSON
		}
		weight := 1.0
		if q, err := strconv.ParseFloat(parameters["q"], 64); err == nil {
			weight = q
		}
		deferred, subscribed := readSpecs(name, parameters)
		a.parts = a.parts || deferred && weight > 0
		if weight > bestStream && (subscribed || name == eventStream) {
			a.stream, bestStream = name, weight
		}
		if weight > best && (name == plainJSON || name == responseJSON || name == eventStream) {
			a.kind, best = name, weight
		}
	}
	if a.kind == "" && a.stream == "" && !a.parts {
		return a, refuse(http.StatusNotAcceptable, "the response is %s, %s, %s or, to @defer, %s with deferSpec=%s or, to a subscription, with subscriptionSpec=%s: "+
			"accept one of them",
			responseJSON, plainJSON, eventStream, mixed, deferSpec, subscriptionSpec)
	}
	a.kind = cmp.Or(a.kind, plainJSON)
	return a, nil
}

// readSpecs reports which multipart protocols a media type names. Without a parameter it names
// deferred payloads.
func readSpecs(name string, parameters map[string]string) (deferred, subscribed bool) {
	_, newer := parameters["incrementalspec"] // a newer protocol for @defer
	if name != mixed || newer {
		return false, false
	}
	spec, named := parameters["deferspec"]
	subscription, streamed := parameters["subscriptionspec"]
	return spec == deferSpec || !named && !streamed, subscription == subscriptionSpec
}

func (h *HTTP) params(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	if r.Method == http.MethodPost {
		return h.readPost(w, r)
	}
	return h.readGet(r)
}

// readGet reads the parameters of a GET, of which two are JSON. It ignores empty ones.
func (h *HTTP) readGet(r *http.Request) (*graphql.RawParams, error) {
	if !h.preflighted(r) {
		return nil, refuse(http.StatusBadRequest, "a GET needs the header %s: a page of another site could send it without", strings.Join(h.PreflightHeaders, " or "))
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the URL's query can't be read")
	}
	all := map[string]json.RawMessage{}
	for name, values := range query {
		if len(values) > 1 {
			return nil, refuse(http.StatusBadRequest, "the parameter %s is there %d times", name, len(values))
		}
		switch name {
		case "query", "operationName", "documentId":
			if !utf8.ValidString(values[0]) {
				return nil, refuse(http.StatusBadRequest, "the parameter %s has invalid UTF-8", name)
			}
			all[name], _ = json.Marshal(values[0]) // a text has a JSON
		case "variables", "extensions":
			if values[0] == "" {
				continue
			}
			if !json.Valid([]byte(values[0])) {
				return nil, refuse(http.StatusBadRequest, "the parameter %s must be a JSON object", name)
			}
			all[name] = json.RawMessage(values[0])
		}
	}
	return newParams(all)
}

func (h *HTTP) preflighted(r *http.Request) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil {
		return kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" && kind != "text/plain"
	}
	for _, name := range h.PreflightHeaders {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// readJSON reads the parameters of a request from JSON. Of a duplicate name, the last counts, as in
// JavaScript.
func readJSON(body []byte) (*graphql.RawParams, error) {
	var all map[string]json.RawMessage // a struct would also match names in another case
	if json.Unmarshal(body, &all) != nil {
		return nil, refuse(http.StatusBadRequest, "the body must be one JSON object")
	}
	return newParams(all)
}

// newParams decodes the parameters of a request.
func newParams(all map[string]json.RawMessage) (*graphql.RawParams, error) {
	params := &graphql.RawParams{}
	var documentID string
	var extensions map[string]any
	for _, parameter := range []struct {
		name  string
		value any
	}{
		{"query", &params.Query},
		{"documentId", &documentID},
		{"operationName", &params.OperationName},
		{"variables", &params.Variables},
		{"extensions", &extensions},
	} {
		text, sent := all[parameter.name]
		if !sent { // most requests send two, and each decoder allocates
			continue
		}
		if err := decode(text, parameter.value); err != nil {
			kind := strings.Replace(err.Value, "bool", "boolean", 1) // the only name that differs in JSON
			return nil, refuse(http.StatusBadRequest, "the parameter %s must not be a JSON %s", parameter.name, kind)
		}
		if isUnicode(text) {
			continue
		}
		if parameter.name != "variables" {
			return nil, refuse(http.StatusBadRequest, "the parameter %s has an unpaired surrogate or invalid UTF-8", parameter.name)
		}
		params.Variables, _ = decodeMarked(text).(map[string]any)
	}
	keep := map[string]any{} // the rest would be kept as long as a subscription
	if hash := extensions["persistedQuery"]; hash != nil {
		keep["persistedQuery"] = hash
	}
	if id, ok := extensions[operationID].(string); ok && len(id) <= longestID {
		keep[operationID] = id
	}
	if documentID != "" {
		if params.Query != "" {
			return nil, refuse(http.StatusBadRequest, "send query or documentId, not both")
		}
		// Two spellings of one thing: a document by its name.
		keep["persistedQuery"] = map[string]any{"version": 1, "sha256Hash": strings.TrimPrefix(documentID, "sha256:")}
	}
	if len(keep) > 0 {
		params.Extensions = keep
	}
	if params.Query == "" && keep["persistedQuery"] == nil {
		return nil, refuse(http.StatusBadRequest, "send the parameter query, or documentId: there is neither")
	}
	return params, nil
}

// decode decodes a parameter. Numbers become json.Number: a float would round large integers.
func decode(text json.RawMessage, value any) (wrong *json.UnmarshalTypeError) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	errors.As(decoder.Decode(value), &wrong) // nothing else can be wrong with JSON
	return wrong
}
