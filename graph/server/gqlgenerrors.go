package server

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// clientError is a PublicError of the server itself.
type clientError struct{ code, message string }

// Error returns the message.
func (e *clientError) Error() string { return e.message }

// Code returns the code.
func (e *clientError) Code() string { return e.code }

// Public returns the message.
func (e *clientError) Public() string { return e.message }

// convertGqlgenError returns an error of gqlgen or gqlparser as a PublicError, and nil for other
// errors. It recognises them by their code, or because they have no cause and no field: extensions
// return such errors about a request.
func convertGqlgenError(ctx context.Context, e *gqlerror.Error) PublicError {
	switch code, _ := e.Extensions["code"].(string); code {
	case errcode.ParseFailed, errcode.ValidationFailed, codeNotPersisted:
		return &clientError{code, e.Message}
	}
	if isIntrospectionDisabled(e) {
		return &clientError{codeForbidden, "this server does not allow introspection"}
	}
	if graphql.GetFieldContext(ctx) == nil && e.Err == nil {
		return &clientError{codeBadUserInput, e.Message}
	}
	return nil
}

// isIntrospectionDisabled recognises the error of gqlgen for a field of the schema, which has no
// type and no code, by its message. A test compares the message with gqlgen's.
func isIntrospectionDisabled(e *gqlerror.Error) bool { return e.Message == "introspection disabled" }
