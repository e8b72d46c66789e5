package codegen

import (
	"encoding/json"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/text/unicode/norm"

	"rowhouse/model/relay"
)

// formatDefault returns the default of a field as relay.Field has it, or "": the JSON of a list or of a value of the
// scalar JSON.
func formatDefault(f *Field) string {
	switch {
	case f.Default == nil:
		return ""
	case f.List:
		elements := []any{}
		for _, v := range listOf(f.Default) {
			elements = append(elements, elementOf(f.Scalar, v))
		}
		text, _ := json.Marshal(elements) // Read accepts no other values
		return string(text)
	case f.Scalar == "JSON":
		text, _ := newJSON(f.Default)
		return string(text)
	}
	return f.Default.Raw
}

// elementOf returns the element of a list in the form in which its column has it, so that filters find it.
func elementOf(scalar string, v *ast.Value) any {
	switch scalar {
	case "BigInt", "Decimal":
		n, _ := relay.ParseDecimal(v.Raw)
		return n.String()
	case "DateTime":
		t, _ := time.Parse(time.RFC3339, v.Raw)
		return t.UTC().Truncate(time.Microsecond)
	case "UUID":
		id, _ := relay.ParseUUID(v.Raw)
		return id.String()
	case "JSON":
		text, _ := newJSON(v)
		return text
	case "String":
		return norm.NFC.String(v.Raw)
	}
	value, _ := v.Value(nil)
	return value
}

// newJSON returns a value as JSON. It fails for values that no column of JSON can have.
func newJSON(v *ast.Value) (relay.JSON, error) {
	value, err := v.Value(nil)
	if err != nil {
		return "", err
	}
	return relay.NewJSON(value)
}

// rawOf returns the text of a literal, or "" for nil.
func rawOf(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return v.Raw
}
