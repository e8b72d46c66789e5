package tenancy

import (
	"context"
	"net/http"
	"strconv"
)

// HeaderName is the request header that Header reads.
const HeaderName = "X-Tenant-ID"

// Middleware lets a request through only with its tenant in the context, before
// anything reads the body. fail writes the response to every other request. No cache may
// store a response: all tenants have the same URLs.
func Middleware(resolve Resolver, fail func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			ctx, err := resolve.NewContext(r.Context(), Credentials{Request: r})
			if err != nil {
				fail(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// Header resolves a tenant from the header X-Tenant-ID, which holds the tenant's
// number or its slug; a WebSocket's client can send it as a parameter. A client that sets
// the header chooses the tenant, so use it for development only: see GatewayHeader.
func Header(directory *Directory) Resolver {
	return func(ctx context.Context, c Credentials) (Identity, error) {
		value, err := c.Value(HeaderName)
		if err != nil {
			return Identity{}, errHeader
		}
		tenant, err := findTenant(ctx, directory, value)
		return Identity{Tenant: tenant}, err
	}
}

// GatewayHeader is Header behind a gateway that sets the header of each request. It ignores
// the parameters of a WebSocket, which the gateway does not see.
func GatewayHeader(directory *Directory) Resolver {
	header := Header(directory)
	return func(ctx context.Context, c Credentials) (Identity, error) {
		c.Parameters = nil
		return header(ctx, c)
	}
}

var (
	errNoHeader = &ResolveError{ErrNone, "the request names no tenant: send its number or slug in the header " + HeaderName}
	errHeader   = &ResolveError{ErrInvalid, "the header " + HeaderName + " must hold one tenant's number or slug, in lower case"}
)

// findTenant returns the tenant with this number or slug.
func findTenant(ctx context.Context, directory *Directory, name string) (Tenant, error) {
	if name == "" {
		return Tenant{}, errNoHeader
	}
	if ValidSlug(name) {
		return directory.BySlug(ctx, name)
	}
	id, err := parseID(name)
	if err != nil {
		return Tenant{}, errHeader
	}
	return directory.ByID(ctx, id)
}

// parseID reads a tenant's number in its one canonical spelling, so that no two
// strings name one tenant.
func parseID(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != s {
		return 0, ErrInvalid
	}
	return ID(n), nil
}
