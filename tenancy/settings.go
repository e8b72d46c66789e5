package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// collation is the connection's. Columns have their own.
const collation = "utf8mb4_unicode_520_ci"

// sqlModes make the server refuse values that it would otherwise change without an error, and
// read SQL in one way only.
var sqlModes = []string{"ONLY_FULL_GROUP_BY", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ENGINE_SUBSTITUTION"}

// setting is a session variable and the value that it must have.
type setting struct{ name, value string }

// settings are the session variables on which the guard's proof and the stored data depend,
// and those that bound a statement. A server's configuration, init_connect or a proxy can
// give each of them another value.
var settings = []setting{
	// The server must read the text as the guard did: in gbk, big5, sjis and others a
	// character can contain the byte of a backslash.
	{"character_set_client", "utf8mb4"},
	{"character_set_connection", "utf8mb4"},
	{"character_set_results", "utf8mb4"},
	{"collation_connection", collation},
	{"sql_mode", strings.Join(sqlModes, ",")},
	{"time_zone", "+00:00"},
	{"autocommit", "1"},
	{"completion_type", "NO_CHAIN"}, // COMMIT begins no further transaction
	{"foreign_key_checks", "1"},
	{"unique_checks", "1"},
	{"sql_auto_is_null", "0"},                    // id IS NULL finds no row by its insertion
	{"sql_safe_updates", "0"},                    // an UPDATE needs no index
	{"sql_select_limit", "18446744073709551615"}, // no list ends early
	// A transaction that waits for a row holds one of the few connections, so it fails
	// sooner than after the server's usual 50 seconds, and is retried.
	{"innodb_lock_wait_timeout", "3"},
}

// The settings that servers do not share. No gap locks; statements of at most 60 seconds
// and, on MariaDB, of at most 256 MiB.
var (
	mariaDBSettings = []setting{{"tx_isolation", "READ-COMMITTED"}, {"max_statement_time", "60"}, {"max_session_mem_used", "268435456"}}
	mySQLSettings   = []setting{{"transaction_isolation", "READ-COMMITTED"}, {"max_execution_time", "60000"}}
	vitessSettings  = []setting{{"transaction_isolation", "READ-COMMITTED"}}
)

// setSession sets the settings in one statement. Each server skips the other's comment.
var setSession = func() string {
	assignments := func(of []setting) (b strings.Builder) {
		for _, s := range of {
			switch s.name {
			case "character_set_client", "character_set_connection", "character_set_results", "collation_connection": // NAMES sets them
			case "sql_mode", "time_zone", "tx_isolation", "transaction_isolation":
				b.WriteString(", " + s.name + " = '" + s.value + "'")
			default:
				b.WriteString(", " + s.name + " = " + s.value)
			}
		}
		return b
	}
	all, maria, mysql := assignments(settings), assignments(mariaDBSettings), assignments(mySQLSettings)
	return "SET NAMES utf8mb4 COLLATE " + collation + all.String() + " /*M! " + maria.String() + " */ /*!50720 " + mysql.String() + " */"
}()

// readSession reads the settings back, and what else is to be known of a connection, in
// one round trip.
var readSession = func() string {
	columns := func(of []setting) (b strings.Builder) {
		for _, s := range of {
			b.WriteString(", @@" + s.name + " AS " + s.name)
		}
		return b
	}
	all, maria, mysql := columns(settings), columns(mariaDBSettings), columns(mySQLSettings)
	return "SELECT @@version AS version, COALESCE(DATABASE(), '') AS `database`, CONNECTION_ID() AS id, " + whichServer + " AS server" +
		all.String() + " /*M! " + maria.String() + " */ /*!50720 " + mysql.String() + " */"
}()

// session is what a server says of a connection: settings and more, by name.
type session map[string]string

func (s session) isVitess() bool { return strings.HasSuffix(s["version"], "-Vitess") }

// check fails when a setting has another value than it must have, or when the connection's
// database is not the one that it was opened for.
func (s session) check(database string) error {
	own, where := mySQLSettings, "the server's configuration, init_connect or a proxy"
	switch {
	case s.isVitess():
		own, where = vitessSettings, "my.cnf of each shard, and --db-charset of vttablet"
	case strings.Contains(s["version"], "MariaDB"):
		own = mariaDBSettings
	}
	for _, want := range slices.Concat(settings, own) {
		if s.isVitess() && want.name == "sql_select_limit" {
			want.value = "0" // vtgate's word for no limit
		}
		if got := s[want.name]; !same(want, got) {
			return fmt.Errorf("the session variable %s is %q on this connection and must be %q: look for it in %s", want.name, got, want.value, where)
		}
	}
	if !strings.EqualFold(s["database"], database) {
		return fmt.Errorf("the connection's database is %q and must be %q: look for USE in init_connect or a proxy", s["database"], database)
	}
	return nil
}

func same(want setting, got string) bool {
	if want.name == "sql_mode" { // each server has its own order
		return slices.Equal(slices.Sorted(strings.SplitSeq(got, ",")), slices.Sorted(slices.Values(sqlModes)))
	}
	return got == want.value
}

// place returns the server's number of the connection, and the server.
func (s session) place() place { return place{s["id"], s["server"]} }

// readBack reads the session of a connection.
func readBack(ctx context.Context, c driver.QueryerContext) (session, error) {
	rows, err := c.QueryContext(ctx, readSession, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := rows.Columns()
	row := make([]driver.Value, len(names))
	if err := rows.Next(row); err != nil {
		return nil, err
	}
	s := session{}
	for i, name := range names {
		if text, ok := row[i].([]byte); ok {
			s[name] = string(text)
		} else {
			s[name] = fmt.Sprint(row[i]) // a number, or <nil>
		}
	}
	return s, nil
}

// sessionConnector opens connections whose settings are set and verified. What it opens is
// not guarded.
type sessionConnector struct {
	driver.Connector
	database string
}

func newSessionConnector(config *mysql.Config) (*sessionConnector, error) {
	inner, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	return &sessionConnector{inner, config.DBName}, nil
}

// Connect opens a connection, or fails with the setting that the server does not accept.
func (c *sessionConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, _, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

func (c *sessionConnector) open(ctx context.Context) (driverConn, session, error) {
	opened, err := c.Connector.Connect(ctx)
	if deadline, ok := ctx.Deadline(); ok && err != nil && !time.Now().Before(deadline) {
		return nil, nil, fmt.Errorf("%w: %w", context.DeadlineExceeded, err) // the dialer calls it an i/o timeout
	}
	if err != nil {
		return nil, nil, err
	}
	conn, ok := opened.(driverConn)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("the driver's connection %T lacks what tenancy needs", opened), opened.Close())
	}
	s, err := setUp(ctx, conn, c.database)
	if err != nil {
		_ = conn.Close()
		return nil, nil, fmt.Errorf("set up a connection: %w", err)
	}
	return conn, s, nil
}

// anyShard is how often vtgate is asked for the settings while a shard is down. It reads them
// from any shard, another one each time, so one that is up will do.
const anyShard = 20

// setUp sets the settings where they are not right, and returns them as they were read back.
// On Vitess they have to be right: a SET there needs the first shard, and what is read after
// it comes from vtgate, not from the shards.
func setUp(ctx context.Context, conn driverConn, database string) (session, error) {
	s, err := readBack(ctx, conn)
	for try := 0; isUnavailable(err) && try < anyShard; try++ {
		s, err = readBack(ctx, conn)
	}
	if err != nil {
		return nil, err
	}
	err = s.check(database)
	if err == nil || s.isVitess() {
		return s, err
	}
	if _, err := conn.ExecContext(ctx, setSession, nil); err != nil {
		return nil, err
	}
	if s, err = readBack(ctx, conn); err != nil {
		return nil, err
	}
	return s, s.check(database)
}

// OpenUnguarded returns a pool of connections with the same settings as a DB's, set and
// verified, whose statements nobody checks: for migrations, and to prepare tests. An address
// without a database name is accepted if config has none.
func OpenUnguarded(config *mysql.Config) (*sql.DB, error) {
	c, err := newSessionConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

// verifiedFor bounds how long a pooled connection is trusted to have the settings that were
// read back: a proxy may have put another server's connection behind it.
const verifiedFor = 5 * time.Second
