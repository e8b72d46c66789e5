package codegen

import (
	"fmt"
	"math/big"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
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
	switch scalar := scalarTypes[f.TypeName]; {
	case f.Kind == KindEnum:
		if v.Kind != ast.EnumValue || !slices.ContainsFunc(f.Enum.Values, func(e EnumValue) bool { return e.Name == v.Raw }) {
			return fmt.Sprintf("%s is no value of %s; %s", v, f.TypeName, suggest(v.Raw, namesOf(f.Enum)))
		}
		return ""
	case scalar.isNumeric:
		return numberProblem(f, v)
	case f.TypeName == "Boolean" && v.Kind != ast.BooleanValue:
		return fmt.Sprintf("is %s, which is no Boolean; write true or false", v)
	case f.TypeName == "Boolean" || f.TypeName == "JSON":
		return ""
	case v.Kind != ast.StringValue && v.Kind != ast.BlockValue:
		return fmt.Sprintf("is %s, which is no %s; write a string", v, f.TypeName)
	case scalar.isString && f.TypeName != "URL" && f.TypeName != "Email":
		return stringProblem(f.Constraint, v.Raw)
	}
	if !isFormatted(f.TypeName, v.Raw) {
		return fmt.Sprintf("is %s, which is no %s; correct it", v, f.TypeName)
	}
	if scalarTypes[f.TypeName].isString {
		return stringProblem(f.Constraint, v.Raw)
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
	n, _ := parseNumber(f.TypeName, bound)
	return n
}

// numberProblem returns the reason and the remedy if a value is not within the bounds of a number, or "".
func numberProblem(f *Field, v *ast.Value) string {
	n, problem := parseNumber(f.TypeName, v)
	if problem != "" {
		return problem
	}
	if least := boundOf(f, f.Constraint.Min); least != nil && n.Cmp(least) < 0 {
		return fmt.Sprintf("%s is less than min %s; change one of them", v, f.Constraint.Min)
	}
	if greatest := boundOf(f, f.Constraint.Max); greatest != nil && n.Cmp(greatest) > 0 {
		return fmt.Sprintf("%s is greater than max %s; change one of them", v, f.Constraint.Max)
	}
	return ""
}

// stringProblem returns the reason and the remedy if a string violates a constraint, or "".
func stringProblem(c Constraint, s string) string {
	shortest, n := 1, utf8.RuneCountInString(s)
	if c.MinLength != nil {
		shortest = *c.MinLength
	}
	pattern, err := regexp.Compile("^(?:" + c.Pattern + ")$")
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
	case c.Format == "EMAIL" && !isFormatted("Email", s):
		return "is no e-mail address; correct it"
	}
	return ""
}

// isFormatted reports whether a string is a value of a scalar.
func isFormatted(scalar, s string) bool {
	switch scalar {
	case "Email":
		address, err := mail.ParseAddress(s)
		return err == nil && address.Address == s
	case "URL":
		u, err := url.Parse(s)
		return err == nil && u.IsAbs() && u.Host != ""
	case "UUID":
		_, err := uuid.Parse(s)
		return err == nil && len(s) == 36
	case "Date":
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	default: // DateTime
		_, err := time.Parse(time.RFC3339, s)
		return err == nil
	}
}
