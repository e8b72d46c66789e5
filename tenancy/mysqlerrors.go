package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// The error numbers of MariaDB and MySQL that this package reads, all of them in this file.
// GORM translates others (gorm.ErrDuplicatedKey, gorm.ErrForeignKeyViolated).
const (
	errCheckRead      = 1020 // ER_CHECKREAD: MariaDB with innodb_snapshot_isolation
	errShutdown       = 1053 // ER_SERVER_SHUTDOWN
	errDuplicate      = 1062 // ER_DUP_ENTRY
	errNoThread       = 1094 // ER_NO_SUCH_THREAD
	errUnknown        = 1105 // ER_UNKNOWN_ERROR: Vitess
	errNoIndex        = 1176 // ER_KEY_DOES_NOT_EXIST
	errLockWait       = 1205 // ER_LOCK_WAIT_TIMEOUT
	errDeadlock       = 1213 // ER_LOCK_DEADLOCK
	errNoStatement    = 1243 // ER_UNKNOWN_STMT_HANDLER
	errInterrupted    = 1317 // ER_QUERY_INTERRUPTED
	errManyStatements = 1461 // ER_MAX_PREPARED_STMT_COUNT_REACHED
	errReprepare      = 1615 // ER_NEED_REPREPARE
	errNoWait         = 3572 // ER_LOCK_NOWAIT: MySQL
)

// errUnreachable are client error numbers, which vtgate returns when it can't reach a shard.
// Servers do not send them: CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR, CR_SERVER_GONE_ERROR,
// CR_SERVER_LOST.
var errUnreachable = []uint16{2002, 2003, 2006, 2013}

// unreachableMessages are parts of vtgate's messages for an unreachable shard, with errUnknown
// or errInterrupted.
var unreachableMessages = []string{
	"no healthy tablet available", "operation not allowed in state", "code = Unavailable", "code = Code(17)", "unlocked closed connection",
}

// errorNumber returns the number of a server error in err, or 0.
func errorNumber(err error) uint16 {
	var e *mysql.MySQLError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

func isDuplicate(err error) bool { return errorNumber(err) == errDuplicate }

// isWriteConflict reports whether another transaction won a lock or a row: a retry can succeed.
func isWriteConflict(err error) bool {
	n := errorNumber(err)
	return n == errDeadlock || n == errLockWait || n == errCheckRead
}

// mayEndTransaction reports whether the server may have ended the transaction with err. A
// deadlock always ends it, and a lock wait timeout does with innodb_rollback_on_timeout. Only
// errors in SQLSTATE classes 22, 23, 42 and 45 (value, constraint, syntax, SIGNAL) and NOWAIT
// are known to undo no more than their statement.
func mayEndTransaction(err error) bool {
	var e *mysql.MySQLError
	if !errors.As(err, &e) || e.Number == errNoWait {
		return false
	}
	switch string(e.SQLState[:2]) {
	case "22", "23", "42", "45":
		return false
	}
	return true
}

// isUnreachable reports whether Vitess could not reach the shard of a statement.
func isUnreachable(err error) bool {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return false
	}
	if slices.Contains(errUnreachable, e.Number) {
		return true
	}
	message, _, _ := strings.Cut(e.Message, " Sql:") // the statement follows, which a client may have written
	return (e.Number == errUnknown || e.Number == errInterrupted) &&
		slices.ContainsFunc(unreachableMessages, func(part string) bool { return strings.Contains(message, part) })
}

// isServerDown reports whether err is of a server or shard that does not respond.
func isServerDown(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network *net.OpError
	return isUnreachable(err) || errorNumber(err) == errShutdown ||
		errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn)
}
