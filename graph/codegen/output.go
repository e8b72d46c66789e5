package codegen

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// header is the first line of each generated file. A file without it is the application's own: the
// generator never overwrites or deletes it.
const header = "// Code generated from schema.graphqls. DO NOT EDIT."

// isGenerated reports whether a file begins with the header.
func isGenerated(content []byte) bool {
	line, _, _ := bytes.Cut(content, []byte("\n"))
	return string(bytes.TrimSpace(line)) == header
}

// output writes generated files, and reports to log.
type output struct {
	log io.Writer
	// written are the paths of the files of this run.
	written []string
}

// writeFile stores a file if its content differs. It leaves a file without the header alone, and reports it.
func (o *output) writeFile(path string, content []byte) error {
	o.written = append(o.written, path)
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !isGenerated(old) && len(bytes.TrimSpace(old)) > 0:
		o.logf("%s has no line %q, so it is your own file, and stays as it is; delete it to generate it again", path, header)
		return nil
	case bytes.Equal(old, content):
		return nil
	}
	return os.WriteFile(path, content, 0o644) //nolint:gosec // source code, as git writes it
}

// deleteStale deletes the generated files of a pattern that are no files of this run: of types that the schema
// no longer has.
func (o *output) deleteStale(pattern string) error {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if slices.Contains(o.written, path) {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !isGenerated(content) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
		o.logf("%s is deleted: the schema has no such type", path)
	}
	return nil
}

func (o *output) logf(format string, args ...any) {
	fmt.Fprintf(o.log, format+"\n", args...)
}
