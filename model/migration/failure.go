package migration

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
)

// errRepeated are the errors of MySQL and MariaDB for a statement that has run before.
var errRepeated = []uint16{
	1050, // ER_TABLE_EXISTS_ERROR: CREATE TABLE, CREATE VIEW, RENAME TABLE
	1051, // ER_BAD_TABLE_ERROR: DROP TABLE, DROP VIEW
	1060, // ER_DUP_FIELDNAME: ADD COLUMN
	1061, // ER_DUP_KEYNAME: ADD KEY, CREATE INDEX
	1068, // ER_MULTIPLE_PRI_KEY: ADD PRIMARY KEY
	1091, // ER_CANT_DROP_FIELD_OR_KEY: DROP COLUMN, KEY, FOREIGN KEY, PRIMARY KEY
	1826, // ER_FK_DUP_NAME: ADD FOREIGN KEY; MariaDB: ADD CHECK
	3822, // ER_CHECK_CONSTRAINT_DUP_NAME: ADD CHECK
	3940, // ER_CONSTRAINT_NOT_FOUND: DROP CONSTRAINT
	4092, // ER_UNKNOWN_VIEW: DROP VIEW on MariaDB
}

// errRenamed are the errors for a statement that renames and has run before. Any other
// statement fails with them because it is wrong.
var errRenamed = []uint16{
	1054, // ER_BAD_FIELD_ERROR: CHANGE COLUMN, RENAME COLUMN
	1146, // ER_NO_SUCH_TABLE: RENAME TABLE, ALTER TABLE ... RENAME
	1176, // ER_KEY_DOES_NOT_EXITS: RENAME INDEX
}

// errForeignKey is MariaDB's ER_CANT_CREATE_TABLE. With errno 121, the name of a foreign
// key exists.
const errForeignKey = 1005

var renames = regexp.MustCompile(`(?i)\b(CHANGE|RENAME)\b`)

// isRepeated reports whether err says that the change of a file is there already.
func isRepeated(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && !errors.Is(err, errRecord) &&
		(slices.Contains(errRepeated, e.Number) || e.Number == errForeignKey && strings.Contains(e.Message, "errno: 121 "))
}

// isRenamed reports whether err says that a statement which renames has run before, or
// that it is wrong: ask only about files that an earlier run began.
func isRenamed(err error, statement string) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && !errors.Is(err, errRecord) && slices.Contains(errRenamed, e.Number) && renames.MatchString(statement)
}

// errUncertain are errors of a server after which a statement may have run.
var errUncertain = []uint16{
	1053, // ER_SERVER_SHUTDOWN
	1105, // ER_UNKNOWN_ERROR: Vitess, for what fails between its processes
	1317, // ER_QUERY_INTERRUPTED
	1927, // ER_CONNECTION_KILLED
	3024, // ER_QUERY_TIMEOUT
}

// isRefused reports whether the server refused the statement of a file. DDL is atomic:
// a refused statement has changed nothing. On Vitess it is atomic in each shard, but a
// full disk of one shard does not stop the others: only errors that all shards share
// count, which are those of a conflict.
func isRefused(err error) bool {
	var e *mysql.MySQLError
	if !errors.As(err, &e) || errors.Is(err, errRecord) || slices.Contains(errUncertain, e.Number) {
		return false
	}
	onShards := strings.HasPrefix(e.Message, "target: ") // as vtgate names the shards that failed
	return !onShards || isRepeated(err) || slices.Contains(errRenamed, e.Number)
}

// cause returns the error inside goose's.
func cause(err error) error {
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		return partial.Err
	}
	return err
}

// failure says which file failed, what was applied before it, and what to do.
func failure(m Migration, applied []string, err error, conflict bool) error {
	hint := "fix the cause"
	if conflict {
		hint = "no earlier run began this file, so another program or person has made its change; remove or rename what is in the way"
	}
	before := "no migration was applied before it"
	switch n := len(applied); n {
	case 0:
	case 1:
		before = "applied before it: " + applied[0]
	default:
		before = fmt.Sprintf("applied before it: %d files, %s to %s", n, applied[0], applied[n-1])
	}
	return fmt.Errorf("%s failed: %w (%s). Nothing needs to be undone: %s, and run rowhouse migrate again", m.File, err, before, hint)
}

// settle returns a context for recording the outcome, which outlives ctx by seconds.
func settle(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}
