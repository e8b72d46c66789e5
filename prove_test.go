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

// TestProve holds a verdict, what it prints and its exit code against each other.
func TestProve(t *testing.T) {
	const join = "SELECT i.name FROM items i JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id WHERE i.tenant_id = ? AND i.name = ?"
	for _, test := range []struct {
		name   string
		args   []string
		code   int
		out    string
		screen string
	}{
		{"proved", []string{join}, 0, "proved\n  items      i   i.tenant_id = argument 1\n  projects   p   p.tenant_id = i.tenant_id\n", ""},
		{"with its arguments", []string{join, "--args", `[1, "x"]`}, 0, "proved\n", ""},
		{"for another tenant", []string{join, "--args", `[1, "x"]`, "--tenant", "2"}, 1, "refused: table items (i): argument 1 must be the tenant of the context, but has another value\n", ""},
		{"too few arguments", []string{join, "--args", "[1]"}, 1, "refused: the statement has 2 placeholders and 1 arguments\n", ""},
		{"a fraction for the tenant", []string{"SELECT 1 FROM items WHERE tenant_id = ?", "--args", "[1.0]"}, 1, "refused: table items: argument 1 must be", ""},
		{"an upsert: no database, no doubt of its keys", []string{"INSERT INTO labels (tenant_id, name) VALUES (?, 'a') ON DUPLICATE KEY UPDATE name = 'a'"}, 0, "proved\n", ""},
		{"a literal", []string{"SELECT 1 FROM items WHERE tenant_id = 7", "--tenant", "7"}, 0, "proved\n", ""},
		{"not bound", []string{"SELECT * FROM items"}, 1, "refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?`", ""},
		{"the directory", []string{"SELECT * FROM tenants"}, 1, "refused: table tenants: no model owns it", ""},
		{"nobody", []string{"SELECT 1", "--tenant", "0"}, 1, "refused: no tenant\n", ""},
		{"a place", []string{"SELECT id FORM items WHERE tenant_id = ?"}, 1, "refused: line 1, column 16, at \"items WHERE tenant_id = …\": the parser can't read this\n  SELECT id FORM items WHERE tenant_id = ?\n                 ^\n", ""},
		{"a place in a line with tabs and letters of two bytes", []string{"SELECT 1,\n\t'äö', !\nFROM items"}, 1, "refused: line 3, column 1, at \"FROM items\": the parser can't read this\n  FROM items\n  ^\n", ""},
		{"a place behind letters of two bytes", []string{"SELECT 1,\n\t'äö', @a\r\nFROM items"}, 1, "refused: line 2, column 8, at \"@a\": variables outlive the statement: pass an argument, with a ? for it\n   'äö', @a\n         ^\n", ""},
		{"a place behind letters that take two places, and one that takes none", []string{"SELECT 'パス', 'e\u0301', @a"}, 1, "refused: line 1, column 20, at \"@a\": variables outlive the statement: pass an argument, with a ? for it\n  SELECT 'パス', 'e\u0301', @a\n  " + strings.Repeat(" ", 20) + "^\n", ""},
		{"a place in a long line", []string{"SELECT '" + strings.Repeat("a", 100) + "', @a, '" + strings.Repeat("b", 100) + "'"}, 1, "refused: line 1, column 112, at \"@a, 'bbbbbbbbbbbbbbbbbbb…\": variables outlive the statement: pass an argument, with a ? for it\n  … " + strings.Repeat("a", 57) + "', @a, '" + strings.Repeat("b", 55) + " …\n  " + strings.Repeat(" ", 62) + "^\n", ""},
		{"a place at the end", []string{"SELECT id FROM"}, 1, "refused: line 1, column 15, at the end: the statement ends too early\n  SELECT id FROM\n                ^\n", ""},
		{"a refusal without a place", []string{"SELECT SLEEP(1)"}, 1, "refused: the function SLEEP holds a connection that other tenants wait for: wait in Go\n", ""},
		{"arguments that are no array", []string{"SELECT 1", "--args", "1"}, 1, "", "--args 1: write a JSON array"},
		{"arguments that go on", []string{"SELECT 1", "--args", "[] []"}, 1, "", "more follows it"},
		{"arguments for a list", []string{"-", "--args", "[]"}, 1, "", "--args: with -, the arguments stand beside each statement"},
		{"no statement", nil, 2, "", `expected "<sql>"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, out, screen := rowhouse(t, append([]string{"prove"}, test.args...)...)
			if code != test.code || !strings.HasPrefix(out, test.out) || strings.Contains(test.out, "^") && out != test.out || !strings.Contains(screen, test.screen) || test.screen == "" && screen != "" {
				t.Errorf("exit code %d\n%s\n%s", code, out, screen)
			}
		})
	}
}

// TestProveALine gives the command a list, as a CI would.
func TestProveALine(t *testing.T) {
	for _, test := range []struct {
		name, in, out string
		code          int
	}{
		{"all proved", "{\"sql\": \"SELECT 1\"}\n\n{\"sql\": \"SELECT name FROM items WHERE tenant_id = ?\", \"args\": [1]}", "1: proved\n3: proved\n", 0},
		{"one refused", "{\"sql\": \"SELECT name FROM items WHERE tenant_id = ?\", \"args\": [\"1\"]}\n{\"sql\": \"SELECT 1\"}\n", "1: refused: table items: argument 1 must be the tenant as an integer, but is a string\n2: proved\n", 1},
		{"one that is no JSON", "SELECT 1\n{\"sql\": \"SELECT 1\"}\n", "1: refused: not a JSON object with sql and args on one line: invalid character 'S' looking for beginning of value\n2: proved\n", 1},
		{"a misspelt key", "{\"sql\": \"SELECT 1\", \"arg\": [1]}\n", "1: refused: not a JSON object with sql and args on one line: json: unknown field \"arg\"\n", 1},
		{"nothing", "\n", "", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			stdin := os.Stdin
			os.Stdin = read
			defer func() { os.Stdin = stdin }()
			if _, err := write.WriteString(test.in); err != nil {
				t.Fatal(err)
			}
			if err := write.Close(); err != nil {
				t.Fatal(err)
			}
			if code, out, screen := rowhouse(t, "prove", "-"); code != test.code || out != test.out || (out == "") != (screen != "") {
				t.Errorf("exit code %d\n%s\n%s", code, out, screen)
			}
		})
	}
}

// TestTheGuidesSQLPasses proves each statement that tenancy/README.md shows, and runs it.
func TestTheGuidesSQLPasses(t *testing.T) {
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
			t.Errorf("with acme's number, as globex: %v\n%s", err, sql)
		}
	}
	if len(statements) < 5 {
		t.Errorf("found %d statements", len(statements))
	}
}
