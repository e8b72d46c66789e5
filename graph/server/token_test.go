package server_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// testUser is a caller, from a token.
type testUser struct{ Name string }

// testClaims are the claims of a token.
type testClaims struct {
	Tenant, User string
	Expires      time.Time
}

var tokenKey = []byte("a key of this test")

// signTest returns a token: the claims, and their HMAC.
func signTest(key []byte, c testClaims) string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // claims are JSON
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return base64.RawURLEncoding.EncodeToString(text) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// tokenOf returns a token that is valid for an hour.
func tokenOf(tenant, name string) string {
	return signTest(tokenKey, testClaims{tenant, name, time.Now().Add(time.Hour)})
}

// readToken returns the claims of a token whose HMAC is right.
func readToken(token string) (c testClaims, ok bool) {
	encoded, signature, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	sum, sumErr := base64.RawURLEncoding.DecodeString(signature)
	mac := hmac.New(sha256.New, tokenKey)
	mac.Write(text)
	ok = err == nil && sumErr == nil && hmac.Equal(mac.Sum(nil), sum) && json.Unmarshal(text, &c) == nil
	return c, ok
}

// resolveToken is a custom resolver: a bearer token names the tenant and the user.
func resolveToken(_ context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
	refuse := func(message string) (tenancy.Identity, error) {
		return tenancy.Identity{}, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: message}
	}
	token, err := c.Value("Authorization")
	if err != nil {
		return refuse("send one token")
	}
	token, bearer := strings.CutPrefix(token, "Bearer ")
	if !bearer {
		return refuse("send a token in the header Authorization: Bearer")
	}
	claims, ok := readToken(token)
	if !ok {
		return refuse("the token is not valid")
	}
	if time.Now().After(claims.Expires) {
		return refuse("the token has expired")
	}
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		if tenant.Slug == claims.Tenant {
			return tenancy.Identity{Tenant: tenant, Caller: testUser{claims.User}}, nil
		}
	}
	return tenancy.Identity{}, tenancy.ErrUnavailable
}

// badTokens are credentials that the resolver refuses, as the value of Authorization.
var badTokens = []struct {
	name, value   string
	status        int
	code, message string
}{
	{
		name:    "none",
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "send a token in the header Authorization: Bearer",
	},
	{
		name:    "another scheme",
		value:   "Basic YWRhOnNlY3JldA==",
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "send a token",
	},
	{
		name:    "no token",
		value:   "Bearer ",
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "the token is not valid",
	},
	{
		name:    "another key",
		value:   "Bearer " + signTest([]byte("another key"), testClaims{"acme", "eve", time.Now().Add(time.Hour)}),
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "the token is not valid",
	},
	{
		name:    "other claims",
		value:   "Bearer " + strings.Replace(tokenOf("acme", "eve"), "ey", "eY", 1),
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "the token is not valid",
	},
	{
		name:    "no signature",
		value:   "Bearer " + strings.Split(tokenOf("acme", "eve"), ".")[0] + ".",
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "the token is not valid",
	},
	{
		name:    "expired",
		value:   "Bearer " + signTest(tokenKey, testClaims{"acme", "eve", time.Now().Add(-time.Second)}),
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "the token has expired",
	},
	{
		name:    "without an end",
		value:   "Bearer " + signTest(tokenKey, testClaims{Tenant: "acme", User: "eve"}),
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "the token has expired",
	},
	{
		name:    "an unknown tenant",
		value:   "Bearer " + tokenOf("umbrella", "eve"),
		status:  403,
		code:    "TENANT_UNAVAILABLE",
		message: "no such tenant may be used",
	},
	{
		name:    "no tenant",
		value:   "Bearer " + tokenOf("", "eve"),
		status:  403,
		code:    "TENANT_UNAVAILABLE",
		message: "no such tenant may be used",
	},
	{
		name:    "a long token",
		value:   "Bearer " + strings.Repeat("A", 9000),
		status:  401,
		code:    "UNAUTHENTICATED",
		message: "the token is not valid",
	},
}

// TestBadTokensAreRefused sends them over HTTP, as event streams and over a socket, beside a header
// that names a tenant.
func TestBadTokensAreRefused(t *testing.T) {
	s := servertest.NewStateless(func(o *server.Options) { o.Resolve = resolveToken })
	url := s.Listen(t)
	for _, test := range badTokens {
		t.Run(test.name, func(t *testing.T) {
			for _, accept := range []string{"application/json", "application/graphql-response+json", "text/event-stream"} {
				r := servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`,
					"Content-Type", "application/json", "Accept", accept, tenancy.HeaderName, "acme")
				if test.value != "" {
					r.Header.Set("Authorization", test.value)
				}
				w := s.Do(r)
				body := w.Body.String()
				if w.Code != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) || !strings.Contains(body, test.message) ||
					strings.Contains(body, `"data"`) {
					t.Errorf("%s: %d %s", accept, w.Code, body)
				}
				if challenge := w.Header().Get("WWW-Authenticate"); (challenge == "Bearer") != (test.status == 401) {
					t.Errorf("%s: WWW-Authenticate is %q", accept, challenge)
				}
			}
			parameters := map[string]string{tenancy.HeaderName: "acme", "Authorization": test.value}
			c := servertest.Dial(t, url, http.Header{tenancy.HeaderName: {"acme"}})
			c.Send(servertest.Body(map[string]any{"type": "connection_init", "payload": parameters}))
			code, reason := c.WaitClosed()
			if code != 4403 || !strings.HasPrefix(reason, "Forbidden: "+test.code+": ") || !strings.Contains(reason, test.message) {
				t.Errorf("the socket: %d %s", code, reason)
			}
		})
	}
	log := s.Log.String()
	if n, denied := strings.Count(log, "\n"), strings.Count(log, `level=INFO msg="access denied"`); n != 4*len(badTokens) || denied != n {
		t.Errorf("%d lines: %s", n, log)
	}
	for _, test := range badTokens {
		if token := strings.TrimPrefix(test.value, "Bearer "); token != "" && strings.Contains(log, token) {
			t.Errorf("the log has a token: %s", log)
		}
	}
}

// TestGoodTokensAreAccepted sends a token over HTTP, and over a socket in each place for credentials.
func TestGoodTokensAreAccepted(t *testing.T) {
	s := servertest.NewStateless(func(o *server.Options) { o.Resolve = resolveToken })
	url, token := s.Listen(t), "Bearer "+tokenOf("acme", "ada")
	body := servertest.Body(map[string]string{"query": "{ tenant { slug } }"})
	response := servertest.Call(t, http.MethodPost, url, "globex", body, "Authorization", token)
	if text := response.Read(t); !strings.Contains(text, `"slug":"acme"`) {
		t.Error(text)
	}
	for _, test := range []struct {
		name, payload string
		header        http.Header
	}{
		{
			name:    "a parameter",
			payload: `{"Authorization": "` + token + `", "X-Tenant-ID": "globex"}`,
		},
		{
			name:    "a parameter in headers",
			payload: `{"headers": {"authorization": "` + token + `"}}`,
		},
		{
			name:    "the header of the upgrade",
			payload: `{}`,
			header:  http.Header{"Authorization": {token}, tenancy.HeaderName: {"globex"}},
		},
		{
			name:    "the header of the upgrade, without parameters",
			payload: `null`,
			header:  http.Header{"Authorization": {token}},
		},
		{
			name:    "both",
			payload: `{"Authorization": "` + token + `"}`,
			header:  http.Header{"Authorization": {token}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := servertest.Dial(t, url, test.header)
			c.Send(`{"type": "connection_init", "payload": ` + test.payload + `}`)
			c.Expect("connection_ack", "")
			c.Subscribe("a", "{ tenant { slug } }")
			c.Expect("next", `"slug":"acme"`)
		})
	}
}

// TestEventStreamsBelongToTheirCaller uses a stream as another caller of its tenant, and as a caller
// with the same name of another tenant. Each request allocates its caller.
func TestEventStreamsBelongToTheirCaller(t *testing.T) {
	resolve := func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
		identity, err := resolveToken(ctx, c)
		identity.Caller = &struct {
			testUser
			Roles []string // which == can't compare
		}{identity.Caller.(testUser), []string{"admin"}}
		return identity, err
	}
	url := servertest.NewStateless(func(o *server.Options) { o.Resolve = resolve }).Listen(t)
	as := func(tenant, name, method, token string) int {
		body := ""
		if method == http.MethodPost {
			body = servertest.Body(map[string]any{"query": "{ tenant { slug } }", "extensions": map[string]any{"operationId": name}})
		}
		response := servertest.Call(t, method, url+"?operationId=ada", tenant, body, "X-GraphQL-Event-Stream-Token", token,
			"Accept", "text/event-stream", "Authorization", "Bearer "+tokenOf(tenant, name))
		return response.StatusCode
	}
	response := servertest.Call(t, http.MethodPut, url, "acme", "", "Authorization", "Bearer "+tokenOf("acme", "ada"))
	token := response.Read(t)
	if response.StatusCode != http.StatusCreated {
		t.Fatal(response.Status, token)
	}
	for _, test := range []struct {
		tenant, name, method string
		want                 int
	}{
		{
			tenant: "acme",
			name:   "ada",
			method: http.MethodPost,
			want:   http.StatusAccepted,
		},
		{
			tenant: "acme",
			name:   "eve",
			method: http.MethodPost,
			want:   http.StatusNotFound,
		},
		{
			tenant: "acme",
			name:   "eve",
			method: http.MethodDelete,
			want:   http.StatusNotFound,
		},
		{
			tenant: "acme",
			name:   "eve",
			method: http.MethodGet,
			want:   http.StatusNotFound,
		},
		{
			tenant: "globex",
			name:   "ada",
			method: http.MethodPost,
			want:   http.StatusNotFound,
		},
		{
			tenant: "globex",
			name:   "ada",
			method: http.MethodGet,
			want:   http.StatusNotFound,
		},
		{
			tenant: "acme",
			name:   "ada",
			method: http.MethodDelete,
			want:   http.StatusOK,
		},
		{
			tenant: "acme",
			name:   "ada",
			method: http.MethodGet,
			want:   http.StatusOK,
		},
	} {
		if got := as(test.tenant, test.name, test.method, token); got != test.want {
			t.Errorf("%s as %s of %s: %d, want %d", test.method, test.name, test.tenant, got, test.want)
		}
	}
}
