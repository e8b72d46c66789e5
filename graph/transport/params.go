package transport

import (
	"encoding/json"
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
	parsed, err := decodeJSON(text)
	all, isObject := parsed.(map[string]any) // a struct would also match names in another case
	if err != nil || !isObject && parsed != nil {
		return nil, newError(http.StatusBadRequest, "the body must be one JSON object")
	}
	return newParams(all)
}

// newParams returns the parameters of a request. Of extensions it returns only those that are used,
// because a subscription keeps them. Invalid strings of variables stay: see decodeJSON.
func newParams(all map[string]any) (*graphql.RawParams, error) {
	var documentID string
	var extensions map[string]any
	params := &graphql.RawParams{}
	for _, err := range []error{
		setParam(&params.Query, all, "query"),
		setParam(&documentID, all, "documentId"),
		setParam(&params.OperationName, all, "operationName"),
		setParam(&params.Variables, all, "variables"),
		setParam(&extensions, all, "extensions"),
	} {
		if err != nil {
			return nil, err
		}
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

// setParam sets a parameter to its value in all. It keeps the zero value if that is missing or null, and fails if
// it has another type, or invalid strings and is not variables.
func setParam[T string | map[string]any](param *T, all map[string]any, name string) error {
	value := all[name]
	if value == nil {
		return nil
	}
	var ok bool
	if *param, ok = value.(T); !ok {
		return newError(http.StatusBadRequest, "the parameter %s must not be a JSON %s", name, jsonTypeOf(value))
	}
	if name != "variables" && hasInvalidString(value) {
		return newError(http.StatusBadRequest, "the parameter %s has an unpaired surrogate or invalid UTF-8", name)
	}
	return nil
}

// jsonTypeOf returns the name of the type of a decoded JSON value.
func jsonTypeOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	}
	return "object"
}

// selectExtensions returns the extensions that are used: persistedQuery, which a documentId
// replaces, and operationId. It returns nil if there are none.
func selectExtensions(extensions map[string]any, documentID string) map[string]any {
	if extensions == nil && documentID == "" {
		return nil
	}
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
