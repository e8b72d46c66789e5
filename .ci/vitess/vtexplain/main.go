// Command vtexplain plans SQL statements for a keyspace of four shards, with the library of
// Vitess's vtexplain. It fails when a statement needs more than one shard or is unsupported.
// It needs no database.
//
//	vtexplain VSCHEMA EXCEPTIONS FOLDER
//
// VSCHEMA is a file with the output of `rowhouse vschema`. EXCEPTIONS has regular expressions
// for statements that may fail; vtexplain fails if one matches no failing statement. FOLDER has
// schema.sql and statements.json, which tests write: see tenancy/tenancytest.
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
	bad, err := planFolder(os.Args[1], os.Args[2], os.Args[3], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "vtexplain:", err)
	}
	if err != nil || bad > 0 {
		os.Exit(1)
	}
}

// planFolder plans the statements in a folder. It prints each statement that needs several shards or
// can't be planned, except exceptions, and each unused exception. bad is the number of both.
func planFolder(vschemaFile, exceptionsFile, folder string, out io.Writer) (bad int, err error) {
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
		ok, problem := p.checkStatement(s)
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
			fmt.Fprintf(out, "%s: no failing statement matches the exception %s\n", exceptionsFile, e.pattern)
			bad++
		}
	}
	fmt.Fprintf(out, "%d statements of %d planned for %d shards: %d problems, %d exceptions\n",
		planned, len(statements), shards, bad, excepted)
	if planned == 0 {
		return bad, fmt.Errorf("%s has no statement to plan", folder)
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

// planner plans statements for a keyspace. tables are the tables of its schema.
type planner struct {
	*vtexplain.VTExplain
	parser *sqlparser.Parser
	tables map[string]bool
}

// newPlanner returns a planner for a VSchema and the CREATE TABLE statements in schemaFile.
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
	// A statement waits for batch-interval of real time, by default 10 ms.
	if err := servenv.GetFlagSetFor("vtexplain").Set("batch-interval", "100us"); err != nil {
		return nil, err
	}
	ctx := context.Background()
	p.VTExplain, err = vtexplain.Init(ctx, env, memorytopo.NewServer(ctx, vtexplain.Cell), vschema, string(schema), "",
		&vtexplain.Options{
			ExecutionMode: vtexplain.ModeMulti, ReplicationMode: "ROW", NumShards: shards, Normalize: true, Target: keyspace,
		},
		stats.NewCountersWithSingleLabel("", "Resilient srvtopo server operations", "type"))
	return p, err
}

// readVSchema returns the VSchema in file with the columns of each table from schema. A vtgate
// reads the columns from its tablets, which vtexplain does not have.
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
			continue // the statement for goose's versions
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
	result, err := json.Marshal(map[string]any{keyspace: vschema})
	return string(result), err
}

// checkStatement plans a statement and returns its problem, or "". ok is false for a statement
// without tables of the keyspace.
func (p *planner) checkStatement(statement string) (ok bool, problem string) {
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
		if !p.hasOwnTables(parsed) {
			return false, ""
		}
		if problem = p.planStatement(sqlparser.String(bindPlaceholders(parsed, tenant))); problem == "" {
			return true, ""
		}
	}
	return true, problem
}

// planStatement plans a statement without placeholders and returns its problem, or "".
func (p *planner) planStatement(statement string) (problem string) {
	explained, err := p.Run(statement)
	if err != nil {
		return "can't be planned: " + err.Error()
	}
	for _, e := range explained {
		for _, plan := range e.Plans {
			if variant := findScatter(engine.PrimitiveToPlanDescription(plan.Instructions, nil)); variant != "" {
				return "needs more than one shard (" + variant + ")"
			}
		}
		if len(e.TabletActions) > 1 {
			return fmt.Sprintf("needs %d shards", len(e.TabletActions))
		}
	}
	return ""
}

// bindPlaceholders replaces each placeholder by the same tenant. A plan can't show that the
// arguments for tenant_id are the same tenant: the guard checks it at execution.
func bindPlaceholders(s sqlparser.Statement, tenant string) sqlparser.SQLNode {
	return sqlparser.Rewrite(s, func(c *sqlparser.Cursor) bool {
		if _, ok := c.Node().(*sqlparser.Argument); ok {
			c.Replace(sqlparser.NewIntLiteral(tenant))
		}
		return true
	}, nil)
}

// hasOwnTables reports whether a statement has tables and all are in the schema. Tables of
// information_schema and tables that a test creates are not.
func (p *planner) hasOwnTables(s sqlparser.Statement) bool {
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

// isCTE reports whether a statement has a common table expression with this name.
func isCTE(s sqlparser.Statement, name string) (found bool) {
	_ = sqlparser.Walk(func(n sqlparser.SQLNode) (bool, error) {
		if cte, ok := n.(*sqlparser.CommonTableExpr); ok && cte.ID.String() == name {
			found = true
		}
		return true, nil
	}, s)
	return found
}

// findScatter returns the routing of a part of a plan that may use several shards, or "". It
// accepts IN, whose shards depend on the values at execution.
func findScatter(d engine.PrimitiveDescription) string {
	single := []string{"", "Unsharded", "EqualUnique", "Reference", "None", "DBA", "IN"}
	switch d.OperatorType {
	case "Route", "Update", "Delete":
		if !slices.Contains(single, d.Variant) && d.TargetDestination == nil {
			return d.OperatorType + " " + d.Variant
		}
	}
	for _, input := range d.Inputs {
		if variant := findScatter(input); variant != "" {
			return variant
		}
	}
	return ""
}

// exception matches statements of tests that need not work on Vitess.
type exception struct {
	pattern *regexp.Regexp
	used    bool
}

// readExceptions reads a file with one regular expression per line; # begins a comment.
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
