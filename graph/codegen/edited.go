package codegen

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// resolverFile is graph/schema.gen.resolvers.go. Its second line has a checksum of the rest, because
// gqlgen's resolvers are usually edited in place, and an edit of this file would be lost.
type resolverFile struct {
	path string
	// own reports that the file has no header: gqlgen keeps the bodies that it has.
	own bool
}

// checksumLine returns the second line of a resolver file for the content after it.
func checksumLine(content []byte) string {
	return fmt.Sprintf("// checksum: %.6x\n", sha256.Sum256(content))
}

// deleteOld deletes the file, for gqlgen to write it from bodies alone. It fails if the file has code of a person, or
// does not parse: it can have such code. It leaves a file without header alone.
func (r *resolverFile) deleteOld(bodies map[string]string) error {
	content, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) // git can write such line ends
	rest, generated := bytes.CutPrefix(content, []byte(header+"\n"))
	if !generated {
		r.own = true
		return nil
	}
	line, rest, _ := bytes.Cut(rest, []byte("\n"))
	if string(line)+"\n" != checksumLine(rest) {
		if err := checkEdits(r.path, content, bodies); err != nil {
			return err
		}
	}
	return os.Remove(r.path)
}

// addHeader adds the header to the file that gqlgen has written. Without resolvers there is none.
func (r *resolverFile) addHeader() error {
	content, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) || r.own {
		return nil
	} else if err != nil {
		return err
	}
	content = append([]byte("\n"), content...)
	content = append([]byte(header+"\n"+checksumLine(content)), content...)
	return os.WriteFile(r.path, content, 0o644) //nolint:gosec // source code, as git writes it
}
