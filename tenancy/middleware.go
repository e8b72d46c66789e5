package tenancy

import (
	"net/http"
	"strconv"
)

// HeaderName is the request header that Header reads.
const HeaderName = "X-Tenant-ID"

// Resolver finds the one tenant that a request belongs to, from what its caller
// proved. It fails with ErrNone, ErrInvalid or ErrUnavailable; any other error is
// the server's own.
type Resolver func(*http.Request) (Tenant, error)

// Middleware lets a request through only with its tenant in the context, before
// anything reads the body. fail writes the answer to every other request. No answer
// may be stored by a cache on the way: the same URL is another tenant's, too.
func Middleware(resolve Resolver, fail func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			tenant, err := resolve(r)
			if err == nil && tenant.ID == 0 {
				err = ErrNone
			}
			if err != nil {
				fail(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), tenant)))
		})
	}
}

// Header resolves a tenant from the header X-Tenant-ID, which holds the tenant's
// number or its slug. Whoever can set the header chooses the tenant, so it is for
// development, and for use behind a gateway that sets the header itself. A
// repeated header is ErrInvalid: which one the gateway set cannot be known.
func Header(directory *Directory) Resolver {
	return func(r *http.Request) (Tenant, error) {
		values := r.Header.Values(HeaderName)
		switch {
		case len(values) > 1:
			return Tenant{}, ErrInvalid
		case len(values) == 0 || values[0] == "":
			return Tenant{}, ErrNone
		case ValidSlug(values[0]):
			return directory.BySlug(r.Context(), values[0])
		}
		id, err := parseID(values[0])
		if err != nil {
			return Tenant{}, err
		}
		return directory.ByID(r.Context(), id)
	}
}

// parseID reads a tenant's number in its one canonical spelling, so that no two
// texts name one tenant.
func parseID(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != s {
		return 0, ErrInvalid
	}
	return ID(n), nil
}
