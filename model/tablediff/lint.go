package tablediff

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"vitess.io/vitess/go/vt/log"
	"vitess.io/vitess/go/vt/schemadiff"
	"vitess.io/vitess/go/vt/sqlparser"
)

// acceptMark begins a comment that accepts the errors of a file, with a reason: they become warnings.
const acceptMark = "lint:"

// schemadiff logs each decision.
var _ = log.SwapLogger(slog.New(slog.DiscardHandler))

// Finding is a problem of a statement in a migration file.
type Finding struct {
	File      string
	Statement string // or its clause
	Problem   string
	Remedy    string
	// Warning is true if the statement loses nothing and breaks no program, or if the file accepts it.
	Warning bool
}

// linter reads the files of a folder in their order, and follows the definitions of the tables.
type linter struct {
	env    *schemadiff.Environment
	tables map[string]*schemadiff.CreateTableEntity
	// created maps tables and nullable columns to their first change, a hundred of versions. Tables have no rows in it.
	created map[string]int
	// The current file.
	file     string
	change   int
	accepted bool
	silent   bool
	findings []Finding
}

// Lint returns the problems of the statements for up in the migration files of a folder, with versions
// greater than after. It reads the files before as well, for the definitions of tables.
func Lint(dir fs.FS, after int) ([]Finding, error) {
	env, err := newEnv()
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(names, func(a, b string) int { return fileVersion(a) - fileVersion(b) })
	l := &linter{env: env, tables: map[string]*schemadiff.CreateTableEntity{}, created: map[string]int{}}
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		if err := l.lintFile(name, string(text), fileVersion(name) <= after); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return l.findings, nil
}

// fileVersion returns the number of a file, or 0.
func fileVersion(name string) int {
	digits, _, _ := strings.Cut(name, "_")
	version, _ := strconv.Atoi(digits)
	return version
}

func (l *linter) lintFile(name, text string, silent bool) error {
	_, text, ok := strings.Cut(text, "-- +goose Up")
	if !ok {
		return errors.New("no -- +goose Up")
	}
	up, _, _ := strings.Cut(text, "-- +goose Down")
	l.file, l.change, l.accepted, l.silent = name, fileVersion(name)/100, isAccepted(up), silent
	statements, err := l.env.Parser().SplitStatementToPieces(up)
	if err != nil {
		return err
	}
	if len(statements) != 1 {
		l.report(name, fmt.Sprintf("the file has %d statements, so a run can stop between them", len(statements)), "write a file for each")
	}
	for _, s := range statements {
		l.lintStatement(s)
	}
	return nil
}

// isAccepted reports whether a comment accepts the errors of a file.
func isAccepted(text string) bool {
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
		if ok && strings.HasPrefix(strings.TrimSpace(comment), acceptMark) {
			return true
		}
	}
	return false
}

// lintStatement reports the problems of a statement, and applies it to the tables.
func (l *linter) lintStatement(text string) {
	statement, err := l.env.Parser().ParseStrictDDL(text)
	if err != nil {
		l.report(clean(text), "the statement can't be read, so it may lose data: "+err.Error(), checkRemedy)
		return
	}
	switch s := statement.(type) {
	case *sqlparser.CreateTable:
		if t, err := schemadiff.NewCreateTableEntity(l.env, s); err == nil {
			l.tables[t.Name()], l.created[t.Name()] = t, l.change
		}
	case *sqlparser.AlterTable:
		l.lintAlter(s)
	case *sqlparser.DropTable:
		for _, t := range s.FromTables {
			l.report(sqlparser.String(s), "drops the table with its rows", contractRemedy)
			delete(l.tables, t.Name.String())
		}
	case *sqlparser.RenameTable:
		for _, pair := range s.TablePairs {
			l.report(sqlparser.String(s), renameTableProblem, contractRemedy)
			l.moveTable(pair.FromTable.Name.String(), pair.ToTable.Name.String())
		}
	default:
		l.lintOther(clean(text), s)
	}
}

// lintOther reports a statement that changes no definition of a table. Only views and known changes of rows are no errors.
func (l *linter) lintOther(text string, statement sqlparser.Statement) {
	switch s := statement.(type) {
	case *sqlparser.CreateView:
		if s.IsReplace {
			l.report(text, "replaces a view, which a program of the release before may use", contractRemedy)
		}
	case *sqlparser.Insert:
		if s.Action == sqlparser.ReplaceAct {
			l.report(text, "deletes the rows with equal keys, and those that refer to them", "use INSERT; or "+acceptRemedy)
			return
		}
		l.warn(text, rowsProblem, rowsRemedy)
	case *sqlparser.Update:
		l.warn(text, rowsProblem, rowsRemedy)
	case *sqlparser.Delete:
		l.report(text, "deletes rows, and those that refer to them, in one transaction", "check its condition; then "+acceptRemedy)
	case *sqlparser.TruncateTable:
		l.report(text, "deletes all rows of the table", contractRemedy)
	case *sqlparser.DropDatabase:
		l.report(text, "drops the database with all its tables", "drop single tables")
	case *sqlparser.DropView:
		l.report(text, "drops the view, which a program of the release before may use", contractRemedy)
	default:
		l.report(text, "lint does not know the effects of this kind of statement", checkRemedy)
	}
}

const (
	renameTableProblem  = "renames the table, which a program of the release before does not find"
	renameColumnProblem = "renames the column, which a program of the release before does not find"
	rowsProblem         = "changes rows in one transaction, and locks them until it ends"
	rowsRemedy          = "for a large table, change batches in a function of model/migration/keys.go"
	acceptRemedy        = "add a line -- lint: with the reason why nothing is lost"
	checkRemedy         = "check it by hand; then " + acceptRemedy
	contractRemedy      = "release the file when no replica runs a program of the release before, and add a line -- lint: with the reason"
	correctRemedy       = "correct the rows before, in batches: see keys.go; then " + contractRemedy
)

// moveTable gives the definition of a table another name.
func (l *linter) moveTable(from, to string) {
	if t, ok := l.tables[from]; ok {
		t = t.Clone().(*schemadiff.CreateTableEntity)
		t.CreateTable.Table = sqlparser.NewTableName(to)
		l.tables[to], l.created[to] = t, l.created[from]
		delete(l.tables, from)
	}
}

// report adds an error, or a warning if the file accepts its errors.
func (l *linter) report(statement, problem, remedy string) {
	l.add(Finding{l.file, statement, problem, remedy, l.accepted})
}

// warn adds a warning.
func (l *linter) warn(statement, problem, remedy string) {
	l.add(Finding{l.file, statement, problem, remedy, true})
}

func (l *linter) add(f Finding) {
	if !l.silent {
		l.findings = append(l.findings, f)
	}
}

// clean returns a statement without comments, on one line.
func clean(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "--") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}
