package model

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"rowhouse/model/relay"
)

type (
	// NotFoundError is relay's.
	NotFoundError = relay.NotFoundError
	// ConflictError is relay's.
	ConflictError = relay.ConflictError
	// InvalidError is relay's.
	InvalidError = relay.InvalidError
)

// taken turns a duplicate key into a ConflictError, and leaves other errors alone.
func taken(err error, format string, args ...any) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return &ConflictError{Message: fmt.Sprintf(format, args...)}
	}
	return err
}

// missing turns a broken foreign key into a NotFoundError, and leaves other errors
// alone.
func missing(err error, noun string) error {
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return &NotFoundError{Type: noun}
	}
	return err
}
