package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"

	"rowhouse/graph/scalar"
	"rowhouse/graph/transport"
)

// literalRule is the rule "Values of Correct Type" of one validation.
type literalRule struct {
	report  core.AddErrFunc
	suggest bool
	seen    map[*ast.Value]bool // the values of a fragment are visited several times
	source  []rune
	lines   []int // their offsets in source
}

// addError adds an error at the start of a literal.
func (l *literalRule) addError(v *ast.Value, format string, args ...any) {
	l.report(core.Message(format, args...), core.At(l.positionOf(v)))
}

// positionOf returns the start of a literal. The parser's line and column of a string are
// those of its first character or, over several lines, neither.
func (l *literalRule) positionOf(v *ast.Value) *ast.Position {
	at := *v.Position
	l.splitLines(at.Src)
	at.Line, _ = slices.BinarySearch(l.lines, at.Start+1)
	at.Column = at.Start - l.lines[at.Line-1] + 1
	return &at
}

// splitLines finds the lines of the source, once.
func (l *literalRule) splitLines(source *ast.Source) {
	if l.source != nil {
		return
	}
	l.source, l.lines = []rune(source.Input), []int{0}
	for i, r := range l.source {
		if r == '\n' || r == '\r' && (i+1 == len(l.source) || l.source[i+1] != '\n') {
			l.lines = append(l.lines, i+1)
		}
	}
}

// addNameError adds an error about an unknown name, with suggestions from names.
func (l *literalRule) addNameError(at *ast.Position, message, didYouMean, name string, names []string) {
	if !l.suggest {
		names = nil
	}
	l.report(core.Message("%s", message), core.SuggestListQuoted(didYouMean, name, names), core.At(at))
}

// checkValue checks a value, but not those inside, which the validator visits by themselves.
func (l *literalRule) checkValue(v *ast.Value) {
	if l.seen[v] {
		return
	}
	l.seen[v] = true
	if v.Kind == ast.StringValue && l.hasUnpairedSurrogate(v) {
		l.addError(v, "Invalid Unicode escape sequence in a string: a surrogate (\\uD800 to \\uDFFF) without its other half.")
		return
	}
	if v.Definition == nil || v.Kind == ast.Variable {
		return
	}
	switch {
	case v.Kind == ast.NullValue:
		if v.ExpectedType.NonNull {
			l.addError(v, `Expected value of type "%s", found null.`, v.ExpectedType)
		}
	case v.Kind == ast.ListValue && v.ExpectedType.Elem != nil: // its children are checked, too
	case v.Definition.Kind == ast.Enum:
		l.checkEnum(v)
	case v.Definition.Kind == ast.InputObject:
		l.checkObject(v)
	case v.Definition.Kind == ast.Scalar:
		l.checkScalar(v)
	}
}

func (l *literalRule) checkEnum(v *ast.Value) {
	var names []string
	for _, value := range v.Definition.EnumValues {
		names = append(names, value.Name)
	}
	message := fmt.Sprintf(`Enum "%s" cannot represent non-enum value: %s.`, v.Definition.Name, printLiteral(v))
	if v.Kind == ast.EnumValue {
		if v.Definition.EnumValues.ForName(v.Raw) != nil {
			return
		}
		message = fmt.Sprintf(`Value "%s" does not exist in "%s" enum.`, v.Raw, v.Definition.Name)
	}
	l.addNameError(l.positionOf(v), message, "Did you mean the enum value", v.Raw, names)
}

func (l *literalRule) checkObject(v *ast.Value) {
	d := v.Definition
	if v.Kind != ast.ObjectValue {
		l.addError(v, `Expected value of type "%s", found %s.`, v.ExpectedType, printLiteral(v))
		return
	}
	var names []string
	for _, f := range d.Fields {
		names = append(names, f.Name)
		if f.Type.NonNull && f.DefaultValue == nil && v.Children.ForName(f.Name) == nil {
			l.addError(v, `Field "%s.%s" of required type "%s" was not provided.`, d.Name, f.Name, f.Type)
		}
	}
	for _, child := range v.Children {
		if d.Fields.ForName(child.Name) == nil {
			message := fmt.Sprintf(`Field "%s" is not defined by type "%s".`, child.Name, d.Name)
			l.addNameError(child.Position, message, "Did you mean", child.Name, names)
		}
	}
	if d.Directives.ForName("oneOf") == nil {
		return
	}
	if len(v.Children) != 1 {
		l.addError(v, `OneOf Input Object "%s" must specify exactly one key.`, d.Name)
	} else if only := v.Children[0]; only.Value.Kind == ast.NullValue {
		l.addError(v, `Field "%s.%s" must be non-null.`, d.Name, only.Name)
	}
}

// nonString is a literal in a type of its own, so no scalar accepts it as a string.
type nonString string

func (l *literalRule) checkScalar(v *ast.Value) {
	name := v.Definition.Name
	if firstVariable(v) != "" && !v.Definition.BuiltIn {
		return // checkUses has the values of the variables
	}
	value, err := v.Value(nil)
	switch {
	case v.Kind == ast.EnumValue, v.Kind == ast.FloatValue && (name == "Int" || name == "ID"), isCustomLiteral(v) && v.Definition.BuiltIn:
		value = nonString(printLiteral(v)) // 5.0 is an integer in JSON only
	case v.Kind == ast.IntValue, v.Kind == ast.FloatValue:
		value = json.Number(v.Raw)
	}
	if _, refused := scalar.Unmarshalers[name](value); refused != nil {
		l.addError(v, "%s", refused)
	} else if err != nil {
		l.addError(v, "%s", newNumberError(v))
	}
}

// newNumberError returns the error of a literal with a number that the parser can't read.
func newNumberError(v *ast.Value) error {
	return fmt.Errorf("%s cannot represent a number of more than 64 bits: %s", v.Definition.Name, printLiteral(v))
}

// printLiteral returns a literal as graphql-js prints it, truncated for a message.
func printLiteral(v *ast.Value) string {
	b := &strings.Builder{}
	writeLiteral(b, v)
	return scalar.Truncate(b.String(), scalar.LongestPrinted)
}

// writeLiteral writes a literal. It stops soon after b exceeds scalar.LongestPrinted.
func writeLiteral(b *strings.Builder, v *ast.Value) {
	if v.Kind != ast.ListValue && v.Kind != ast.ObjectValue {
		b.WriteString(v.String())
		return
	}
	brackets := map[ast.ValueKind]string{ast.ListValue: "[]", ast.ObjectValue: "{}"}[v.Kind]
	b.WriteByte(brackets[0])
	for i, child := range v.Children {
		if b.Len() > scalar.LongestPrinted {
			return
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if v.Kind == ast.ObjectValue {
			b.WriteString(child.Name + ": ")
		}
		writeLiteral(b, child.Value)
	}
	b.WriteByte(brackets[1])
}

// hasUnpairedSurrogate reports whether a string in a document has an escape for half a surrogate pair,
// which the parser replaces by U+FFFD.
func (l *literalRule) hasUnpairedSurrogate(v *ast.Value) bool {
	if !strings.ContainsRune(v.Raw, utf8.RuneError) {
		return false
	}
	l.splitLines(v.Position.Src)
	return transport.HasUnpairedSurrogate([]byte(string(l.source[v.Position.Start:v.Position.End])))
}
