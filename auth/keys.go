package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

const (
	// maxPublicKeys bounds the keys of a Config, since a token is tried with each.
	maxPublicKeys = 10
	// maxKeys bounds the keys of a provider.
	maxKeys = 100
	// minModulus and maxModulus bound RSA keys, in bits. Smaller ones are weak (RFC 7518), larger ones slow.
	minModulus, maxModulus = 2048, 8192
)

// key is a public key with its id and the algorithm for which it may be used.
type key struct {
	public crypto.PublicKey
	id     string // kid
	alg    string // the only algorithm, or ""
}

// fits reports whether the key can verify signatures with the algorithm.
func (k key) fits(alg string) bool {
	if k.alg != "" && k.alg != alg {
		return false
	}
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS")
	case *ecdsa.PublicKey:
		method, ok := methods[alg].(*jwt.SigningMethodECDSA)
		return ok && method.CurveBits == public.Curve.Params().BitSize
	case ed25519.PublicKey:
		return alg == "EdDSA"
	}
	return false
}

// checkPublic fails unless an accepted algorithm can use a key of this type and size.
func checkPublic(public crypto.PublicKey) error {
	switch public := public.(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < minModulus || bits > maxModulus {
			return fmt.Errorf("an RSA key has %d bits, but must have %d to %d", bits, minModulus, maxModulus)
		}
	case *ecdsa.PublicKey, ed25519.PublicKey:
	default:
		return fmt.Errorf("the key is a %T: use RSA, ECDSA or Ed25519", public)
	}
	return nil
}

// parsePEM returns the public keys of a Config.
func parsePEM(text []byte) (keys []key, err error) {
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "PUBLIC KEY" {
			return nil, fmt.Errorf("the public key has a block %s: only blocks PUBLIC KEY are read", block.Type)
		}
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err == nil {
			err = checkPublic(public)
		}
		if err != nil {
			return nil, fmt.Errorf("the public key can't be used: %w", err)
		}
		keys = append(keys, key{public: public})
	}
	if len(keys) == 0 || len(keys) > maxPublicKeys {
		return nil, fmt.Errorf("the public key must be 1 to %d PEM blocks, each -----BEGIN PUBLIC KEY-----", maxPublicKeys)
	}
	return keys, nil
}

// parseJWKS returns the keys of a JSON Web Key Set that can verify tokens. As RFC 7517 requires, it ignores
// other keys, so that a provider can add key types. It fails if no key remains.
func parseJWKS(data []byte) (keys []key, err error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, fmt.Errorf("the keys are not a JSON Web Key Set: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("there are %d keys, more than %d", len(set.Keys), maxKeys)
	}
	for _, raw := range set.Keys {
		if k, err := parseJWK(raw); err == nil {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("none of %d keys can verify tokens", len(set.Keys))
	}
	return keys, nil
}

// parseJWK returns a public key for signatures. It fails if the key is not one.
func parseJWK(raw json.RawMessage) (key, error) {
	var fields jwkset.JWKMarshal
	if err := json.Unmarshal(raw, &fields); err != nil {
		return key{}, err
	}
	if fields.USE != "" && fields.USE != jwkset.UseSig ||
		len(fields.KEYOPS) > 0 && !slices.Contains(fields.KEYOPS, jwkset.KeyOpsVerify) {
		return key{}, errors.New("the key is not for signatures")
	}
	// The connection to the provider is authenticated by TLS, so certificates of the key are not needed.
	fields.X5C, fields.X5U, fields.X5T, fields.X5TS256 = nil, "", "", ""
	jwk, err := jwkset.NewJWKFromMarshal(fields, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return key{}, err
	}
	return key{jwk.Key(), fields.KID, fields.ALG.String()}, checkPublic(jwk.Key())
}
