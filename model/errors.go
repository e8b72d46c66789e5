package model

import (
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// NotFoundError says that a row that the caller named is not there. It is the same
// for a row of another tenant.
type NotFoundError struct{ Noun string }

// Error is for clients, too.
func (e *NotFoundError) Error() string { return "there is no " + e.Noun + " with this id" }

// ConflictError says that a change contradicts what is stored.
type ConflictError struct{ Message string }

// Error is for clients, too.
func (e *ConflictError) Error() string { return e.Message }

// InvalidError holds all rules that an input breaks.
type InvalidError struct{ Broken []BrokenRule }

// BrokenRule says what is wrong with one field of an input.
type BrokenRule struct {
	// Path leads to the field from the function's input; the caller knows what lies
	// before it.
	Path []string
	// Message reads on from the field's name: "must have 1 to 100 characters".
	Message string
}

// Error names all rules.
func (e *InvalidError) Error() string {
	messages := make([]string, len(e.Broken))
	for i, b := range e.Broken {
		messages[i] = b.String()
	}
	return strings.Join(messages, "; ")
}

// String is the path and the message.
func (b BrokenRule) String() string { return strings.Join(b.Path, ".") + " " + b.Message }

// taken turns a duplicate key into a ConflictError, and leaves other errors alone.
func taken(err error, format string, args ...any) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return &ConflictError{fmt.Sprintf(format, args...)}
	}
	return err
}

// missing turns a broken foreign key into a NotFoundError, and leaves other errors
// alone.
func missing(err error, noun string) error {
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return &NotFoundError{noun}
	}
	return err
}
