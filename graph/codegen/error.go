package codegen

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Error is an error of the schema in schema.graphqls, at a position.
type Error struct {
	Position *ast.Position
	Where    string // the type, field or value: Item, Item.name or ItemStatus.TODO; empty for a syntax error
	Message  string // the reason, and the remedy after a semicolon
}

// Error returns the file, line and column, and the message: schema.graphqls:12:3: Item.name: reason; remedy.
func (e *Error) Error() string {
	message := e.Message
	if e.Where != "" {
		message = e.Where + ": " + message
	}
	if e.Position == nil || e.Position.Src == nil {
		return message
	}
	// The parser computes columns below 1 for block strings of several lines.
	return fmt.Sprintf("%s:%d:%d: %s", e.Position.Src.Name, e.Position.Line, max(1, e.Position.Column), message)
}

// schemaErrors collects the errors of a schema.
type schemaErrors struct {
	sources []*ast.Source
	all     []*Error
}

// report adds an error.
func (s *schemaErrors) report(at *ast.Position, where, format string, args ...any) {
	s.all = append(s.all, &Error{Position: at, Where: where, Message: fmt.Sprintf(format, args...)})
}

// isReported reports whether an error is at a position.
func (s *schemaErrors) isReported(at *ast.Position) bool {
	return slices.ContainsFunc(s.all, func(e *Error) bool { return e.Position == at })
}

// err returns all errors in the order of the files, one per line, or nil.
func (s *schemaErrors) err() error {
	slices.SortStableFunc(s.all, func(a, b *Error) int {
		if a.Position == nil || b.Position == nil {
			return 0
		}
		return cmp.Or(
			slices.Index(s.sources, a.Position.Src)-slices.Index(s.sources, b.Position.Src),
			a.Position.Start-b.Position.Start,
		)
	})
	errs := make([]error, len(s.all))
	for i, e := range s.all {
		errs[i] = e
	}
	return errors.Join(errs...)
}
