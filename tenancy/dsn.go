package tenancy

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// sqlMode makes the server refuse what it would otherwise change in silence, and
// read SQL in one way only, whatever its own default is.
const sqlMode = "'ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"

// ParseDSN reads a database address, as mysql://user:password@host:3306/name?tls=true
// or in the Go driver's own form, and settles everything that the rest of the code
// relies on: UTC times, found rows, strict mode, utf8mb4, one statement a string.
// Errors never repeat the address, which may hold a password.
func ParseDSN(dsn string) (*mysql.Config, error) {
	c, err := parseAddress(dsn)
	if err != nil {
		return nil, err
	}
	if c.DBName == "" {
		return nil, errors.New("the database address names no database: add /name")
	}
	if c.Loc != time.UTC {
		return nil, errors.New("the database address asks for another time zone (loc): times are stored in UTC; convert what is stored otherwise, and leave loc out")
	}
	c.ParseTime = true
	c.ClientFoundRows = true   // an update that changes nothing still found its row
	c.InterpolateParams = true // one round trip a statement
	c.MultiStatements = false  // one statement a string
	c.AllowAllFiles = false    // a server can't ask for the client's files
	c.Collation = "utf8mb4_unicode_520_ci"
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params["sql_mode"], c.Params["time_zone"] = sqlMode, "'+00:00'"
	// Who waits for a row holds a connection, of which all tenants have few: a
	// transaction is told in seconds, not in the server's usual 50, and runs again.
	c.Params["innodb_lock_wait_timeout"] = "3"
	c.Logger = &mysql.NopLogger{} // it writes to stderr what it returns as errors
	return c, nil
}

func parseAddress(dsn string) (*mysql.Config, error) {
	if strings.HasPrefix(dsn, "mysql://") {
		return parseURL(dsn)
	}
	if strings.Contains(dsn, "://") {
		return nil, errors.New("the database address must start with mysql://, or be in the Go driver's form: user:password@tcp(host:3306)/name")
	}
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("the database address can't be read; write mysql://user:password@host:3306/name, or the Go driver's form: user:password@tcp(host:3306)/name")
	}
	return c, nil
}

// parseURL leaves the parameters to the driver, which knows them, and takes the
// user name, the password and the database from the URL as they are, so that no
// character in them can be read as something else.
func parseURL(dsn string) (*mysql.Config, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New("the database address is no URL: percent-encode special characters in the user name and the password (@ is %40, / is %2F)")
	}
	query := u.Query()
	address := "tcp(" + net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "3306")) + ")"
	if socket := query.Get("socket"); socket != "" {
		address = "unix(" + socket + ")"
		query.Del("socket")
	} else if u.Hostname() == "" {
		return nil, errors.New("the database address names no host")
	}
	c, err := mysql.ParseDSN(address + "/?" + query.Encode())
	if err != nil {
		return nil, errors.New("the database address has a parameter that the Go MySQL driver can't read: see its list (tls, timeout, readTimeout, …)")
	}
	c.User, c.DBName = u.User.Username(), strings.Trim(u.Path, "/")
	c.Passwd, _ = u.User.Password()
	return c, nil
}
