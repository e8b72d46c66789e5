package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode"

	"rowhouse/model"
	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

// prove is the command that tells whether SQL stays inside a tenant.
type prove struct {
	SQL    string `arg:"" name:"sql" help:"Statement to prove; - reads one JSON object {\"sql\": \"…\", \"args\": […]} a line from standard input. Put -- before SQL that begins with a comment."`
	Tenant uint32 `default:"1" help:"Number of the tenant that the statement runs for."`
	Args   string `placeholder:"JSON" help:"Arguments of the statement's placeholders, as [1, \"x\"]. Without them, those that have to be the tenant are taken to be (see --tenant)."`
}

// errUnproved ends a command that has said why.
var errUnproved = errors.New("not every statement is proved")

// Run prints a verdict for each statement, and fails unless all are proved.
func (p prove) Run(_ context.Context, a *app) error {
	tables, err := tenancy.Tables(model.Types.Models(), model.Types.Shared()...)
	if err != nil {
		return err
	}
	if p.SQL == "-" {
		if p.Args != "" {
			return errors.New("--args: with -, the arguments stand beside each statement")
		}
		return p.lines(tables, os.Stdin, a.out)
	}
	s := jsonStatement{SQL: p.SQL}
	if p.Args != "" {
		if err := decode([]byte(p.Args), &s.Args); err != nil {
			return fmt.Errorf("--args %s: write a JSON array, such as [1, \"x\"]: %w", p.Args, err)
		}
	}
	proof, err := s.proof(tables, p.Tenant)
	if err != nil {
		fmt.Fprintf(a.out, "refused: %v\n", err)
		printPosition(a.out, err)
		return errUnproved
	}
	fmt.Fprintln(a.out, "proved")
	table := tabwriter.NewWriter(a.out, 0, 0, 3, ' ', 0)
	for _, b := range proof.Bindings {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", b.Table, b.Alias, b.By)
	}
	return table.Flush()
}

// printPosition prints the line of a refusal's position, if it has one, with a caret below.
func printPosition(out io.Writer, err error) {
	var r *guard.Refusal
	if !errors.As(err, &r) || r.Pos == 0 {
		return
	}
	at := r.Pos - 1
	before, after := r.SQL[strings.LastIndexByte(r.SQL[:at], '\n')+1:at], r.SQL[at:]
	after, _, _ = strings.Cut(after, "\n")
	after = strings.TrimRight(after, " \t\r")
	left, right := []rune(before), []rune(after)
	if most := 60; len(left) > most {
		left = append([]rune("… "), left[len(left)-most:]...)
	}
	if most := 60; len(right) > most {
		right = append(right[:most:most], []rune(" …")...)
	}
	fmt.Fprintf(out, "  %s%s\n  %s^\n", visible(left), visible(right), strings.Repeat(" ", width(left)))
}

// width returns the number of terminal columns of a string.
func width(text []rune) (n int) {
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
			n += 2
		default:
			n++
		}
	}
	return n
}

// visible replaces control characters, including tabs, by blanks.
func visible(text []rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, string(text))
}

// lines prints one line for each statement of in, with its line there.
func (p prove) lines(tables guard.Tables, in io.Reader, out io.Writer) error {
	lines, proved, refused := bufio.NewScanner(in), 0, 0
	lines.Buffer(nil, 16<<20) // a statement of the greatest length, with escapes and arguments
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var s jsonStatement
		err := decode(lines.Bytes(), &s)
		if err != nil {
			err = fmt.Errorf("not a JSON object with sql and args on one line: %w", err)
		} else {
			_, err = s.proof(tables, p.Tenant)
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
		return errUnproved
	case proved == 0:
		return errors.New("standard input holds no statement")
	}
	return nil
}

// jsonStatement is SQL with its arguments, or nil for those that prove it.
type jsonStatement struct {
	SQL  string `json:"sql"`
	Args []any  `json:"args"`
}

func (s jsonStatement) proof(tables guard.Tables, tenant uint32) (*guard.Proof, error) {
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

// driverArgs turns values of JSON into what reaches the driver.
func driverArgs(values []any) []driver.NamedValue {
	args := make([]driver.NamedValue, len(values))
	for i, v := range values {
		if n, ok := v.(json.Number); ok {
			v = n.String()
			if whole, err := n.Int64(); err == nil {
				v = whole
			}
		}
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return args
}

// decode reads one JSON value and nothing after it.
func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows it")
	}
	return nil
}
