package codegen

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/model/relay"
)

// maxText is the greatest length of a string in characters, whatever they are: a column of type TEXT has 65,535
// bytes, and a character at most 4. The rest is for clients with other encodings.
const maxText = 10_000

// readConstraint returns the arguments of @constraint, and the default of the scalar's greatest length.
func readConstraint(f *fieldNode) Constraint {
	u := f.uses.first("constraint")
	c := Constraint{
		MinLength: u.intArgument("minLength"), MaxLength: u.intArgument("maxLength"),
		Pattern: u.stringArgument("pattern"), Message: u.stringArgument("message"), Format: u.stringArgument("format"),
		Min: u.value("min"), Max: u.value("max"), Multiline: u.flag("multiline"), Exact: u.flag("exact"),
	}
	if longest := scalarTypes[f.Scalar].maxLength; c.MaxLength == nil && longest > 0 {
		c.MaxLength = &longest
	}
	return c
}

// checkConstraint checks the arguments of @constraint of a column.
func (r *reader) checkConstraint(f *fieldNode) {
	u := f.uses.first("constraint")
	if u == nil {
		r.checkMaxLength(f, f.Position, false)
		return
	}
	misfits := false
	for _, a := range u.Arguments {
		if u.value(a.Name) != nil && !constraintFits(f.Scalar, a.Name) {
			misfits = true
			r.report(a.Position, f.where(), "the argument %s of @constraint does not fit %s; remove it", a.Name, f.TypeName)
		}
	}
	if misfits || u.wrong {
		return
	}
	r.checkMaxLength(f, u.Position, true)
	r.checkLengths(f, u)
	r.checkPattern(f, u)
	r.checkBounds(f, u)
}

// constraintFits reports whether an argument of @constraint fits a scalar or enum.
func constraintFits(typeName, argument string) bool {
	switch argument {
	case "min", "max":
		return scalarTypes[typeName].isNumeric
	case "minLength", "maxLength", "pattern", "message":
		return scalarTypes[typeName].isString
	default: // format, multiline, exact
		return typeName == "String"
	}
}

// checkMaxLength reports a string without a greatest length.
func (r *reader) checkMaxLength(f *fieldNode, at *ast.Position, constrained bool) {
	switch {
	case !scalarTypes[f.Scalar].isString || f.Constraint.MaxLength != nil:
	case constrained:
		r.report(at, f.where(), "the string has no greatest length; add maxLength: 100 to @constraint")
	default:
		r.report(at, f.where(), "the string has no greatest length; add @constraint(maxLength: 100)")
	}
}

// checkLengths checks the bounds of a string's length.
func (r *reader) checkLengths(f *fieldNode, u *use) {
	shortest, longest := f.Constraint.MinLength, f.Constraint.MaxLength
	switch {
	case shortest != nil && *shortest < 0:
		r.report(u.Position, f.where(), "minLength %d is negative; write 0 or more", *shortest)
	case longest != nil && *longest < 1:
		r.report(u.Position, f.where(), "maxLength %d leaves no string; write 1 or more", *longest)
	case longest != nil && *longest > maxText:
		r.report(u.Position, f.where(), "maxLength %d is over %d, the limit of a column; lower it", *longest, maxText)
	case shortest != nil && longest != nil && *shortest > *longest:
		r.report(u.Position, f.where(), "minLength %d is greater than maxLength %d; swap or change them", *shortest, *longest)
	}
	if f.Constraint.Format != "" && f.Constraint.Multiline {
		r.report(u.Position, f.where(), "an e-mail address has one line; remove multiline or format")
	}
}

// checkPattern checks a pattern and its message.
func (r *reader) checkPattern(f *fieldNode, u *use) {
	pattern, message := f.Constraint.Pattern, f.Constraint.Message
	_, err := regexp.Compile(pattern)
	if err == nil {
		_, err = regexp.Compile(wholePattern(pattern)) // it fails for \Q without \E
	}
	if err != nil {
		r.report(u.value("pattern").Position, f.where(), "the pattern is no regular expression of RE2 (%s); correct it", reasonOf(err))
		return
	}
	switch {
	case pattern != "" && message == "":
		r.report(u.Position, f.where(), "the pattern has no message for clients; add message: \"must have …\"")
	case pattern == "" && message != "":
		r.report(u.Position, f.where(), "the message has no pattern; add pattern, or remove message")
	}
}

// checkBounds checks the bounds of a number.
func (r *reader) checkBounds(f *fieldNode, u *use) {
	values := map[string]*big.Rat{}
	for _, name := range []string{"min", "max"} {
		bound := u.value(name)
		if bound == nil {
			continue
		}
		n, problem := parseNumber(f.Scalar, bound)
		if problem != "" {
			r.report(bound.Position, f.where(), "%s of @constraint %s", name, problem)
			continue
		}
		values[name] = n
	}
	if values["min"] != nil && values["max"] != nil && values["min"].Cmp(values["max"]) > 0 {
		r.report(u.Position, f.where(), "min %s is greater than max %s; swap or change them",
			u.stringArgument("min"), u.stringArgument("max"))
	}
}

// parseNumber returns a number of a scalar, or the reason and the remedy if the value is none.
func parseNumber(scalar string, v *ast.Value) (n *big.Rat, problem string) {
	kinds := map[string][]ast.ValueKind{
		"Int":     {ast.IntValue},
		"BigInt":  {ast.IntValue, ast.StringValue},
		"Float":   {ast.IntValue, ast.FloatValue},
		"Decimal": {ast.IntValue, ast.FloatValue, ast.StringValue},
	}
	problem = fmt.Sprintf("is %s, which is no %s; correct it", v, scalar)
	if !slices.Contains(kinds[scalar], v.Kind) || len(v.Raw) > 100 || !decimalNumber.MatchString(v.Raw) {
		return nil, problem
	}
	bits := map[string]int{"Int": 32, "BigInt": 64}[scalar]
	if _, err := strconv.ParseInt(v.Raw, 10, bits); bits > 0 && err != nil {
		return nil, problem
	}
	if _, err := strconv.ParseFloat(v.Raw, 64); scalar == "Float" && err != nil {
		return nil, fmt.Sprintf("is %s, which is beyond the range of Float; correct it", v)
	}
	if _, err := relay.ParseDecimal(v.Raw); scalar == "Decimal" && err != nil {
		return nil, fmt.Sprintf("is %s, and a Decimal has at most 35 digits before the point and 30 after it; correct it", v)
	}
	n, ok := new(big.Rat).SetString(v.Raw)
	if !ok {
		return nil, problem
	}
	return n, ""
}

// decimalNumber matches numbers with a small exponent: big.Rat writes out the zeros of others.
var decimalNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)

// reasonOf returns the message of a syntax error of a regular expression without its prefix.
func reasonOf(err error) string {
	return regexp.MustCompile("^error parsing regexp: ").ReplaceAllString(err.Error(), "")
}
