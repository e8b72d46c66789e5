package transport_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// encodeBody returns a string in an encoding.
func encodeBody[W io.WriteCloser](t *testing.T, newEncoder func(io.Writer) W, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := newEncoder(&b)
	_, err := io.WriteString(w, text)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDecodedBodiesAreLimited sends bodies at the limit and above it, and one of 64 kB
// that decodes to 64 MB.
func TestDecodedBodiesAreLimited(t *testing.T) {
	s := servertest.NewStateless()
	const limit, tenant = 1 << 20, `{"query": "{ tenant { slug } }"}`
	send := func(body string, encoding ...string) int {
		headers := append([]string{"Content-Type", "application/json", tenancy.HeaderName, "acme"}, encoding...)
		return s.Do(servertest.NewRequest(t, "POST", "/graphql", body, headers...)).Code
	}
	for length, status := range map[int]int{limit: 200, limit + 1: 413} {
		body := tenant + strings.Repeat(" ", length-len(tenant))
		if got := send(body); got != status {
			t.Errorf("%d bytes: %d", length, got)
		}
		if got := send(encodeBody(t, gzip.NewWriter, body), "Content-Encoding", "gzip"); got != status {
			t.Errorf("%d bytes, decoded: %d", length, got)
		}
	}
	bomb := encodeBody(t, gzip.NewWriter, strings.Repeat(" ", 64<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if got := send(bomb, "Content-Encoding", "gzip"); got != 413 {
		t.Error("64 MB:", got)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("to refuse %d bytes takes %d MiB of memory", len(bomb), used>>20)
	}
}

// TestOldFormsOfHTTPAreServed sends HTTP/1.0 and other old forms of requests.
func TestOldFormsOfHTTPAreServed(t *testing.T) {
	s := servertest.NewStateless()
	url := s.Listen(t)
	const body = `{"query": "{ tenant { slug } }"}`
	for _, test := range []struct{ name, version, headers, first, last string }{
		{
			name:    "HTTP/1.0",
			version: "1.0",
			first:   "HTTP/1.0 200 OK",
			last:    `"acme"}}}`,
		},
		{
			name:    "an expectation before the body",
			version: "1.1",
			headers: "Expect: 100-continue\r\n",
			first:   "HTTP/1.1 100 Continue",
			last:    `"acme"}}}`,
		},
		{
			name:    "another expectation",
			version: "1.1",
			headers: "Expect: more\r\n",
			first:   "HTTP/1.1 417 Expectation Failed",
		},
		{
			name:    "HTTP/1.0 and events",
			version: "1.0",
			headers: "Accept: text/event-stream\r\n",
			first:   "HTTP/1.0 200 OK",
			last:    "event: complete\ndata: \n\n",
		},
	} {
		conn := servertest.DialTCP(t, url)
		fmt.Fprintf(conn, "POST /graphql HTTP/%s\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"+
			"X-Tenant-ID: acme\r\n%sContent-Length: %d\r\n\r\n%s", test.version, test.headers, len(body), body)
		if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(conn)
		first, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(test.name, err)
		}
		rest, _ := io.ReadAll(r)
		if strings.TrimSpace(first) != test.first || !strings.HasSuffix(string(rest), test.last) {
			t.Errorf("%s: %s%s", test.name, first, rest)
		}
	}
}
