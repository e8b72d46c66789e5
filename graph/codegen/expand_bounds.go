package codegen

import (
	"cmp"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// describePattern returns the sentence about a field's pattern, or "".
func describePattern(f *Field) string {
	switch {
	case f.Constraint.Message == "":
		return ""
	case f.List:
		return " Each " + f.Constraint.Message + "."
	}
	return " It " + f.Constraint.Message + "."
}

// describeBounds returns the bounds of a field's value, such as "1 to 100 characters", or "".
func describeBounds(f *Field) string {
	c := f.Constraint
	bounds := describeRange(rawValue(c.Min), rawValue(c.Max), "")
	if c.MinLength != nil || c.MaxLength != nil {
		bounds = describeRange(formatCount(leastLength(f)), formatCount(c.MaxLength), " character")
	}
	if f.List && bounds != "" {
		return "each " + bounds
	}
	return bounds
}

// describeRange returns the range from low to high, which are "" without a bound, with the singular of a unit.
func describeRange(low, high, unit string) string {
	if unit != "" && cmp.Or(high, low) != "1" {
		unit += "s"
	}
	switch {
	case low == "" && high == "":
		return ""
	case low == high:
		return high + unit
	case high == "":
		return "at least " + low + unit
	case low == "":
		return "at most " + high + unit
	}
	return low + " to " + high + unit
}

// rawValue returns a number's literal, or "" for nil.
func rawValue(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return v.Raw
}

// leastLength returns the least length to mention. A required string has at least 1 character.
func leastLength(f *Field) *int {
	c := f.Constraint
	if c.MinLength == nil && f.Required && c.Format == "" && !f.List {
		return new(1)
	}
	return c.MinLength
}

// formatCount returns a count with commas, such as "10,000". It returns "" for nil, and for 0.
func formatCount(n *int) string {
	if n == nil || *n == 0 {
		return ""
	}
	digits := strconv.Itoa(*n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
