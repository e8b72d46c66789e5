package main

import (
	"bufio"
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"rowhouse/model"
	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

// prove is the command that proves SQL statements, as the guard does.
type prove struct {
	SQL    string `arg:"" name:"sql" help:"Statement to prove; - reads one JSON object {\"sql\": \"…\", \"args\": […]} per line from standard input. Put -- before SQL that begins with a comment."`
	Tenant uint32 `default:"1" help:"Id of the tenant for which the statement runs."`
	Args   string `placeholder:"JSON" help:"Arguments of the statement's placeholders, as [1, \"x\"]. Without them, each placeholder that must be the tenant id is assumed to be --tenant."`
}

// Help is shown by rowhouse prove --help.
func (prove) Help() string {
	return `Examples:
  rowhouse prove 'SELECT name FROM items WHERE tenant_id = ?'
  rowhouse prove 'UPDATE items SET name = ? WHERE tenant_id = ?' --tenant 7 --args '["x", 7]'
  echo '{"sql": "DELETE FROM items WHERE tenant_id = ?", "args": [1]}' | rowhouse prove -`
}

// Run prints a verdict for each statement. It fails unless all statements are proved.
func (p prove) Run(out stdout) error {
	tables, err := tenancy.Tables(model.Types.Models(), model.Types.Shared()...)
	if err != nil {
		return err
	}
	if p.SQL == "-" {
		if p.Args != "" {
			return errors.New("--args can't be used with -: put args beside each sql")
		}
		return p.proveLines(tables, os.Stdin, out)
	}
	s := proveInput{SQL: p.SQL}
	if p.Args != "" {
		if err := decodeJSON([]byte(p.Args), &s.Args); err != nil {
			return fmt.Errorf("--args %s: write a JSON array, such as [1, \"x\"]: %w", p.Args, err)
		}
	}
	proof, err := s.prove(tables, p.Tenant)
	if err != nil {
		fmt.Fprintf(out, "refused: %v\n", err)
		printPosition(out, err)
		return errReported
	}
	fmt.Fprintln(out, "proved")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, b := range proof.Bindings {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", b.Table, b.Alias, b.By)
	}
	return table.Flush()
}

// proveLines prints a verdict with the line number for each statement of in.
func (p prove) proveLines(tables guard.Tables, in io.Reader, out io.Writer) error {
	lines, proved, refused := bufio.NewScanner(in), 0, 0
	lines.Buffer(nil, 16<<20) // the longest statement, with escapes and arguments
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var s proveInput
		err := decodeJSON(lines.Bytes(), &s)
		if err != nil {
			err = fmt.Errorf("expected a JSON object with sql and args on one line: %w", err)
		} else {
			_, err = s.prove(tables, p.Tenant)
		}
		if err != nil {
			refused++
			fmt.Fprintf(out, "%d: refused: %v\n", n, err)
		} else {
			proved++
			fmt.Fprintf(out, "%d: proved\n", n)
		}
	}
	switch {
	case lines.Err() != nil:
		return fmt.Errorf("read standard input: %w", lines.Err())
	case refused > 0:
		return errReported
	case proved == 0:
		return errors.New("standard input has no statement")
	}
	return nil
}

// proveInput is SQL with its arguments, or with nil for arguments that prove it.
type proveInput struct {
	SQL  string `json:"sql"`
	Args []any  `json:"args"`
}

func (s proveInput) prove(tables guard.Tables, tenant uint32) (*guard.Proof, error) {
	proof, err := guard.Prove(tables, s.SQL)
	if err != nil {
		return nil, err
	}
	if s.Args == nil {
		for range proof.Params {
			s.Args = append(s.Args, json.Number(fmt.Sprint(tenant)))
		}
	}
	return proof, proof.Check(tenant, driverArgs(s.Args))
}

// driverArgs converts values of JSON to arguments of the driver.
func driverArgs(values []any) []driver.NamedValue {
	args := make([]driver.NamedValue, len(values))
	for i, v := range values {
		if n, ok := v.(json.Number); ok {
			v = n.String()
			if i, err := n.Int64(); err == nil {
				v = i
			}
		}
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return args
}

// decodeJSON decodes one JSON value. It fails if more text follows.
func decodeJSON(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more text follows the JSON value")
	}
	return nil
}
