package auth_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// The beginnings of the messages for bad tokens.
const (
	wrongAudience = "the token has the wrong audience"
	malformed     = "the token is malformed: it must be a signed JWT"
	signature     = "the signature of the token is not valid"
	times         = "the token is malformed: exp is required"
	subject       = "the token is malformed: sub must be"
	tenants       = "the token is malformed: the claim with the tenants must"
)

// badTokens returns tokens that a server rejects with UNAUTHENTICATED, and the beginning of each message.
func badTokens(i *issuer) map[string][2]string {
	now := time.Now()
	good := i.token()
	parts := strings.Split(good, ".")
	rs, header := jwt.SigningMethodRS256, `{"alg":"RS256","kid":"one"}`
	list := strings.Split(strings.Repeat("a,", 100), ",")
	for n := range list {
		list[n] += fmt.Sprint(n)
	}
	many, deep := "{", `{"sub":`+strings.Repeat("[", 10)+strings.Repeat("]", 10)+"}"
	for n := range 501 {
		many += fmt.Sprintf(`"%x":0,`, n)
	}
	many = many[:len(many)-1] + "}"
	return map[string][2]string{
		"expired":                    {i.token("exp", now.Add(-time.Minute).Unix()), "the token has expired"},
		"expired long ago":           {i.token("exp", 1), "the token has expired"},
		"not yet valid":              {i.token("nbf", now.Add(time.Minute).Unix()), "the token is not yet valid"},
		"issued in the future":       {i.token("iat", now.Add(time.Minute).Unix()), "the token is not yet valid"},
		"another audience":           {i.token("aud", "https://another.example.com"), wrongAudience},
		"other audiences":            {i.token("aud", []string{"a", "b"}), wrongAudience},
		"no audience":                {i.token("aud", remove), wrongAudience},
		"an audience in an object":   {i.token("aud", map[string]any{audience: audience}), wrongAudience},
		"the beginning of one":       {i.token("aud", audience[:10]), wrongAudience},
		"a client id without access": {i.token("aud", remove, "client_id", audience, "token_use", "id"), wrongAudience},
		"access of another client":   {i.token("aud", remove, "client_id", "a", "token_use", "access"), wrongAudience},
		"an audience beside access":  {i.token("aud", "a", "client_id", audience, "token_use", "access"), wrongAudience},
		"another issuer":             {i.token("iss", "https://evil.example.com"), "the token has the wrong issuer"},
		"an issuer with a slash":     {i.token("iss", i.URL+"/"), "the token has the wrong issuer"},
		"no issuer":                  {i.token("iss", remove), "the token has the wrong issuer"},
		"a list of issuers":          {i.token("iss", []string{i.URL}), "the token has the wrong issuer"},

		"another key":               {sign(rs, otherKey, i.claims(), "kid", "one"), signature},
		"another key's name":        {sign(rs, rsaKey, i.claims(), "kid", "two"), signature},
		"an unknown key":            {sign(rs, rsaKey, i.claims(), "kid", "unknown"), signature},
		"no name among several":     {sign(rs, rsaKey, i.claims()), signature},
		"a key in the header":       {sign(rs, otherKey, i.claims(), "kid", "one", "jwk", newJWK("one", otherKey)), signature},
		"an address in the header":  {sign(rs, otherKey, i.claims(), "kid", "new", "jku", i.URL+"/more"), signature},
		"a certificate's address":   {sign(rs, otherKey, i.claims(), "kid", "new", "x5u", i.URL+"/more"), signature},
		"HMAC with the public key":  {sign(jwt.SigningMethodHS256, publicPEM(rsaKey), i.claims(), "kid", "one"), signature},
		"no algorithm":              {sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, i.claims(), "kid", "one"), signature},
		"none in capitals":          {encode(`{"alg":"NONE","kid":"one"}`) + "." + parts[1] + ".", signature},
		"no alg":                    {signRaw(`{"kid":"one"}`, "{}"), signature},
		"alg is a number":           {signRaw(`{"alg":256,"kid":"one"}`, "{}"), signature},
		"ES256 for an RSA key":      {sign(jwt.SigningMethodES256, ecKey, i.claims(), "kid", "one"), signature},
		"ES256 of a larger key":     {sign(jwt.SigningMethodES384, bigECKey, i.claims(), "kid", "big", "alg", "ES256"), signature},
		"ES384 of a smaller key":    {signSmall(i.claims(), "small"), signature},
		"RS256 for PS256":           {sign(jwt.SigningMethodPS256, rsaKey, i.claims(), "kid", "one", "alg", "RS256"), signature},
		"a key with another alg":    {sign(rs, otherKey, i.claims(), "kid", "two"), signature},
		"a key for encryption":      {sign(rs, otherKey, i.claims(), "kid", "encryption"), signature},
		"a key that only signs":     {sign(rs, otherKey, i.claims(), "kid", "operations"), signature},
		"a secret of the issuer":    {sign(jwt.SigningMethodHS256, []byte("secret"), i.claims(), "kid", "secret"), signature},
		"changed claims":            {parts[0] + "." + encode(`{"sub":"eve"}`) + "." + parts[2], signature},
		"a signature of zero bytes": {parts[0] + "." + parts[1] + ".", signature},

		"nothing":                   {"", malformed},
		"a word":                    {"token", malformed},
		"two parts":                 {parts[0] + "." + parts[1], malformed},
		"four parts":                {good + ".a", malformed},
		"encrypted":                 {good + ".a.b", malformed},
		"a huge token":              {i.token("a", strings.Repeat("a", 8<<10)), malformed},
		"deeply nested claims":      {signRaw(header, deep), malformed},
		"a deeply nested header":    {signRaw(deep, "{}"), malformed},
		"many claims":               {signRaw(header, many), malformed},
		"a repeated claim":          {signRaw(header, `{"sub":"ada","sub":"eve"}`), malformed},
		"a repeated nested claim":   {signRaw(header, `{"a":[{"sub":"ada","s\u0075b":"eve"}]}`), malformed},
		"a repeated header":         {signRaw(`{"alg":"none","alg":"RS256","kid":"one"}`, "{}"), malformed},
		"critical extensions":       {sign(rs, rsaKey, i.claims(), "kid", "one", "crit", []string{"exp"}), malformed},
		"no critical extensions":    {sign(rs, rsaKey, i.claims(), "kid", "one", "crit", []string{}), malformed},
		"a list of claims":          {signRaw(header, `["sub"]`), malformed},
		"null claims":               {signRaw(header, `null`), malformed},
		"two objects":               {signRaw(header, `{}{}`), malformed},
		"malformed JSON":            {signRaw(header, `{"sub":}`), malformed},
		"malformed UTF-8":           {signRaw(header, "{\"sub\":\"\xff\"}"), malformed},
		"a number out of range":     {signRaw(header, `{"exp":1e999}`), malformed},
		"kid is a number":           {sign(rs, rsaKey, i.claims(), "kid", 1), malformed},
		"padding":                   {parts[0] + "=." + parts[1] + "." + parts[2], malformed},
		"standard base64":           {encode(header) + "." + parts[1] + "." + strings.Repeat("+/", 128), malformed},
		"a non-canonical signature": {good[:len(good)-1] + nextLetter(good[len(good)-1]), malformed},
		"a space":                   {good[:40] + " " + good[40:], malformed},
		"a line break":              {good[:40] + "\n" + good[40:], malformed},
		"a space at the end":        {good + " ", malformed},
		"another script":            {strings.Replace(good, "e", "е", 1), malformed},
		"two tokens":                {good + " " + good, malformed},

		"no exp":              {i.token("exp", remove), times},
		"null exp":            {i.token("exp", nil), times},
		"exp is a string":     {i.token("exp", fmt.Sprint(now.Add(time.Hour).Unix())), times},
		"exp is huge":         {i.token("exp", 1e300), times},
		"exp in milliseconds": {i.token("exp", now.Add(time.Hour).UnixMilli()), times},
		"exp is negative":     {i.token("exp", -1), times},
		"exp is 0":            {i.token("exp", 0), times},
		"nbf is a string":     {i.token("nbf", "now"), times},
		"iat is a boolean":    {i.token("iat", true), times},
		"no sub":              {i.token("sub", remove), subject},
		"an empty sub":        {i.token("sub", ""), subject},
		"a long sub":          {i.token("sub", strings.Repeat("a", 256)), subject},
		"sub is a number":     {i.token("sub", 1), subject},
		"sub has NUL":         {i.token("sub", "ada\x00"), subject},
		"sub has a surrogate": {signRaw(header, fmt.Sprintf(`{"iss":%q,"aud":%q,"exp":9e9,"sub":"\ud800"}`, i.URL, audience)), subject},
		"email is a list":     {i.token("email", []string{"a"}), "the token is malformed: email must be"},
		"a long email":        {i.token("email", strings.Repeat("a", 321)), "the token is malformed: email must be"},

		"a tenant is a number":    {i.token(tenantName, 1), tenants},
		"a tenant is empty":       {i.token(tenantName, ""), tenants},
		"a tenant is long":        {i.token(tenantName, strings.Repeat("a", 256)), tenants},
		"a tenant is not ASCII":   {i.token(tenantName, "org_äcme"), tenants},
		"a tenant has NUL":        {i.token(tenantName, "org_acme\x00"), tenants},
		"one tenant is null":      {i.token(tenantName, []any{"org_acme", nil}), tenants},
		"one tenant is an object": {i.token(tenantName, []any{"org_acme", map[string]any{"id": "org_acme"}}), tenants},
		"one tenant is a list":    {i.token(tenantName, []any{"org_acme", []any{"org_acme"}}), tenants},
		"101 tenants":             {i.token(tenantName, list), tenants},
	}
}

// signSmall signs claims with ES384 and a key that is for ES256.
func signSmall(claims jwt.Claims, kid string) string {
	text := must(jwt.NewWithClaims(jwt.SigningMethodES384, claims).SigningString())
	parts := strings.Split(text, ".")
	text = encode(`{"alg":"ES384","kid":"`+kid+`"}`) + "." + parts[1]
	hash := sha512.Sum384([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, ecKey, hash[:])
	both := must(append(r.FillBytes(make([]byte, 48)), s.FillBytes(make([]byte, 48))...), err)
	return text + "." + encode(string(both))
}

// nextLetter returns a letter of base64 that differs in the last bit.
func nextLetter(c byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return letters[strings.IndexByte(letters, c)^1:][:1]
}
