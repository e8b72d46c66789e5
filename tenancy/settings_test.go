package tenancy_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// badServer is a server of its own, whose configuration a test changes.
type badServer struct {
	root *sql.DB
	dsn  string // of a user for whom init_connect runs
}

// newBadServer starts a server that ignores the character set of clients.
func newBadServer(t testing.TB, flags ...string) *badServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "rowhouse-test-")
	if err != nil {
		t.Fatal(err)
	}
	server, err := dbtest.StartPrivate(t.Context(), dir, append(flags, "--loose-skip-character-set-client-handshake")...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	root, err := sql.Open("mysql", server.DSN(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	s := &badServer{root: root, dsn: strings.Replace(server.DSN("tests"), "root@", "app@", 1)}
	for _, statement := range []string{
		"CREATE DATABASE tests CHARACTER SET utf8mb4", "CREATE DATABASE elsewhere",
		"CREATE USER app@localhost IDENTIFIED BY ''", "GRANT ALL ON tests.* TO app@localhost", "GRANT ALL ON elsewhere.* TO app@localhost",
		"CREATE TABLE tests.notes (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, folder INT NOT NULL, text VARCHAR(500) NOT NULL, PRIMARY KEY (tenant_id, id)) CHARACTER SET utf8mb4",
		"INSERT INTO tests.notes VALUES (1, 1, 1, 'acme'), (2, 1, 1, 'globex')",
	} {
		s.exec(t, statement)
	}
	return s
}

func (s *badServer) exec(t testing.TB, statement string) {
	t.Helper()
	if _, err := s.root.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// open returns a database and a context of each of two tenants in it.
func (s *badServer) open(t testing.TB) (db *tenancy.DB, acme, globex context.Context) {
	t.Helper()
	db, err := tenancy.Open(t.Context(), s.dsn, []any{&note{}}, tenancy.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 1}), tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 2})
}

// multiByte returns the character sets of the server that have characters of several bytes,
// but for those that a client can't use.
func (s *badServer) multiByte(t testing.TB) (all []string) {
	t.Helper()
	rows, err := s.root.QueryContext(t.Context(), "SELECT character_set_name FROM information_schema.character_sets WHERE maxlen > 1 AND character_set_name NOT IN ('ucs2', 'utf16', 'utf16le', 'utf32')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil || len(all) < 10 {
		t.Fatal(all, err)
	}
	return all
}

// swallowing are arguments whose last byte before the quote takes the driver's backslash for
// its second byte in one of the character sets. What follows the quote is then SQL.
var swallowing = []string{"中", "表", "ソ", "許", "功", "\xbf", "\xe5", "\x95", "\x83", "\xa5", "\x81\x30\x81", "é", "ü", "😀"}

// TestNoServerMakesSQLOfAnArgument runs one attack under each configuration in which an
// unprotected connection reads the text in another character set.
func TestNoServerMakesSQLOfAnArgument(t *testing.T) {
	s := newBadServer(t)
	leaked := map[string]bool{}
	for _, charset := range s.multiByte(t) {
		for name, statement := range map[string]string{
			"server":               "SET GLOBAL character_set_server = %s",
			"names at login":       "SET GLOBAL init_connect = 'SET NAMES %s'",
			"client set at login":  "SET GLOBAL init_connect = 'SET character_set_client = %s'",
			"results set at login": "SET GLOBAL init_connect = 'SET character_set_results = %s'",
		} {
			t.Run(charset+" "+name, func(t *testing.T) {
				s.exec(t, "SET GLOBAL character_set_client = "+charset)
				s.exec(t, "SET GLOBAL init_connect = ''")
				s.exec(t, fmt.Sprintf(statement, charset))
				defer s.exec(t, "SET GLOBAL init_connect = ''")
				leaked[charset] = leaked[charset] || s.unprotectedLeaks(t)
				s.attack(t)
			})
		}
	}
	for _, charset := range []string{"big5", "gbk", "sjis"} {
		if !leaked[charset] {
			t.Errorf("%s: the attack does not work on an unprotected connection either, so it shows nothing", charset)
		}
	}
}

// unprotectedLeaks reports whether the attack reaches another tenant's row through the
// driver alone, with arguments in the text.
func (s *badServer) unprotectedLeaks(t *testing.T) bool {
	t.Helper()
	config, err := mysql.ParseDSN(s.dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.InterpolateParams = true
	connector, err := mysql.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	for _, c := range swallowing {
		var text string
		_ = db.QueryRowContext(t.Context(), "SELECT text FROM notes WHERE (tenant_id = ? AND text = ?) ORDER BY tenant_id DESC",
			1, c+"') OR 1=1 ORDER BY tenant_id DESC #").Scan(&text)
		if text == "globex" {
			return true
		}
	}
	return false
}

func (s *badServer) attack(t *testing.T) {
	t.Helper()
	db, acme, globex := s.open(t)
	for _, c := range swallowing {
		for _, rest := range []string{"') OR 1=1 ORDER BY tenant_id DESC #", "' OR 1=1 #", "\\') OR 1=1 #", "\") OR 1=1 #", "`", "\\"} {
			var notes []note
			if err := db.For(acme).Where("text = ?", c+rest).Find(&notes).Error; err != nil && !isText(err) {
				t.Errorf("%q: %v", c+rest, err)
			}
			if len(notes) > 0 {
				t.Fatalf("%q finds %+v", c+rest, notes)
			}
		}
		wanted := c + "',text=0x78 WHERE tenant_id=2 #"
		if err := db.For(acme).Model(&note{ID: 1}).Update("text", wanted).Error; err != nil && !isText(err) {
			t.Errorf("%q: %v", wanted, err)
		} else if err == nil {
			var stored note
			if err := db.For(acme).First(&stored).Error; err != nil || stored.Text != wanted {
				t.Errorf("stored %q as %q, %v", wanted, stored.Text, err)
			}
		}
		var other note
		if err := db.For(globex).First(&other).Error; err != nil || other.Text != "globex" {
			t.Fatalf("%q changes another tenant's row: %+v, %v", wanted, other, err)
		}
	}
}

// isText reports whether the server refused a string for bytes that are no characters.
func isText(err error) bool {
	for _, text := range []string{"Error 1366", "Error 1300", "Error 3854", "Error 1267"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// FuzzArgumentsStayValues sends arguments to connections of servers that want each of the
// character sets.
func FuzzArgumentsStayValues(f *testing.F) {
	s := newBadServer(f)
	type opened struct {
		charset string
		db      *tenancy.DB
		acme    context.Context
	}
	var all []opened
	for _, charset := range s.multiByte(f) {
		s.exec(f, "SET GLOBAL character_set_client = "+charset)
		s.exec(f, "SET GLOBAL init_connect = 'SET NAMES "+charset+"'")
		db, acme, _ := s.open(f)
		if err := db.Ping(f.Context()); err != nil {
			f.Fatal(err)
		}
		all = append(all, opened{charset, db, acme})
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		argument := []byte(swallowing[random.IntN(len(swallowing))])
		for range random.IntN(20) {
			argument = append(argument, []byte("'\\\"`\x00\n\x1a#-/*;()=? 1")[random.IntN(18)], byte(random.Uint32()))
		}
		f.Add(argument)
	}
	f.Fuzz(func(t *testing.T, argument []byte) {
		for _, o := range all {
			for _, value := range []any{argument, string(argument)} {
				var notes []note
				err := o.db.For(o.acme).Where("text = ? OR folder = 7 AND text = ?", value, value).Find(&notes).Error
				if err != nil && !isText(err) {
					t.Errorf("%s: %q: %v", o.charset, argument, err)
				}
				for _, n := range notes {
					if n.TenantID != 1 || n.Text != strings.TrimRight(string(argument), " ") && n.Text != "acme" {
						t.Errorf("%s: %q finds %+v", o.charset, argument, n)
					}
				}
			}
		}
	})
}

// TestServersAreSetRight tries defaults that change what SQL means. The connection replaces
// all of them.
func TestServersAreSetRight(t *testing.T) {
	s := newBadServer(t)
	for _, statement := range []string{
		"SET GLOBAL init_connect = 'SET autocommit = 0'",
		"SET GLOBAL init_connect = 'SET sql_mode = \"ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT\"'",
		"SET GLOBAL init_connect = 'SET sql_mode = \"\", time_zone = \"+05:00\"'",
		"SET GLOBAL init_connect = 'SET foreign_key_checks = 0, unique_checks = 0'",
		"SET GLOBAL init_connect = 'SET completion_type = CHAIN'",
		"SET GLOBAL init_connect = 'SET sql_select_limit = 1'",
		"SET GLOBAL init_connect = 'SET sql_auto_is_null = 1, sql_safe_updates = 1'",
		"SET GLOBAL init_connect = 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE'",
		"SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
		"SET GLOBAL time_zone = '+05:00'",
		"SET GLOBAL TRANSACTION ISOLATION LEVEL SERIALIZABLE",
		"SET GLOBAL autocommit = 0",
		"SET GLOBAL completion_type = 'RELEASE'",
		"SET GLOBAL innodb_lock_wait_timeout = 50",
	} {
		t.Run(statement, func(t *testing.T) {
			s.exec(t, "SET GLOBAL init_connect = ''")
			s.exec(t, statement)
			db, acme, _ := s.open(t)
			for id := range 3 {
				if err := db.For(acme).Save(&note{ID: 10 + id, Text: "a\\'b\""}).Error; err != nil {
					t.Fatal(err)
				}
			}
			var notes []note
			if err := db.For(acme).Where("id >= 10 AND text = ?", "a\\'b\"").Find(&notes).Error; err != nil || len(notes) != 3 {
				t.Errorf("%d notes, %v", len(notes), err)
			}
			var level string
			pool, _ := db.For(acme).DB()
			query := "SELECT CONCAT_WS(' ', @@autocommit + 0, @@completion_type, @@time_zone, @@sql_auto_is_null + 0, @@foreign_key_checks + 0, @@unique_checks + 0)"
			if err := pool.QueryRowContext(tenancy.System(t.Context(), "look"), query).Scan(&level); err != nil || level != "1 NO_CHAIN +00:00 0 1 1" {
				t.Error(level, err)
			}
		})
	}
	t.Run("another database at login", func(t *testing.T) {
		s.exec(t, "SET GLOBAL init_connect = 'USE elsewhere'")
		_, err := tenancy.Open(t.Context(), s.dsn, []any{&note{}}, tenancy.Options{Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), `the connection's database is "elsewhere" and must be "tests"`) {
			t.Error(err)
		}
	})
}

// TestAConnectionWithOtherSettingsIsRefused has a proxy change what the connection asks for,
// one setting at a time.
func TestAConnectionWithOtherSettingsIsRefused(t *testing.T) {
	d := newNotes(t)
	isolation := "transaction_isolation"
	if d.Product(t) == "MariaDB" {
		isolation = "tx_isolation"
	}
	for _, test := range []struct{ setting, from, to string }{
		{"character_set_client", "NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci", "NAMES gbk     COLLATE gbk_chinese_ci        "},
		{"collation_connection", "utf8mb4_unicode_520_ci", "utf8mb4_general_ci    "},
		{"sql_mode", "NO_ZERO_IN_DATE,NO_ZERO_DATE", "ANSI_QUOTES,NO_DIR_IN_CREATE"},
		{"time_zone", "+00:00", "+05:00"},
		{"autocommit", "autocommit = 1", "autocommit = 0"},
		{"completion_type", "= NO_CHAIN", "= 1       "},
		{"foreign_key_checks", "foreign_key_checks = 1", "foreign_key_checks = 0"},
		{"unique_checks", "unique_checks = 1", "unique_checks = 0"},
		{"sql_auto_is_null", "sql_auto_is_null = 0", "sql_auto_is_null = 1"},
		{"sql_safe_updates", "sql_safe_updates = 0", "sql_safe_updates = 1"},
		{"sql_select_limit", "18446744073709551615", "                 100"},
		{"innodb_lock_wait_timeout", "innodb_lock_wait_timeout = 3", "innodb_lock_wait_timeout = 9"},
		{isolation, "READ-COMMITTED'", "SERIALIZABLE'  "},
	} {
		if len(test.from) != len(test.to) {
			t.Fatal("packets keep their length: ", test)
		}
		way := newGateway(t, d)
		way.rewrite(test.from, test.to)
		_, err := tenancy.Open(t.Context(), d.DSN, []any{&note{}}, tenancy.Options{Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), "the session variable "+test.setting+" is ") {
			t.Errorf("%s: %v", test.setting, err)
		}
		way.rewrite("", "")
	}
}

// TestAConnectionThatCanNotBeSetUpIsClosed has a proxy break the statements that set up a
// connection, and one that changes a setting.
func TestAConnectionThatCanNotBeSetUpIsClosed(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	config, err := tenancy.ParseDSN(d.DSN)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := tenancy.OpenUnguarded(config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	before := d.Processes(t)
	for _, test := range []struct{ from, to, want string }{
		{"SELECT @@version", "SELECT @@versiom", "Error 1193"},
		{"SET NAMES", "SEX NAMES", "Error 1064"},
		{"sql_safe_updates = 0", "sql_safe_updates = 1", "the session variable sql_safe_updates is"},
	} {
		way.rewrite(test.from, test.to)
		if err := pool.PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "set up a connection: "+test.want) {
			t.Errorf("%s: %v", test.to, err)
		}
		within(t, "the server ends the connection", func() bool {
			return !slices.ContainsFunc(d.Processes(t), func(p dbtest.Process) bool {
				return !slices.ContainsFunc(before, func(b dbtest.Process) bool { return b.ID == p.ID })
			})
		})
	}
	way.rewrite("", "")

	// So it is with a connection that is verified later.
	guarded, system, id := single(t, d)
	first := id()
	conn, err := guarded.Conn(system)
	if err == nil {
		err = drain(conn.QueryContext(system, "SELECT 1"))
	}
	if err != nil {
		t.Fatal(err)
	}
	way.rewrite("SELECT @@version", "SELECT @@versiom")
	if err := drain(conn.QueryContext(d.Acme, "SELECT id FROM notes WHERE tenant_id = 1")); err == nil || !strings.Contains(err.Error(), "verify the connection: Error 1193") {
		t.Error(err)
	}
	way.rewrite("", "")
	_ = conn.Close()
	if id() == first {
		t.Error("the connection is used again")
	}
}

// TestOpenUnguardedFails opens what can't be opened.
func TestOpenUnguardedFails(t *testing.T) {
	if _, err := tenancy.OpenUnguarded(&mysql.Config{Net: "carrier pigeon"}); err == nil || !strings.Contains(err.Error(), "read the database address") {
		t.Error(err)
	}
	late := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	}
	refused := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: os.ErrNotExist}
	}
	for _, test := range []struct {
		name    string
		dial    func(context.Context, string, string) (net.Conn, error)
		timeout time.Duration // 0 for none
		want    error
		late    bool
	}{
		{"no server", refused, 0, os.ErrNotExist, false},
		{"no server, with a deadline", refused, time.Minute, os.ErrNotExist, false},
		{"no response", late, 20 * time.Millisecond, os.ErrDeadlineExceeded, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := mysql.NewConfig()
			config.DialFunc = test.dial
			pool, err := tenancy.OpenUnguarded(config)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			ctx := t.Context()
			if test.timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.timeout)
				defer cancel()
			}
			if err := pool.PingContext(ctx); !errors.Is(err, test.want) || errors.Is(err, context.DeadlineExceeded) != test.late {
				t.Error(err)
			}
		})
	}
}

// TestAConnectionIsVerifiedAgain changes the session of a pooled connection, as a proxy does
// that puts another server's connection behind it.
func TestAConnectionIsVerifiedAgain(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	var log bytes.Buffer
	d.DB = open(t, d.DSN, &log, &note{})
	_, _, id := single(t, d)
	first := id()
	way.inject(t, comQuery, "SET NAMES gbk")
	time.Sleep(5100 * time.Millisecond) // as long as a connection is trusted
	if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
		t.Error(err)
	}
	if id() == first {
		t.Error("the connection is used again")
	}
	if line := log.String(); !strings.Contains(line, "level=WARN") || !strings.Contains(line, "the session variable character_set_client is") {
		t.Error(line)
	}
}

// TestSettingsAreReadOnce counts the statements of new connections: all begin with the same
// ones.
func TestSettingsAreReadOnce(t *testing.T) {
	d := newNotes(t)
	pool, system, _ := single(t, d)
	pool.SetMaxIdleConns(0) // each connection is a new one
	query := func(ctx context.Context) func(*testing.T, *sql.Conn) {
		return func(t *testing.T, c *sql.Conn) {
			t.Helper()
			if err := drain(c.QueryContext(ctx, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1")); err != nil {
				t.Error(err)
			}
		}
	}
	acme, nobody := query(d.Acme), query(system)
	questions := func(t *testing.T, steps []func(*testing.T, *sql.Conn)) (n int) {
		t.Helper()
		c, err := pool.Conn(system)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, step := range steps {
			step(t, c)
		}
		var name string
		if err := c.QueryRowContext(system, "SHOW SESSION STATUS LIKE 'Questions'").Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	begin := questions(t, nil)
	for _, test := range []struct {
		name  string
		steps []func(*testing.T, *sql.Conn)
		want  int
	}{
		{"a tenant's statements", []func(*testing.T, *sql.Conn){acme, acme, acme}, 3},
		{"those of the system scope", []func(*testing.T, *sql.Conn){nobody, nobody}, 2},
		{"a tenant's after the system scope's", []func(*testing.T, *sql.Conn){nobody, acme, acme}, 3 + 1},
		{"in turn", []func(*testing.T, *sql.Conn){nobody, acme, nobody, acme, acme}, 5 + 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := questions(t, test.steps) - begin; got != test.want {
				t.Errorf("%d statements, want %d", got, test.want)
			}
		})
	}
}

// TestTheSystemScopeLeavesNothingOnAConnection runs statements that change a session, and then
// a tenant's on the same connection.
func TestTheSystemScopeLeavesNothingOnAConnection(t *testing.T) {
	d := newNotes(t)
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE FUNCTION changes_a_setting() RETURNS INT DETERMINISTIC NO SQL BEGIN SET SESSION innodb_lock_wait_timeout = 9; RETURN 1; END"); err != nil {
		t.Fatal(err)
	}
	pool, system, id := single(t, d)
	for _, statement := range []string{
		"SET NAMES gbk", "SET character_set_client = sjis", "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", "SET autocommit = 0",
		"SELECT changes_a_setting()", "DO changes_a_setting()", "USE mysql", "BEGIN", "START TRANSACTION", "LOCK TABLES notes READ",
		"CREATE TEMPORARY TABLE notes (tenant_id INT UNSIGNED, id INT, folder INT, text VARCHAR(100))",
		"/*!50000 SET NAMES gbk */", "  /* a comment */ SET NAMES gbk", "PREPARE s FROM 'SELECT 1'", "CREATE TABLE IF NOT EXISTS others (id INT)",
	} {
		conn, err := pool.Conn(system)
		if err != nil {
			t.Fatal(err)
		}
		var before int
		if err := conn.QueryRowContext(system, "SELECT CONNECTION_ID()").Scan(&before); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(system, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		var n int
		if err := conn.QueryRowContext(d.Acme, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1").Scan(&n); err == nil {
			t.Errorf("%s: a tenant's statement runs on the same connection", statement)
		}
		if _, err := conn.PrepareContext(d.Acme, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1"); err == nil { //nolint:sqlclosecheck // there is none
			t.Errorf("%s: a tenant's statement is prepared on the same connection", statement)
		}
		_ = conn.Close()
		if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
			t.Errorf("%s: %v", statement, err)
		}
		if id() == before {
			t.Errorf("%s: the connection goes back to the pool", statement)
		}
	}
	first := id()
	for _, statement := range []string{"SELECT 1", "(SELECT 1)", "INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 1, 1, '')", "WITH a AS (SELECT 1) SELECT * FROM a"} {
		if _, err := pool.ExecContext(system, statement); err != nil {
			t.Fatal(err)
		}
		if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
			t.Error(err)
		}
	}
	if id() != first {
		t.Error("statements on rows cost a connection")
	}
}

// rewrite makes the gateway replace a string in what clients send.
func (g *gateway) rewrite(from, to string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.from, g.to = []byte(from), []byte(to)
}

// Read replaces strings in what a client sends.
func (c rewritten) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.from) > 0 {
		copy(b, bytes.ReplaceAll(b[:n], c.from, c.to))
	}
	return n, err
}

type rewritten struct {
	net.Conn
	*gateway
}

// Commands of the protocol.
const (
	comQuery           = 3
	comResetConnection = 31 // which forgets settings and prepared statements
)

// inject sends a command over each idle connection, and keeps the response to itself.
func (g *gateway) inject(t *testing.T, command byte, statement string) {
	t.Helper()
	g.mu.Lock()
	g.injected = make(chan struct{}, len(g.open))
	servers := len(g.open) / 2
	packet := binary.LittleEndian.AppendUint32(nil, uint32(len(statement)+1)) // three bytes of length, and the number 0
	packet = append(append(packet, command), statement...)
	for i := 1; i < len(g.open); i += 2 {
		if _, err := g.open[i].Write(packet); err != nil {
			servers-- // an old connection
		}
	}
	g.mu.Unlock()
	for range servers {
		select {
		case <-g.injected:
		case <-time.After(10 * time.Second):
			t.Fatal("the server does not respond")
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.injected = nil
}

// relayFrom sends a server's responses to a client, but for those to injected statements.
func (g *gateway) relayFrom(server, client net.Conn) {
	b := make([]byte, 64<<10)
	for {
		n, err := server.Read(b)
		g.mu.Lock()
		injected := g.injected
		g.mu.Unlock()
		if n > 0 && injected != nil {
			injected <- struct{}{}
		} else if n > 0 {
			_, _ = client.Write(b[:n])
		}
		if err != nil {
			_ = client.Close()
			return
		}
	}
}

// TestMigrationsTakeTheirTime looks at the limits of connections that tenants do not use.
func TestMigrationsTakeTheirTime(t *testing.T) {
	d := newNotes(t)
	config, err := tenancy.ParseDSN(d.DSN)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := tenancy.OpenUnguarded(config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	limit := "SELECT @@max_execution_time + 0"
	if d.Product(t) == "MariaDB" {
		limit = "SELECT @@max_statement_time + 0"
	}
	var seconds float64
	if err := pool.QueryRowContext(t.Context(), limit).Scan(&seconds); err != nil || seconds != 0 {
		t.Errorf("a statement ends after %v, %v", seconds, err)
	}
}
