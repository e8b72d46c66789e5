package relay

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// NotFoundError reports a missing row. A row of another tenant gives the same error.
type NotFoundError struct {
	// Type is the GraphQL type of the row.
	Type string
	// Path leads to the new row that refers to it, in an input with several rows.
	Path Path
}

// Error returns the message for clients.
func (e *NotFoundError) Error() string {
	return e.Path.prefix() + "there is no " + e.Type + " with this id"
}

// Code returns NOT_FOUND.
func (*NotFoundError) Code() string { return "NOT_FOUND" }

// Public returns the message for clients.
func (e *NotFoundError) Public() string { return e.Error() }

// ConflictError reports a change in conflict with stored data.
type ConflictError struct {
	Message string
	// Path leads to the row, in an input with several rows.
	Path Path
}

// Error returns the message for clients.
func (e *ConflictError) Error() string { return e.Path.prefix() + e.Message }

// Code returns CONFLICT.
func (*ConflictError) Code() string { return "CONFLICT" }

// Public returns the message for clients.
func (e *ConflictError) Public() string { return e.Error() }

// InvalidError holds all validation errors of an input.
type InvalidError struct{ Errors []FieldError }

// Error joins the validation errors.
func (e *InvalidError) Error() string {
	messages := make([]string, len(e.Errors))
	for i, f := range e.Errors {
		messages[i] = f.String()
	}
	return strings.Join(messages, "; ")
}

// Code returns BAD_USER_INPUT.
func (*InvalidError) Code() string { return "BAD_USER_INPUT" }

// Public returns the message for clients, which FieldErrors completes.
func (e *InvalidError) Public() string {
	if len(e.Errors) == 1 {
		return e.Errors[0].String()
	}
	return "the input has several invalid values"
}

// FieldErrors returns the validation errors, for extensions.fields.
func (e *InvalidError) FieldErrors() []FieldError { return e.Errors }

// FieldError is a validation error of one field of an input.
type FieldError struct {
	// Path leads from the input to the field.
	Path Path `json:"path"`
	// Message completes a sentence after the path: "must have 1 to 100 characters".
	Message string `json:"message"`
}

// String returns the path and the message.
func (e FieldError) String() string { return e.Path.String() + " " + e.Message }

// Path leads to a value inside an input. Its elements are names of fields (string) and indexes of
// lists (int).
type Path []any

// String returns the path as in where.or[0].name.
func (p Path) String() string {
	var b strings.Builder
	for i, element := range p {
		switch element := element.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", element)
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, element)
		}
	}
	return b.String()
}

// prefix returns the path in front of a message: "books[1]: ".
func (p Path) prefix() string {
	if len(p) == 0 {
		return ""
	}
	return p.String() + ": "
}

// addPath returns the error of a row with the path of the row in the input.
func addPath(err error, path Path) error {
	var (
		invalid  *InvalidError
		notFound *NotFoundError
		conflict *ConflictError
	)
	switch {
	case len(path) == 0:
		return err
	case errors.As(err, &invalid):
		v := Validation{path: path}
		for _, e := range invalid.Errors {
			v.Add(e.Message, e.Path...)
		}
		return v.Err()
	case errors.As(err, &notFound):
		return &NotFoundError{notFound.Type, slices.Concat(path, notFound.Path)}
	case errors.As(err, &conflict):
		return &ConflictError{conflict.Message, slices.Concat(path, conflict.Path)}
	}
	return err
}
