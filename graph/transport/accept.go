package transport

import (
	"cmp"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of responses.
const (
	plainJSON      = "application/json"
	responseJSON   = "application/graphql-response+json"
	eventStream    = "text/event-stream"
	multipartMixed = "multipart/mixed"
)

// mediaTypes is the result of content negotiation: the preferred media types of a client.
type mediaTypes struct {
	response     string // of a query or mutation: plainJSON, responseJSON or eventStream
	subscription string // of a subscription: eventStream, multipartMixed, or "" for neither
	deferred     bool   // whether responses to @defer may be multipartMixed
}

// ErrorContentType returns the Content-Type of the response to a rejected request: the preferred
// JSON media type.
func ErrorContentType(r *http.Request) string {
	mediaType := plainJSON
	if accept, err := negotiateMediaTypes(r.Header.Values("Accept")); err == nil && accept.response != eventStream {
		mediaType = accept.response
	}
	return mediaType + "; charset=utf-8"
}

// negotiateMediaTypes reads Accept headers. Among media ranges of the same quality, the first is
// preferred. It ignores malformed ranges, and fails with status 406 if it supports none.
func negotiateMediaTypes(headers []string) (accept mediaTypes, err error) {
	header := strings.Join(headers, ",")
	if strings.TrimSpace(header) == "" {
		return mediaTypes{response: plainJSON}, nil
	}
	bestResponse, bestSubscription := 0.0, 0.0
	for entry := range strings.SplitSeq(header, ",") {
		r, ok := parseMediaRange(entry)
		if !ok {
			continue
		}
		accept.deferred = accept.deferred || r.deferred && r.quality > 0
		if r.quality > bestSubscription && (r.subscription || r.name == eventStream) {
			accept.subscription, bestSubscription = r.name, r.quality
		}
		if r.quality > bestResponse && (r.name == plainJSON || r.name == responseJSON || r.name == eventStream) {
			accept.response, bestResponse = r.name, r.quality
		}
	}
	if accept.response == "" && accept.subscription == "" && !accept.deferred {
		return accept, newError(http.StatusNotAcceptable,
			"the Accept header must allow %s, %s or %s, or %s;deferSpec=%s for @defer, or %s;subscriptionSpec=%s for subscriptions",
			responseJSON, plainJSON, eventStream, multipartMixed, deferSpec, multipartMixed, subscriptionSpec)
	}
	accept.response = cmp.Or(accept.response, plainJSON)
	return accept, nil
}

// mediaRange is an entry of an Accept header.
type mediaRange struct {
	name                   string
	quality                float64
	deferred, subscription bool // the supported multipart protocols
}

// parseMediaRange parses an entry of an Accept header. Wildcards mean plainJSON.
func parseMediaRange(entry string) (r mediaRange, ok bool) {
	name, parameters, err := mime.ParseMediaType(entry)
	if err != nil {
		return mediaRange{}, false
	}
	if name == "*/*" || name == "application/*" {
		name = plainJSON
	}
	r = mediaRange{name: name, quality: 1}
	if quality, err := strconv.ParseFloat(parameters["q"], 64); err == nil {
		r.quality = quality
	}
	r.deferred, r.subscription = parseMultipartSpecs(name, parameters)
	return r, true
}

// parseMultipartSpecs reports the supported protocols of a multipart media range. Without a
// protocol parameter, a client expects deferSpec.
func parseMultipartSpecs(name string, parameters map[string]string) (deferred, subscription bool) {
	_, newer := parameters["incrementalspec"] // a later protocol for @defer
	if name != multipartMixed || newer {
		return false, false
	}
	deferVersion, hasDefer := parameters["deferspec"]
	subscriptionVersion, hasSubscription := parameters["subscriptionspec"]
	return deferVersion == deferSpec || !hasDefer && !hasSubscription, subscriptionVersion == subscriptionSpec
}
