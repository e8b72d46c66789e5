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

// errRepeated are the errors of MySQL and MariaDB when a statement's change exists already.
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

// errRenamed are the errors for a second run of a statement that renames something. For any
// other statement they mean that the statement is wrong.
var errRenamed = []uint16{
	1054, // ER_BAD_FIELD_ERROR: CHANGE COLUMN, RENAME COLUMN
	1146, // ER_NO_SUCH_TABLE: RENAME TABLE, ALTER TABLE ... RENAME
	1176, // ER_KEY_DOES_NOT_EXITS: RENAME INDEX
}

// errForeignKey is MariaDB's ER_CANT_CREATE_TABLE. Its errno 121 means that the name of a
// foreign key exists.
const errForeignKey = 1005

var renames = regexp.MustCompile(`(?i)\b(CHANGE|RENAME)\b`)

// isRepeated reports whether err means that the change of a file exists already.
func isRepeated(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && !errors.Is(err, errRecord) &&
		(slices.Contains(errRepeated, e.Number) || e.Number == errForeignKey && strings.Contains(e.Message, "errno: 121 "))
}

// isRenamed reports whether a renaming statement failed because it has run before or is
// wrong. Call it only for files that an earlier run began.
func isRenamed(err error, statement string) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && !errors.Is(err, errRecord) && slices.Contains(errRenamed, e.Number) && renames.MatchString(statement)
}

// errUncertain are server errors after which it is unknown whether the statement ran.
var errUncertain = []uint16{
	1053, // ER_SERVER_SHUTDOWN
	1105, // ER_UNKNOWN_ERROR: failures between the processes of Vitess
	1317, // ER_QUERY_INTERRUPTED
	1927, // ER_CONNECTION_KILLED
	3024, // ER_QUERY_TIMEOUT
}

// isRefused reports whether the server refused the statement of a file, and so changed
// nothing, since DDL is atomic. On Vitess it is atomic on each shard only: after a full disk
// of one shard, others may have run it. So isRefused accepts only the errors of a conflict
// from shards, which all shards return.
func isRefused(err error) bool {
	var e *mysql.MySQLError
	if !errors.As(err, &e) || errors.Is(err, errRecord) || slices.Contains(errUncertain, e.Number) {
		return false
	}
	onShards := strings.HasPrefix(e.Message, "target: ") // the prefix with which vtgate names the failed shard
	return !onShards || isRepeated(err) || slices.Contains(errRenamed, e.Number)
}

// unwrapPartial unwraps goose's PartialError.
func unwrapPartial(err error) error {
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		return partial.Err
	}
	return err
}

// describeFailure wraps an error with the failed file, the files applied before it, and a remedy.
func describeFailure(m Migration, applied []string, err error, conflict bool) error {
	hint := "fix the cause"
	if conflict {
		hint = "no earlier run began this file, so another program or person has made its change; remove or rename the conflicting object"
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

// newRecordContext returns a context for recording the outcome. It ends five seconds later, also when
// ctx is cancelled.
func newRecordContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
}
