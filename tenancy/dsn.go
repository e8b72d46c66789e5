package tenancy

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// ParseDSN parses a database address: mysql://user:password@host:3306/name?tls=true, or the Go
// driver's form. It sets the parameters on which this package depends: UTC times, found rows,
// one statement per string, utf8mb4. It fails on session variables, which connections set and
// verify themselves. Errors never repeat the address, which may contain a password.
func ParseDSN(dsn string) (*mysql.Config, error) {
	c, err := parseAddress(dsn)
	if err != nil {
		return nil, err
	}
	if c.DBName == "" {
		return nil, errors.New("the database address has no database: add /name")
	}
	c.Loc = time.UTC
	c.ParseTime = true
	c.ClientFoundRows = true   // RowsAffected counts found rows, also without a change
	c.InterpolateParams = true // used only on Vitess: see prepared.go
	c.MultiStatements = false  // one statement per string
	c.AllowAllFiles = false    // LOAD DATA LOCAL can't read the client's files
	c.ColumnsWithAlias = false
	c.Collation = collation
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	c.Logger = &mysql.NopLogger{} // the default also writes returned errors to stderr
	return c, nil
}

// parameters is the allow-list of an address's parameters, by lower-case name: the driver sends
// unknown parameters to the server as session variables, whose names are case-insensitive. If
// value is not empty, it is the only accepted value; else the driver checks the value.
var parameters = map[string]struct{ name, value string }{
	"allowcleartextpasswords":  {"allowCleartextPasswords", ""},
	"allowfallbacktoplaintext": {"allowFallbackToPlaintext", ""},
	"allownativepasswords":     {"allowNativePasswords", ""},
	"checkconnliveness":        {"checkConnLiveness", ""},
	"compress":                 {"compress", ""},
	"connectionattributes":     {"connectionAttributes", ""},
	"maxallowedpacket":         {"maxAllowedPacket", ""},
	"readtimeout":              {"readTimeout", ""},
	"rejectreadonly":           {"rejectReadOnly", ""},
	"serverpubkey":             {"serverPubKey", ""},
	"timeout":                  {"timeout", ""},
	"tls":                      {"tls", ""},
	"writetimeout":             {"writeTimeout", ""},
	"charset":                  {"charset", "utf8mb4"},
	"collation":                {"collation", collation},
	"loc":                      {"loc", "UTC"},
	"parsetime":                {"parseTime", "true"},
	"clientfoundrows":          {"clientFoundRows", "true"},
	"interpolateparams":        {"interpolateParams", "true"},
	"multistatements":          {"multiStatements", "false"},
}

// checkParameters returns the allowed parameters of an address in the driver's spelling, without
// those of a fixed value. It fails on any other. Errors contain only names of the allow-list: a
// mistyped address may have its password in the parameters.
func checkParameters(raw string) (string, error) {
	var kept []string
	seen := map[string]bool{}
	for i, pair := range strings.Split(raw, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if raw == "" {
			break
		}
		p, ok := parameters[strings.ToLower(key)]
		switch {
		case !ok:
			return "", fmt.Errorf("parameter %d of the database address is not one of %s; session variables can't be set there: "+
				"each connection sets and verifies its own", i+1, parameterNames)
		case seen[p.name]:
			return "", fmt.Errorf("the database address has the parameter %s twice", p.name)
		case p.value == "":
			kept = append(kept, p.name+"="+value)
		case !strings.EqualFold(value, p.value):
			return "", fmt.Errorf("the database address sets %s, which is always %s: leave it out", p.name, p.value)
		}
		seen[p.name] = true
	}
	return strings.Join(kept, "&"), nil
}

// parameterNames has the parameters without a fixed value, for errors.
const parameterNames = "tls, timeout, readTimeout, writeTimeout, maxAllowedPacket, compress, connectionAttributes, serverPubKey, " +
	"checkConnLiveness, rejectReadOnly, allowNativePasswords, allowCleartextPasswords, allowFallbackToPlaintext (and socket in a URL)"

// driverForm is the Go driver's form of an address, for errors.
const driverForm = "the Go driver's form: user:password@tcp(host:3306)/name"

// parseAddress parses an address in either form.
func parseAddress(dsn string) (*mysql.Config, error) {
	if strings.HasPrefix(dsn, "mysql://") {
		return parseURL(dsn)
	}
	if strings.Contains(dsn, "://") {
		return nil, errors.New("the database address must start with mysql://, or have " + driverForm)
	}
	// As in the driver, the last slash is the one before the database.
	address, database := dsn[:strings.LastIndexByte(dsn, '/')+1], dsn[strings.LastIndexByte(dsn, '/')+1:]
	database, raw, _ := strings.Cut(database, "?")
	params, err := checkParameters(raw)
	if err != nil {
		return nil, err
	}
	c, err := mysql.ParseDSN(address + database + "?" + params)
	if err != nil {
		return nil, errors.New("the database address can't be parsed; write mysql://user:password@host:3306/name, or " + driverForm)
	}
	return c, nil
}

// parseURL parses a URL. The driver parses the parameters. User name, password and database come
// from the URL unchanged, so none of their characters has a meaning in the driver's form.
func parseURL(dsn string) (*mysql.Config, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New("the database address is not a valid URL: " +
			"percent-encode special characters in the user name and the password (@ is %40, / is %2F)")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the parameters of the database address are not valid in a URL: percent-encode special characters (; is %3B)")
	}
	address := "tcp(" + net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "3306")) + ")"
	if socket := query.Get("socket"); socket != "" {
		address = "unix(" + socket + ")"
		query.Del("socket")
	} else if u.Hostname() == "" {
		return nil, errors.New("the database address has no host")
	}
	params, err := checkParameters(query.Encode())
	if err != nil {
		return nil, err
	}
	c, err := mysql.ParseDSN(address + "/?" + params)
	if err != nil {
		return nil, errors.New("the database address has a parameter that the Go MySQL driver can't parse: " +
			"see its list (tls, timeout, readTimeout, …)")
	}
	c.User, c.DBName = u.User.Username(), strings.Trim(u.Path, "/")
	c.Passwd, _ = u.User.Password()
	return c, nil
}
