package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"rowhouse/tenancy"
)

// Caller is the caller of a request, according to its token. Issuer and Subject together identify a user
// or a program; the e-mail address can change. Bearer returns it as tenancy.Identity.Caller.
type Caller struct {
	Issuer, Subject string
	// Email and EmailVerified are as in Token.
	Email         string
	EmailVerified bool
}

var (
	errNoToken = unauthenticated("the request has no token: send the header, or the connection parameter, Authorization: Bearer TOKEN")
	errChoice  = &tenancy.ResolveError{
		Kind:    tenancy.ErrNone,
		Message: "the token has several tenants: send the id or slug of one of them in the header " + tenancy.HeaderName,
	}
)

// Bearer returns a Resolver for tokens in Authorization: Bearer TOKEN, a header or a connection
// parameter. find returns the tenant with an external id, which is a value of the tenant claim. It must
// fail with tenancy.ErrUnavailable if there is none.
//
// If the token has one tenant, the Resolver returns it. If it has several, the client chooses one of them
// by its id or slug in X-Tenant-ID. With a domain, such as app.example.com, it can also choose by the host:
// acme.app.example.com chooses the slug acme, app.example.com no tenant, and other hosts are refused. The
// Resolver fails as Verify does, with tenancy.ErrInvalid if the choices, or a header and a parameter,
// differ, with tenancy.ErrNone if the token has several tenants and the client chooses none, and with
// tenancy.ErrForbidden if the token does not have the chosen tenant, or has no tenant that exists. Only the
// tenants of the token are looked up, so the response and its time do not tell whether another tenant
// exists.
func Bearer(
	v *Verifier, find func(ctx context.Context, externalID string) (tenancy.Tenant, error), domain string,
) tenancy.Resolver {
	return func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
		text, err := readBearer(c)
		if err != nil {
			return tenancy.Identity{}, err
		}
		choice, err := readChoice(c, domain)
		if err != nil {
			return tenancy.Identity{}, err
		}
		token, err := v.Verify(ctx, text)
		if err != nil {
			return tenancy.Identity{}, err
		}
		tenant, err := chooseTenant(ctx, token.Tenants, choice, find)
		if err != nil {
			return tenancy.Identity{}, err
		}
		return tenancy.Identity{
			Tenant:  tenant,
			Caller:  Caller{token.Issuer, token.Subject, token.Email, token.EmailVerified},
			Expires: token.Expires.Add(v.config.ClockSkew),
		}, nil
	}
}

// readBearer returns the token of a request. It fails with errNoToken, and as Credentials.Value does.
func readBearer(c tenancy.Credentials) (string, error) {
	value, err := c.Value("Authorization")
	if err != nil {
		return "", err
	}
	scheme, token, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", errNoToken
	}
	return strings.TrimLeft(token, " "), nil
}

// readChoice returns the id or slug of the tenant that the client chooses, or "".
func readChoice(c tenancy.Credentials, domain string) (string, error) {
	choice, err := c.Value(tenancy.HeaderName)
	if err != nil || domain == "" {
		return choice, err
	}
	host := c.Request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == domain {
		return choice, nil
	}
	slug, ok := strings.CutSuffix(host, "."+domain)
	if !ok || !tenancy.ValidSlug(slug) || choice != "" && choice != slug {
		return "", &tenancy.ResolveError{
			Kind: tenancy.ErrInvalid,
			Message: "the host must be " + domain + " or the slug of a tenant before it, in lower case, and the header " +
				tenancy.HeaderName + " must not have another tenant",
		}
	}
	return slug, nil
}

// chooseTenant returns the tenant of a request. A choice that matches none of the tenants needs a look-up of each.
func chooseTenant(
	ctx context.Context, names []string, choice string, find func(context.Context, string) (tenancy.Tenant, error),
) (tenancy.Tenant, error) {
	if choice == "" && len(names) > 1 {
		return tenancy.Tenant{}, errChoice
	}
	for _, name := range names {
		t, err := find(ctx, name)
		switch {
		case errors.Is(err, tenancy.ErrUnavailable):
		case err != nil:
			return tenancy.Tenant{}, err
		case choice == "" || choice == t.Slug || choice == strconv.FormatUint(uint64(t.ID), 10):
			return t, nil
		}
	}
	return tenancy.Tenant{}, fmt.Errorf("%w: the token has %d tenants, and none of them is the chosen one and in the directory",
		tenancy.ErrForbidden, len(names))
}
