package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"rowhouse/graph/limits"
	"rowhouse/graph/transport"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// paymentError is an error of an application, with a code of its own.
type paymentError struct{}

func (paymentError) Error() string  { return "secret: card 4711 was declined" }
func (paymentError) Code() string   { return "PAYMENT_REQUIRED" }
func (paymentError) Public() string { return "the plan does not include exports" }

// TestEachErrorHasItsCodeStatusAndLogLevel shows each kind of error in both phases: to the presenter of
// resolvers' errors, and as the response to a request that is rejected before execution.
func TestEachErrorHasItsCodeStatusAndLogLevel(t *testing.T) {
	const internal = "INTERNAL_SERVER_ERROR internal server error"
	for _, test := range []struct {
		name string
		err  error
		// before and in are code, message and retryAfter, before and in execution.
		before, in string
		status     int
		// logged is the level in the log, in both phases or before and in execution.
		logged string
	}{
		{
			name:   "an application's own error",
			err:    paymentError{},
			before: "PAYMENT_REQUIRED the plan does not include exports",
			in:     "PAYMENT_REQUIRED the plan does not include exports",
			status: http.StatusBadRequest,
		},
		{
			name:   "an application's error with a code of the framework",
			err:    &clientError{codeInternal, "the export has failed"},
			before: "INTERNAL_SERVER_ERROR the export has failed",
			in:     "INTERNAL_SERVER_ERROR the export has failed",
			status: http.StatusInternalServerError,
		},
		{
			name:   "a row that does not exist",
			err:    &relay.NotFoundError{Type: "Item"},
			before: "NOT_FOUND there is no Item with this id",
			in:     "NOT_FOUND there is no Item with this id",
			status: http.StatusNotFound,
		},
		{
			name:   "a conflict",
			err:    &relay.ConflictError{Message: "there is another"},
			before: "CONFLICT there is another",
			in:     "CONFLICT there is another",
			status: http.StatusConflict,
		},
		{
			name:   "a limit",
			err:    limits.Exceeded("too %s", "deep"),
			before: "COMPLEXITY_LIMIT_EXCEEDED too deep",
			in:     "COMPLEXITY_LIMIT_EXCEEDED too deep",
			status: http.StatusBadRequest,
		},
		{
			name:   "an HTTP error",
			err:    &transport.Error{Status: http.StatusUnsupportedMediaType, Message: "send JSON"},
			before: "BAD_USER_INPUT send JSON",
			in:     "BAD_USER_INPUT send JSON",
			status: http.StatusUnsupportedMediaType,
		},
		{
			name:   "the end of a subscription",
			err:    &clientError{codeInterrupted, "subscribe again"},
			before: "SUBSCRIPTION_INTERRUPTED subscribe again",
			in:     "SUBSCRIPTION_INTERRUPTED subscribe again",
			status: http.StatusServiceUnavailable,
		},
		{
			name:   "no credentials",
			err:    tenancy.ErrUnauthenticated,
			before: "UNAUTHENTICATED the credentials are missing or not valid",
			in:     internal,
			status: http.StatusUnauthorized,
			logged: "INFO ERROR",
		},
		{
			name:   "a resolver's own message",
			err:    &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: "the token has expired"},
			before: "UNAUTHENTICATED the token has expired",
			in:     internal,
			status: http.StatusUnauthorized,
			logged: "INFO ERROR",
		},
		{
			name:   "a tenant of others",
			err:    fmt.Errorf("%w: the token has other tenants", tenancy.ErrForbidden),
			before: "FORBIDDEN the credentials give no access to the tenant",
			in:     internal,
			status: http.StatusForbidden,
			logged: "INFO ERROR",
		},
		{
			name:   "no tenant",
			err:    tenancy.ErrNone,
			before: "TENANT_REQUIRED the request names no tenant",
			in:     internal,
			status: http.StatusBadRequest,
			logged: "INFO ERROR",
		},
		{
			name:   "malformed credentials",
			err:    tenancy.ErrInvalid,
			before: "TENANT_INVALID the credentials can't be read: send each header and parameter once, as a string",
			in:     internal,
			status: http.StatusBadRequest,
			logged: "INFO ERROR",
		},
		{
			name:   "an unknown tenant",
			err:    tenancy.ErrUnavailable,
			before: "TENANT_UNAVAILABLE no such tenant may be used",
			in:     internal,
			status: http.StatusForbidden,
			logged: "INFO ERROR",
		},
		{
			name:   "no free connection",
			err:    tenancy.ErrBusy,
			before: "RATE_LIMITED all database connections are in use: try again later 10",
			in:     "RATE_LIMITED all database connections are in use: try again later 10",
			status: http.StatusTooManyRequests,
			logged: "WARN",
		},
		{
			name:   "an outage",
			err:    tenancy.ErrOutage,
			before: "TENANT_UNAVAILABLE the server can't find the tenant at the moment 5",
			in:     "TENANT_UNAVAILABLE the tenant's database does not respond at the moment 5",
			status: http.StatusServiceUnavailable,
			logged: "WARN",
		},
		{
			name:   "an exceeded deadline",
			err:    context.DeadlineExceeded,
			before: internal,
			in:     "COMPLEXITY_LIMIT_EXCEEDED the operation takes longer than it may",
			status: http.StatusInternalServerError,
			logged: "ERROR WARN",
		},
		{
			name:   "a cancelled context of a resolver",
			err:    context.Canceled,
			before: internal,
			in:     internal,
			status: http.StatusInternalServerError,
			logged: "ERROR INFO",
		},
		{
			name:   "an unexpected error",
			err:    errors.New("secret"),
			before: internal,
			in:     internal,
			status: http.StatusInternalServerError,
			logged: "ERROR",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, in, found := strings.Cut(test.logged, " ")
			if !found {
				in = before
			}
			wrapped := fmt.Errorf("secret: %w", test.err)
			checkRejection(t, wrapped, test.status, test.before, strings.Trim(before, "-"))
			checkPresented(t, wrapped, test.in, in)
		})
	}
}

// checkPresented checks an error of a resolver: code, message and retryAfter, and the log level.
func checkPresented(t *testing.T, err error, want, level string) {
	t.Helper()
	var log bytes.Buffer
	present := newPresenter(slog.New(slog.NewTextHandler(&log, nil)))
	field := graphql.CollectedField{Field: &ast.Field{Alias: "f"}}
	ctx := graphql.WithFieldContext(t.Context(), &graphql.FieldContext{Object: "Query", Field: field})
	shown := present(ctx, graphql.ErrorOnPath(ctx, err))
	if got := describe(shown); got != want {
		t.Errorf("in execution: %s, want %s", got, want)
	}
	if shown.Path.String() != "f" {
		t.Errorf("the path is %s", shown.Path)
	}
	checkLog(t, log.String(), level)
}

// checkRejection checks the response to a rejected request, and the log level.
func checkRejection(t *testing.T, err error, status int, want, level string) {
	t.Helper()
	var log bytes.Buffer
	w := httptest.NewRecorder()
	newErrorWriter(slog.New(slog.NewTextHandler(&log, nil)))(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil), err)
	shown := newClientError(t.Context(), kindOf(t.Context(), err, beforeExecution))
	if got := describe(shown); got != want || w.Code != status {
		t.Errorf("before execution: %d %s, want %d %s", w.Code, got, status, want)
	}
	if !strings.Contains(w.Body.String(), shown.Message) || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("body: %s", w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("Content-Type: %q", got)
	}
	retry := w.Header().Get("Retry-After")
	if after, ok := shown.Extensions["retryAfter"]; ok && retry != fmt.Sprint(after) || !ok && retry != "" {
		t.Errorf("Retry-After: %q, extensions: %v", retry, shown.Extensions)
	}
	if (w.Header().Get("WWW-Authenticate") != "") != (status == http.StatusUnauthorized) {
		t.Errorf("WWW-Authenticate: %q", w.Header().Get("WWW-Authenticate"))
	}
	checkLog(t, log.String(), level)
}

func checkLog(t *testing.T, log, level string) {
	t.Helper()
	if level == "" && log != "" || level != "" && (strings.Count(log, "level=") != 1 || !strings.Contains(log, "level="+level+" ")) {
		t.Errorf("log: %q, want level %q", log, level)
	}
}

// describe returns the code, the message and retryAfter of an error.
func describe(e *gqlerror.Error) string {
	s := fmt.Sprint(e.Extensions["code"], " ", e.Message)
	if after, ok := e.Extensions["retryAfter"]; ok {
		s += fmt.Sprint(" ", after)
	}
	return s
}

// TestErrorAfterTheDeadlineIsALimit presents an error of a driver after its context's deadline.
func TestErrorAfterTheDeadlineIsALimit(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if k := kindOf(ctx, errors.New("the connection was killed"), inExecution); k.code != codeLimit {
		t.Errorf("%+v", k)
	}
}

// TestRequestOfAGoneClientIsLoggedAsInfo rejects a request after its context ended.
func TestRequestOfAGoneClientIsLoggedAsInfo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if k := kindOf(ctx, tenancy.ErrOutage, beforeExecution); k.log != "the client went away" || k.level != slog.LevelInfo {
		t.Errorf("%+v", k)
	}
	if k := kindOf(ctx, tenancy.ErrNone, beforeExecution); k.code != codeTenantRequired || k.log != "access denied" {
		t.Errorf("%+v", k)
	}
}

// TestFieldErrorsHavePathsFromTheArgument presents validation errors of a mutation and of a query.
func TestFieldErrorsHavePathsFromTheArgument(t *testing.T) {
	one := []relay.FieldError{{Path: relay.Path{"name"}, Message: "must not be empty"}}
	two := append(slices.Clone(one), relay.FieldError{Path: relay.Path{"tags", 1}, Message: "is too long"})
	for _, test := range []struct {
		name, object string
		errors       []relay.FieldError
		message      string
		fields       string
	}{
		{
			name:    "one error of a mutation",
			object:  "Mutation",
			errors:  one,
			message: "input.name must not be empty",
			fields:  "[input.name must not be empty]",
		},
		{
			name:    "two errors of a mutation",
			object:  "Mutation",
			errors:  two,
			message: "the input has several invalid values",
			fields:  "[input.name must not be empty input.tags[1] is too long]",
		},
		{
			name:    "one error of a query",
			object:  "Query",
			errors:  one,
			message: "name must not be empty",
			fields:  "[name must not be empty]",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			field := &graphql.FieldContext{Object: test.object, Field: graphql.CollectedField{Field: &ast.Field{Alias: "f"}}}
			present := newPresenter(slog.New(slog.DiscardHandler))
			ctx := graphql.WithFieldContext(t.Context(), field)
			ctx = graphql.WithPathContext(ctx, graphql.NewPathWithField("input")) // of a value
			shown := present(ctx, &relay.InvalidError{Errors: test.errors})
			got := fmt.Sprint(shown.Extensions["fields"])
			if shown.Message != test.message || got != test.fields || shown.Path.String() != "f" {
				t.Errorf("%s: %s %s", shown.Path, shown.Message, got)
			}
		})
	}
	if one[0].Path.String() != "name" {
		t.Error("the error of the model has changed")
	}
}

// TestLongMessagesAreTruncated presents a message of 10 kB, at a character of several bytes.
func TestLongMessagesAreTruncated(t *testing.T) {
	present := newPresenter(slog.New(slog.DiscardHandler))
	shown := present(t.Context(), &relay.ConflictError{Message: "x" + strings.Repeat("é", 5000)})
	if want := "x" + strings.Repeat("é", 249) + "…"; shown.Message != want {
		t.Errorf("%d bytes: %.20s", len(shown.Message), shown.Message)
	}
}

// TestErrorsOfGqlgenAreRecognised takes the errors from gqlgen and gqlparser. It fails if an update
// changes a message that is the only means to recognise an error.
func TestErrorsOfGqlgenAreRecognised(t *testing.T) {
	state := graphql.NewExecutionContextState[any, any, any](&graphql.OperationContext{DisableIntrospection: true}, nil, nil, nil)
	_, schemaErr := state.IntrospectSchema()
	_, typeErr := state.IntrospectType("Query")
	for _, err := range []error{schemaErr, typeErr} {
		checkPresented(t, err, "FORBIDDEN this server does not allow introspection", "")
	}
	checkPresented(t, gqlerror.Errorf("secret of a resolver"), "INTERNAL_SERVER_ERROR internal server error", "ERROR")
	if _, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: "{ a b c }"}, 2); err == nil || !isTokenLimit(err) {
		t.Errorf("the token limit: %v", err)
	}
	present := newPresenter(slog.New(slog.DiscardHandler))
	if got := describe(present(t.Context(), gqlerror.Errorf("unsupported APQ version"))); got != "BAD_USER_INPUT unsupported APQ version" {
		t.Errorf("an error of an extension: %s", got)
	}
	withCode := gqlerror.Errorf("unknown field")
	withCode.Extensions = map[string]any{"code": "GRAPHQL_VALIDATION_FAILED"}
	if got := describe(present(t.Context(), withCode)); got != "GRAPHQL_VALIDATION_FAILED unknown field" {
		t.Errorf("an error with a code of gqlgen's: %s", got)
	}
	withCode.Extensions["code"] = "SOMETHING_ELSE"
	withCode.Err = errors.New("secret")
	if got := describe(present(t.Context(), withCode)); !strings.HasPrefix(got, codeInternal) {
		t.Errorf("an error with another code: %s", got)
	}
}
