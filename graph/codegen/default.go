package codegen

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/text/unicode/norm"

	"rowhouse/model/relay"
)

// checkDefault checks the value of @default against the type and @constraint.
func (r *reader) checkDefault(f *fieldNode) {
	u := f.uses.first("default")
	if u == nil || u.wrong || f.uses.has("constraint") && f.uses.first("constraint").wrong {
		return
	}
	values := []*ast.Value{f.Default}
	if f.List {
		if f.Default.Kind != ast.ListValue {
			r.report(u.Position, f.where(), "the default of a list is a list; write [%s]", f.Default)
			return
		}
		values = listOf(f.Default)
	}
	for _, v := range values {
		if problem := defaultProblem(f.Field, v); problem != "" {
			r.report(v.Position, f.where(), "the default %s", problem)
			return
		}
	}
}

// defaultProblem returns the reason and the remedy if a value is no default of a column, or "".
func defaultProblem(f *Field, v *ast.Value) string {
	switch scalar := scalarTypes[f.Scalar]; {
	case f.Kind == KindEnum:
		if v.Kind != ast.EnumValue || !slices.ContainsFunc(f.Enum.Values, func(e EnumValue) bool { return e.Name == v.Raw }) {
			return fmt.Sprintf("%s is no value of %s; %s", v, f.TypeName, suggest(v.Raw, namesOf(f.Enum)))
		}
		return ""
	case scalar.isNumeric:
		return numberProblem(f, v)
	case f.Scalar == "Boolean" && v.Kind != ast.BooleanValue:
		return fmt.Sprintf("is %s, which is no Boolean; write true or false", v)
	case f.Scalar == "Boolean":
		return ""
	case f.Scalar == "JSON":
		return jsonProblem(v)
	case v.Kind != ast.StringValue && v.Kind != ast.BlockValue:
		return fmt.Sprintf("is %s, which is no %s; write a string", v, f.TypeName)
	case f.Scalar == "String":
		return stringProblem(f, v.Raw)
	}
	if problem := formatProblem(f.Scalar, v); problem != "" || !scalarTypes[f.Scalar].isString {
		return problem
	}
	return stringProblem(f, v.Raw)
}

// jsonProblem returns the reason and the remedy if no column can have a value of JSON, or "".
func jsonProblem(v *ast.Value) string {
	if _, err := newJSON(v); err != nil {
		return fmt.Sprintf("is %s, which no column of JSON can have (%v); change it", v, err)
	}
	return ""
}

// namesOf returns the names of an enum's values.
func namesOf(e *Enum) []string {
	names := make([]string, len(e.Values))
	for i, v := range e.Values {
		names[i] = v.Name
	}
	return names
}

// boundOf returns a bound of a number, or nil. checkBounds reports a bound that is no number.
func boundOf(f *Field, bound *ast.Value) *big.Rat {
	if bound == nil {
		return nil
	}
	n, _ := parseNumber(f.Scalar, bound)
	return n
}

// numberProblem returns the reason and the remedy if a value is not within the bounds of a number, or "".
func numberProblem(f *Field, v *ast.Value) string {
	n, problem := parseNumber(f.Scalar, v)
	if problem != "" {
		return problem
	}
	if least := boundOf(f, f.Constraint.Min); least != nil && n.Cmp(least) < 0 {
		return fmt.Sprintf("%s is less than min %s; change one of them", v, f.Constraint.Min)
	}
	if greatest := boundOf(f, f.Constraint.Max); greatest != nil && n.Cmp(greatest) > 0 {
		return fmt.Sprintf("%s is greater than max %s; change one of them", v, f.Constraint.Max)
	}
	if f.Scalar == "Decimal" {
		return digitsProblem(f, v)
	}
	return ""
}

// digitsProblem returns the reason and the remedy if a decimal number has more digits than its column, or "". The
// bounds determine the digits of the column.
func digitsProblem(f *Field, v *ast.Value) string {
	column := relay.Field{Name: f.Name, Scalar: relay.ScalarDecimal}
	for bound, text := range map[*ast.Value]*string{f.Constraint.Min: &column.Min, f.Constraint.Max: &column.Max} {
		if boundOf(f, bound) != nil {
			*text = bound.Raw
		}
	}
	n, err := relay.ParseDecimal(v.Raw)
	if err != nil {
		return "" // parseNumber reports it
	}
	before, after := column.Digits()
	whole, fraction, _ := strings.Cut(n.Abs().String(), ".")
	switch {
	case len(fraction) > after:
		return fmt.Sprintf("%s has more than %d digits after the point, the digits of the column; shorten it, "+
			"or write min with more digits", v, after)
	case len(whole) > before && whole != "0":
		return fmt.Sprintf("%s has more than %d digits before the point, the digits of the column; shorten it", v, before)
	}
	return ""
}

// stringProblem returns the reason and the remedy if a string violates a constraint, or "".
func stringProblem(f *Field, s string) string {
	s = norm.NFC.String(s) // as relay.Validation does
	c, shortest, n := f.Constraint, 1, utf8.RuneCountInString(s)
	if c.MinLength != nil {
		shortest = *c.MinLength
	}
	pattern, err := regexp.Compile(wholePattern(c.Pattern))
	breaks := strings.ContainsFunc(s, unicode.IsControl)
	switch {
	case n < shortest:
		return fmt.Sprintf("has %d characters, and the least number is %d; lengthen it", n, shortest)
	case c.MaxLength != nil && n > *c.MaxLength:
		return fmt.Sprintf("has %d characters, and the greatest number is %d; shorten it", n, *c.MaxLength)
	case c.Pattern != "" && err == nil && !pattern.MatchString(s):
		return fmt.Sprintf("does not match the pattern %s; change one of them", c.Pattern)
	case breaks && !c.Multiline:
		return "has line breaks or other control characters; remove them, or add @constraint(multiline: true)"
	case c.Exact && strings.ContainsFunc(s, func(c rune) bool { return c > unicode.MaxASCII }):
		return "has characters beyond ASCII, which exact excludes; change it, or remove exact"
	case c.Format == "EMAIL" && !relay.IsEmail(s):
		return "is no e-mail address; correct it"
	case c.Pattern == "":
		return linesProblem(f, s)
	}
	return ""
}

// wholePattern returns the regular expression for a whole string, as relay.Field has it.
func wholePattern(pattern string) string { return `\A(?:` + pattern + `)\z` }

// linesProblem returns the reason and the remedy if the server refuses a string for its characters, or "".
func linesProblem(f *Field, s string) string {
	var v relay.Validation
	longest := cmp.Or(valueOf(f.Constraint.MaxLength), maxText)
	switch {
	case !f.Constraint.Multiline:
		v.Line(f.Name, &s, longest)
	case !f.Required && valueOf(f.Constraint.MinLength) == 0:
		v.OptionalText(f.Name, &s, longest)
	default:
		v.Text(f.Name, &s, longest)
	}
	var invalid *relay.InvalidError
	if errors.As(v.Err(), &invalid) {
		return invalid.Errors[0].Message + "; change it"
	}
	return ""
}

// formatProblem returns the reason and the remedy if a string is no value of a scalar, or "".
func formatProblem(scalar string, v *ast.Value) string {
	var isValid bool
	description := scalar
	switch scalar {
	case "Email":
		isValid = relay.IsEmail(v.Raw)
	case "URL":
		isValid = relay.IsURL(v.Raw)
		description = "URL with http or https"
	case "UUID":
		_, err := relay.ParseUUID(v.Raw)
		isValid = err == nil
	case "Date":
		_, err := relay.ParseDate(v.Raw)
		isValid = err == nil
		description = "Date of the years 1000 to 9999"
	default: // DateTime
		t, err := time.Parse(time.RFC3339, v.Raw)
		isValid = err == nil && t.UTC().Year() >= 1000 && t.UTC().Year() <= 9999
		description = "DateTime of the years 1000 to 9999 in UTC"
	}
	if isValid {
		return ""
	}
	return fmt.Sprintf("is %s, which is no %s; correct it", v, description)
}
