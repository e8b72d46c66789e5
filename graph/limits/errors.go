package limits

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Error says that a request or its response exceeds a limit.
type Error struct{ message string }

// Error returns the message for clients.
func (e *Error) Error() string { return e.message }

// Code returns COMPLEXITY_LIMIT_EXCEEDED.
func (*Error) Code() string { return "COMPLEXITY_LIMIT_EXCEEDED" }

// Public returns the message for clients.
func (e *Error) Public() string { return e.message }

// QuotaError says that a tenant uses up its quota of a resource. A retry can succeed.
type QuotaError struct{ message string }

// Error returns the message for clients.
func (e *QuotaError) Error() string { return e.message }

// Code returns RATE_LIMITED.
func (*QuotaError) Code() string { return "RATE_LIMITED" }

// Public returns the message for clients.
func (e *QuotaError) Public() string { return e.message }

// Exceeded returns an *Error in the form that gqlgen's extensions return.
func Exceeded(format string, args ...any) *gqlerror.Error {
	return gqlerror.WrapPath(nil, &Error{fmt.Sprintf(format, args...)})
}
