package privatedb

import (
	"io"
	"os"
	"strings"
)

// output is the database's log. It stays open until the database has ended,
// because a throwaway folder is gone by then.
type output struct {
	*os.File
	begin int64 // earlier runs lie before it
}

func openOutput(path string) (*output, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	begin, err := file.Seek(0, io.SeekEnd)
	return &output{file, begin}, err
}

// text is the end of what this run wrote.
func (o *output) text() string {
	const enough = 16 << 10
	end, _ := o.Seek(0, io.SeekEnd)
	from := max(o.begin, end-enough)
	// Part of a log is better than none, so an error here is not worth a word.
	text, _ := io.ReadAll(io.NewSectionReader(o, from, end-from))
	return string(text)
}

// explain returns what an error needs from the program's output: its last
// lines, indented below, and what to do if they are those of AppArmor.
func (e engine) explain(text string) string {
	// After this MariaDB's installer prints a page of advice.
	text, _, _ = strings.Cut(text, "Installation of system tables failed")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	said := "\n\t" + strings.Join(lines[max(0, len(lines)-12):], "\n\t")
	if e.isMySQL() && strings.Contains(text, "ermission denied") {
		said += "\nAppArmor may confine mysqld to its own folders, as on Ubuntu: " +
			"install mariadb-server-core and mariadb-client-core, or name a running server in DATABASE_URL"
	}
	return said
}
