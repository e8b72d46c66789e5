package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"

	"rowhouse/graph/server"
	"rowhouse/tenancy"
)

// corsFlags are the flags for pages of other origins.
type corsFlags struct {
	Origin []string `placeholder:"ORIGIN" help:"Origin of pages that may call the API, such as https://app.example.com; repeat the flag for more. Without it, only pages of the server's own origin can."`
	Header []string `placeholder:"NAME" help:"Additional request header that pages of these origins may send, such as X-App-Version; repeat the flag for more. The log names refused headers."`
}

// check fails for an origin or a header name that no browser sends.
func (f corsFlags) check() error {
	var errs []error
	for _, origin := range f.Origin {
		errs = append(errs, checkOrigin(origin))
	}
	for _, name := range f.Header {
		errs = append(errs, checkHeaderName(name))
	}
	return errors.Join(errs...)
}

// checkOrigin accepts the value of the header Origin that a browser sends, and no pattern.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Contains(origin, "*") ||
		u.Scheme+"://"+u.Host != origin {
		return fmt.Errorf("--cors-origin %q must be one origin, such as https://app.example.com, without a path or *", origin)
	}
	if port := map[string]string{"http": "80", "https": "443"}[u.Scheme]; u.Port() == port || origin != strings.ToLower(origin) {
		return fmt.Errorf("--cors-origin %q must have the form that browsers send: in lower case, and without :%s", origin, port)
	}
	return nil
}

// checkHeaderName accepts a token of RFC 9110 without *, which would allow all headers.
func checkHeaderName(name string) error {
	const special = "!#$%&'+-.^_`|~"
	if name == "" || strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune(special, c)
	}) {
		return fmt.Errorf("--cors-header %q must be the name of one header, such as X-App-Version, without a colon, a space or *", name)
	}
	return nil
}

// corsMethods are the methods of the API.
var corsMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}

// allowOrigins handles CORS for pages of the allowed origins. Browsers hide CORS failures from
// the page, so they are logged.
func allowOrigins(flags corsFlags, log *slog.Logger, next http.Handler) http.Handler {
	headers := slices.Concat(
		[]string{"Content-Type", "Accept", "Authorization", tenancy.HeaderName, server.RequestIDHeader},
		server.ClientHeaders, flags.Header,
	)
	return cors.New(cors.Options{
		AllowOriginVaryRequestFunc: func(r *http.Request, origin string) (bool, []string) {
			allowed := slices.Contains(flags.Origin, origin)
			if method := r.Header.Get("Access-Control-Request-Method"); r.Method == http.MethodOptions && method != "" {
				if reason := explainRefusal(r, allowed, method, headers); reason != "" {
					log.InfoContext(r.Context(), "CORS preflight refused: "+reason, "origin", origin[:min(len(origin), maxLogged)])
				}
			}
			return allowed, nil
		},
		AllowCredentials: true,
		AllowedMethods:   corsMethods,
		AllowedHeaders:   headers,
		ExposedHeaders:   []string{server.RequestIDHeader},
		MaxAge:           600,
	}).Handler(next)
}

// maxLogged bounds strings of a preflight in the log, in bytes.
const maxLogged = 300

// explainRefusal returns the reason and the remedy for a refused CORS preflight, or "".
func explainRefusal(r *http.Request, originAllowed bool, method string, headers []string) string {
	if !originAllowed {
		return "the origin of the page is not allowed; --cors-origin allows it"
	}
	if !slices.Contains(corsMethods, method) {
		return fmt.Sprintf("the API has no method %.20q", method)
	}
	var missing []string
	for name := range strings.SplitSeq(strings.Join(r.Header.Values("Access-Control-Request-Headers"), ","), ",") {
		name = strings.TrimSpace(name)
		if name != "" && !slices.ContainsFunc(headers, func(allowed string) bool { return strings.EqualFold(allowed, name) }) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("the page sends headers that are not allowed: %.*q; --cors-header allows a header",
		maxLogged, strings.Join(missing, ", "))
}
