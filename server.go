// Command rowhouse serves a GraphQL API to many tenants from one set of tables.
// `rowhouse --help` lists what else it does.
package main

//go:generate go tool gqlgen generate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"rowhouse/model/demo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// cli is the command line. Each flag has an environment variable, which --help names.
type cli struct {
	DatabaseURL string   `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"Database server to use, as mysql://user:password@host:3306/name?tls=true or in the Go driver's own form. Without it, rowhouse runs a private MariaDB or MySQL of its own."`
	DataDir     string   `default:".rowhouse" type:"path" help:"Folder of the private database."`
	Program     string   `name:"database-program" placeholder:"PATH" help:"Server program of the private database, a mariadbd or mysqld. The default is an installed MariaDB, or else an installed MySQL."`
	Connections int      `name:"max-connections" default:"32" help:"Connections to the database; a tenant uses at most a quarter of them. All servers together must stay below the database server's max_connections."`
	LogFormat   string   `default:"text" enum:"text,json" help:"Form of the log: text or json."`
	LogLevel    logLevel `default:"info" help:"Least level that is logged: debug, info, warn or error; debug shows every SQL statement, without its arguments."`

	Serve   serve `cmd:"" default:"withargs" help:"Serve the API (what rowhouse does when no command is given)."`
	Migrate struct {
		Up     migrateUp     `cmd:"" default:"1" help:"Migrate the database to the schema of this program, and exit (the default command of migrate). Does not change a database that a newer release has migrated. Safe to repeat after a failure."`
		Status migrateStatus `cmd:"" help:"List the migrations: applied, begun (a run was interrupted) or pending. Changes nothing. The exit code is 0 when all are applied, else 1."`
	} `cmd:"" help:"Migrate the database, or show its migrations."`
	Tenant struct {
		Create tenantCreate `cmd:"" help:"Create a tenant."`
		List   tenantList   `cmd:"" help:"List all tenants."`
	} `cmd:"" help:"Create and list tenants."`
	Schema  schema  `cmd:"" help:"Print the API's schema in GraphQL's schema definition language, sorted. Needs no database."`
	VSchema vschema `cmd:"" name:"vschema" help:"Print the VSchema of a Vitess keyspace that is sharded by tenant_id. Needs no database."`
	Prove   prove   `cmd:"" help:"Tell whether an SQL statement stays inside a tenant. Needs no database."`
}

const examples = `Examples:
  rowhouse                                            serve on a private database, with demo tenants
  rowhouse --addr 127.0.0.1:9000 --log-level debug    serve elsewhere, and show the SQL
  DATABASE_URL=mysql://app:secret@db:3306/rowhouse rowhouse --addr :8080 --trust-tenant-header
  rowhouse migrate status
  rowhouse tenant create initech --name "Initech Inc"
  rowhouse schema > schema.graphql                    for code generators
  rowhouse vschema > vschema.json                     for vtctldclient ApplyVSchema
  rowhouse prove 'SELECT name FROM items WHERE tenant_id = ?'`

// app is what a command runs with.
type app struct {
	*cli
	log     *slog.Logger
	out     io.Writer // what the command was asked for
	screen  io.Writer // what it has to say meanwhile
	serving bool      // it is the server, not a command beside it
}

// run runs the command that args name until it ends or ctx does, and returns the
// exit code: 0, 1 when the command failed, 2 when args make no sense.
func run(ctx context.Context, args []string, out, screen io.Writer) (code int) {
	var c cli
	exited := false
	parser := kong.Must(&c, kong.Name("rowhouse"), kong.DefaultEnvars("ROWHOUSE"), kong.Writers(out, screen),
		kong.Description("A GraphQL API for many tenants on one set of MySQL tables.\n\n"+examples),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Exit(func(int) { exited = true }))
	command, err := parser.Parse(args)
	if exited { // it printed its help
		return 0
	}
	if err != nil {
		fmt.Fprintf(screen, "rowhouse: %v\nTry: rowhouse --help\n", err)
		return 2
	}
	a := &app{cli: &c, log: newLog(screen, c.LogFormat, c.LogLevel.Level), out: out, screen: screen}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(a); errors.Is(err, errUnproved) || errors.Is(err, errMissing) {
		return 1
	} else if err != nil {
		fmt.Fprintf(screen, "rowhouse: %v\n", err)
		return 1
	}
	return 0
}

// serve is the command that serves the API.
type serve struct {
	Addr              string   `default:"127.0.0.1:8080" help:"Address to listen on."`
	TrustTenantHeader bool     `help:"Allow to listen on other than loopback addresses: a trusted gateway in front sets the header X-Tenant-ID and nobody else can."`
	CORSOrigin        []string `name:"cors-origin" placeholder:"ORIGIN" help:"Browser origin that may call the API, such as https://app.example.com; repeat it for more. Without it, only pages from the same origin can."`
	CORSHeader        []string `name:"cors-header" placeholder:"NAME" help:"Further request header that pages from these origins may send, such as X-App-Version; repeat it for more. The log names refused headers."`
	API               apiFlags `embed:""`
	Migrate           bool     `default:"true" negatable:"" help:"Migrate the database at start, one replica at a time. With --no-migrate, the server does not start while a migration is missing."`
	Demo              *bool    `negatable:"" help:"Create the demo tenants acme and globex where they are missing; the default is to do so in the private database only."`
}

// Run serves until ctx ends, and then lets running requests finish.
func (s *serve) Run(ctx context.Context, a *app) error {
	if err := checkAddr(s.Addr, s.TrustTenantHeader); err != nil {
		return err
	}
	for _, origin := range s.CORSOrigin {
		if err := checkOrigin(origin); err != nil {
			return err
		}
	}
	for _, name := range s.CORSHeader {
		if err := checkHeader(name); err != nil {
			return err
		}
	}
	options, err := s.API.options()
	if err != nil {
		return err
	}
	// First of all: a port that is taken is told at once.
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("--addr %s: another program listens there; stop it, or name another port", s.Addr)
	}
	if err != nil {
		return fmt.Errorf("--addr %s: %w", s.Addr, err)
	}
	defer listener.Close()
	collectGarbageLess()
	a.serving = true
	db, err := openDatabase(ctx, a, s.Migrate)
	if err != nil {
		return err
	}
	defer db.close(a.log)
	if s.Demo == nil && db.private != nil || s.Demo != nil && *s.Demo {
		if err := demo.Create(ctx, db.DB, db.directory); err != nil {
			return err
		}
	}
	stopping := make(chan struct{})
	options.Stopping, options.TrustTenantHeader = stopping, s.TrustTenantHeader
	handler := newHandler(db, options, s.CORSOrigin, a.log, s.CORSHeader...)
	if !s.TrustTenantHeader {
		handler = onlyLoopback(handler)
	}
	server := newServer(handler, a.log)
	server.RegisterOnShutdown(func() { close(stopping) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	s.greet(ctx, a, db, listener.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-db.died():
		err = errors.New("the private database ended by itself")
	case <-ctx.Done():
		a.log.Info("stopping: running requests may finish", "within", drainTime)
	}
	err = errors.Join(err, drain(context.WithoutCancel(ctx), server))
	counts := db.Counts()
	a.log.Info("stopped", "proved", counts.Proved, "refused", counts.Refused, "parsed", counts.Parsed)
	return err
}
