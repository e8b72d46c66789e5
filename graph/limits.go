package graph

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"rowhouse/graph/transport"
)

// Limits bound what a request may ask for, so that the answer to an attack is fast and
// small. Their tags are the command line's.
type Limits struct {
	Body       int64         `default:"1048576" help:"Bytes of a request's body."`
	Tokens     int           `default:"5000" help:"Tokens of a document."`
	Depth      int           `default:"20" help:"How deep fields may nest."`
	Fields     int           `default:"500" help:"Fields beside each other, in one selection."`
	RootFields int           `default:"25" help:"Fields at the root of an operation."`
	Aliases    int           `default:"50" help:"Aliases in a document, counted wherever a fragment is used."`
	Directives int           `default:"50" help:"Directives in a document, counted alike."`
	Name       int           `default:"100" help:"Bytes of a name, or of a label of @defer: each object of an answer repeats it."`
	Fragments  int           `default:"100" help:"Fragments in a document."`
	Selections int           `default:"1000" help:"Fields, fragments and, in tens, values of a document, counted again for each operation that uses them."`
	Errors     int           `default:"20" help:"Errors in an answer."`
	Cost       int           `default:"50000" help:"Fields of an answer, counted with the sizes of pages that are asked for."`
	Answer     int64         `default:"8388608" help:"Bytes of the data in a response."`
	Time       time.Duration `default:"30s" help:"Time for an operation; a subscription may last."`

	Sockets       int `default:"1000" help:"Sockets that a tenant may have open, at each server."`
	Operations    int `default:"500" help:"Operations that a tenant may run at once, at each server."`
	Unread        int `default:"65536" help:"KiB of answers that may wait for a tenant's clients to read them, at each server."`
	Subscriptions int `default:"5000" help:"Subscriptions that a tenant may have, at each server; one counts for each KiB of its text."`
}

// Check fails for a limit that would refuse everything: there is no value for none.
func (l Limits) Check() error {
	v := reflect.ValueOf(l)
	for i := range v.NumField() {
		if v.Field(i).Int() < 1 {
			flag := regexp.MustCompile("(.)([A-Z])").ReplaceAllString(v.Type().Field(i).Name, "$1-$2")
			least := "at least 1"
			if v.Type().Field(i).Type == reflect.TypeFor[time.Duration]() {
				least = "longer than 0, such as 30s"
			}
			return fmt.Errorf("--max-%s must be %s", strings.ToLower(flag), least)
		}
	}
	return nil
}

// limits applies Limits: to a document when it is seen first, before anything costlier
// than reading it, to the cost of each operation, and to its answer while it grows.
// Variables are coerced in between: their size is known, and nothing has run.
type limits struct {
	Limits
	schema    *ast.Schema
	documents graphql.Cache[*ast.QueryDocument]
	open      transport.AcquireFunc
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

// errTooLong means that a response exceeds its limit.
var errTooLong = errors.New("the response is too long")

func exceeded(format string, args ...any) *gqlerror.Error {
	e := gqlerror.WrapPath(nil, errLimit)
	e.Message = fmt.Sprintf(format, args...)
	return e
}

// MutateOperationParameters refuses a document that is too large in some way, and then
// coerces the variables. Documents that were validated before are not measured again.
func (l limits) MutateOperationParameters(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	// Counting the variables is faster than coercing them, so it comes first.
	if (coster{most: l.Cost}).values(p.Variables, 0) > l.Cost {
		return exceeded("the variables hold more than %d values, where an object counts for ten, or nest more than %d deep: send smaller filters", l.Cost, deepest)
	}
	if document, known := l.documents.Get(ctx, p.Query); known {
		return l.coerceVariables(document, p)
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
	errs := validator.ValidateWithRules(l.schema, document, newRules(false))
	if len(errs) > l.Errors {
		return exceeded("the document has %d validation errors; the first: %s", len(errs), errs[0].Message)
	}
	if len(errs) > 0 || len(document.Operations) == 0 {
		return nil // the executor reports them, with suggestions
	}
	l.documents.Add(ctx, p.Query, document) // the executor need not parse and validate it again
	return l.coerceVariables(document, p)
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
