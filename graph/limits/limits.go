// Package limits bounds the work that a GraphQL request, and a tenant, can cause.
package limits

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bound the work that one request or one tenant can cause. DefaultLimits has the values of a
// server without settings. Each limit is at least 1.
type Limits struct {
	// Body bounds a request's body, in bytes.
	Body int64
	// Tokens bounds the tokens of a document.
	Tokens int
	// Depth bounds the nesting of fields.
	Depth int
	// Width bounds the sibling fields of a selection set.
	Width int
	// RootFields bounds the fields at the root of an operation.
	RootFields int
	// Aliases bounds the aliases of an operation; a fragment counts for each spread.
	Aliases int
	// Directives bounds the directives of an operation; a fragment counts for each spread.
	Directives int
	// Name bounds a name, or a label of @defer, in bytes: each object of a response repeats it.
	Name int
	// Fragments bounds the fragments of a document.
	Fragments int
	// Selections bounds the fields, fragments and, in tens, values of a document. A fragment counts
	// for each operation that uses it.
	Selections int
	// Errors bounds the errors of a response.
	Errors int
	// Cost bounds the fields of a response. It is estimated from the page sizes of connections.
	Cost int
	// Response bounds the data of a response, in bytes.
	Response int64
	// Time bounds an operation. For a subscription it bounds each event.
	Time time.Duration

	// Sockets bounds the open sockets of a tenant, per server.
	Sockets int
	// Operations bounds the concurrent operations of a tenant, per server.
	Operations int
	// Buffered bounds the responses that a tenant's clients have not read yet, in KiB, per server.
	Buffered int
	// Subscriptions bounds the subscriptions of a tenant, per server. A subscription counts once for
	// each KiB of its document and variables.
	Subscriptions int
}

// DefaultLimits returns the limits of a server without settings.
func DefaultLimits() Limits {
	return Limits{
		Body:       1 << 20,
		Tokens:     5000,
		Depth:      20,
		Width:      500,
		RootFields: 25,
		Aliases:    50,
		Directives: 50,
		Name:       100,
		Fragments:  100,
		Selections: 1000,
		Errors:     20,
		Cost:       50_000,
		Response:   8 << 20,
		Time:       30 * time.Second,

		Sockets:       1000,
		Operations:    500,
		Buffered:      64 << 10,
		Subscriptions: 5000,
	}
}

// Check returns an error for a limit below 1, which would refuse every request.
func (l Limits) Check() error {
	v := reflect.ValueOf(l)
	for i := range v.NumField() {
		if v.Field(i).Int() < 1 {
			return fmt.Errorf("limits: %s must be at least 1", v.Type().Field(i).Name)
		}
	}
	return nil
}

// Extension applies Limits to the operations of a gqlgen server: to their cost before they run, and
// to their lists, time and errors while they run.
type Extension struct {
	Limits
	Quota *Quota
}

var _ interface {
	graphql.OperationContextMutator
	graphql.ResponseInterceptor
} = Extension{}

// ExtensionName returns the name that gqlgen reports.
func (Extension) ExtensionName() string { return "Limits" }

// Validate accepts every schema.
func (Extension) Validate(graphql.ExecutableSchema) error { return nil }

// ErrExceeded means that a request or its response exceeds a limit.
var ErrExceeded = errors.New("a limit of the server is exceeded")

// errTooLong means that a response exceeds its limit.
var errTooLong = errors.New("the response is too long")

// Exceeded returns an error with a message for clients that wraps ErrExceeded.
func Exceeded(format string, args ...any) *gqlerror.Error {
	e := gqlerror.WrapPath(nil, ErrExceeded)
	e.Message = fmt.Sprintf(format, args...)
	return e
}

// CheckVariables returns an error for variables with more values than Cost. Counting them is faster
// than coercing them.
func (l Limits) CheckVariables(variables map[string]any) *gqlerror.Error {
	if (coster{most: l.Cost}).values(variables, 0) > l.Cost {
		return Exceeded("the variables hold more than %d values, where an object counts for ten, or nest more than %d deep: send smaller filters", l.Cost, deepest)
	}
	return nil
}

// CheckDocument returns an error for a document that exceeds a limit. Fragments that no operation uses count, too: the
// validator compares all fields of each, and of all that one operation uses, in pairs.
func (l Limits) CheckDocument(document *ast.QueryDocument) *gqlerror.Error {
	if n := len(document.Fragments); n > l.Fragments {
		return Exceeded("the document has %d fragments, and may have %d", n, l.Fragments)
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
			return Exceeded("the operation has %d fields at its root, and may have %d", e.fields, l.RootFields)
		}
	}
	s := SizeOf(document)
	if s.unknown > l.Errors {
		return Exceeded("the document uses %d fragments that it does not have", s.unknown)
	}
	if s.longest > l.Name {
		return Exceeded("the document has a name or a label of %d bytes, and it may have %d", s.longest, l.Name)
	}
	if n := s.Selections + s.Values/10; n > l.Selections {
		return Exceeded("the document has %d fields, fragments and tens of values, counted for each operation, and may have %d", n, l.Selections)
	}
	return nil
}

func (l Limits) check(where string, e extent) *gqlerror.Error {
	for _, check := range []struct {
		got, most int
		what      string
	}{
		{e.depth, l.Depth, "nests fields %d deep"},
		{e.widest, l.Width, "has %d fields beside each other"},
		{e.aliases, l.Aliases, "has %d aliases"},
		{e.directives, l.Directives, "has %d directives"},
	} {
		if check.got > check.most {
			return Exceeded("the %s "+check.what+", and may have %d", where, check.got, check.most)
		}
	}
	return nil
}
