package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// TestServeCreatesPrivateDatabase starts without settings, queries two tenants, stops and starts again.
func TestServeCreatesPrivateDatabase(t *testing.T) {
	dir := t.TempDir()
	for start := range 2 {
		s := serveInBackground(t, "--data-dir", dir)
		if initialised := strings.Contains(s.errOut.String(), "initialising"); initialised != (start == 0) {
			t.Errorf("start %d initialises: %t\n%s", start, initialised, s.errOut)
		}
		if !strings.Contains(s.errOut.String(), "acme (1), globex (2)") {
			t.Error(s.errOut)
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
			// Other commands may run beside the server; a second server may not.
			if code, out, errOut := runCommand(t, "tenant", "create", "initech", "--name", "Initech", "--data-dir", dir); code != 0 ||
				out != "tenant 3: initech (Initech)\n" {
				t.Errorf("%d %s %s", code, out, errOut)
			}
			if _, body := s.get(t, "/graphql?query={items{totalCount}}", tenancy.HeaderName, "initech"); !strings.Contains(body,
				`"totalCount":0`) {
				t.Error(body)
			}
			if code, _, errOut := runCommand(t, "--addr", "127.0.0.1:0", "--data-dir", dir); code != 1 ||
				!strings.Contains(errOut, "--data-dir") {
				t.Errorf("a second server on the folder: %d %s", code, errOut)
			}
		}
		if code := s.stop(); code != 0 {
			t.Errorf("exit code %d: %s", code, s.errOut)
		}
	}
}

// TestServeUsesDatabaseURL checks --demo, which is off by default there, and --no-migrate.
func TestServeUsesDatabaseURL(t *testing.T) {
	dsn := dbtest.Empty(t)
	if code, _, errOut := runCommand(t, "--addr", "127.0.0.1:0", "--database-url", dsn, "--no-migrate"); code != 1 ||
		!strings.Contains(errOut, "run rowhouse migrate") {
		t.Errorf("without tables: %d %s", code, errOut)
	}
	plain := serveInBackground(t, "--database-url", dsn)
	if !strings.Contains(plain.errOut.String(), "none yet") {
		t.Error(plain.errOut)
	}
	if code := plain.stop(); code != 0 {
		t.Error(fmt.Sprint(code), plain.errOut)
	}
	if demo := serveInBackground(t, "--database-url", dsn, "--demo"); !strings.Contains(demo.errOut.String(), "acme (1)") {
		t.Error(demo.errOut)
	}
}

// TestStopWaitsForRunningRequests stops the server while a request waits for a locked row. The
// request gets its response, and the exit code is 0.
func TestStopWaitsForRunningRequests(t *testing.T) {
	d := dbtest.New(t)
	s := serveInBackground(t, "--database-url", d.DSN)
	project, err := model.CreateProject(d.Acme, d.DB, model.CreateProjectInput{Key: "WEB", Name: "Web"})
	if err != nil {
		t.Fatal(err)
	}
	locker, err := d.SQL.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := locker.ExecContext(t.Context(), "UPDATE projects SET description = 'x'"); err != nil {
		t.Fatal(err)
	}
	responded := make(chan string, 1)
	go func() {
		r := servertest.NewRequest(t, http.MethodPost, "http://"+s.addr+"/graphql",
			fmt.Sprintf(`{"query": "mutation { updateProject(input: {id: \"%s\", name: \"Shop\"}) { project { name } } }"}`,
				project.GlobalID()),
			tenancy.HeaderName, "acme", "Content-Type", "application/json")
		r.RequestURI = ""
		_, body := sendRequest(t, r)
		responded <- body
	}()
	servertest.WaitUntil(t, "the request waits", func() bool {
		return slices.ContainsFunc(d.Processes(t), func(p dbtest.Process) bool { return strings.HasSuffix(p.Statement, "FOR UPDATE") })
	})
	stopped := make(chan int, 1)
	go func() { stopped <- s.stop() }()
	servertest.WaitUntil(t, "the server drains", func() bool { return strings.Contains(s.errOut.String(), "stopping") })
	if err := locker.Rollback(); err != nil {
		t.Fatal(err)
	}
	if body := <-responded; !strings.Contains(body, `"name":"Shop"`) {
		t.Error(body)
	}
	if code := <-stopped; code != 0 {
		t.Errorf("exit code %d: %s", code, s.errOut)
	}
}
