package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"rowhouse/tenancy"
)

// socketTenant finds a socket's tenant by the function that finds a request's, once, for
// the life of the socket. Browsers send no header of a page's with a socket, so the first
// message may hold what the header would.
func socketTenant(options Options, log *slog.Logger) func(*http.Request, map[string]any) (func(context.Context) context.Context, error) {
	return func(r *http.Request, parameters map[string]any) (func(context.Context) context.Context, error) {
		ctx := r.Context()
		r = r.Clone(ctx)
		for name, value := range parameters {
			text, ok := value.(string)
			if !strings.EqualFold(name, tenancy.HeaderName) || options.GatewayNames {
				continue
			}
			if headers := r.Header.Values(tenancy.HeaderName); !ok || len(headers) > 1 || len(headers) == 1 && headers[0] != text {
				return nil, said(tenancy.ErrInvalid)
			}
			r.Header.Set(tenancy.HeaderName, text)
		}
		tenant, err := options.Resolve(r)
		if err == nil && tenant.ID == 0 {
			err = tenancy.ErrNone
		}
		if err != nil {
			if _, code, _ := answerTo(err); code == codeInternal || tenancy.IsOutage(err) {
				log.ErrorContext(ctx, "socket refused", "error", err)
			}
			return nil, said(err)
		}
		return func(operations context.Context) context.Context { return tenancy.NewContext(operations, tenant) }, nil
	}
}

// said is an error as a client may see it.
func said(err error) error {
	_, code, message := answerTo(err)
	return errors.New(code + ": " + message)
}
