package relay

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// newCheck returns a function that checks a value other than null by the rules of a field, and adds an
// error for each broken rule. It normalises strings first. It panics for a rule that is malformed.
func newCheck(f Field) func(v *Validation, value any) {
	switch {
	case f.List: // the elements have no rules
	case f.Scalar == ScalarString || f.Scalar == ScalarEmail:
		return newStringCheck(f)
	case f.Scalar == ScalarInt:
		return newBoundsCheck(f, strconv.Atoi)
	case f.Scalar == ScalarFloat:
		return newBoundsCheck(f, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
	}
	return func(*Validation, any) {}
}

// maxEmail is the greatest length of an e-mail address (RFC 5321).
const maxEmail = 254

// newStringCheck returns the check of a string by its format, pattern or lengths.
func newStringCheck(f Field) func(*Validation, any) {
	switch {
	case f.Format == FormatEmail || f.Scalar == ScalarEmail:
		if f.MaxLength == 0 {
			f.MaxLength = maxEmail
		}
		return func(v *Validation, value any) { v.Email(f.Name, value.(*string), f.MaxLength) }
	case f.Pattern != "":
		pattern := regexp.MustCompile(`\A(?:` + f.Pattern + `)\z`)
		return func(v *Validation, value any) {
			s := value.(*string)
			if v.Pattern(f.Name, *s, pattern, f.Message); f.MaxLength > 0 && utf8.RuneCountInString(*s) > f.MaxLength {
				v.Add(fmt.Sprintf("must have at most %d characters", f.MaxLength), f.Name)
			}
		}
	case f.MaxLength == 0: // Go code alone sets it
		return func(_ *Validation, value any) { s := value.(*string); *s = normalize(*s) }
	}
	return func(v *Validation, value any) {
		s := value.(*string)
		switch {
		case !f.Multiline:
			v.Line(f.Name, s, f.MaxLength)
		case f.Nullable && f.MinLength == 0:
			v.OptionalText(f.Name, s, f.MaxLength)
		default:
			v.Text(f.Name, s, f.MaxLength)
		}
		if f.MinLength > 1 && utf8.RuneCountInString(*s) < f.MinLength {
			v.Add(fmt.Sprintf("must have at least %d characters", f.MinLength), f.Name)
		}
		if f.Exact && strings.ContainsFunc(*s, func(c rune) bool { return c >= utf8.RuneSelf }) {
			v.Add("must have ASCII characters only", f.Name)
		}
	}
}

// newBoundsCheck returns the check of a number by Min and Max.
func newBoundsCheck[N int | float64](f Field, parse func(string) (N, error)) func(*Validation, any) {
	mustParse := func(literal string) *N {
		if literal == "" {
			return nil
		}
		n, err := parse(literal)
		if err != nil {
			panic(fmt.Sprintf("relay: the bound %q of the field %s is no %s", literal, f.Name, f.Scalar))
		}
		return &n
	}
	least, greatest := mustParse(f.Min), mustParse(f.Max)
	message := "must be at least " + f.Min
	switch {
	case f.Min != "" && f.Max != "":
		message = "must be " + f.Min + " to " + f.Max
	case f.Max != "":
		message = "must be at most " + f.Max
	}
	return func(v *Validation, value any) {
		if n := *value.(*N); least != nil && n < *least || greatest != nil && n > *greatest {
			v.Add(message, f.Name)
		}
	}
}
