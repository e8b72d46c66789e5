package codegen

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/model/relay"
	"rowhouse/model/tablediff"
)

// row is a row with one field, and listRow one with a list.
type (
	row[V any] struct {
		relay.Row[row[V]]
		Value *V
	}
	listRow[V any] struct {
		relay.Row[listRow[V]]
		Value []V `gorm:"serializer:json"`
	}
	bigIntsRow struct {
		relay.Row[bigIntsRow]
		Value []int64 `gorm:"serializer:bigints"`
	}
)

// rowTypes make the type of a row with a field of each scalar, or a list of it, and the type's table. They panic for a
// field that does not fit.
var rowTypes = map[string]struct{ one, list func(relay.Field) error }{
	"String":   {makeRow[string], makeList[string]},
	"Email":    {makeRow[string], makeList[string]},
	"URL":      {makeRow[string], makeList[string]},
	"Int":      {makeRow[int], makeList[int]},
	"BigInt":   {makeRow[int64], makeBigInts},
	"Float":    {makeRow[float64], makeList[float64]},
	"Decimal":  {makeRow[relay.Decimal], makeList[relay.Decimal]},
	"Boolean":  {makeRow[bool], makeList[bool]},
	"DateTime": {makeRow[time.Time], makeList[time.Time]},
	"Date":     {makeRow[relay.Date], makeList[relay.Date]},
	"UUID":     {makeRow[relay.UUID], makeList[relay.UUID]},
	"JSON":     {makeRow[relay.JSON], makeList[relay.JSON]},
}

func makeRow[V any](f relay.Field) error {
	t := relay.NewType[row[V], struct{}]([]string{"CREATED_AT_ASC"}, relay.Fields{f})
	if s, ok := any(f.Default).(V); ok {
		if err := checkInput(t, &s); err != nil {
			return err
		}
	}
	return makeTable(t)
}

func makeList[V any](f relay.Field) error {
	return makeTable(relay.NewType[listRow[V], struct{}]([]string{"CREATED_AT_ASC"}, relay.Fields{f}))
}

func makeBigInts(f relay.Field) error {
	return makeTable(relay.NewType[bigIntsRow, struct{}]([]string{"CREATED_AT_ASC"}, relay.Fields{f}))
}

func makeTable(t relay.AnyType) error {
	_, err := tablediff.Tables(relay.NewTypes(t))
	return err
}

// checkInput returns the validation errors of a value in an input. Without errors, it goes on without a database, and
// panics.
func checkInput[V any](t *relay.Type[row[V]], value *V) (err error) {
	defer func() {
		if recover() != nil {
			err = nil
		}
	}()
	in := struct {
		Value *V `json:"value"`
	}{value}
	_, err = t.CreateFrom(context.Background(), nil, &in)
	return err
}

// descriptorOf returns the relay.Field of a field.
func descriptorOf(f *Field) relay.Field {
	c := f.Constraint
	described := relay.Field{
		Name: f.Name, Nullable: f.List && !f.Required, MinLength: valueOf(c.MinLength), MaxLength: valueOf(c.MaxLength),
		Exact: c.Exact, Multiline: c.Multiline, Pattern: c.Pattern, Message: c.Message, Format: relay.Format(c.Format),
		Min: rawOf(c.Min), Max: rawOf(c.Max), Default: formatDefault(f),
	}
	if needsScalar(f.TypeName) {
		described.Scalar = relay.Scalar(f.TypeName)
	}
	return described
}

// literals are values for fields of all types, the values at the limits of types among them.
var literals = []string{
	`0`, `-0`, `1`, `-1`, `007`, `1.50`, `-0.1`, `1e3`, `1e34`, `1e35`, `1e100`, `1e308`, `1e400`, `1e-30`, `1e-31`, `1e-400`,
	`2147483647`, `2147483648`, `9007199254740993`, `9223372036854775807`, `9223372036854775808`, `"12"`, `"-1.5e2"`, `"+1"`,
	`"1e4000"`, `99999999999999999999999999999999999`, `0.000000000000000000000000000001`, `true`, `FOO`, `"true"`,
	`""`, `" "`, `"a"`, `"abc"`, `"ABC"`, `"é"`, `"e\u0301"`, `"a\nb"`, `"a\u0000"`, `"\u200b"`, `"a\u2028"`, `"""a"""`, `"a.b"`,
	`"ada@example.com"`, `"Ada <ada@example.com>"`, `"https://example.com"`, `"HTTP://example.com/ä"`, `"ftp://example.com"`,
	`"0001-01-01"`, `"1000-01-01"`, `"9999-12-31"`, `"2026-02-30"`, `"1000-01-01T00:00:00Z"`, `"1000-01-01T00:00:00+01:00"`,
	`"9999-12-31T23:59:59.9999999Z"`, `"9999-12-31T23:59:59-01:00"`, `"2026-11-23t09:30:00z"`,
	`"019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b"`, `"{019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9}"`, `{a: [1, "b", null, FOO]}`, `{a: 1e400}`,
	`[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]`,
}

var patterns = []string{`[A-Z]+`, `a|b`, `^abc$`, `\\Qa.b`, `a)|(b`, `(?i)abc`, `.*`, `\\p{L}*`, `(a`, `a{1001}`}

// randomField returns the declaration of a field with random rules.
func randomField(random *rand.Rand, scalar string) string {
	pick := func(all []string) string { return all[random.IntN(len(all))] }
	var arguments, directives []string
	add := func(condition bool, name, literal string) {
		if condition && random.IntN(3) == 0 {
			arguments = append(arguments, name+": "+literal)
		}
	}
	kind := scalarTypes[scalar]
	if kind.isString {
		arguments = append(arguments, fmt.Sprintf("maxLength: %d", random.IntN(40)))
	}
	add(kind.isString, "minLength", fmt.Sprint(random.IntN(4)))
	add(kind.isString && random.IntN(3) == 0, "pattern", `"`+pick(patterns)+`", message: "must fit"`)
	add(scalar == "String", "multiline", "true")
	add(scalar == "String", "exact", "true")
	add(scalar == "String", "format", "EMAIL")
	add(kind.isNumeric, "min", pick(literals))
	add(kind.isNumeric, "max", pick(literals))
	if len(arguments) > 0 {
		directives = append(directives, "@constraint("+strings.Join(arguments, ", ")+")")
	}
	of, literal := scalar, pick(literals)
	if random.IntN(4) == 0 {
		of, literal = "["+scalar+"!]", "["+literal+", "+pick(literals)+"]"
	}
	if random.IntN(2) == 0 {
		of += "!"
	}
	return "value: " + of + " " + strings.Join(append(directives, "@default(value: "+literal+")"), " ")
}

// makeType makes the type of a field, and returns the reason if that fails.
func makeType(f *Field) (reason any) {
	defer func() { reason = cmp.Or(recover(), reason) }()
	makeOf := rowTypes[f.TypeName].one
	if f.List {
		makeOf = rowTypes[f.TypeName].list
	}
	if err := makeOf(descriptorOf(f)); err != nil {
		return err
	}
	return nil
}

// TestAcceptedFieldsFitAtStart reads fields with random rules, and makes the types of those that Read accepts, as an
// application does at its start.
func TestAcceptedFieldsFitAtStart(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	accepted := map[string]int{}
	for _, scalar := range sortedKeys(scalarTypes) {
		for range 800 {
			declaration := randomField(random, scalar)
			s, err := Read(&ast.Source{Name: "schema.graphqls", Input: "type Item @model { " + declaration + " }"})
			if err != nil {
				continue
			}
			accepted[scalar]++
			if reason := makeType(s.Types[0].Fields[0]); reason != nil {
				t.Errorf("%s is accepted, but %v", declaration, reason)
			}
		}
		if accepted[scalar] < 3 {
			t.Errorf("only %d fields of %s are accepted", accepted[scalar], scalar)
		}
	}
}
