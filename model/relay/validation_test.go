package relay_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

func TestStringsAreValidated(t *testing.T) {
	line := func(v *relay.Validation, s *string) { v.Line("f", s, 5) }
	text := func(v *relay.Validation, s *string) { v.Text("f", s, 5) }
	optional := func(v *relay.Validation, s *string) { v.OptionalText("f", s, 5) }
	email := func(v *relay.Validation, s *string) { v.Email("f", s, 20) }
	pattern := func(v *relay.Validation, s *string) {
		v.Pattern("f", *s, regexp.MustCompile("^[a-z]$"), "must be a letter")
	}
	const (
		length   = "f must have 1 to 5 characters, not all blank"
		controls = "f must not hold control characters other than line breaks and tabs"
		address  = "f must be an e-mail address of at most 20 characters"
	)
	for _, test := range []struct {
		name     string
		validate func(*relay.Validation, *string)
		value    string
		want     string // the error, or ""
	}{
		{name: "line", validate: line, value: "äöüß😀"},
		{name: "line in NFD", validate: line, value: strings.Repeat("e\u0301", 5)},
		{name: "long line", validate: line, value: "123456", want: length},
		{name: "empty line", validate: line, value: "", want: length},
		{name: "blank line", validate: line, value: " \u200b", want: length},
		{name: "invalid line", validate: line, value: "\xff", want: length},
		{name: "two lines", validate: line, value: "a\nb", want: "f must not hold control characters such as line breaks"},
		{name: "text", validate: text, value: "a\n\tb"},
		{name: "empty text", validate: text, value: "", want: length},
		{name: "text with a control character", validate: text, value: "a\x00", want: controls},
		{name: "optional text", validate: optional, value: ""},
		{name: "optional text of five characters", validate: optional, value: "1234é"},
		{name: "optional text in NFD", validate: optional, value: strings.Repeat("e\u0301", 5)},
		{name: "invalid optional text", validate: optional, value: "\xff", want: "f must have at most 5 characters"},
		{name: "long optional text", validate: optional, value: "123456", want: "f must have at most 5 characters"},
		{name: "optional text with a control character", validate: optional, value: "\x1b", want: controls},
		{name: "address", validate: email, value: "a@example.com"},
		{name: "address of 20 characters", validate: email, value: "long.name@example.co"},
		{name: "address in NFD", validate: email, value: strings.Repeat("e\u0301", 8) + "@example.com"},
		{name: "address with a name", validate: email, value: "A <a@example.com>", want: address},
		{name: "long address", validate: email, value: "long.name@example.com", want: address},
		{name: "pattern", validate: pattern, value: "a"},
		{name: "mismatch", validate: pattern, value: "A", want: "f must be a letter"},
	} {
		var v relay.Validation
		test.validate(&v, &test.value)
		if err := v.Err(); err == nil && test.want != "" || err != nil && err.Error() != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	var v relay.Validation
	v.OptionalText("f", nil, 5)
	decomposed := "e\u0301"
	v.Line("f", &decomposed, 5)
	if v.Err() != nil || decomposed != "é" {
		t.Errorf("%v, and the string is %+q", v.Err(), decomposed)
	}
}

func TestOmittedFieldsDifferFromNull(t *testing.T) {
	var v relay.Validation
	id := shelves.GlobalID(relay.NewID())
	if in := v.OptionalID("f", graphql.Omittable[*relay.GlobalID]{}, shelves); in.IsSet() {
		t.Error("an omitted id is set")
	}
	if in := v.OptionalID("f", graphql.OmittableOf[*relay.GlobalID](nil), shelves); !in.IsSet() || in.Value() != nil {
		t.Error("a null id is not null")
	}
	if in := v.OptionalID("f", graphql.OmittableOf(&id), shelves); shelves.GlobalID(*in.Value()) != id {
		t.Error("an id differs")
	}
	if relay.NotNull(&v, "f", graphql.Omittable[*int]{}) != nil || *relay.NotNull(&v, "f", graphql.OmittableOf(new(7))) != 7 ||
		v.Err() != nil {
		t.Error(v.Err())
	}
	relay.NotNull(&v, "f", graphql.OmittableOf[*int](nil))
	v.OptionalID("g", graphql.OmittableOf(new(relay.GlobalID("x"))), shelves)
	want := "f must not be null; leave it out to keep it as it is; g is not an id of this API"
	if err := v.Err(); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestErrorsHaveCodesAndPaths(t *testing.T) {
	notFound := &relay.NotFoundError{Type: "Shelf"}
	if notFound.Code() != "NOT_FOUND" || notFound.Public() != "there is no Shelf with this id" {
		t.Errorf("%s: %s", notFound.Code(), notFound.Public())
	}
	var v relay.Validation
	v.Add("is wrong", "where", "or", 1, "name")
	v.Add("is wrong too", "first")
	var invalid *relay.InvalidError
	if !errors.As(v.Err(), &invalid) {
		t.Fatal(v.Err())
	}
	if fields := invalid.FieldErrors(); invalid.Code() != "BAD_USER_INPUT" || invalid.Public() != "the input has several invalid values" ||
		len(fields) != 2 || fields[0].String() != "where.or[1].name is wrong" {
		t.Errorf("%s: %s: %v", invalid.Code(), invalid.Public(), fields)
	}
}
