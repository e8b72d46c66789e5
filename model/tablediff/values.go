package tablediff

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// EnumsFile is the name of the file with the recorded Enums, in the folder of the migrations.
const EnumsFile = "enums.txt"

// Enums are the values that rows can have in columns of enums. Tables don't have them: a column has names or ranks.
// The keys are table.column, then the value; the rank is "" if rows have the name.
type Enums map[string]map[string]string

// EnumsOf returns the values in the columns of tables.
func EnumsOf(tables []Table) Enums {
	e := Enums{}
	for _, t := range tables {
		for _, c := range t.Columns {
			if c.Values == nil {
				continue
			}
			values := map[string]string{}
			for _, v := range c.Values {
				values[v.Name] = v.Rank
			}
			e[t.Name+"."+c.Name] = values
		}
	}
	return e
}

// earlierEnums returns the values in the columns of tables, by their earlier names if they have any. They are the
// recorded values if no value was removed or added: the statements of renamed values change no rows if none has them.
func earlierEnums(tables []Table) Enums {
	e := EnumsOf(tables)
	for _, t := range tables {
		for _, c := range t.Columns {
			for _, v := range c.Values {
				if v.RenamedFrom != "" {
					values := e[t.Name+"."+c.Name]
					delete(values, v.Name)
					values[v.RenamedFrom] = v.Rank
				}
			}
		}
	}
	return e
}

// ReadEnums returns the recorded values in the file EnumsFile of a folder, or nil without this file. It fails if the folder
// lacks the migration with which they were recorded: its statements would be in no other plan.
func ReadEnums(dir fs.FS) (Enums, error) {
	text, err := fs.ReadFile(dir, EnumsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // no values are recorded yet
	}
	if err != nil {
		return nil, err
	}
	e, number := Enums{}, 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if version, found := strings.CutPrefix(line, lastMigration); found {
			if err := checkVersion(dir, version); err != nil {
				return nil, err
			}
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		column, values, ok := strings.Cut(line, ": ")
		if !ok || e[column] != nil {
			return nil, fmt.Errorf("%s:%d: %q is not one column and its values; restore the file from version control",
				EnumsFile, number, line)
		}
		e[column] = map[string]string{}
		for _, value := range strings.Fields(values) {
			name, rank, _ := strings.Cut(value, "=")
			e[column][name] = rank
		}
	}
	return e, nil
}

// lastMigration begins the line of EnumsFile with the last migration when the values were recorded.
const lastMigration = "# The last migration: "

// checkVersion fails if a folder has no migration with a version, or a later one.
func checkVersion(dir fs.FS, version string) error {
	wanted, err := strconv.Atoi(version)
	if err != nil {
		return fmt.Errorf("%s: %q is no version of a migration; restore the file from version control", EnumsFile, version)
	}
	last, err := lastVersion(dir)
	if err == nil && last < wanted {
		err = fmt.Errorf("%s: the values were recorded with the migration %s, which is missing: restore this file, or both, "+
			"from version control", EnumsFile, version)
	}
	return err
}

// Write records the values in the file EnumsFile of a folder. Call it after the files of migrations are written, so that
// after an interruption another plan has their statements again.
func (e Enums) Write(dir string) error {
	last, err := lastVersion(os.DirFS(dir))
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, EnumsFile), fmt.Sprintf("%s%s%05d\n", e, lastMigration, last))
}

// String returns the content of EnumsFile without the last migration: one line for each column, sorted, so that changes show in reviews.
func (e Enums) String() string {
	var b strings.Builder
	b.WriteString("# The values that rows can have in columns of enums; ranks follow \"=\". migrate diff writes this file and compares\n" +
		"# it with schema.graphqls. Commit it with the migrations.\n")
	for _, column := range slices.Sorted(maps.Keys(e)) {
		b.WriteString(column + ":")
		for _, name := range e.names(column) {
			b.WriteString(" " + name)
			if rank := e[column][name]; rank != "" {
				b.WriteString("=" + rank)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// names returns the values of a column by their ranks, or else in alphabetical order.
func (e Enums) names(column string) []string {
	return slices.SortedFunc(maps.Keys(e[column]), func(a, b string) int {
		x, _ := strconv.Atoi(e[column][a])
		y, _ := strconv.Atoi(e[column][b])
		return cmp.Or(x-y, strings.Compare(a, b))
	})
}
