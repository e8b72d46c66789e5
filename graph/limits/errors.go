package limits

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Error is the error of a request or a response beyond a limit.
type Error struct{ message string }

// Error returns the message for clients.
func (e *Error) Error() string { return e.message }

// Code returns COMPLEXITY_LIMIT_EXCEEDED.
func (*Error) Code() string { return "COMPLEXITY_LIMIT_EXCEEDED" }

// Public returns the message for clients.
func (e *Error) Public() string { return e.message }

// QuotaError is the error of a tenant without quota for a resource. A retry can succeed.
type QuotaError struct{ message string }

// Error returns the message for clients.
func (e *QuotaError) Error() string { return e.message }

// Code returns RATE_LIMITED.
func (*QuotaError) Code() string { return "RATE_LIMITED" }

// Public returns the message for clients.
func (e *QuotaError) Public() string { return e.message }

// Exceeded returns an *Error in the form of errors of gqlgen's extensions.
func Exceeded(format string, args ...any) *gqlerror.Error {
	return gqlerror.WrapPath(nil, &Error{fmt.Sprintf(format, args...)})
}
