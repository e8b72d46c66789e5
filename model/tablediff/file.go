package tablediff

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// File is a migration of goose with one statement in each direction.
type File struct {
	Name string // 00401_add_milestones.sql
	Text string
	Step Step
}

// Files returns the files of a change: those after the files in dir, from the next number that ends in 01.
// The name of the change has lower-case letters, digits and underscores.
func Files(dir fs.FS, change string, steps []Step) ([]File, error) {
	if !changeName.MatchString(change) || len(change) > maxName {
		return nil, fmt.Errorf("the name %q: use at most %d lower-case letters, digits and underscores, such as add_milestones",
			change, maxName)
	}
	last, err := lastVersion(dir)
	if err != nil {
		return nil, err
	}
	first := (last/100+1)*100 + 1
	files := make([]File, len(steps))
	for i, s := range steps {
		name := fmt.Sprintf("%05d_%s", first+i, change)
		if len(steps) > 1 && s.Name != change {
			name += "_" + s.Name
		}
		files[i] = File{name + ".sql", s.text(), s}
	}
	return files, nil
}

var (
	changeName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	fileName   = regexp.MustCompile(`^(\d+)_.*\.sql$`)
)

// lastVersion returns the highest number of the files in dir, or 0.
func lastVersion(dir fs.FS) (last int, err error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if match := fileName.FindStringSubmatch(e.Name()); match != nil {
			version, err := strconv.Atoi(match[1])
			if err != nil {
				return 0, fmt.Errorf("%s: %w", e.Name(), err)
			}
			last = max(last, version)
		}
	}
	return last, nil
}

// Write writes files into a folder. Each file appears as a whole: after an interruption, another plan continues. Write
// fails if the folder has a version of files, such as by another command that runs at the same time.
func Write(dir string, files []File) error {
	versions := map[int]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		versions[fileVersion(e.Name())] = e.Name()
	}
	for _, f := range files {
		if other, found := versions[fileVersion(f.Name)]; found {
			return fmt.Errorf("%s: the folder has %s with the same number by now; run the command again", f.Name, other)
		}
	}
	for _, f := range files {
		if err := writeFile(filepath.Join(dir, f.Name), f.Text); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file under another name, and renames it.
func writeFile(path, text string) error {
	part := path + ".part"
	if err := os.WriteFile(part, []byte(text), 0o644); err != nil { //nolint:gosec // as other sources
		return err
	}
	return os.Rename(part, path)
}

// text returns the content of the step's file. Lint reads its mark for contracting files.
func (s Step) text() string {
	var b strings.Builder
	b.WriteString("-- +goose Up\n\n")
	if s.Contract != "" {
		b.WriteString(comment(acceptMark + " contracts the schema: " + s.Contract + "."))
		b.WriteString(comment("Release it when no replica runs a program of the release before: see docs/deploys.md."))
	}
	if s.Note != "" {
		b.WriteString(comment(s.Note))
	}
	return b.String() + delimit(s.Up) + "\n-- +goose Down\n\n" + delimit(s.Down)
}

// delimit returns a statement with its end. By default goose ends a statement at a semicolon at the end of a word or line,
// and takes -- for a comment, even inside a string such as a default.
func delimit(statement string) string {
	if strings.Contains(statement, ";") || strings.Contains(statement, "--") {
		return "-- +goose StatementBegin\n" + statement + ";\n-- +goose StatementEnd\n"
	}
	return statement + ";\n"
}

// comment returns a text as lines of an SQL comment.
func comment(text string) string {
	var b strings.Builder
	line := "--"
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > 100 {
			b.WriteString(line + "\n")
			line = "--"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
	return b.String()
}
