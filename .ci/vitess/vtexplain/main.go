// Command vtexplain plans SQL statements for a keyspace of four shards, with the library
// behind Vitess's own vtexplain, and fails when a statement needs more than one shard, or
// is unsupported. It needs no database.
//
//	vtexplain VSCHEMA EXCEPTIONS FOLDER
//
// VSCHEMA is a file as `rowhouse vschema` prints it. EXCEPTIONS holds regular expressions
// of statements that may fail, each of which must be needed. FOLDER is where tests have
// put schema.sql and statements.json: see model/dbtest.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"vitess.io/vitess/go/stats"
	"vitess.io/vitess/go/vt/servenv"
	"vitess.io/vitess/go/vt/sqlparser"
	"vitess.io/vitess/go/vt/topo/memorytopo"
	"vitess.io/vitess/go/vt/vtenv"
	"vitess.io/vitess/go/vt/vtexplain"
	"vitess.io/vitess/go/vt/vtgate/engine"
)

const (
	keyspace = "rowhouse"
	shards   = 4
)

func main() {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: vtexplain VSCHEMA EXCEPTIONS FOLDER")
		os.Exit(2)
	}
	bad, err := run(os.Args[1], os.Args[2], os.Args[3], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "vtexplain:", err)
	}
	if err != nil || bad > 0 {
		os.Exit(1)
	}
}

// run reports each statement that needs several shards or can't be planned, unless it is
// an exception, and returns how many there are.
func run(vschemaFile, exceptionsFile, folder string, out io.Writer) (bad int, err error) {
	exceptions, err := readExceptions(exceptionsFile)
	if err != nil {
		return 0, err
	}
	statements, err := readStatements(filepath.Join(folder, "statements.json"))
	if err != nil {
		return 0, err
	}
	p, err := newPlanner(vschemaFile, filepath.Join(folder, "schema.sql"))
	if err != nil {
		return 0, err
	}
	planned, excepted := 0, 0
	for _, s := range statements {
		ok, problem := p.check(s)
		if !ok {
			continue
		}
		planned++
		if problem == "" {
			continue
		}
		if i := slices.IndexFunc(exceptions, func(e *exception) bool { return e.pattern.MatchString(s) }); i >= 0 {
			exceptions[i].used = true
			excepted++
			continue
		}
		fmt.Fprintf(out, "%s:\n  %s\n", problem, s)
		bad++
	}
	for _, e := range exceptions {
		if !e.used {
			fmt.Fprintf(out, "%s: no statement needs the exception %s\n", exceptionsFile, e.pattern)
			bad++
		}
	}
	fmt.Fprintf(out, "%d statements of %d planned for %d shards: %d problems, %d exceptions\n", planned, len(statements), shards, bad, excepted)
	if planned == 0 {
		return bad, fmt.Errorf("%s holds no statement to plan", folder)
	}
	return bad, nil
}

// readStatements returns the distinct statements in file, sorted.
func readStatements(file string) ([]string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []string
	for d := json.NewDecoder(bytes.NewReader(content)); d.More(); {
		var s string
		if err := d.Decode(&s); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, s)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

type planner struct {
	*vtexplain.VTExplain
	parser *sqlparser.Parser
	tables map[string]bool
}

func newPlanner(vschemaFile, schemaFile string) (*planner, error) {
	schema, err := os.ReadFile(schemaFile)
	if err != nil {
		return nil, err
	}
	env, err := vtenv.New(vtenv.Options{})
	if err != nil {
		return nil, err
	}
	p := &planner{parser: env.Parser(), tables: map[string]bool{}}
	vschema, err := p.readVSchema(vschemaFile, string(schema))
	if err != nil {
		return nil, err
	}
	// The simulated time of a statement takes real time: 10 ms, if nobody says less.
	if err := servenv.GetFlagSetFor("vtexplain").Set("batch-interval", "100us"); err != nil {
		return nil, err
	}
	ctx := context.Background()
	p.VTExplain, err = vtexplain.Init(ctx, env, memorytopo.NewServer(ctx, vtexplain.Cell), vschema, string(schema), "",
		&vtexplain.Options{ExecutionMode: vtexplain.ModeMulti, ReplicationMode: "ROW", NumShards: shards, Normalize: true, Target: keyspace},
		stats.NewCountersWithSingleLabel("", "Resilient srvtopo server operations", "type"))
	return p, err
}

// readVSchema returns the VSchema in file for vtexplain, with the columns of each table in
// schema: a vtgate learns them from its tablets, and vtexplain has none.
func (p *planner) readVSchema(file, schema string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var vschema struct {
		Sharded        bool                      `json:"sharded"`
		ForeignKeyMode string                    `json:"foreignKeyMode"`
		Vindexes       json.RawMessage           `json:"vindexes"`
		Tables         map[string]map[string]any `json:"tables"`
	}
	if err := json.Unmarshal(content, &vschema); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	statements, err := p.parser.SplitStatementToPieces(schema)
	if err != nil {
		return "", err
	}
	for _, statement := range statements {
		parsed, err := p.parser.ParseStrictDDL(statement)
		if err != nil {
			return "", fmt.Errorf("%w: %s", err, statement)
		}
		create, ok := parsed.(*sqlparser.CreateTable)
		if !ok {
			continue // the versions of goose
		}
		name := create.Table.Name.String()
		if vschema.Tables[name] == nil {
			return "", fmt.Errorf("the table %s is not in %s", name, file)
		}
		var columns []map[string]string
		for _, c := range create.TableSpec.Columns {
			columns = append(columns, map[string]string{"name": c.Name.String(), "type": c.Type.SQLType().String()})
		}
		vschema.Tables[name]["columns"], vschema.Tables[name]["columnListAuthoritative"] = columns, true
		p.tables[name] = true
	}
	text, err := json.Marshal(map[string]any{keyspace: vschema})
	return string(text), err
}

// check plans a statement and returns what is wrong with it. ok is false for a statement
// that reads and writes no table of the keyspace.
func (p *planner) check(statement string) (ok bool, problem string) {
	for _, tenant := range []string{"1", "2"} {
		parsed, err := p.parser.Parse(statement)
		if err != nil {
			return true, "can't be parsed: " + err.Error()
		}
		switch parsed.(type) {
		case *sqlparser.Select, *sqlparser.Union, *sqlparser.Insert, *sqlparser.Update, *sqlparser.Delete:
		default: // SET, SAVEPOINT
			return false, ""
		}
		if !p.knowsTables(parsed) {
			return false, ""
		}
		if problem = p.plan(sqlparser.String(bind(parsed, tenant))); problem == "" {
			return true, ""
		}
	}
	return true, problem
}

// plan plans a statement without placeholders and returns what is wrong with it.
func (p *planner) plan(statement string) (problem string) {
	explained, err := p.Run(statement)
	if err != nil {
		return "can't be planned: " + err.Error()
	}
	for _, e := range explained {
		for _, plan := range e.Plans {
			if variant := severalShards(engine.PrimitiveToPlanDescription(plan.Instructions, nil)); variant != "" {
				return "needs more than one shard (" + variant + ")"
			}
		}
		if len(e.TabletActions) > 1 {
			return fmt.Sprintf("needs %d shards", len(e.TabletActions))
		}
	}
	return ""
}

// bind gives each placeholder the same value, a tenant. Whether two placeholders hold the
// same tenant is for the guard to prove when the statement runs, and not for a plan.
func bind(s sqlparser.Statement, tenant string) sqlparser.SQLNode {
	return sqlparser.Rewrite(s, func(c *sqlparser.Cursor) bool {
		if _, ok := c.Node().(*sqlparser.Argument); ok {
			c.Replace(sqlparser.NewIntLiteral(tenant))
		}
		return true
	}, nil)
}

// knowsTables reports whether all tables of a statement are in the schema: not those of
// information_schema, nor tables that a test makes for itself.
func (p *planner) knowsTables(s sqlparser.Statement) bool {
	found, known := false, true
	_ = sqlparser.Walk(func(n sqlparser.SQLNode) (bool, error) {
		if from, ok := n.(*sqlparser.AliasedTableExpr); ok {
			if t, ok := from.Expr.(sqlparser.TableName); ok {
				found = true
				known = known && (p.tables[t.Name.String()] || isCTE(s, t.Name.String())) && t.Qualifier.IsEmpty()
			}
		}
		return true, nil
	}, s)
	return found && known
}

// isCTE reports whether a statement names a common table expression so.
func isCTE(s sqlparser.Statement, name string) (found bool) {
	_ = sqlparser.Walk(func(n sqlparser.SQLNode) (bool, error) {
		if cte, ok := n.(*sqlparser.CommonTableExpr); ok && cte.ID.String() == name {
			found = true
		}
		return true, nil
	}, s)
	return found
}

// severalShards returns the routing of a part of a plan that is not bound to one shard,
// or nothing. The values of an IN decide at the execution.
func severalShards(d engine.PrimitiveDescription) string {
	single := []string{"", "Unsharded", "EqualUnique", "Reference", "None", "DBA", "IN"}
	switch d.OperatorType {
	case "Route", "Update", "Delete":
		if !slices.Contains(single, d.Variant) && d.TargetDestination == nil {
			return d.OperatorType + " " + d.Variant
		}
	}
	for _, input := range d.Inputs {
		if variant := severalShards(input); variant != "" {
			return variant
		}
	}
	return ""
}

// exception is a kind of statement that tests run and that needs no place on Vitess.
type exception struct {
	pattern *regexp.Regexp
	used    bool
}

// readExceptions reads a file with one regular expression a line; # begins a comment.
func readExceptions(file string) (all []*exception, err error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		pattern, err := regexp.Compile(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, &exception{pattern: pattern})
	}
	return all, nil
}
