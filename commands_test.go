package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// TestMain takes the reader's own settings out of the environment, so that no test uses
// their database, their data folder or the default port, where a server may run.
func TestMain(m *testing.M) {
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		if name == "DATABASE_URL" || strings.HasPrefix(name, "ROWHOUSE_") {
			_ = os.Unsetenv(name)
		}
	}
	unused, err := os.MkdirTemp("", "rowhouse-test-data-")
	for name, value := range map[string]string{
		"ROWHOUSE_ADDR": "127.0.0.1:0", "ROWHOUSE_DATA_DIR": unused, "ROWHOUSE_DATABASE_PROGRAM": dbtest.Program(),
	} {
		err = errors.Join(err, os.Setenv(name, value))
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := errors.Join(err, os.RemoveAll(unused)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// output is written by a command while a test reads it.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// rowhouse runs a command to its end. The limit is for a command that serves by mistake.
func rowhouse(t *testing.T, args ...string) (code int, out, screen string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var o, s output
	code = run(ctx, args, &o, &s)
	return code, o.String(), s.String()
}

func TestHelpNamesEveryEnvironmentVariable(t *testing.T) {
	code, help, _ := rowhouse(t, "--help")
	for _, want := range []string{
		"DATABASE_URL", "ROWHOUSE_DATABASE_PROGRAM", "ROWHOUSE_DATA_DIR", "ROWHOUSE_LOG_FORMAT", "ROWHOUSE_LOG_LEVEL", "ROWHOUSE_MAX_CONNECTIONS", "Examples:", "tenant create",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("it lacks %s", want)
		}
	}
	_, serve, _ := rowhouse(t, "serve", "--help")
	for _, want := range []string{
		"ROWHOUSE_ADDR", "ROWHOUSE_TRUST_TENANT_HEADER", "ROWHOUSE_CORS_ORIGIN", "ROWHOUSE_CORS_HEADER", "ROWHOUSE_MIGRATE", "ROWHOUSE_DEMO",
	} {
		if !strings.Contains(serve, want) {
			t.Errorf("serve lacks %s", want)
		}
	}
	if code != 0 {
		t.Error("exit code", code)
	}
}

// TestBadCommandLinesSayWhatToDo: each names what is wrong, and leaks no password.
func TestBadCommandLinesSayWhatToDo(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dsn, nothing := dbtest.New(t).DSN, filepath.Join(t.TempDir(), "nothing")
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--nonsense"}, 2, "--nonsense"},
		{[]string{"nonsense"}, 2, "nonsense"},
		{[]string{"--log-format", "xml"}, 2, "--log-format"},
		{[]string{"--log-level", "loud"}, 2, "--log-level: must be debug, info, warn or error, but got \"loud\""},
		{[]string{"--addr", "0.0.0.0:0"}, 1, "--trust-tenant-header"},
		{[]string{"--addr", ":0"}, 1, "--trust-tenant-header"},
		{[]string{"--addr", "[::]:0"}, 1, "--trust-tenant-header"},
		{[]string{"--addr", "example.com:0"}, 1, "--trust-tenant-header"},
		{[]string{"--addr", "nonsense"}, 1, "host:port"},
		{[]string{"--addr", "127.0.0.1:99999", "--database-url", dsn}, 1, "--addr 127.0.0.1:99999"},
		{[]string{"--addr", taken.Addr().String(), "--database-url", dsn}, 1, "another program listens there"},
		{[]string{"--max-depth", "0"}, 1, "--max-depth must be at least 1"},
		{[]string{"--max-tokens=-1"}, 1, "--max-tokens must be at least 1"},
		{[]string{"--max-time", "0s"}, 1, "--max-time must be longer than 0, such as 30s"},
		{[]string{"--max-connections", "0"}, 1, "--max-connections must be at least 1"},
		{[]string{"tenant", "list", "--max-connections=-4"}, 1, "--max-connections must be at least 1"},
		{[]string{"--max-connections", "many"}, 2, "--max-connections"},
		{[]string{"--cors-origin", "*"}, 1, "--cors-origin"},
		{[]string{"--cors-origin", "https://a.example/path"}, 1, "without a path"},
		{[]string{"--cors-origin", "https://*.example"}, 1, "--cors-origin"},
		{[]string{"--cors-origin", "https://app.example:443"}, 1, "without :443"},
		{[]string{"--cors-origin", "https://App.example"}, 1, "lower case"},
		{[]string{"--cors-header", "*"}, 1, "--cors-header"},
		{[]string{"--cors-header", "X-A,,X-B"}, 1, "--cors-header"},
		{[]string{"--cors-header", "X-A: b"}, 1, "without a colon"},
		{[]string{"--cors-header", "X-É"}, 1, "--cors-header"},
		{[]string{"--database-url", "mysql://app:hunter2@localhost/x?socket=" + nothing}, 1, nothing},
		{[]string{"--database-program", nothing, "--data-dir", nothing}, 1, "--database-program " + nothing},
		{[]string{"--database-url", "postgres://app:hunter2@db/x"}, 1, "mysql://"},
		{[]string{"tenant", "create", "UPPER", "--name", "x"}, 1, "lower-case"},
		{[]string{"tenant", "create", "acme", "--name", "x", "--database-url", dsn}, 1, "taken"},
		{[]string{"tenant", "create", "initech"}, 2, "--name"},
	} {
		code, _, screen := rowhouse(t, test.args...)
		if code != test.code || !strings.Contains(screen, test.says) || strings.Contains(screen, "hunter2") {
			t.Errorf("%v: exit code %d: %s", test.args, code, screen)
		}
	}
}

// TestTenantsAreCreatedAndListed starts from an empty database.
func TestTenantsAreCreatedAndListed(t *testing.T) {
	dsn := dbtest.Empty(t)
	// On a server that is not its own it does not migrate unasked.
	if code, _, screen := rowhouse(t, "tenant", "list", "--database-url", dsn); code != 1 || !strings.Contains(screen, "run rowhouse migrate") {
		t.Errorf("%d %s", code, screen)
	}
	if code, out, screen := rowhouse(t, "migrate", "--database-url", dsn); code != 0 || !strings.Contains(out, "is at version") {
		t.Errorf("%d %s %s", code, out, screen)
	}
	if code, out, screen := rowhouse(t, "tenant", "create", "initech", "--name", "Initech Inc", "--database-url", dsn); code != 0 || out != "tenant 1: initech (Initech Inc)\n" {
		t.Errorf("%d %s %s", code, out, screen)
	}
	if code, out, screen := rowhouse(t, "tenant", "list", "--database-url", dsn); code != 0 || !regexp.MustCompile(`(?m)^1 +initech +Initech Inc +\d{4}-`).MatchString(out) {
		t.Errorf("%d %s %s", code, out, screen)
	}
}

// TestReplicasMigrateOneAtATime starts four at once on an empty database.
func TestReplicasMigrateOneAtATime(t *testing.T) {
	dsn := dbtest.Empty(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if code, _, screen := rowhouse(t, "migrate", "--database-url", dsn); code != 0 {
				t.Error(screen)
			}
		})
	}
	wait.Wait()
}

// backgroundServer is a running `rowhouse serve`.
type backgroundServer struct {
	addr   string
	screen *output
	stop   func() int
}

func serveInBackground(t *testing.T, args ...string) *backgroundServer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &backgroundServer{screen: &output{}}
	var code int
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code = run(ctx, append([]string{"--addr", "127.0.0.1:0"}, args...), &output{}, s.screen)
	}()
	s.stop = func() int { cancel(); <-ended; return code }
	t.Cleanup(func() { s.stop() })
	address := regexp.MustCompile(`Playground +http://(\S+)/`)
	for range 2400 {
		if match := address.FindStringSubmatch(s.screen.String()); match != nil {
			s.addr = match[1]
			return s
		}
		select {
		case <-ended:
			t.Fatalf("exit code %d: %s", code, s.screen)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("it does not start: %s", s.screen)
	return nil
}

func (s *backgroundServer) get(t *testing.T, path string, headers ...string) (int, string) {
	t.Helper()
	r := request(t, http.MethodGet, "http://"+s.addr+path, "", headers...)
	r.RequestURI = ""
	return send(t, r)
}

// waitUntil polls for an event. Its limit is for events that never come; a slow machine
// stays far below.
func waitUntil(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		if happened() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it does not happen that %s", what)
}

func send(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, body.String()
}

// TestServeFromNothing is what a newcomer does: start, look at two tenants, stop,
// start again.
func TestServeFromNothing(t *testing.T) {
	dir := t.TempDir()
	for start := range 2 {
		s := serveInBackground(t, "--data-dir", dir)
		if initialised := strings.Contains(s.screen.String(), "initialising"); initialised != (start == 0) {
			t.Errorf("start %d initialises: %t\n%s", start, initialised, s.screen)
		}
		if !strings.Contains(s.screen.String(), "acme (1), globex (2)") {
			t.Error(s.screen)
		}
		for tenant, project := range map[string]string{"1": "Web shop", "globex": "Fusion pilot"} {
			_, body := s.get(t, "/graphql?query={projects{nodes{name}}items{totalCount}}", tenancy.HeaderName, tenant)
			if !strings.Contains(body, project) || strings.Contains(body, "errors") {
				t.Errorf("%s: %s", tenant, body)
			}
		}
		if status, _ := s.get(t, "/readyz"); status != 200 {
			t.Error("not ready")
		}
		if start == 1 {
			// Commands may work beside it; a second server may not.
			if code, out, screen := rowhouse(t, "tenant", "create", "initech", "--name", "Initech", "--data-dir", dir); code != 0 || out != "tenant 3: initech (Initech)\n" {
				t.Errorf("%d %s %s", code, out, screen)
			}
			if _, body := s.get(t, "/graphql?query={items{totalCount}}", tenancy.HeaderName, "initech"); !strings.Contains(body, `"totalCount":0`) {
				t.Error(body)
			}
			if code, _, screen := rowhouse(t, "--addr", "127.0.0.1:0", "--data-dir", dir); code != 1 || !strings.Contains(screen, "--data-dir") {
				t.Errorf("a second server on the folder: %d %s", code, screen)
			}
		}
		if code := s.stop(); code != 0 {
			t.Errorf("exit code %d: %s", code, s.screen)
		}
	}
}

// TestServeElsewhere uses a named server: no demo tenants unless asked, and no
// migration when told not to.
func TestServeElsewhere(t *testing.T) {
	dsn := dbtest.Empty(t)
	if code, _, screen := rowhouse(t, "--addr", "127.0.0.1:0", "--database-url", dsn, "--no-migrate"); code != 1 || !strings.Contains(screen, "run rowhouse migrate") {
		t.Errorf("without tables: %d %s", code, screen)
	}
	plain := serveInBackground(t, "--database-url", dsn)
	if !strings.Contains(plain.screen.String(), "none yet") {
		t.Error(plain.screen)
	}
	if code := plain.stop(); code != 0 {
		t.Error(fmt.Sprint(code), plain.screen)
	}
	if demo := serveInBackground(t, "--database-url", dsn, "--demo"); !strings.Contains(demo.screen.String(), "acme (1)") {
		t.Error(demo.screen)
	}
}

// TestRunningRequestsFinish stops the server while a request waits for a row that
// somebody else holds: it is answered, and the exit code is 0.
func TestRunningRequestsFinish(t *testing.T) {
	d := dbtest.New(t)
	s := serveInBackground(t, "--database-url", d.DSN)
	label, err := model.CreateLabel(d.Acme, d.DB, model.CreateLabelInput{Name: "bug", Color: "#000000"})
	if err != nil {
		t.Fatal(err)
	}
	holder, err := d.SQL.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.ExecContext(t.Context(), "UPDATE labels SET color = '#ffffff'"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan string, 1)
	go func() {
		r := request(t, http.MethodPost, "http://"+s.addr+"/graphql",
			fmt.Sprintf(`{"query": "mutation { updateLabel(input: {id: \"%s\", name: \"idea\"}) { label { name } } }"}`, label.GlobalID()),
			tenancy.HeaderName, "acme", "Content-Type", "application/json")
		r.RequestURI = ""
		_, body := send(t, r)
		answered <- body
	}()
	waitUntil(t, "the request waits", func() bool {
		return slices.ContainsFunc(d.Processes(t), func(p dbtest.Process) bool { return strings.HasSuffix(p.Statement, "FOR UPDATE") })
	})
	stopped := make(chan int, 1)
	go func() { stopped <- s.stop() }()
	waitUntil(t, "the server drains", func() bool { return strings.Contains(s.screen.String(), "stopping") })
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}
	if body := <-answered; !strings.Contains(body, `"name":"idea"`) {
		t.Error(body)
	}
	if code := <-stopped; code != 0 {
		t.Errorf("exit code %d: %s", code, s.screen)
	}
}
