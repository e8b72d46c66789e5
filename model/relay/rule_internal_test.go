package relay

import (
	"fmt"
	"testing"
)

// TestStringsFollowAllRules checks strings by rules in combination.
func TestStringsFollowAllRules(t *testing.T) {
	const pattern, message = `https://api\.acme\.example/.*`, "must be a URL of the API"
	for _, test := range []struct {
		name  string
		field Field
		value string
		want  string
	}{
		{
			name:  "URL of the pattern",
			field: Field{Scalar: ScalarURL, Pattern: pattern, Message: message},
			value: "https://api.acme.example/x",
			want:  "<nil>",
		},
		{
			name:  "URL of another host",
			field: Field{Scalar: ScalarURL, Pattern: pattern, Message: message},
			value: "https://evil.example/x",
			want:  "f must be a URL of the API",
		},
		{
			name:  "e-mail address of another domain",
			field: Field{Scalar: ScalarEmail, Pattern: `.*@acme\.example`, Message: "must be an address of Acme"},
			value: "ada@globex.example",
			want:  "f must be an address of Acme",
		},
		{
			name:  "short e-mail address",
			field: Field{Scalar: ScalarString, Format: FormatEmail, MinLength: 10, MaxLength: 20},
			value: "a@x.org",
			want:  "f must have at least 10 characters",
		},
		{
			name:  "exact e-mail address with an accent",
			field: Field{Scalar: ScalarString, Format: FormatEmail, MaxLength: 20, Exact: true},
			value: "é@x.org",
			want:  "f must have ASCII characters only",
		},
		{
			name:  "exact string of a wide pattern",
			field: Field{Scalar: ScalarString, Pattern: `\S+`, Message: "must have no blanks", MaxLength: 20, Exact: true},
			value: "é",
			want:  "f must have ASCII characters only",
		},
		{
			name:  "short string of a pattern",
			field: Field{Scalar: ScalarString, Pattern: `\S+`, Message: "must have no blanks", MinLength: 2, MaxLength: 20},
			value: "x",
			want:  "f must have at least 2 characters",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.field.Name = "f"
			var v Validation
			newStringCheck(test.field)(&v, &test.value)
			if got := fmt.Sprint(v.Err()); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
