package graph

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	Name       int           `default:"100" help:"Bytes of an alias, or of a label of @defer: each object of an answer repeats it."`
	Errors     int           `default:"20" help:"Errors in an answer."`
	Cost       int           `default:"50000" help:"Fields of an answer, counted with the sizes of pages that are asked for."`
	Time       time.Duration `default:"30s" help:"Time for an operation; a subscription may last."`

	Sockets       int `default:"1000" help:"Sockets that a tenant may have open, at each server."`
	Operations    int `default:"200" help:"Operations that a tenant may run at once on sockets, at each server."`
	Subscriptions int `default:"5000" help:"Subscriptions that a tenant may have, at each server."`
}

// limits applies Limits: to a document when it is seen first, before anything costlier
// than reading it, and to the cost of each operation.
type limits struct {
	Limits
	schema    *ast.Schema
	documents graphql.Cache[*ast.QueryDocument]
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
	graphql.ResponseInterceptor
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
	m := measurer{document: document, fragments: map[string]*extent{}}
	for _, o := range document.Operations {
		got := m.extent(o.SelectionSet)
		got.directives += len(o.Directives)
		for _, check := range []struct {
			got, most int
			what      string
		}{
			{got.depth, l.Depth, "nests fields %d deep"},
			{got.fields, l.RootFields, "has %d fields at its root"},
			{got.widest, l.Fields, "has %d fields beside each other"},
			{got.aliases, l.Aliases, "has %d aliases"},
			{got.directives, l.Directives, "has %d directives"},
			{got.name, l.Name, "has an alias or a label of %d bytes"},
		} {
			if check.got > check.most {
				return exceeded("the operation "+check.what+", and may have %d", check.got, check.most)
			}
		}
	}
	// The validator's suggestions take a millisecond each.
	plain := rules.NewDefaultRules()
	plain.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	plain.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	if mistakes := validator.ValidateWithRules(l.schema, document, plain); len(mistakes) > l.Errors {
		return exceeded("the document has %d mistakes; the first: %s", len(mistakes), mistakes[0].Message)
	}
	return nil
}

// extent is how large a selection is, with all that fragments add.
type extent struct{ depth, fields, widest, aliases, directives, name int }

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
			e.count(s.Directives)
			if s.Alias != s.Name {
				e.aliases++
				e.name = max(e.name, len(s.Alias))
			}
			e.depth = max(e.depth, inner.depth+1)
			inner.fields = 0
			e.add(inner)
		case *ast.InlineFragment:
			e.count(s.Directives)
			inner := m.extent(s.SelectionSet)
			e.depth = max(e.depth, inner.depth)
			e.add(inner)
		case *ast.FragmentSpread:
			e.count(s.Directives)
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
	e.name = max(e.name, inner.name)
}

// count adds directives, whose labels are names.
func (e *extent) count(directives ast.DirectiveList) {
	e.directives += len(directives)
	for _, d := range directives {
		if label := d.Arguments.ForName("label"); label != nil {
			e.name = max(e.name, len(label.Value.Raw))
		}
	}
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

// MutateOperationContext refuses an operation that asks for too much, and variables that
// gqlgen panics at.
func (l limits) MutateOperationContext(_ context.Context, o *graphql.OperationContext) *gqlerror.Error {
	c := coster{o.Variables, l.Cost, map[string]int{}, map[string]bool{}}
	if cost := c.set(o.Operation.SelectionSet); cost > l.Cost {
		return exceeded("the operation asks for more than %d fields: ask for smaller pages", l.Cost)
	}
	for name := range c.conditions {
		if value, set := o.Variables[name]; set && value == nil {
			return gqlerror.ErrorPathf(ast.Path{ast.PathName("variable"), ast.PathName(name)}, "must not be null: a directive's if needs it")
		}
	}
	return nil
}

// coster counts the fields of an answer. It looks at names of arguments, so that no
// connection is forgotten: first and last say how many nodes and edges there can be.
type coster struct {
	variables map[string]any
	most      int
	fragments map[string]int
	// conditions are the variables that directives take for their if.
	conditions map[string]bool
}

// The default size of a page, see model, and the fields of an answer about the schema.
const defaultPage, introspected = 20, 5000

func (c coster) set(set ast.SelectionSet) int { return c.sized(set, 1) }

// sized is set for a connection of so many nodes.
func (c coster) sized(set ast.SelectionSet, nodes int) (cost int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			c.note(s.Directives)
			size := 1
			if s.Name == "nodes" || s.Name == "edges" {
				size = nodes
			}
			cost = c.plus(cost, size, c.field(s))
		case *ast.InlineFragment:
			c.note(s.Directives)
			cost = c.plus(cost, 1, c.sized(s.SelectionSet, nodes))
		case *ast.FragmentSpread:
			c.note(s.Directives)
			key := fmt.Sprint(s.Name, nodes)
			known, ok := c.fragments[key]
			if !ok {
				known = c.sized(s.Definition.SelectionSet, nodes)
				c.fragments[key] = known
			}
			cost = c.plus(cost, 1, known)
		}
	}
	return cost
}

func (c coster) note(directives ast.DirectiveList) {
	for _, d := range directives {
		if condition := d.Arguments.ForName("if"); condition != nil && condition.Value.Kind == ast.Variable && d.Name != "defer" {
			c.conditions[condition.Value.Raw] = true
		}
	}
}

// plus is sum + n * cost, or just above the limit.
func (c coster) plus(sum, n, cost int) int {
	if n > 0 && cost > (c.most+1-sum)/n {
		return c.most + 1
	}
	return sum + n*cost
}

func (c coster) field(f *ast.Field) int {
	if f.Name == "__schema" || f.Name == "__type" {
		return introspected
	}
	nodes := 1
	arguments := f.ArgumentMap(c.variables)
	if f.Definition != nil && f.Definition.Arguments.ForName("first") != nil {
		nodes = defaultPage
	}
	for _, name := range []string{"first", "last"} {
		if size, err := graphql.UnmarshalInt(arguments[name]); err == nil && arguments[name] != nil {
			nodes = max(0, size)
		}
	}
	if ids, ok := arguments["ids"].([]any); ok {
		return 1 + min(c.most+1, len(ids)*c.set(f.SelectionSet))
	}
	return 1 + c.sized(f.SelectionSet, nodes)
}

// InterceptResponse leaves out errors beyond the limit.
func (l limits) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response != nil && len(response.Errors) > l.Errors {
		response.Errors = response.Errors[:l.Errors]
	}
	return response
}
