package tablediff

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
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

// ReadEnums returns the recorded values in the file EnumsFile of a folder, or nil without this file.
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
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
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

// Write records the values in the file EnumsFile of a folder. Call it after the files of migrations are written, so that
// after an interruption another plan has their statements again.
func (e Enums) Write(dir string) error { return writeFile(filepath.Join(dir, EnumsFile), e.String()) }

// String returns the content of EnumsFile: one line for each column, sorted, so that changes show in reviews.
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
