// Package auth authenticates the callers of requests by the tokens of an identity provider.
//
// A [Verifier] verifies signed JWTs. They come from an OpenID Connect provider, whose keys the Verifier
// finds by discovery, or from a gateway with static keys. [Bearer] returns a [tenancy.Resolver] that
// reads the tenant from a claim of the token. If the token has several tenants, the client chooses one
// of them.
//
// Start with [NewVerifier]. The files:
//
//	config.go    the configuration and its checks
//	provider.go  the keys of a provider: discovery, cache, rotation, outages
//	keys.go      public keys and their algorithms
//	form.go      syntax and size of a token
//	verifier.go  signature and claims
//	tenants.go   the tenant claim
//	bearer.go    the resolver
//
// Errors and log lines never contain a token or a part of it.
package auth
