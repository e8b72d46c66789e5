package tenancy_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"rowhouse/tenancy"
)

// swallowing are arguments whose last byte before the quote forms a character with the driver's
// backslash in one of the character sets. The bytes after the quote are then SQL.
var swallowing = []string{"中", "表", "ソ", "許", "功", "\xbf", "\xe5", "\x95", "\x83", "\xa5", "\x81\x30\x81", "é", "ü", "😀"}

// TestArgumentsNeverBecomeSQL runs one attack under each configuration in which an
// unprotected connection reads the statement in another character set.
func TestArgumentsNeverBecomeSQL(t *testing.T) {
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
// driver without tenancy, with arguments in the statement.
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
			if err := db.For(acme).Where("text = ?", c+rest).Find(&notes).Error; err != nil && !isInvalidString(err) {
				t.Errorf("%q: %v", c+rest, err)
			}
			if len(notes) > 0 {
				t.Fatalf("%q finds %+v", c+rest, notes)
			}
		}
		wanted := c + "',text=0x78 WHERE tenant_id=2 #"
		if err := db.For(acme).Model(&note{ID: 1}).Update("text", wanted).Error; err != nil && !isInvalidString(err) {
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

// isInvalidString reports whether the server rejected a string because of its bytes.
func isInvalidString(err error) bool {
	for _, text := range []string{"Error 1366", "Error 1300", "Error 3854", "Error 1267"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// FuzzArgumentsStayValues sends arguments to servers with each of the character sets as default.
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
				if err != nil && !isInvalidString(err) {
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

// TestServerDefaultsAreReplaced has server defaults that change the meaning of SQL. The connection
// replaces all of them.
func TestServerDefaultsAreReplaced(t *testing.T) {
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
		"SET GLOBAL init_connect = 'SET group_concat_max_len = 4, max_sort_length = 4, div_precision_increment = 0'",
		"SET GLOBAL init_connect = 'SET timestamp = 1'",
		"SET GLOBAL init_connect = 'SET lc_time_names = \"de_DE\", default_week_format = 7'",
		"SET GLOBAL init_connect = 'SET SESSION TRANSACTION READ ONLY'",
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
			query := "SELECT CONCAT_WS(' ', @@autocommit + 0, @@completion_type, @@time_zone, @@sql_auto_is_null + 0, " +
				"@@foreign_key_checks + 0, @@unique_checks + 0)"
			if err := pool.QueryRowContext(tenancy.System(t.Context(), "look"), query).Scan(&level); err != nil ||
				level != "1 NO_CHAIN +00:00 0 1 1" {
				t.Error(level, err)
			}
		})
	}
	t.Run("another database at login", func(t *testing.T) {
		s.exec(t, "SET GLOBAL init_connect = 'USE another'")
		_, err := tenancy.Open(t.Context(), s.dsn, []any{&note{}}, tenancy.Options{Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), `the connection's database is "another" and must be "tests"`) {
			t.Error(err)
		}
	})
}

// TestConnectionWithWrongSettingsIsRefused changes one setting at a time in a proxy.
func TestConnectionWithWrongSettingsIsRefused(t *testing.T) {
	d := newNotes(t)
	isolation := "transaction_isolation"
	if d.Product(t) == "MariaDB" {
		isolation = "tx_isolation"
	}
	for _, test := range []struct{ setting, from, to string }{
		{
			setting: "character_set_client",
			from:    "NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci",
			to:      "NAMES gbk     COLLATE gbk_chinese_ci        ",
		},
		{
			setting: "collation_connection",
			from:    "utf8mb4_unicode_520_ci",
			to:      "utf8mb4_general_ci    ",
		},
		{
			setting: "sql_mode",
			from:    "NO_ZERO_IN_DATE,NO_ZERO_DATE",
			to:      "ANSI_QUOTES,NO_DIR_IN_CREATE",
		},
		{
			setting: "time_zone",
			from:    "+00:00",
			to:      "+05:00",
		},
		{
			setting: "autocommit",
			from:    "autocommit = 1",
			to:      "autocommit = 0",
		},
		{
			setting: "completion_type",
			from:    "= NO_CHAIN",
			to:      "= 1       ",
		},
		{
			setting: "foreign_key_checks",
			from:    "foreign_key_checks = 1",
			to:      "foreign_key_checks = 0",
		},
		{
			setting: "unique_checks",
			from:    "unique_checks = 1",
			to:      "unique_checks = 0",
		},
		{
			setting: "sql_auto_is_null",
			from:    "sql_auto_is_null = 0",
			to:      "sql_auto_is_null = 1",
		},
		{
			setting: "sql_safe_updates",
			from:    "sql_safe_updates = 0",
			to:      "sql_safe_updates = 1",
		},
		{
			setting: "sql_select_limit",
			from:    "18446744073709551615",
			to:      "                 100",
		},
		{
			setting: "innodb_lock_wait_timeout",
			from:    "innodb_lock_wait_timeout = 3",
			to:      "innodb_lock_wait_timeout = 9",
		},
		{
			setting: isolation,
			from:    "READ-COMMITTED'",
			to:      "SERIALIZABLE'  ",
		},
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

// TestConnectionIsVerifiedAgainAfterFiveSeconds changes the session of a pooled connection, as a
// proxy does when it switches to another server.
func TestConnectionIsVerifiedAgainAfterFiveSeconds(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	_, _, id := limitToOneConn(t, d)
	first := id()
	way.inject(t, "SET NAMES gbk")
	time.Sleep(5100 * time.Millisecond) // longer than verifiedFor
	if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
		t.Error(err)
	}
	if id() == first {
		t.Error("the connection is used again")
	}
}

// TestSystemScopeTaintsTheConnection runs statements that change a session, and then
// a tenant's on the same connection.
func TestSystemScopeTaintsTheConnection(t *testing.T) {
	d := newNotes(t)
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE FUNCTION changes_a_setting() RETURNS INT DETERMINISTIC NO SQL BEGIN SET "+
		"SESSION innodb_lock_wait_timeout = 9; RETURN 1; END"); err != nil {
		t.Fatal(err)
	}
	pool, system, id := limitToOneConn(t, d)
	for _, statement := range []string{
		"SET NAMES gbk", "SET character_set_client = sjis", "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", "SET autocommit = 0",
		"SELECT changes_a_setting()", "DO changes_a_setting()", "USE mysql", "BEGIN", "START TRANSACTION", "LOCK TABLES notes READ",
		"CREATE TEMPORARY TABLE notes (tenant_id INT UNSIGNED, id INT, folder INT, text VARCHAR(100))",
		"/*!50000 SET NAMES gbk */", "  /* a comment */ SET NAMES gbk", "PREPARE s FROM 'SELECT 1'",
		"CREATE TABLE IF NOT EXISTS others (id INT)",
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
		_, err = conn.PrepareContext(d.Acme, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1") //nolint:sqlclosecheck // none
		if err == nil {
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
	for _, statement := range []string{
		"SELECT 1", "(SELECT 1)",
		"INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 1, 1, '')", "WITH a AS (SELECT 1) SELECT * FROM a",
	} {
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

// TestUnguardedConnectionsHaveNoTimeLimit checks that unguarded connections have no time limit.
func TestUnguardedConnectionsHaveNoTimeLimit(t *testing.T) {
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
