package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// refreshEvery is the time between reads of the keys. A key that the provider has withdrawn is
	// accepted until the next successful read.
	refreshEvery = 15 * time.Minute
	// retryEvery replaces refreshEvery after a failed read.
	retryEvery = time.Minute
	// readEvery and readBurst limit the rate of reads. Otherwise tokens with unknown keys, which
	// anybody can send, would cause a request to the provider each.
	readEvery, readBurst = 5 * time.Second, 3
	// readTimeout bounds a read of the keys. It is shorter than the deadline of a resolver.
	readTimeout = 4 * time.Second
	// maxResponse bounds the size of a response of the provider, in bytes.
	maxResponse = 256 << 10
	// maxRedirects bounds the redirects of a request to the provider.
	maxRedirects = 3
)

// errUnusable means that a provider responds, but its response can't be used. It is not an outage.
var errUnusable = errors.New("the response of the identity provider can't be used")

// provider reads and caches the keys of an identity provider.
type provider struct {
	issuer  string
	jwksURL string // "" means discovery
	client  *http.Client
	log     *slog.Logger
	limit   *rate.Limiter

	mu      sync.Mutex
	keys    []key         // of the last successful read
	failure error         // of the last read
	reading chan struct{} // closed when the running read ends; nil if none is running
}

// newProvider returns a provider without keys.
func newProvider(c Config, log *slog.Logger) *provider {
	return &provider{
		issuer:  c.Issuer,
		jwksURL: c.JWKSURL,
		client:  &http.Client{Timeout: readTimeout, CheckRedirect: checkRedirect},
		log:     log,
		limit:   rate.NewLimiter(rate.Every(readEvery), readBurst),
	}
}

// checkRedirect fails for a redirect to another scheme or host, and for too many redirects.
func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects || r.URL.Scheme != via[0].URL.Scheme || r.URL.Host != via[0].URL.Host {
		return fmt.Errorf("%w: it redirects to %s://%s", errUnusable, r.URL.Scheme, r.URL.Host)
	}
	return nil
}

// find returns the keys that fit a token: see fitting. If none fits, it reads the keys again, within the
// rate limit. It fails if no key fits and the last read failed.
func (p *provider) find(ctx context.Context, alg, id string) ([]key, error) {
	if found := fitting(p.current(), alg, id); len(found) > 0 {
		return found, nil
	}
	err := p.read(ctx)
	if found := fitting(p.current(), alg, id); len(found) > 0 {
		return found, nil
	}
	return nil, err
}

// fitting returns the keys with the algorithm and the id of a token. For a token without kid it returns
// none if several keys have its algorithm: OpenID Connect Core (10.1) requires kid then.
func fitting(keys []key, alg, id string) (found []key) {
	for _, k := range keys {
		if k.fits(alg) && (id == "" || k.id == id) {
			found = append(found, k)
		}
	}
	if id == "" && len(found) > 1 {
		return nil
	}
	return found
}

// current returns the keys of the last successful read.
func (p *provider) current() []key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys
}

// read reads the keys, or waits for a running read. If the rate limit is exceeded, it returns the failure
// of the last read.
func (p *provider) read(ctx context.Context) error {
	p.mu.Lock()
	reading, failure := p.reading, p.failure
	if reading == nil && p.limit.Allow() {
		reading = make(chan struct{})
		p.reading = reading
		// The read continues after ctx ends, since later requests use its result too.
		go p.readKeys(context.WithoutCancel(ctx), reading)
	}
	p.mu.Unlock()
	if reading == nil {
		return failure
	}
	select {
	case <-reading:
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.failure
	case <-ctx.Done():
		return ctx.Err()
	}
}

// readKeys reads the keys and closes done. After a failure, the previous keys stay in use.
func (p *provider) readKeys(ctx context.Context, done chan<- struct{}) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	keys, err := p.fetch(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil:
		p.log.WarnContext(ctx, "the keys of the identity provider can't be read", "issuer", p.issuer, "keys", len(p.keys), "error", err)
	case p.keys == nil || p.failure != nil:
		p.log.InfoContext(ctx, "the keys of the identity provider were read", "issuer", p.issuer, "keys", len(keys))
	}
	if err == nil {
		p.keys = keys
	}
	p.failure, p.reading = err, nil
	close(done)
}

// refresh reads the keys periodically until ctx ends. err is the failure of the last read.
func (p *provider) refresh(ctx context.Context, err error) {
	for ; ; err = p.read(ctx) {
		wait := refreshEvery
		if err != nil {
			wait = retryEvery
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// fetch requests the keys from the provider.
func (p *provider) fetch(ctx context.Context) ([]key, error) {
	address := p.jwksURL
	if address == "" {
		var err error
		if address, err = p.discover(ctx); err != nil {
			return nil, err
		}
	}
	data, err := p.get(ctx, address)
	if err != nil {
		return nil, err
	}
	keys, err := parseJWKS(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errUnusable, address, err)
	}
	return keys, nil
}

// discover requests the address of the keys from the provider.
func (p *provider) discover(ctx context.Context) (string, error) {
	address := strings.TrimSuffix(p.issuer, "/") + "/.well-known/openid-configuration"
	data, err := p.get(ctx, address)
	if err != nil {
		return "", err
	}
	var found struct {
		Issuer  string `json:"issuer"`
		JWKSURL string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(data, &found); err != nil {
		return "", fmt.Errorf("%w: %s: %w", errUnusable, address, err)
	}
	if found.Issuer != p.issuer {
		return "", fmt.Errorf("%w: %s has the issuer %q, but must have %q", errUnusable, address, found.Issuer, p.issuer)
	}
	if err := checkURL(found.JWKSURL); err != nil {
		return "", fmt.Errorf("%w: %s: jwks_uri: %w", errUnusable, address, err)
	}
	return found.JWKSURL, nil
}

// get requests an address and returns the body. It fails unless the status is 200.
func (p *provider) get(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	response, err := p.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	switch status := response.StatusCode; {
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%s: %s", address, response.Status)
	case status != http.StatusOK:
		return nil, fmt.Errorf("%w: %s: %s", errUnusable, address, response.Status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxResponse+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	if len(data) > maxResponse {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", errUnusable, address, maxResponse)
	}
	return data, nil
}
