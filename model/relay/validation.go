package relay

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// Validation collects the validation errors of an input, for clients to see all of them together.
// Its methods for strings normalise the string to NFC first, and count the characters of the
// normalised string.
type Validation struct {
	errors []FieldError
	path   Path // of the validated row, in an input with several rows
}

// Add adds an error. The message completes a sentence after the path.
func (v *Validation) Add(message string, path ...any) {
	v.errors = append(v.errors, FieldError{Path: slices.Concat(v.path, path), Message: message})
}

// Err returns an *InvalidError with all errors, or nil.
func (v *Validation) Err() error {
	if len(v.errors) == 0 {
		return nil
	}
	return &InvalidError{Errors: v.errors}
}

// Line checks a string of 1 to longest characters, on one line and not blank.
func (v *Validation) Line(field string, s *string, longest int) {
	v.checkLength(field, s, longest)
	if strings.ContainsFunc(*s, func(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp) }) {
		v.Add("must not hold control characters such as line breaks", field)
	}
}

// Text checks a string of 1 to longest characters, on any number of lines and not blank.
func (v *Validation) Text(field string, s *string, longest int) {
	v.checkLength(field, s, longest)
	v.checkControls(field, *s)
}

// OptionalText checks a string of at most longest characters, on any number of lines, or nil.
func (v *Validation) OptionalText(field string, s *string, longest int) {
	if s == nil {
		return
	}
	*s = normalize(*s)
	if utf8.RuneCountInString(*s) > longest || !utf8.ValidString(*s) {
		v.Add(fmt.Sprintf("must have at most %d characters", longest), field)
	}
	v.checkControls(field, *s)
}

func (v *Validation) checkLength(field string, s *string, longest int) {
	*s = normalize(*s)
	if strings.TrimFunc(*s, isBlank) == "" || utf8.RuneCountInString(*s) > longest || !utf8.ValidString(*s) {
		v.Add(fmt.Sprintf("must have 1 to %d characters, not all blank", longest), field)
	}
}

// isBlank reports whether a character is invisible, such as a space or one without width.
func isBlank(c rune) bool { return unicode.IsSpace(c) || unicode.In(c, unicode.Cc, unicode.Cf) }

// checkControls rejects control characters; JSON escapes each as six bytes.
func (v *Validation) checkControls(field, s string) {
	if strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Cc, c) && !strings.ContainsRune("\n\r\t", c) }) {
		v.Add("must not hold control characters other than line breaks and tabs", field)
	}
}

// Email checks an e-mail address of at most longest characters, without a display name.
func (v *Validation) Email(field string, s *string, longest int) {
	*s = normalize(*s)
	if !IsEmail(*s) || utf8.RuneCountInString(*s) > longest {
		v.Add(fmt.Sprintf("must be an e-mail address of at most %d characters", longest), field)
	}
}

// URL checks an absolute URL of at most longest characters, as IsURL does.
func (v *Validation) URL(field string, s *string, longest int) {
	if !IsURL(*s) || len(*s) > longest {
		v.Add(fmt.Sprintf("must be a URL with http or https of at most %d characters", longest), field)
	}
}

// Pattern compares a string with a regular expression; message describes the expression.
func (v *Validation) Pattern(field, s string, pattern *regexp.Regexp, message string) {
	if !pattern.MatchString(s) {
		v.Add(message, field)
	}
}

// Named is a Type of any row.
type Named interface{ Name() string }

// ID decodes a global id of a type.
func (v *Validation) ID(field string, g GlobalID, of Named) ID {
	id, err := g.Decode(of.Name())
	if err != nil {
		v.Add(err.Error(), field)
	}
	return id
}

// OptionalID decodes a global id, which may be omitted or null.
func (v *Validation) OptionalID(field string, in graphql.Omittable[*GlobalID], of Named) graphql.Omittable[*ID] {
	g := in.Value()
	if g == nil {
		if in.IsSet() {
			return graphql.OmittableOf[*ID](nil)
		}
		return graphql.Omittable[*ID]{}
	}
	id := v.ID(field, *g, of)
	return graphql.OmittableOf(&id)
}

// NotNull returns the value of a field of an update, or nil if it is omitted. Null is an error,
// for columns that are NOT NULL.
func NotNull[V any](v *Validation, field string, in graphql.Omittable[*V]) *V {
	if in.IsSet() && in.Value() == nil {
		v.Add("must not be null; leave it out to keep it as it is", field)
	}
	return in.Value()
}
