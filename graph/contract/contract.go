// Package contract finds changes of a GraphQL schema that break its clients. The rules are those of graphql-js'
// findBreakingChanges and findDangerousChanges, with two differences: an element that was deprecated in a release can be removed,
// and the removal of a type is reported where clients used it. Start with Compare.
package contract

import (
	"fmt"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// Change is a change of a schema with an effect on existing operations of clients.
type Change struct {
	// Breaking changes make valid operations invalid, or their results unexpected in type. Others are dangerous:
	// operations remain valid, but clients may not expect the results.
	Breaking bool
	// Position is in the current schema. A removed element has its position in the released schema.
	Position *ast.Position
	// Coordinate is the schema coordinate of the element, such as Item.name or Query.items(first:).
	Coordinate string
	// Message is the change, without the element: was removed.
	Message string
	// Remedy is a way to keep clients working.
	Remedy string
}

// String returns the change with file and line.
func (c Change) String() string {
	return fmt.Sprintf("%s:%d: %s: %s; %s", c.Position.Src.Name, c.Position.Line, c.Coordinate, c.Message, c.Remedy)
}

// Compare returns the breaking and dangerous changes from a released schema to the current one, in the order of the
// released schema's names. It fails if one of them is invalid.
func Compare(released, current *ast.Source) ([]Change, error) {
	before, err := gqlparser.LoadSchema(released)
	if err != nil {
		return nil, err
	}
	after, err := gqlparser.LoadSchema(current)
	if err != nil {
		return nil, err
	}
	c := &comparison{before: before, after: after}
	c.compareTypes()
	c.compareDirectives()
	return c.changes, nil
}

// comparison collects the changes between two schemas.
type comparison struct {
	before, after *ast.Schema
	changes       []Change
}

// addBreaking adds a breaking change.
func (c *comparison) addBreaking(at *ast.Position, coordinate, message, remedy string) {
	c.changes = append(c.changes, Change{true, at, coordinate, message, remedy})
}

// addDangerous adds a change that is not breaking.
func (c *comparison) addDangerous(at *ast.Position, coordinate, message, remedy string) {
	c.changes = append(c.changes, Change{false, at, coordinate, message, remedy})
}

// addRemoval adds the removal of an element, unless it was deprecated.
func (c *comparison) addRemoval(at *ast.Position, coordinate string, directives ast.DirectiveList) {
	if directives.ForName("deprecated") == nil {
		c.addBreaking(at, coordinate, "was removed", "keep it with @deprecated(reason:) for a release, then remove it")
	}
}
