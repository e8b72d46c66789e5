// Command rowhouse serves a GraphQL API to many tenants on one set of MySQL tables. It also
// migrates the database, creates tenants, prints schemas, and proves SQL statements.
//
// Start with run, then read the file of a command: serve.go, migrate.go, migrate_plan.go, tenant.go,
// schema.go, vschema.go or prove.go. Each command is a struct with its flags and a method Run.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills the process
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// cli is the command line. Each flag has an environment variable, which --help names.
type cli struct {
	Database databaseFlags `embed:""`
	Log      logFlags      `embed:"" prefix:"log-"`

	Serve   serve `cmd:"" default:"withargs" help:"Serve the API (the default command)."`
	Migrate struct {
		Up     migrateUp     `cmd:"" default:"1" help:"Migrate the database to the schema of this program, and exit (the default command of migrate). Does not change a database that a newer release has migrated. Safe to repeat after a failure."`
		Status migrateStatus `cmd:"" help:"List the migrations: applied, begun (a run was interrupted) or pending. Changes nothing. The exit code is 0 when all are applied, else 1."`
		Diff   migrateDiff   `cmd:"" passthrough:"" help:"Write the migrations that the types need, on a throwaway database. For developers: needs Go and the sources."`
		Lint   migrateLint   `cmd:"" passthrough:"" help:"Report statements of migrations that lose data, break the release before, or lock a table. For developers: needs Go and the sources."`
	} `cmd:"" help:"Migrate the database, show its migrations, or write new ones."`
	Tenant struct {
		Create        tenantCreate        `cmd:"" help:"Create a tenant."`
		List          tenantList          `cmd:"" help:"List all tenants."`
		SetExternalID tenantSetExternalID `cmd:"" name:"set-external-id" help:"Change the external id of a tenant, which identifies it in the tokens of an identity provider. Running servers use it within 30 seconds."`
	} `cmd:"" help:"Create, list and change tenants."`
	Schema  schema  `cmd:"" help:"Print the API's schema in GraphQL's schema definition language, sorted. Needs no database."`
	VSchema vschema `cmd:"" name:"vschema" help:"Print the VSchema of a Vitess keyspace that is sharded by tenant_id. Needs no database."`
	Prove   prove   `cmd:"" help:"Prove that an SQL statement stays inside one tenant, or say why it is refused. Needs no database. The exit code is 0 when all statements are proved, else 1."`
}

const description = `A GraphQL API for many tenants on one set of MySQL tables.

Examples:
  rowhouse                                            serve on a private database, with demo tenants
  rowhouse --addr 127.0.0.1:9000 --log-level debug    serve on another port, and log the SQL
  DATABASE_URL=mysql://app:secret@db:3306/rowhouse rowhouse --addr :8080 --trust-tenant-header
  rowhouse migrate status
  rowhouse migrate diff add_milestones                in the sources, after a change of schema.graphqls
  rowhouse tenant create initech --name "Initech Inc"
  rowhouse schema > schema.graphql                    for code generators
  rowhouse vschema > vschema.json                     for vtctldclient ApplyVSchema
  rowhouse prove 'SELECT name FROM items WHERE tenant_id = ?'`

// The output of a command. The types differ, because kong passes arguments to Run by their type.
type (
	// stdout is for the result of a command.
	stdout struct{ io.Writer }
	// stderr is for the log and for messages.
	stderr struct{ io.Writer }
)

// errReported makes a command fail without a message, because its output has the reason.
var errReported = errors.New("the output has the reason")

// run parses args and runs their command until it ends or ctx is cancelled. The exit code is 0,
// 1 if the command failed, or 2 if args are invalid.
func run(ctx context.Context, args []string, out, errOut io.Writer) (code int) {
	var c cli
	printedHelp := false
	parser := kong.Must(&c, kong.Name("rowhouse"), kong.DefaultEnvars("ROWHOUSE"), kong.Writers(out, errOut),
		kong.Description(description),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Exit(func(int) { printedHelp = true }))
	command, err := parser.Parse(args)
	if printedHelp {
		return 0
	}
	if err == nil && command.Command() == "serve" {
		err = checkEnvironment(command.Selected(), os.Environ())
	}
	if err != nil {
		fmt.Fprintf(errOut, "rowhouse: %v\nTry: rowhouse --help\n", err)
		return 2
	}
	command.BindTo(ctx, (*context.Context)(nil))
	err = command.Run(c.Database, c.Log, newLog(errOut, c.Log), stdout{out}, stderr{errOut})
	if err != nil && !errors.Is(err, errReported) {
		fmt.Fprintf(errOut, "rowhouse: %v\n", err)
	}
	if err != nil {
		return 1
	}
	return 0
}
