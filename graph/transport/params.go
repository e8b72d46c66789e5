package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// operationID is the name of an operation's id in single connection mode: in extensions, and in
// the query string of DELETE.
const operationID = "operationId"

// parseParams parses the parameters of a request, which are a JSON object. Of two members with the
// same name, the last counts, as in JavaScript.
func parseParams(text []byte) (*graphql.RawParams, error) {
	var all map[string]json.RawMessage // a struct would also match names in another case
	if json.Unmarshal(text, &all) != nil {
		return nil, newError(http.StatusBadRequest, "the body must be one JSON object")
	}
	return newParams(all)
}

// newParams decodes the parameters of a request. Of extensions it returns only those that are used,
// because a subscription keeps them.
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
		if err := decodeParam(parameter.name, text, parameter.value); err != nil {
			return nil, err
		}
		if isUnicode(text) {
			continue
		}
		if parameter.name != "variables" {
			return nil, newError(http.StatusBadRequest, "the parameter %s has an unpaired surrogate or invalid UTF-8", parameter.name)
		}
		params.Variables, _ = decodeMarked(text).(map[string]any)
	}
	if documentID != "" && params.Query != "" {
		return nil, newError(http.StatusBadRequest, "send query or documentId, not both")
	}
	params.Extensions = selectExtensions(extensions, documentID)
	if params.Query == "" && params.Extensions["persistedQuery"] == nil {
		return nil, newError(http.StatusBadRequest, "send the parameter query, or documentId: there is neither")
	}
	return params, nil
}

// selectExtensions returns the extensions that are used: persistedQuery, which a documentId
// replaces, and operationId. It returns nil if there are none.
func selectExtensions(extensions map[string]any, documentID string) map[string]any {
	selected := map[string]any{}
	if persisted := extensions["persistedQuery"]; persisted != nil {
		selected["persistedQuery"] = persisted
	}
	if documentID != "" {
		selected["persistedQuery"] = map[string]any{"version": 1, "sha256Hash": strings.TrimPrefix(documentID, "sha256:")}
	}
	if id, ok := extensions[operationID].(string); ok && len(id) <= maxOperationID {
		selected[operationID] = id
	}
	if len(selected) == 0 {
		return nil
	}
	return selected
}

// decodeParam decodes a parameter. Numbers become json.Number: a float would round large integers.
func decodeParam(name string, text json.RawMessage, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var wrongType *json.UnmarshalTypeError // the only possible error: the text is valid JSON
	if errors.As(decoder.Decode(value), &wrongType) {
		jsonType := strings.Replace(wrongType.Value, "bool", "boolean", 1)
		return newError(http.StatusBadRequest, "the parameter %s must not be a JSON %s", name, jsonType)
	}
	return nil
}
