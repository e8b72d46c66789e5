package graph

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Limits bound what a request may ask for, so that the answer to an attack is fast and
// small. Their tags are the command line's.
type Limits struct {
	Body       int64         `default:"1048576" help:"Bytes of a request's body."`
	Tokens     int           `default:"5000" help:"Tokens of a document."`
	Depth      int           `default:"20" help:"How deep fields may nest."`
	Fields     int           `default:"150" help:"Fields beside each other, in one selection."`
	RootFields int           `default:"25" help:"Fields at the root of an operation."`
	Aliases    int           `default:"50" help:"Aliases in a document, counted wherever a fragment is used."`
	Directives int           `default:"50" help:"Directives in a document, counted alike."`
	Name       int           `default:"100" help:"Bytes of a name, or of a label of @defer: each object of an answer repeats it."`
	Fragments  int           `default:"100" help:"Fragments in a document."`
	Selections int           `default:"1000" help:"Fields, fragments and, in tens, values of a document, counted again for each operation that uses them."`
	Errors     int           `default:"20" help:"Errors in an answer."`
	Cost       int           `default:"50000" help:"Fields of an answer, counted with the sizes of pages that are asked for."`
	Answer     int64         `default:"8388608" help:"Bytes of the texts in an answer."`
	Time       time.Duration `default:"30s" help:"Time for an operation; a subscription may last."`

	Sockets       int `default:"1000" help:"Sockets that a tenant may have open, at each server."`
	Operations    int `default:"200" help:"Operations that a tenant may run at once on sockets, at each server."`
	Subscriptions int `default:"5000" help:"Subscriptions that a tenant may have, at each server; one counts for each KiB of its text."`
}

// Check fails for a limit that would refuse everything: there is no value for none.
func (l Limits) Check() error {
	v := reflect.ValueOf(l)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; v.Field(i).Int() < 1 {
			return fmt.Errorf("--max-%s must be at least 1", strings.ToLower(strings.Replace(name, "RootF", "Root-F", 1)))
		}
	}
	return nil
}

// limits applies Limits: to a document when it is seen first, before anything costlier
// than reading it, to the cost of each operation, and to its answer while it grows.
type limits struct {
	Limits
	schema    *ast.Schema
	documents graphql.Cache[*ast.QueryDocument]
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
	graphql.ResponseInterceptor
	graphql.FieldInterceptor
} = limits{}

// ExtensionName is gqlgen's name for it.
func (limits) ExtensionName() string { return "Limits" }

// Validate has nothing to check.
func (limits) Validate(graphql.ExecutableSchema) error { return nil }

var errLimit = errors.New("a limit of the server")

func exceeded(format string, args ...any) *gqlerror.Error {
	e := gqlerror.WrapPath(nil, errLimit)
	e.Message = fmt.Sprintf(format, args...)
	return e
}

// MutateOperationParameters refuses a document that is too large in some way. Those that
// were validated before passed.
func (l limits) MutateOperationParameters(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	// Before they are given their types, which takes longer than to count them.
	if (coster{most: l.Cost}).values(p.Variables, 0) > l.Cost {
		return exceeded("the variables hold more than %d values, where an object counts for ten, or nest more than %d deep: send smaller filters", l.Cost, deepest)
	}
	if _, known := l.documents.Get(ctx, p.Query); known {
		return nil
	}
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: p.Query}, l.Tokens)
	if err != nil && strings.Contains(err.Error(), "token limit") {
		return exceeded("the document has more than %d tokens", l.Tokens)
	}
	if err != nil {
		return nil //nolint:nilerr // the executor says where
	}
	if err := l.measure(document); err != nil {
		return err
	}
	// The validator's suggestions take a millisecond each.
	plain := rules.NewDefaultRules()
	plain.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	plain.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	mistakes := validator.ValidateWithRules(l.schema, document, plain)
	if len(mistakes) > l.Errors {
		return exceeded("the document has %d mistakes; the first: %s", len(mistakes), mistakes[0].Message)
	}
	if len(mistakes) == 0 && len(document.Operations) > 0 {
		l.documents.Add(ctx, p.Query, document) // the executor need not do it all again
	}
	return nil
}

// measure refuses a document by its size. Fragments that no operation uses count, too: the
// validator compares all fields of each, and of all that one operation uses, in pairs.
func (l limits) measure(document *ast.QueryDocument) *gqlerror.Error {
	if n := len(document.Fragments); n > l.Fragments {
		return exceeded("the document has %d fragments, and may have %d", n, l.Fragments)
	}
	m := measurer{document: document, fragments: map[string]*extent{}}
	for _, f := range document.Fragments {
		if err := l.check("fragment "+f.Name, m.fragment(f.Name)); err != nil {
			return err
		}
	}
	for _, o := range document.Operations {
		e := m.extent(o.SelectionSet)
		e.directives += len(o.Directives)
		if err := l.check("operation", e); err != nil {
			return err
		}
		if e.fields > l.RootFields {
			return exceeded("the operation has %d fields at its root, and may have %d", e.fields, l.RootFields)
		}
	}
	s := sizeOf(document)
	if s.unknown > l.Errors {
		return exceeded("the document uses %d fragments that it does not have", s.unknown)
	}
	if s.longest > l.Name {
		return exceeded("the document has a name or a label of %d bytes, and it may have %d", s.longest, l.Name)
	}
	if n := s.selections + s.values/10; n > l.Selections {
		return exceeded("the document has %d fields, fragments and tens of values, counted for each operation, and may have %d", n, l.Selections)
	}
	return nil
}

func (l limits) check(where string, e extent) *gqlerror.Error {
	for _, check := range []struct {
		got, most int
		what      string
	}{
		{e.depth, l.Depth, "nests fields %d deep"},
		{e.widest, l.Fields, "has %d fields beside each other"},
		{e.aliases, l.Aliases, "has %d aliases"},
		{e.directives, l.Directives, "has %d directives"},
	} {
		if check.got > check.most {
			return exceeded("the %s "+check.what+", and may have %d", where, check.got, check.most)
		}
	}
	return nil
}

// extent is how large a selection is, with all that fragments add.
type extent struct{ depth, fields, widest, aliases, directives int }

type measurer struct {
	document  *ast.QueryDocument
	fragments map[string]*extent
}

func (m measurer) extent(set ast.SelectionSet) (e extent) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			inner := m.extent(s.SelectionSet)
			e.fields++
			e.directives += len(s.Directives)
			if s.Alias != s.Name {
				e.aliases++
			}
			e.depth = max(e.depth, inner.depth+1)
			inner.fields = 0
			e.add(inner)
		case *ast.InlineFragment:
			e.directives += len(s.Directives)
			inner := m.extent(s.SelectionSet)
			e.depth = max(e.depth, inner.depth)
			e.add(inner)
		case *ast.FragmentSpread:
			e.directives += len(s.Directives)
			inner := m.fragment(s.Name)
			e.depth = max(e.depth, inner.depth)
			e.add(inner)
		}
	}
	e.widest = max(e.widest, e.fields)
	return e
}

// add adds what stands inside, but for its depth. Fragments that use each other twice
// double, so sums end at a bound.
func (e *extent) add(inner extent) {
	const most = 1 << 30
	e.fields = min(most, e.fields+inner.fields)
	e.aliases = min(most, e.aliases+inner.aliases)
	e.directives = min(most, e.directives+inner.directives)
	e.widest = max(e.widest, inner.widest)
}

// fragment measures a fragment once. One that contains itself is the validator's to
// refuse.
func (m measurer) fragment(name string) extent {
	if known := m.fragments[name]; known != nil {
		return *known
	}
	m.fragments[name] = &extent{}
	if f := m.document.Fragments.ForName(name); f != nil {
		e := m.extent(f.SelectionSet)
		e.directives += len(f.Directives)
		m.fragments[name] = &e
	}
	return *m.fragments[name]
}

// sizer counts what is written in a document, for each operation that uses it.
type sizer struct {
	document                    *ast.QueryDocument
	seen                        map[string]bool // fragments, by this operation
	selections, values, longest int
	unknown                     int // uses of fragments that are not there
}

func sizeOf(document *ast.QueryDocument) *sizer {
	s, used := &sizer{document: document}, map[string]bool{}
	for _, o := range document.Operations {
		s.seen = map[string]bool{}
		s.operation(o)
		maps.Copy(used, s.seen)
	}
	s.seen = used
	for _, f := range document.Fragments {
		s.fragment(f.Name)
	}
	return s
}

func (s *sizer) operation(o *ast.OperationDefinition) {
	for _, v := range o.VariableDefinitions {
		s.value(v.DefaultValue)
		s.directives(v.Directives)
	}
	s.directives(o.Directives)
	s.set(o.SelectionSet)
}

// fragment counts a fragment, unless it was seen.
func (s *sizer) fragment(name string) {
	f := s.document.Fragments.ForName(name)
	if f == nil {
		s.unknown++
	} else if !s.seen[name] {
		s.seen[name] = true
		s.directives(f.Directives)
		s.set(f.SelectionSet)
	}
}

func (s *sizer) set(set ast.SelectionSet) {
	s.selections += len(set)
	for _, selected := range set {
		switch selected := selected.(type) {
		case *ast.Field:
			s.name(selected.Alias)
			s.name(selected.Name)
			s.arguments(selected.Arguments)
			s.directives(selected.Directives)
			s.set(selected.SelectionSet)
		case *ast.InlineFragment:
			s.directives(selected.Directives)
			s.set(selected.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(selected.Directives)
			s.fragment(selected.Name)
		}
	}
}

func (s *sizer) directives(directives ast.DirectiveList) {
	for _, d := range directives {
		if label := d.Arguments.ForName("label"); label != nil {
			s.name(label.Value.Raw)
		}
		s.arguments(d.Arguments)
	}
}

func (s *sizer) arguments(arguments ast.ArgumentList) {
	for _, a := range arguments {
		s.name(a.Name)
		s.value(a.Value)
	}
}

func (s *sizer) name(name string) { s.longest = max(s.longest, len(name)) }

func (s *sizer) value(v *ast.Value) {
	if v == nil {
		return
	}
	s.values++
	if v.Kind == ast.EnumValue {
		s.name(v.Raw)
	}
	for _, child := range v.Children {
		s.name(child.Name)
		s.value(child.Value)
	}
}

// spent is what an answer has cost so far.
type spent struct {
	logged atomic.Int32 // errors
	texts  atomic.Int64 // bytes
	listed atomic.Int64 // fields, in lists of which nobody knew how long they are
}

type spentKey struct{}

// InterceptResponse leaves out errors beyond the limit, and from the log, too.
func (l limits) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(context.WithValue(ctx, spentKey{}, new(spent)))
	if response != nil && len(response.Errors) > l.Errors {
		response.Errors = response.Errors[:l.Errors]
	}
	return response
}

// InterceptField ends what the cost could not foresee: long texts, and lists without
// pages. It also ends what takes too long outside the database.
func (l limits) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	switch v := value.(type) {
	case string:
		return value, cmp.Or(err, l.text(ctx, len(v)))
	case *string:
		if v != nil {
			return value, cmp.Or(err, l.text(ctx, len(*v)))
		}
	default:
		if list := reflect.ValueOf(value); err == nil && list.Kind() == reflect.Slice {
			return value, cmp.Or(ctx.Err(), l.list(ctx, list.Len()))
		}
	}
	return value, err
}

func (l limits) text(ctx context.Context, length int) error {
	const short = 100 // bytes: as many as a name
	if length <= short {
		return nil
	}
	if s, ok := ctx.Value(spentKey{}).(*spent); ok && s.texts.Add(int64(length)) > l.Answer {
		return exceeded("the texts of the answer are longer than %d bytes: ask for fewer", l.Answer)
	}
	return nil
}

func (l limits) list(ctx context.Context, length int) error {
	field := graphql.GetFieldContext(ctx)
	if field.Field.Definition.Type.Elem == nil || paged(field.Field.Name) || strings.HasPrefix(field.Object, "__") {
		return nil
	}
	c := coster{graphql.GetOperationContext(ctx).Variables, l.Cost, map[string]int{}, map[string]bool{}}
	cost := c.plus(0, length, max(1, c.set(field.Field.Selections)))
	if s, ok := ctx.Value(spentKey{}).(*spent); ok && s.listed.Add(int64(cost)) > int64(l.Cost) {
		return exceeded("the answer has more than %d fields in lists like %s: ask for smaller pages", l.Cost, field.Field.Name)
	}
	return nil
}
