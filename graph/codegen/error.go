package codegen

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Error is a mistake in schema.graphqls.
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

// mistakes collects the errors of a schema.
type mistakes struct {
	sources []*ast.Source
	all     []*Error
}

// report adds a mistake.
func (m *mistakes) report(at *ast.Position, where, format string, args ...any) {
	m.all = append(m.all, &Error{Position: at, Where: where, Message: fmt.Sprintf(format, args...)})
}

// isReported reports whether a mistake is at a position.
func (m *mistakes) isReported(at *ast.Position) bool {
	return slices.ContainsFunc(m.all, func(e *Error) bool { return e.Position == at })
}

// err returns all mistakes in the order of the files, one per line, or nil.
func (m *mistakes) err() error {
	slices.SortStableFunc(m.all, func(a, b *Error) int {
		if a.Position == nil || b.Position == nil {
			return 0
		}
		return cmp.Or(
			slices.Index(m.sources, a.Position.Src)-slices.Index(m.sources, b.Position.Src),
			a.Position.Start-b.Position.Start,
		)
	})
	errs := make([]error, len(m.all))
	for i, e := range m.all {
		errs[i] = e
	}
	return errors.Join(errs...)
}
