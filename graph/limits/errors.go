package limits

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/transport"
)

// Error is the error of a request or a response beyond a limit, or of a tenant without quota.
type Error struct{ code, message string }

// Error returns the message for clients.
func (e *Error) Error() string { return e.message }

// Code returns COMPLEXITY_LIMIT_EXCEEDED, or RATE_LIMITED for a quota: then a retry can succeed.
func (e *Error) Code() string { return e.code }

// Public returns the message for clients.
func (e *Error) Public() string { return e.message }

// Exceeded returns an *Error for a limit, in the form of the errors of gqlgen's extensions.
func Exceeded(format string, args ...any) *gqlerror.Error {
	return gqlerror.WrapPath(nil, &Error{"COMPLEXITY_LIMIT_EXCEEDED", fmt.Sprintf(format, args...)})
}

// newQuotaError returns the error of a tenant that holds too many units of a resource to get n more.
func newQuotaError(resource transport.Resource, held, limit, n int) *Error {
	message := fmt.Sprintf("the tenant has %d %s, and may have no more", held, resource)
	if held < limit {
		message = fmt.Sprintf("the tenant has %d %s and may have %d, and this one counts for %d", held, resource, limit, n)
	}
	return &Error{"RATE_LIMITED", message}
}
