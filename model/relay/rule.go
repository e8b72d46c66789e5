package relay

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// newCheck returns a function that checks a value other than null by the rules of a field, and adds an
// error for each broken rule. It normalises strings first. It panics for a rule that is malformed.
func newCheck(f Field) func(v *Validation, value any) {
	if f.List {
		return newListCheck(f)
	}
	switch f.Scalar {
	case ScalarString, ScalarEmail, ScalarURL:
		return newStringCheck(f)
	case ScalarInt:
		return newBoundsCheck(f, strconv.Atoi, cmp.Compare[int])
	case ScalarBigInt:
		return newBoundsCheck(f, ParseBigInt, cmp.Compare[int64])
	case ScalarFloat:
		return newBoundsCheck(f, parseFloat, cmp.Compare[float64])
	case ScalarDecimal:
		return newDecimalCheck(f)
	case ScalarJSON:
		return checkJSON(f.Name)
	default:
		return func(*Validation, any) {}
	}
}

// The greatest lengths of an e-mail address (RFC 5321), and of a URL in common browsers and proxies.
const maxEmail, maxURL = 254, 2048

// newStringCheck returns the check of a string by its format or lengths, and then by its pattern and
// character set. The first broken rule has the only error.
func newStringCheck(f Field) func(*Validation, any) {
	checkForm, pattern := newFormCheck(f), (*regexp.Regexp)(nil)
	if f.Pattern != "" {
		pattern = regexp.MustCompile(`\A(?:` + f.Pattern + `)\z`)
	}
	return func(v *Validation, value any) {
		s, errs := value.(*string), len(v.errors)
		checkForm(v, s)
		switch {
		case len(v.errors) > errs:
		case pattern != nil && !pattern.MatchString(*s):
			v.Add(f.Message, f.Name)
		case f.MinLength > 1 && utf8.RuneCountInString(*s) < f.MinLength:
			v.Add(fmt.Sprintf("must have at least %d characters", f.MinLength), f.Name)
		case pattern != nil && f.MaxLength > 0 && utf8.RuneCountInString(*s) > f.MaxLength:
			v.Add(fmt.Sprintf("must have at most %d characters", f.MaxLength), f.Name)
		case f.Exact && strings.ContainsFunc(*s, func(c rune) bool { return c >= utf8.RuneSelf }):
			v.Add("must have ASCII characters only", f.Name)
		}
	}
}

// newFormCheck returns the check of a string's format, or of its length and control characters. A
// pattern replaces the latter.
func newFormCheck(f Field) func(*Validation, *string) {
	switch {
	case f.Format == FormatEmail || f.Scalar == ScalarEmail:
		return func(v *Validation, s *string) { v.Email(f.Name, s, cmp.Or(f.MaxLength, maxEmail)) }
	case f.Scalar == ScalarURL:
		return func(v *Validation, s *string) { v.URL(f.Name, s, cmp.Or(f.MaxLength, maxURL)) }
	case f.Pattern != "" || f.MaxLength == 0: // without a length, Go code alone sets it
		return func(_ *Validation, s *string) { *s = normalize(*s) }
	case !f.Multiline:
		return func(v *Validation, s *string) { v.Line(f.Name, s, f.MaxLength) }
	case f.Nullable && f.MinLength == 0:
		return func(v *Validation, s *string) { v.OptionalText(f.Name, s, f.MaxLength) }
	}
	return func(v *Validation, s *string) { v.Text(f.Name, s, f.MaxLength) }
}

// mustParse returns a literal of a field's kind. It panics for other literals.
func mustParse[N any](f Field, literal string, parse func(string) (N, error)) N {
	n, err := parse(literal)
	if err != nil {
		panic(fmt.Sprintf("relay: the bound %q of the field %s is no %s", literal, f.Name, f.Scalar))
	}
	return n
}

// newBoundsCheck returns the check of a number by Min and Max.
func newBoundsCheck[N any](f Field, parse func(string) (N, error), compare func(a, b N) int) func(*Validation, any) {
	var least, greatest N
	if f.Min != "" {
		least = mustParse(f, f.Min, parse)
	}
	if f.Max != "" {
		greatest = mustParse(f, f.Max, parse)
	}
	message := "must be at least " + f.Min
	switch {
	case f.Min != "" && f.Max != "":
		message = "must be " + f.Min + " to " + f.Max
	case f.Max != "":
		message = "must be at most " + f.Max
	}
	return func(v *Validation, value any) {
		n := *value.(*N)
		if f.Min != "" && compare(n, least) < 0 || f.Max != "" && compare(n, greatest) > 0 {
			v.Add(message, f.Name)
		}
	}
}

// newDecimalCheck returns the check of a decimal number by its bounds and by the digits of its column. A
// server would round other fractions.
func newDecimalCheck(f Field) func(*Validation, any) {
	before, after := f.Digits()
	checkBounds := newBoundsCheck(f, ParseDecimal, Decimal.Cmp)
	return func(v *Validation, value any) {
		errs := len(v.errors)
		checkBounds(v, value)
		b, a := decimalDigits(*value.(*Decimal))
		switch {
		case a > after:
			v.Add(fmt.Sprintf("must have at most %d digits after the point", after), f.Name)
		case b > before && len(v.errors) == errs:
			v.Add(fmt.Sprintf("must have at most %d digits before the point", before), f.Name)
		}
	}
}

// checkJSON returns the check of JSON from Go code.
func checkJSON(field string) func(*Validation, any) {
	return func(v *Validation, value any) {
		if _, err := ParseJSON(string(*value.(*JSON))); err != nil {
			v.Add("can't have "+err.Error(), field)
		}
	}
}
