package main

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// proveTest is a statement with the expected output of rowhouse prove.
type proveTest struct {
	name   string
	args   []string
	code   int
	out    string // prefix, or the whole output if it has a caret
	errOut string // part of stderr; "" if there is none
}

func (p proveTest) run(t *testing.T) {
	t.Helper()
	t.Run(p.name, func(t *testing.T) {
		code, out, errOut := runCommand(t, append([]string{"prove"}, p.args...)...)
		if code != p.code || !strings.HasPrefix(out, p.out) || strings.Contains(p.out, "^") && out != p.out {
			t.Errorf("exit code %d, want %d\n%s, want\n%s", code, p.code, out, p.out)
		}
		if !strings.Contains(errOut, p.errOut) || p.errOut == "" && errOut != "" {
			t.Errorf("stderr: %s, want %s", errOut, p.errOut)
		}
	})
}

func TestProvePrintsProofOrRefusal(t *testing.T) {
	const join = "SELECT i.name FROM items i JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id " +
		"WHERE i.tenant_id = ? AND i.name = ?"
	for _, test := range []proveTest{
		{
			name: "each table has its binding",
			args: []string{join},
			out:  "proved\n  items      i   i.tenant_id = argument 1\n  projects   p   p.tenant_id = i.tenant_id\n",
		},
		{
			name: "arguments of the tenant",
			args: []string{join, "--args", `[1, "x"]`},
			out:  "proved\n",
		},
		{
			name: "arguments of another tenant",
			args: []string{join, "--args", `[1, "x"]`, "--tenant", "2"},
			code: 1,
			out:  "refused: table items (i): argument 1 must be the tenant of the context, but has another value\n",
		},
		{
			name: "too few arguments",
			args: []string{join, "--args", "[1]"},
			code: 1,
			out:  "refused: the statement has 2 placeholders and 1 arguments\n",
		},
		{
			name: "a fraction as tenant",
			args: []string{"SELECT 1 FROM items WHERE tenant_id = ?", "--args", "[1.0]"},
			code: 1,
			out:  "refused: table items: argument 1 must be",
		},
		{
			name: "an upsert, because prove does not read the keys of a database",
			args: []string{"INSERT INTO members (tenant_id, name) VALUES (?, 'a') ON DUPLICATE KEY UPDATE name = 'a'"},
			out:  "proved\n",
		},
		{
			name: "a literal as tenant",
			args: []string{"SELECT 1 FROM items WHERE tenant_id = 7", "--tenant", "7"},
			out:  "proved\n",
		},
		{
			name: "an unbound table",
			args: []string{"SELECT * FROM items"},
			code: 1,
			out:  "refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?`",
		},
		{
			name: "the tenant directory",
			args: []string{"SELECT * FROM tenants"},
			code: 1,
			out:  "refused: table tenants: no model owns it",
		},
		{
			name: "tenant 0",
			args: []string{"SELECT 1", "--tenant", "0"},
			code: 1,
			out:  "refused: no tenant\n",
		},
	} {
		test.run(t)
	}
}

func TestProvePrintsPositionOfRefusal(t *testing.T) {
	const variables = "variables outlive the statement: pass an argument, with a ? for it\n"
	for _, test := range []proveTest{
		{
			name: "in one line",
			args: []string{"SELECT id FORM items WHERE tenant_id = ?"},
			out: "refused: line 1, column 16, at \"items WHERE tenant_id = …\": the parser can't read this\n" +
				"  SELECT id FORM items WHERE tenant_id = ?\n                 ^\n",
		},
		{
			name: "after a line with a tab and letters of two bytes",
			args: []string{"SELECT 1,\n\t'äö', !\nFROM items"},
			out:  "refused: line 3, column 1, at \"FROM items\": the parser can't read this\n  FROM items\n  ^\n",
		},
		{
			name: "after letters of two bytes",
			args: []string{"SELECT 1,\n\t'äö', @a\r\nFROM items"},
			out:  "refused: line 2, column 8, at \"@a\": " + variables + "   'äö', @a\n         ^\n",
		},
		{
			name: "after letters of two columns and one without a column",
			args: []string{"SELECT 'パス', 'e\u0301', @a"},
			out: "refused: line 1, column 20, at \"@a\": " + variables +
				"  SELECT 'パス', 'e\u0301', @a\n  " + strings.Repeat(" ", 20) + "^\n",
		},
		{
			name: "in a long line",
			args: []string{"SELECT '" + strings.Repeat("a", 100) + "', @a, '" + strings.Repeat("b", 100) + "'"},
			out: "refused: line 1, column 112, at \"@a, 'bbbbbbbbbbbbbbbbbbb…\": " + variables +
				"  … " + strings.Repeat("a", 57) + "', @a, '" + strings.Repeat("b", 55) + " …\n  " + strings.Repeat(" ", 62) + "^\n",
		},
		{
			name: "at the end",
			args: []string{"SELECT id FROM"},
			out:  "refused: line 1, column 15, at the end: the statement ends too early\n  SELECT id FROM\n                ^\n",
		},
		{
			name: "without a position",
			args: []string{"SELECT SLEEP(1)"},
			out:  "refused: the function SLEEP holds a connection that other tenants wait for: wait in Go\n",
		},
	} {
		test.code = 1
		test.run(t)
	}
}

func TestProveRejectsInvalidFlags(t *testing.T) {
	for _, test := range []proveTest{
		{
			name:   "--args is not an array",
			args:   []string{"SELECT 1", "--args", "1"},
			code:   1,
			errOut: "--args 1: write a JSON array",
		},
		{
			name:   "--args has two values",
			args:   []string{"SELECT 1", "--args", "[] []"},
			code:   1,
			errOut: "more text follows the JSON value",
		},
		{
			name:   "--args with standard input",
			args:   []string{"-", "--args", "[]"},
			code:   1,
			errOut: "--args can't be used with -",
		},
		{
			name:   "no statement",
			code:   2,
			errOut: `expected "<sql>"`,
		},
	} {
		test.run(t)
	}
}

func TestProveReadsStandardInput(t *testing.T) {
	for _, test := range []struct {
		name string
		in   string
		code int
		out  string
	}{
		{
			name: "all proved",
			in:   "{\"sql\": \"SELECT 1\"}\n\n{\"sql\": \"SELECT name FROM items WHERE tenant_id = ?\", \"args\": [1]}",
			out:  "1: proved\n3: proved\n",
		},
		{
			name: "one refused",
			in:   "{\"sql\": \"SELECT name FROM items WHERE tenant_id = ?\", \"args\": [\"1\"]}\n{\"sql\": \"SELECT 1\"}\n",
			code: 1,
			out:  "1: refused: table items: argument 1 must be the tenant as an integer, but is a string\n2: proved\n",
		},
		{
			name: "a line without JSON",
			in:   "SELECT 1\n{\"sql\": \"SELECT 1\"}\n",
			code: 1,
			out: "1: refused: expected a JSON object with sql and args on one line: " +
				"invalid character 'S' looking for beginning of value\n2: proved\n",
		},
		{
			name: "an unknown key",
			in:   "{\"sql\": \"SELECT 1\", \"arg\": [1]}\n",
			code: 1,
			out:  "1: refused: expected a JSON object with sql and args on one line: json: unknown field \"arg\"\n",
		},
		{
			name: "no statement",
			in:   "\n",
			code: 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			setStdin(t, test.in)
			code, out, errOut := runCommand(t, "prove", "-")
			if code != test.code || out != test.out || (out == "") != (errOut != "") {
				t.Errorf("exit code %d\n%s\n%s", code, out, errOut)
			}
		})
	}
}

// setStdin makes os.Stdin return text until the test ends.
func setStdin(t *testing.T, text string) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = read
	t.Cleanup(func() {
		os.Stdin = stdin
		_ = read.Close()
	})
	if _, err := write.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestStatementsOfGuideAreProved runs the SQL of tenancy/README.md for its tenant and for another.
func TestStatementsOfGuideAreProved(t *testing.T) {
	guide, err := os.ReadFile("tenancy/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(guide), "```sql\n")
	block, _, _ = strings.Cut(block, "```")
	d := dbtest.New(t)
	statements := strings.Split(strings.TrimSpace(block), "\n\n")
	for _, sql := range statements {
		args := slices.Repeat([]any{1}, strings.Count(sql, "?"))
		if err := d.For(d.Acme).Exec(sql, args...).Error; err != nil {
			t.Errorf("%v\n%s", err, sql)
		}
		if err := d.For(d.Globex).Exec(sql, args...).Error; !errors.Is(err, tenancy.ErrScope) {
			t.Errorf("with acme's id, as globex: %v\n%s", err, sql)
		}
	}
	if len(statements) < 5 {
		t.Errorf("found %d statements", len(statements))
	}
}
