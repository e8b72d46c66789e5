package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"rowhouse/tenancy"
)

// checkAddr checks --addr. If clients choose their tenant, it must be a loopback address, which other machines can't
// reach.
func checkAddr(addr string, clientsChoose bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--addr %q must be host:port, such as 127.0.0.1:8080", addr)
	}
	if !clientsChoose || host == "localhost" || isLoopback(host) {
		return nil
	}
	return fmt.Errorf("--addr %s is not a loopback address, so other machines could choose a tenant with the header %s; "+
		"read the tenant from tokens with --oidc-issuer, or put a gateway in front that sets the header of every request, "+
		"and add --trust-tenant-header", addr, tenancy.HeaderName)
}

// requireLoopbackHost refuses requests for other hosts than this machine. It protects a server
// whose clients choose their tenant from DNS rebinding: a page of a host name that resolves to a loopback address
// has the same origin as the server, so the browser would allow it to choose a tenant.
func requireLoopbackHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.ToLower(strings.Trim(host, "[]"))
		if host != "localhost" && !strings.HasSuffix(host, ".localhost") && !isLoopback(host) {
			http.Error(w, "use the host name localhost or 127.0.0.1: other names need --oidc-issuer, "+
				"or a gateway and --trust-tenant-header", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
