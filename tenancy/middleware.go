package tenancy

import (
	"context"
	"net/http"
	"strconv"
)

// HeaderName is the request header of Header and GatewayHeader.
const HeaderName = "X-Tenant-ID"

// headerField is HeaderName in the canonical form of http.Header. A look-up by another form allocates.
var headerField = http.CanonicalHeaderKey(HeaderName)

// Middleware adds the tenant and the caller of a request to its context, before the body is
// read. If resolve fails, next is not called, and fail writes the response. Responses have
// Cache-Control: no-store, because all tenants have the same URLs.
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

// Header returns a Resolver that reads the tenant's id or slug from the header X-Tenant-ID. A
// WebSocket client can send it as a parameter. Clients choose their tenant, so use it only for
// development: see GatewayHeader.
func Header(directory *Directory) Resolver {
	return func(ctx context.Context, c Credentials) (Identity, error) {
		value, err := c.Value(headerField)
		if err != nil {
			return Identity{}, errHeader
		}
		tenant, err := findTenant(ctx, directory, value)
		return Identity{Tenant: tenant}, err
	}
}

// GatewayHeader is Header for a server behind a gateway that sets the header of each request. It
// ignores the parameters of a WebSocket, which pass the gateway unchecked.
func GatewayHeader(directory *Directory) Resolver {
	header := Header(directory)
	return func(ctx context.Context, c Credentials) (Identity, error) {
		c.Parameters = nil
		return header(ctx, c)
	}
}

var (
	errNoHeader = &ResolveError{ErrNone, "the request has no tenant: send its id or slug in the header " + HeaderName}
	errHeader   = &ResolveError{ErrInvalid, "the header " + HeaderName + " must have the id or slug of one tenant, in lower case"}
)

// findTenant returns the tenant with this id or slug.
func findTenant(ctx context.Context, directory *Directory, idOrSlug string) (Tenant, error) {
	if idOrSlug == "" {
		return Tenant{}, errNoHeader
	}
	if ValidSlug(idOrSlug) {
		return directory.BySlug(ctx, idOrSlug)
	}
	id, err := parseID(idOrSlug)
	if err != nil {
		return Tenant{}, errHeader
	}
	return directory.ByID(ctx, id)
}

// parseID parses an id in its canonical form, so that one tenant has one string. It fails with
// ErrInvalid.
func parseID(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != s {
		return 0, ErrInvalid
	}
	return ID(n), nil
}
