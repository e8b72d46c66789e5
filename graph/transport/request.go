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
	parts  bool   // whether a query's answer may come in parts
	events bool   // whether there may be events
}

// ContentType returns that of an answer that is not in parts, and no stream.
func ContentType(r *http.Request) string {
	kind := plainJSON
	if a, err := accepted(r.Header.Values("Accept")); err == nil && a.kind != eventStream {
		kind = a.kind
	}
	return kind + "; charset=utf-8"
}

// accepted reads Accept headers. Of what is liked alike, the first is taken.
func accepted(accept []string) (a acceptance, err error) {
	if len(accept) == 0 {
		return acceptance{kind: plainJSON}, nil
	}
	best := 0.0
	for entry := range strings.SplitSeq(strings.Join(accept, ","), ",") {
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
		_, newer := parameters["incrementalspec"] // another form, for the same
		if spec, named := parameters["deferspec"]; name == mixed && weight > 0 && !newer && (!named || spec == deferSpec) {
			a.parts = true
		}
		if name == eventStream && weight > 0 {
			a.events = true
		}
		if weight > best && (name == plainJSON || name == responseJSON || name == eventStream) {
			a.kind, best = name, weight
		}
	}
	if a.kind == "" && !a.parts {
		return a, refuse(http.StatusNotAcceptable, "the answer is %s, %s, %s or, to @defer, %s with deferSpec=%s: accept one of them", responseJSON, plainJSON, eventStream, mixed, deferSpec)
	}
	a.kind = cmp.Or(a.kind, plainJSON)
	return a, nil
}

func (h HTTP) params(r *http.Request) (*graphql.RawParams, error) {
	switch r.Method {
	case http.MethodPost:
		return posted(r)
	case http.MethodGet:
		return h.got(r)
	}
	return nil, refuse(http.StatusMethodNotAllowed, "the method must be POST or GET")
}

func posted(r *http.Request) (*graphql.RawParams, error) {
	if kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != plainJSON {
		return nil, refuse(http.StatusUnsupportedMediaType, "the Content-Type of a POST must be %s", plainJSON)
	} else if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, refuse(http.StatusUnsupportedMediaType, "the charset must be utf-8")
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, refuse(http.StatusRequestEntityTooLarge, "the body must have at most %d bytes", large.Limit)
		}
		return nil, refuse(http.StatusBadRequest, "the body could not be read")
	}
	if bytes.HasPrefix(bytes.TrimSpace(body.Bytes()), []byte("[")) {
		return nil, refuse(http.StatusBadRequest, "a body holds one operation: send several in several requests")
	}
	return read(body.Bytes())
}

// got reads the parameters of a GET, of which two are JSON.
func (h HTTP) got(r *http.Request) (*graphql.RawParams, error) {
	if !h.preflighted(r) {
		return nil, refuse(http.StatusBadRequest, "a GET needs the header %s: a page of another site could send it without", strings.Join(h.Preflighted, " or "))
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
			if !json.Valid([]byte(values[0])) {
				return nil, refuse(http.StatusBadRequest, "the parameter %s must be a JSON object", name)
			}
			all[name] = json.RawMessage(values[0])
		}
	}
	body, _ := json.Marshal(all) // its parts are JSON
	return read(body)
}

func (h HTTP) preflighted(r *http.Request) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil {
		return kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" && kind != "text/plain"
	}
	for _, name := range h.Preflighted {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// read reads the parameters of a request from JSON.
func read(body []byte) (*graphql.RawParams, error) {
	var p struct {
		Query         *string        `json:"query"`
		DocumentID    string         `json:"documentId"`
		OperationName *string        `json:"operationName"`
		Variables     map[string]any `json:"variables"`
		Extensions    map[string]any `json:"extensions"`
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // a float would round large integers
	err := decoder.Decode(&p)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		kind := strings.Replace(wrong.Value, "bool", "boolean", 1) // the one that is Go's word, not JSON's
		return nil, refuse(http.StatusBadRequest, "the parameter %s must not be a JSON %s", wrong.Field, kind)
	}
	if err != nil || decoder.More() {
		return nil, refuse(http.StatusBadRequest, "the body must be one JSON object")
	}
	if !isUnicode(body) {
		if p.Variables, err = markInvalid(body); err != nil {
			return nil, err
		}
	}
	params := &graphql.RawParams{Variables: p.Variables}
	if hash := p.Extensions["persistedQuery"]; hash != nil { // the others would be kept as long as a subscription
		params.Extensions = map[string]any{"persistedQuery": hash}
	}
	if p.Query != nil {
		params.Query = *p.Query
	}
	if p.OperationName != nil {
		params.OperationName = *p.OperationName
	}
	if p.DocumentID != "" {
		if params.Query != "" {
			return nil, refuse(http.StatusBadRequest, "send query or documentId, not both")
		}
		// Two spellings of one thing: a document by its name.
		params.Extensions = map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": strings.TrimPrefix(p.DocumentID, "sha256:")}}
	}
	if params.Query == "" && params.Extensions["persistedQuery"] == nil {
		return nil, refuse(http.StatusBadRequest, "send the parameter query, or documentId: there is neither")
	}
	return params, nil
}
