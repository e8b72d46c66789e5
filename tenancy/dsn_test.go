package tenancy_test

import (
	"strings"
	"testing"

	"rowhouse/tenancy"
)

func TestParseDSN(t *testing.T) {
	for _, test := range []struct{ name, dsn, user, password, addr, database string }{
		{"URL", "mysql://app:secret@db:3307/rowhouse", "app", "secret", "db:3307", "rowhouse"},
		{"URL with the usual port", "mysql://app:secret@db/rowhouse", "app", "secret", "db:3306", "rowhouse"},
		{"URL with odd characters", "mysql://a%3Ab:p%40ss%2Fw:rd@db/row-house", "a:b", "p@ss/w:rd", "db:3306", "row-house"},
		{"URL without password", "mysql://app@[::1]:3306/rowhouse", "app", "", "[::1]:3306", "rowhouse"},
		{"URL with a socket", "mysql://root@localhost/rowhouse?socket=/run/mysqld/mysqld.sock", "root", "", "/run/mysqld/mysqld.sock", "rowhouse"},
		{"driver's form", "app:secret@tcp(db:3306)/rowhouse?timeout=3s", "app", "secret", "db:3306", "rowhouse"},
		{"driver's form with a socket", "root@unix(/tmp/s)/rowhouse", "root", "", "/tmp/s", "rowhouse"},
		{"settings of one's own", "app@tcp(db:3306)/rowhouse?multiStatements=true&parseTime=false&clientFoundRows=false&sql_mode=''", "app", "", "db:3306", "rowhouse"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := tenancy.ParseDSN(test.dsn)
			if err != nil {
				t.Fatal(err)
			}
			if c.User != test.user || c.Passwd != test.password || c.Addr != test.addr || c.DBName != test.database {
				t.Errorf("got %s:%s@%s/%s", c.User, c.Passwd, c.Addr, c.DBName)
			}
			if c.MultiStatements || !c.ParseTime || !c.ClientFoundRows || !c.InterpolateParams || c.Loc.String() != "UTC" || !strings.Contains(c.Params["sql_mode"], "STRICT_ALL_TABLES") {
				t.Errorf("not normalised: %s", c.FormatDSN())
			}
		})
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

// TestParseDSNNeverRepeatsThePassword tries what people mistype.
func TestParseDSNNeverRepeatsThePassword(t *testing.T) {
	for _, dsn := range []string{
		"mysql://app:hunter2@db:port/rowhouse", "mysql://app:hunter2%@db/rowhouse", "mysql://app:hunter2@db", "mysql://app:hunter2@/rowhouse",
		"postgres://app:hunter2@db/rowhouse", "app:hunter2@db/rowhouse", "app:hunter2@tcp(db:3306)", "app:hunter2@tcp(db/rowhouse", "hunter2",
		"mysql://app:hunter2@db/rowhouse?tls=nope", "mysql://app:hunter2@db/rowhouse?parseTime=hunter2",
		"mysql://app:hunter2@db/rowhouse?loc=Europe%2FBerlin", "app:hunter2@tcp(db)/rowhouse?loc=Local", "mysql://app:hun ter2@db/x\n",
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
		if c, err := tenancy.ParseDSN(dsn); err == nil && (c.MultiStatements || c.DBName == "") {
			t.Errorf("%q became %s", dsn, c.FormatDSN())
		}
	})
}
