package privatedb

import (
	"io"
	"os"
	"strings"
)

// serverLog is the log file of the server. It stays open until the server has ended, since a throwaway
// folder is removed by then.
type serverLog struct {
	*os.File
	begin int64 // the end of the log of earlier runs
}

// openLog opens the log file, to append to it.
func openLog(path string) (*serverLog, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	begin, err := file.Seek(0, io.SeekEnd)
	return &serverLog{file, begin}, err
}

// readTail returns the last 16 KiB of the log of this run.
func (o *serverLog) readTail() string {
	end, _ := o.Seek(0, io.SeekEnd)
	from := max(o.begin, end-16<<10)
	// The log is for an error message, and a part of it is better than none.
	text, _ := io.ReadAll(io.NewSectionReader(o, from, end-from))
	return string(text)
}

// explainOutput returns the last lines of the program's output for an error message, indented, with a
// remedy if AppArmor confines the program.
func (p serverProgram) explainOutput(output string) string {
	// MariaDB's installer prints a page of advice after this line.
	output, _, _ = strings.Cut(output, "Installation of system tables failed")
	lines := strings.Split(strings.TrimSpace(output), "\n")
	tail := "\n\t" + strings.Join(lines[max(0, len(lines)-12):], "\n\t")
	if p.isMySQL() && strings.Contains(output, "ermission denied") {
		tail += "\nAppArmor may confine mysqld to its own folders, as on Ubuntu: " +
			"install mariadb-server-core and mariadb-client-core, or name a running server in DATABASE_URL"
	}
	return tail
}
