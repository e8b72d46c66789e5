// Package auth authenticates the callers of requests by the tokens of an identity provider.
//
// A [Verifier] checks signed JWTs: of an OpenID Connect provider, whose keys it finds by discovery, or
// of a gateway with a static key. [Bearer] makes it the [tenancy.Resolver] of a server: the tenant
// follows from a claim of the token, never from what the client asks for alone. A client only chooses
// among the tenants of its token.
//
// Start with [NewVerifier]. The files:
//
//	config.go    the configuration, and its checks
//	provider.go  the keys of a provider: discovery, cache, rotation, outages
//	keys.go      keys, and the algorithms that fit them
//	form.go      bounds of a token, before anything trusts it
//	verifier.go  signature and claims
//	tenants.go   the claim that names tenants
//	bearer.go    the resolver
//
// No error, log line or message has a token or a part of it.
package auth
