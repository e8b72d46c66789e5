package servertest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// Call sends a tenant's request in JSON. The body of the response may be a stream; it is closed at
// the end of the test.
func Call(t testing.TB, method, url, tenant, body string, headers ...string) Response {
	t.Helper()
	r := NewRequest(t, method, url, body, append([]string{"Content-Type", "application/json", tenancy.HeaderName, tenant}, headers...)...)
	r.RequestURI = ""
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return Response{response}
}

// Response is a response of Call.
type Response struct{ *http.Response }

// Read returns the rest of the body.
func (r Response) Read(t testing.TB) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// DialTCP opens a connection with a small receive buffer, for requests that no HTTP client sends.
func DialTCP(t testing.TB, address string) net.Conn {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	return conn
}

// PostTCP sends a tenant's POST request on a connection of DialTCP.
func PostTCP(conn net.Conn, tenant, accept, body string) {
	fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"+
		"Accept: %s\r\n%s: %s\r\nContent-Length: %d\r\n\r\n%s", accept, tenancy.HeaderName, tenant, len(body), body)
}

// ReadUntil reads a connection until one of several strings comes, and returns the text around it.
// It reads at most 500 bytes more.
func ReadUntil(t testing.TB, conn net.Conn, until ...string) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	for r := bufio.NewReaderSize(conn, 1_000); ; {
		text, err := r.Peek(1_000)
		for _, end := range until {
			if strings.Contains(string(text), end) {
				return string(text)
			}
		}
		if err != nil {
			t.Fatalf("%v, %s", err, text)
		}
		_, _ = r.Discard(500)
	}
}
