package relay

import (
	"net/mail"
	"net/url"
	"strings"
	"unicode/utf8"
)

// IsEmail reports whether a string is an e-mail address of at most 254 characters, without a display name.
func IsEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s && utf8.RuneCountInString(s) <= maxEmail
}

// IsURL reports whether a string is an absolute URL of at most 2,048 characters with the scheme http or
// https, a host, and no user name. It has the characters of RFC 3986 only: others must be percent-encoded.
func IsURL(s string) bool {
	isForbidden := func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", c) }
	if len(s) > maxURL || strings.ContainsFunc(s, isForbidden) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}
