package tenancy_test

import (
	"strings"
	"testing"

	"rowhouse/tenancy"
)

func TestParseDSN(t *testing.T) {
	for _, test := range []struct{ name, dsn, user, password, addr, database string }{
		{
			name:     "URL",
			dsn:      "mysql://app:secret@db:3307/rowhouse",
			user:     "app",
			password: "secret",
			addr:     "db:3307",
			database: "rowhouse",
		},
		{
			name:     "URL with the usual port",
			dsn:      "mysql://app:secret@db/rowhouse",
			user:     "app",
			password: "secret",
			addr:     "db:3306",
			database: "rowhouse",
		},
		{
			name:     "URL with odd characters",
			dsn:      "mysql://a%3Ab:p%40ss%2Fw:rd@db/row-house",
			user:     "a:b",
			password: "p@ss/w:rd",
			addr:     "db:3306",
			database: "row-house",
		},
		{
			name:     "URL without password",
			dsn:      "mysql://app@[::1]:3306/rowhouse",
			user:     "app",
			addr:     "[::1]:3306",
			database: "rowhouse",
		},
		{
			name:     "URL with a socket",
			dsn:      "mysql://root@localhost/rowhouse?socket=/run/mysqld/mysqld.sock",
			user:     "root",
			addr:     "/run/mysqld/mysqld.sock",
			database: "rowhouse",
		},
		{
			name:     "driver's form",
			dsn:      "app:secret@tcp(db:3306)/rowhouse?timeout=3s",
			user:     "app",
			password: "secret",
			addr:     "db:3306",
			database: "rowhouse",
		},
		{
			name:     "driver's form with a socket",
			dsn:      "root@unix(/tmp/s)/rowhouse",
			user:     "root",
			addr:     "/tmp/s",
			database: "rowhouse",
		},
		{
			name:     "parameters that have one value",
			dsn:      "app@tcp(db:3306)/rowhouse?charset=utf8mb4&parseTime=True&loc=UTC&multiStatements=false",
			user:     "app",
			addr:     "db:3306",
			database: "rowhouse",
		},
		{
			name:     "parameters in capitals",
			dsn:      "mysql://app@db/rowhouse?TIMEOUT=3s&ParseTime=true&Charset=UTF8MB4",
			user:     "app",
			addr:     "db:3306",
			database: "rowhouse",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := tenancy.ParseDSN(test.dsn)
			if err != nil {
				t.Fatal(err)
			}
			if c.User != test.user || c.Passwd != test.password || c.Addr != test.addr || c.DBName != test.database {
				t.Errorf("got %s:%s@%s/%s", c.User, c.Passwd, c.Addr, c.DBName)
			}
			if c.MultiStatements || !c.ParseTime || !c.ClientFoundRows || c.AllowAllFiles || c.Loc.String() != "UTC" || len(c.Params) > 0 {
				t.Errorf("not normalised: %s", c.FormatDSN())
			}
		})
	}
}

// TestParseDSNRejectsSessionVariables has parameters that the driver would send to the server as
// session variables, in all forms that a server accepts.
func TestParseDSNRejectsSessionVariables(t *testing.T) {
	for parameter, want := range map[string]string{
		"sql_mode=''":                      "parameter 1 of the database address is not one of",
		"SQL_MODE='ANSI_QUOTES'":           "session variables can't be set there",
		"timeout=1s&Time_Zone='%2B05:00'":  "parameter 2 of the database address is not one of",
		"autocommit=0":                     "is not one of",
		"foreign_key_checks=0":             "is not one of",
		"character_set_client=gbk":         "is not one of",
		"@@session.sql_mode=''":            "is not one of",
		"session%20sql_mode=''":            "is not one of",
		"sql_mode%3D''%2C%20time_zone=x":   "is not one of",
		"names=gbk":                        "is not one of",
		"charset=gbk":                      "sets charset, which is always utf8mb4",
		"CHARSET=utf8mb4,gbk":              "sets charset, which is always utf8mb4",
		"collation=gbk_chinese_ci":         "sets collation",
		"interpolateParams=false":          "sets interpolateParams",
		"multiStatements=true":             "sets multiStatements, which is always false",
		"parseTime=false":                  "sets parseTime",
		"clientFoundRows=false":            "sets clientFoundRows",
		"loc=Local":                        "sets loc, which is always UTC",
		"allowAllFiles=true":               "is not one of",
		"allowOldPasswords=true":           "is not one of",
		"columnsWithAlias=true":            "is not one of",
		"timeTruncate=1s":                  "is not one of",
		"timeout=1s&TimeOut=2s":            "has the parameter timeout twice",
		"=":                                "is not one of",
		"\u017fql_mode=''":                 "is not one of", // an s after Unicode case folding
		"sql_mode":                         "is not one of",
		"timeout=1s;sql_mode=''":           "address", // some split there
		strings.Repeat("a", 1<<16) + "=''": "is not one of",
	} {
		for _, address := range []string{"app:hunter2@tcp(db)/rowhouse?", "mysql://app:hunter2@db/rowhouse?"} {
			_, err := tenancy.ParseDSN(address + parameter)
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s%.50s: %v", address, parameter, err)
			} else if !strings.Contains(err.Error(), want) && strings.HasPrefix(address, "app") {
				t.Errorf("%s%.50s: %v, want %s", address, parameter, err, want)
			}
		}
	}
}

func TestParseDSNKeepsTLS(t *testing.T) {
	c, err := tenancy.ParseDSN("mysql://app:secret@db.example.com/rowhouse?tls=true")
	if err != nil {
		t.Fatal(err)
	}
	if c.TLS == nil || c.TLS.ServerName != "db.example.com" || c.TLS.InsecureSkipVerify {
		t.Errorf("the server's name is not verified: %+v", c.TLS)
	}
}

// TestParseDSNNeverRepeatsThePassword parses addresses with usual typing errors.
func TestParseDSNNeverRepeatsThePassword(t *testing.T) {
	for _, dsn := range []string{
		"mysql://app:hunter2@db:port/rowhouse",
		"mysql://app:hunter2%@db/rowhouse",
		"mysql://app:hunter2@db",
		"mysql://app:hunter2@/rowhouse",
		"postgres://app:hunter2@db/rowhouse",
		"app:hunter2@db/rowhouse",
		"app:hunter2@tcp(db:3306)",
		"app:hunter2@tcp(db/rowhouse",
		"hunter2",
		"mysql://app:hunter2@db/rowhouse?tls=nope",
		"mysql://app:hunter2@db/rowhouse?parseTime=hunter2",
		"mysql://app:hunter2@db/rowhouse?loc=Europe%2FBerlin",
		"app:hunter2@tcp(db)/rowhouse?loc=Local",
		"mysql://app:hun ter2@db/x\n",
	} {
		_, err := tenancy.ParseDSN(dsn)
		if err == nil {
			t.Errorf("%q was accepted", dsn)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

func FuzzParseDSN(f *testing.F) {
	f.Add("mysql://app:secret@db:3306/rowhouse?tls=true")
	f.Add("app:secret@tcp(db:3306)/rowhouse")
	f.Fuzz(func(t *testing.T, dsn string) {
		if c, err := tenancy.ParseDSN(dsn); err == nil && (c.MultiStatements || c.DBName == "" || len(c.Params) > 0) {
			t.Errorf("%q became %s", dsn, c.FormatDSN())
		}
	})
}
