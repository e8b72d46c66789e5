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

// collation is the collation of connections. Columns have their own.
const collation = "utf8mb4_unicode_520_ci"

// sqlModes is the SQL mode of connections. With it the server refuses values that it would
// otherwise change without an error, and has one SQL syntax.
var sqlModes = []string{
	"ONLY_FULL_GROUP_BY", "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ENGINE_SUBSTITUTION",
}

// setting is a session variable and the value that it must have.
type setting struct{ name, value string }

// settings are the session variables on which the guard's proof and the stored data depend,
// and those that bound a statement. A server's configuration, init_connect or a proxy can
// change each of them.
var settings = []setting{
	// The server must decode a statement as the guard does: in gbk, big5, sjis and others a
	// character can contain the byte of a backslash.
	{"character_set_client", "utf8mb4"},
	{"character_set_connection", "utf8mb4"},
	{"character_set_results", "utf8mb4"},
	{"collation_connection", collation},
	{"sql_mode", strings.Join(sqlModes, ",")},
	{"time_zone", "+00:00"},
	{"autocommit", "1"},
	{"completion_type", "NO_CHAIN"}, // COMMIT does not begin another transaction
	{"foreign_key_checks", "1"},
	{"unique_checks", "1"},
	{"sql_auto_is_null", "0"},                    // id IS NULL does not match the last inserted row
	{"sql_safe_updates", "0"},                    // an UPDATE needs no index
	{"sql_select_limit", "18446744073709551615"}, // results are not truncated
	{"group_concat_max_len", "1048576"},          // concatenated strings are not truncated below 1 MiB
	{"max_sort_length", "1024"},                  // strings are ordered by their first 1,024 bytes
	{"div_precision_increment", "4"},
	{"default_week_format", "0"},
	{"lc_time_names", "en_US"},
	// A transaction that waits for a row lock uses a connection, so it fails earlier than after
	// the server's default of 50 seconds, and is retried.
	{"innodb_lock_wait_timeout", "3"},
}

// The settings whose names differ by product: the isolation level, which has no gap locks, and
// the limits of a tenant's statement: 60 seconds (MySQL: of a SELECT) and, on MariaDB, 256 MiB.
var (
	mariaDBSettings = []setting{
		{"tx_isolation", "READ-COMMITTED"},
		{"tx_read_only", "0"},
		{"check_constraint_checks", "1"},
		{"system_versioning_asof", "DEFAULT"},
		{"max_recursive_iterations", "1000"},
		// A page after a cursor has the condition name > ? OR name = ? AND id > ?. MariaDB prefers
		// a union of two indexes, whose rows it sorts, to one range of the order's index.
		{"optimizer_switch", "index_merge_sort_union=off"},
	}
	mariaDBLimits = []setting{{"max_statement_time", "60"}, {"max_session_mem_used", "268435456"}}
	mySQLSettings = []setting{{"transaction_isolation", "READ-COMMITTED"}, {"transaction_read_only", "0"}}
	mySQLLimits   = []setting{{"max_execution_time", "60000"}}
)

// profile has the settings of a pool's connections that differ by product, and the statements
// that set all settings and read them back.
type profile struct {
	mariaDB, mySQL []setting
	set, read      string
}

var (
	guardedProfile   = newProfile(slices.Concat(mariaDBSettings, mariaDBLimits), slices.Concat(mySQLSettings, mySQLLimits))
	unguardedProfile = newProfile(mariaDBSettings, mySQLSettings) // a migration has no time limit
)

// newProfile builds one statement that sets all settings, and one that reads them back with
// the version, database, id and server. Each product ignores the other's executable comment.
func newProfile(mariaDB, mySQL []setting) *profile {
	assignments := func(of []setting) (b strings.Builder) {
		for _, s := range of {
			switch s.name {
			case "character_set_client", "character_set_connection", "character_set_results", "collation_connection": // SET NAMES sets them
			case "sql_mode", "time_zone", "tx_isolation", "transaction_isolation", "optimizer_switch":
				b.WriteString(", " + s.name + " = '" + s.value + "'")
			default:
				b.WriteString(", " + s.name + " = " + s.value)
			}
		}
		return b
	}
	columns := func(of []setting) (b strings.Builder) {
		for _, s := range of {
			b.WriteString(", @@" + s.name + " AS " + s.name)
		}
		return b
	}
	all := func(part func([]setting) strings.Builder) string {
		both, ofMariaDB, ofMySQL := part(settings), part(mariaDB), part(mySQL)
		return both.String() + " /*M! " + ofMariaDB.String() + " */ /*!50720 " + ofMySQL.String() + " */"
	}
	const clock = ", timestamp = DEFAULT" // a fixed timestamp would stop NOW()
	return &profile{
		mariaDB: mariaDB, mySQL: mySQL,
		set: "SET NAMES utf8mb4 COLLATE " + collation + clock + all(assignments),
		// On Vitess @@version is vtgate's, and VERSION() a shard's.
		read: "SELECT @@version AS version, COALESCE(DATABASE(), '') AS `database`, CONNECTION_ID() AS id, " +
			serverIdentity + " AS server" +
			", ABS(UNIX_TIMESTAMP(SYSDATE()) - @@timestamp) < 60 AS clock" + all(columns),
	}
}

// session has the columns of profile.read by name: the settings of a connection and more.
type session map[string]string

func (s session) isVitess() bool { return strings.HasSuffix(s["version"], "-Vitess") }

// check fails when a setting has a wrong value, or when the selected database is not the
// argument database.
func (s session) check(p *profile, database string) error {
	own, where := p.mySQL, "the server's configuration, init_connect or a proxy"
	switch {
	case s.isVitess(): // its time limit is query_timeout: see setQueryTimeout
		own, where = mySQLSettings, "my.cnf of each shard, and --db-charset of vttablet"
	case strings.Contains(s["version"], "MariaDB"):
		own = p.mariaDB
	}
	for _, want := range slices.Concat(settings, own) {
		if s.isVitess() && want.name == "sql_select_limit" {
			want.value = "0" // vtgate shows no limit as 0
		}
		if got := s[want.name]; !isValue(want, got) {
			return fmt.Errorf("the session variable %s is %q on this connection and must be %q: look for it in %s",
				want.name, got, want.value, where)
		}
	}
	if s["clock"] != "1" {
		return fmt.Errorf("the session variable timestamp stops the clock of this connection: look for it in %s", where)
	}
	if !strings.EqualFold(s["database"], database) {
		return fmt.Errorf("the connection's database is %q and must be %q: look for USE in init_connect or a proxy",
			s["database"], database)
	}
	return nil
}

// isValue reports whether got is the value of the setting want. SQL modes can have any order. The
// optimizer's switch has more flags than the wanted one.
func isValue(want setting, got string) bool {
	if want.name == "sql_mode" { // each product orders the modes differently
		return slices.Equal(slices.Sorted(strings.SplitSeq(got, ",")), slices.Sorted(slices.Values(sqlModes)))
	}
	if want.name == "optimizer_switch" {
		return slices.Contains(strings.Split(got, ","), want.value)
	}
	return got == want.value
}

// connID returns the identity of the connection.
func (s session) connID() connID { return connID{s["id"], s["server"]} }

// readBack reads the session of a connection. On Vitess it retries until a shard responds.
func (c *sessionConnector) readBack(ctx context.Context, conn driver.QueryerContext) (s session, err error) {
	err = retryOnAnyShard(func() error {
		s, err = c.readOnce(ctx, conn)
		return err
	})
	return s, err
}

// readOnce reads the session of a connection.
func (c *sessionConnector) readOnce(ctx context.Context, conn driver.QueryerContext) (session, error) {
	rows, err := conn.QueryContext(ctx, c.profile.read, nil)
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
			s[name] = fmt.Sprint(row[i]) // an integer, or <nil>
		}
	}
	return s, nil
}

// sessionConnector opens unguarded connections, and sets and verifies their settings.
type sessionConnector struct {
	driver.Connector
	profile  *profile
	database string
}

// newSessionConnector returns a connector for the address in config.
func newSessionConnector(config *mysql.Config, p *profile) (*sessionConnector, error) {
	inner, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	return &sessionConnector{inner, p, config.DBName}, nil
}

// Connect opens a connection. Its error names a setting that could not be set.
func (c *sessionConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, _, err := c.openConn(ctx)
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// openConn opens a connection, and returns it with its verified session.
func (c *sessionConnector) openConn(ctx context.Context) (driverConn, session, error) {
	opened, err := c.Connector.Connect(ctx)
	if deadline, ok := ctx.Deadline(); ok && err != nil && !time.Now().Before(deadline) {
		return nil, nil, fmt.Errorf("%w: %w", context.DeadlineExceeded, err) // the dialer returns an i/o timeout
	}
	if err != nil {
		return nil, nil, err
	}
	conn, ok := opened.(driverConn)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("the driver's connection %T lacks a required interface", opened), opened.Close())
	}
	s, err := c.setUp(ctx, conn)
	if err != nil {
		_ = conn.Close()
		return nil, nil, fmt.Errorf("set up a connection: %w", err)
	}
	return conn, s, nil
}

// setUp sets the settings if one is wrong, verifies them and returns the session. On Vitess it
// only verifies them: SET needs the first shard there, and a SELECT of the variables after it
// returns vtgate's values, not those of the shards.
func (c *sessionConnector) setUp(ctx context.Context, conn driverConn) (session, error) {
	s, err := c.readBack(ctx, conn)
	if err != nil {
		return nil, err
	}
	err = s.check(c.profile, c.database)
	if err == nil || s.isVitess() {
		return s, err
	}
	if _, err := conn.ExecContext(ctx, c.profile.set, nil); err != nil {
		return nil, err
	}
	return c.readVerified(ctx, conn)
}

// readVerified reads the session and fails when a setting is wrong.
func (c *sessionConnector) readVerified(ctx context.Context, conn driver.QueryerContext) (session, error) {
	s, err := c.readBack(ctx, conn)
	if err != nil {
		return nil, err
	}
	return s, s.check(c.profile, c.database)
}

// OpenUnguarded returns a connection pool for migrations and tests, without the guard and
// without limits of statements. Its other settings are those of Open, set and verified.
// config.DBName may be empty.
func OpenUnguarded(config *mysql.Config) (*sql.DB, error) {
	c, err := newSessionConnector(config, unguardedProfile)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

// verifiedFor bounds how long the settings of a pooled connection count as verified. A proxy can
// switch the connection to another server.
const verifiedFor = 5 * time.Second
