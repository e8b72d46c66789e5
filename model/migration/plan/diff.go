package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rowhouse/model"
	"rowhouse/model/migration"
	"rowhouse/model/tablediff"
	"rowhouse/tenancy"
	"rowhouse/tenancy/privatedb"
)

// diff is the command that writes migrations.
type diff struct {
	Name    string   `arg:"" help:"Name of the change, such as add_milestones."`
	Drop    []string `placeholder:"OBJECT" help:"Drop a table, table.column or table.index that no type needs, with its data. Repeat for several."`
	Keep    []string `placeholder:"OBJECT" help:"Keep a table.column or table.index that no type needs, until a later release drops it."`
	Accept  []string `placeholder:"OBJECT" help:"Make a table.column narrower, unique or required without a default, or remove the value table.column.VALUE of an enum. A statement fails, and changes nothing, if rows do not fit. Repeat for several."`
	Dir     string   `default:"model/migration" type:"path" help:"Folder of the migrations."`
	Program string   `name:"database-program" env:"ROWHOUSE_DATABASE_PROGRAM" placeholder:"PATH" help:"Server program of the throwaway database, a mariadbd or mysqld. The default is an installed MariaDB, or else an installed MySQL."`
}

// Help is shown by rowhouse migrate diff --help.
func (diff) Help() string {
	return `Each file has one statement in each direction, and the next number. Files that contract the schema are
marked; release them when no replica runs the release before: see docs/deploys.md.

Examples:
  rowhouse migrate diff add_milestones
  rowhouse migrate diff stop_due_at --keep items.due_at     release 1: no field uses the column any more
  rowhouse migrate diff drop_due_at --drop items.due_at     release 2: drop it with its data
  rowhouse migrate diff remove_labels --drop labels --drop item_labels
  rowhouse migrate diff unique_names --accept projects.name           no two rows have equal names
  rowhouse migrate diff remove_backlog --accept items.status.BACKLOG  no row has this value of the enum

To rename a type, a field or a value of an enum, add @renamedFrom(name:) with its earlier name before.`
}

// Run writes the files and prints their names.
func (c diff) Run(ctx context.Context, out stdout, errOut stderr) error {
	if _, err := os.Stat(c.Dir); err != nil {
		return fmt.Errorf("--dir: %w", err)
	}
	dir := os.DirFS(c.Dir)
	if _, err := tablediff.Files(dir, c.Name, nil); err != nil { // before the slow part
		return err
	}
	wanted, err := tablediff.Tables(model.Types, unindexed...)
	if err != nil {
		return fmt.Errorf("the tables of the types: %w", err)
	}
	recorded, err := tablediff.ReadEnums(dir)
	if err != nil {
		return err
	}
	if recorded == nil && len(tablediff.EnumsOf(wanted)) > 0 {
		fmt.Fprintf(errOut, "%s is missing, so removed values of enums are not found: restore it from version control, if it was there.\n",
			relativePath(filepath.Join(c.Dir, tablediff.EnumsFile)))
	}
	steps, err := c.plan(ctx, wanted, recorded, errOut)
	if err != nil {
		return err
	}
	c.printKept(out)
	files, err := tablediff.Files(dir, c.Name, steps)
	if err != nil {
		return err
	}
	if err := tablediff.Write(c.Dir, files); err != nil {
		return err
	}
	if err := c.recordEnums(out, recorded, tablediff.EnumsOf(wanted)); err != nil {
		return err
	}
	if len(steps) == 0 {
		fmt.Fprintln(out, "The migrations produce the tables that the types need: there is nothing to write.")
		return nil
	}
	printFiles(out, c.Dir, files)
	return nil
}

// recordEnums writes the values of enums, for the next comparison, unless they are recorded.
func (c diff) recordEnums(out io.Writer, recorded, enums tablediff.Enums) error {
	if recorded != nil && recorded.String() == enums.String() {
		return nil
	}
	fmt.Fprintf(out, "The values of the enums are recorded in %s: commit this file.\n",
		relativePath(filepath.Join(c.Dir, tablediff.EnumsFile)))
	return enums.Write(c.Dir)
}

// relativePath returns a path from the current folder, if it is inside.
func relativePath(path string) string {
	if folder, err := os.Getwd(); err == nil {
		if relative, err := filepath.Rel(folder, path); err == nil && filepath.IsLocal(relative) {
			return relative
		}
	}
	return path
}

// plan compares the tables on a throwaway server.
func (c diff) plan(
	ctx context.Context, wanted []tablediff.Table, recorded tablediff.Enums, errOut io.Writer,
) (steps []tablediff.Step, err error) {
	parent, err := os.MkdirTemp("", "rowhouse-diff-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(parent)
	fmt.Fprintln(errOut, "Starting a throwaway database …")
	discard := slog.New(slog.DiscardHandler)
	options := privatedb.Options{Log: discard, Program: c.Program, Throwaway: true}
	server, err := privatedb.Start(ctx, filepath.Join(parent, "data"), options)
	if errors.Is(err, privatedb.ErrNoServer) {
		return nil, fmt.Errorf("%w (migrate diff uses no running server: it needs a server program, see --database-program)", err)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	current, err := open(ctx, server.DSN("current"))
	if err != nil {
		return nil, err
	}
	defer current.Close()
	scratch, err := open(ctx, server.DSN("scratch"))
	if err != nil {
		return nil, err
	}
	defer scratch.Close()
	fmt.Fprintf(errOut, "Applying the migrations on %s …\n", server.Version())
	if _, err := migration.Up(ctx, server.DSN("current"), discard); err != nil {
		return nil, err
	}
	fmt.Fprintf(errOut, "Comparing with the %d tables of the types …\n", len(wanted))
	keep := slices.DeleteFunc(slices.Concat(kept, c.Keep), func(object string) bool { return slices.Contains(c.Drop, object) })
	return tablediff.Plan(ctx, current, scratch, wanted, tablediff.Options{
		Drop: c.Drop, Keep: keep, Accept: c.Accept, Enums: recorded,
	})
}

// open creates a database and connects to it.
func open(ctx context.Context, dsn string) (*sql.DB, error) {
	if err := migration.CreateDatabase(ctx, dsn); err != nil {
		return nil, err
	}
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	return tenancy.OpenUnguarded(config)
}

// printKept prints the changes of the lists in exceptions.go that the flags need.
func (c diff) printKept(out io.Writer) {
	for _, object := range c.Keep {
		fmt.Fprintf(out, "Add %q to kept in exceptions.go, until a release drops it.\n", object)
	}
	for _, object := range c.Drop {
		if slices.Contains(kept, object) {
			fmt.Fprintf(out, "Remove %q from kept in exceptions.go.\n", object)
		}
	}
}

// printFiles prints the written files, and the next steps.
func printFiles(out io.Writer, dir string, files []tablediff.File) {
	dir = relativePath(dir)
	contracts, tables := false, false
	for _, f := range files {
		mark := "expand  "
		if f.Step.Contract != "" {
			mark, contracts = "CONTRACT", true
		}
		tables = tables || strings.HasPrefix(f.Step.Up, "CREATE TABLE") || strings.HasPrefix(f.Step.Up, "DROP TABLE")
		fmt.Fprintf(out, "%s  %s\n", mark, filepath.Join(dir, f.Name))
		if f.Step.Contract != "" {
			fmt.Fprintf(out, "          %s\n", f.Step.Contract)
		}
	}
	fmt.Fprintln(out, "\nRead the files. Then:")
	for _, f := range files {
		for _, key := range f.Step.Keys {
			table, column, _ := strings.Cut(key, ".")
			version, _, _ := strings.Cut(f.Name, "_")
			fmt.Fprintf(out, "- Add to steps in keys.go, so that existing rows get the right keys:\n"+
				"    %s: func(ctx context.Context, db *sql.DB) error { return fillKeys(ctx, db, %q, %q) },\n",
				strings.TrimLeft(version, "0"), table, column)
		}
	}
	if contracts {
		fmt.Fprintln(out, "- Release the files with CONTRACT when no replica runs the release before: see docs/deploys.md.")
	}
	if tables {
		fmt.Fprintln(out, "- Update the VSchema of Vitess:  go run . vschema > testdata/vschema.json")
	}
	fmt.Fprintln(out, "- Check locks and data:  go run . migrate lint --after", lastReleased(files))
	fmt.Fprintln(out, "- Migrate:  go run . migrate")
}

// lastReleased returns the version before the files.
func lastReleased(files []tablediff.File) int {
	var version int
	_, _ = fmt.Sscanf(files[0].Name, "%d", &version)
	return version - 1
}
