package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"rowhouse/model/demo"
	"rowhouse/model/migration"
	"rowhouse/tenancy"
)

// serve is the command that serves the API.
type serve struct {
	Addr              string    `default:"127.0.0.1:8080" help:"Address to listen on, as host:port."`
	TrustTenantHeader bool      `help:"Allow an --addr that is not a loopback address. A gateway in front must set the header X-Tenant-ID of every request, so that clients can't choose it."`
	Auth              authFlags `embed:""`
	CORS              corsFlags `embed:"" prefix:"cors-"`
	API               apiFlags  `embed:""`
	Migrate           bool      `default:"true" negatable:"" help:"Migrate the database at start (the default), one replica at a time. With --no-migrate, the server does not start while a migration is missing."`
	Demo              *bool     `negatable:"" help:"Create the demo tenants acme and globex if they are missing. The default is yes in a private database, and else no."`
}

// Help is shown by rowhouse serve --help.
func (serve) Help() string {
	return `Examples:
  rowhouse serve                                      on a private database, for development
  rowhouse serve --cors-origin http://localhost:3000  for a front end's development server
  rowhouse serve --documents dist/graphql --trusted-documents only
  rowhouse serve --database-url mysql://app:secret@db:3306/rowhouse --addr :8080 --trust-tenant-header
  rowhouse serve --addr :8080 --oidc-issuer https://example.eu.auth0.com/ --oidc-audience https://api.example.com \
      --tenant-claim org_id`
}

// Run serves until ctx is cancelled, and then until running requests have finished.
func (s serve) Run(ctx context.Context, flags databaseFlags, logging logFlags, log *slog.Logger, messages stderr) error {
	options, err := s.check()
	if err != nil {
		return err
	}
	listener, err := listen(ctx, s.Addr) // first, so that a port in use fails without a delay
	if err != nil {
		return err
	}
	defer listener.Close()
	tuneGarbageCollector()
	db, err := s.openDatabase(ctx, flags, log)
	if err != nil {
		return err
	}
	defer db.close(log)

	if s.Auth.OIDCIssuer != "" {
		if options.Resolve, err = s.Auth.resolver(ctx, db.directory, log); err != nil {
			return err
		}
	}
	stopping := make(chan struct{})
	options.Stopping = stopping
	handler := newHandler(db.DB, db.directory, options, s.CORS, log)
	if s.clientsChoose() {
		handler = requireLoopbackHost(handler)
	}
	server := newHTTPServer(handler, log)
	server.RegisterOnShutdown(func() { close(stopping) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	addr := listener.Addr().String()
	s.logAuthentication(log, addr)
	if logging.Format == "json" {
		log.Info("serving", "addr", addr, "database", db.description)
	} else {
		writeBanner(ctx, messages, addr, db, options)
	}
	err = waitForEnd(ctx, server, failed, db.ended(), log)
	counts := db.Counts()
	log.Info("stopped", "proved", counts.Proved, "refused", counts.Refused, "parsed", counts.Parsed)
	return err
}

// clientsChoose reports whether clients choose their tenant without authentication, for development.
func (s serve) clientsChoose() bool { return !s.TrustTenantHeader && s.Auth.OIDCIssuer == "" }

// check returns the settings of the API. It fails for invalid flags.
func (s serve) check() (apiOptions, error) {
	if err := errors.Join(checkAddr(s.Addr, s.clientsChoose()), s.Auth.check(s.TrustTenantHeader), s.CORS.check()); err != nil {
		return apiOptions{}, err
	}
	options, err := s.API.options()
	options.TrustTenantHeader = s.TrustTenantHeader
	return options, err
}

// listen listens on a TCP address. It fails if another program uses the port.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("--addr %s: another program listens there; stop it, or use another port", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("--addr %s: %w", addr, err)
	}
	return listener, nil
}

// openDatabase opens the database, migrated and with the demo tenants as the flags require.
func (s serve) openDatabase(ctx context.Context, flags databaseFlags, log *slog.Logger) (*database, error) {
	at, err := startDatabase(ctx, flags, log)
	if err != nil {
		return nil, err
	}
	migrate := requireMigrated
	if s.Migrate {
		migrate = migration.Up
	}
	db, err := openDatabase(ctx, at, flags, migrate, log)
	if err != nil {
		return nil, err
	}
	if s.Demo == nil && db.private != nil || s.Demo != nil && *s.Demo {
		if err := demo.Create(ctx, db.DB, db.directory); err != nil {
			db.close(log)
			return nil, err
		}
	}
	return db, nil
}

// logAuthentication logs how the tenant of a request is determined.
func (s serve) logAuthentication(log *slog.Logger, addr string) {
	switch {
	case s.Auth.OIDCIssuer != "":
		log.Info("the tenant is read from tokens", "addr", addr, "issuer", s.Auth.OIDCIssuer, "claim", s.Auth.TenantClaim)
	case s.TrustTenantHeader:
		log.Warn("the header "+tenancy.HeaderName+" is trusted: a gateway must set it for every request", "addr", addr)
	default:
		log.Warn("development mode: every client of this address can choose any tenant with the header "+tenancy.HeaderName, "addr", addr)
	}
}

// drainTime bounds how long running requests may take after a signal to stop.
const drainTime = 20 * time.Second

// waitForEnd waits until ctx is cancelled, or the server or its private database ends, and then until
// running requests have finished. It returns nil only after ctx was cancelled.
func waitForEnd(ctx context.Context, server *http.Server, failed <-chan error, ended <-chan struct{}, log *slog.Logger) (err error) {
	select {
	case err := <-failed:
		return err
	case <-ended:
		err = errors.New("the private database ended: see the log in its folder")
	case <-ctx.Done():
		log.Info("stopping: running requests may finish", "within", drainTime)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if drainErr := server.Shutdown(ctx); drainErr != nil {
		err = errors.Join(err, fmt.Errorf("some requests did not finish within %s: %w", drainTime, drainErr))
	}
	return err
}

// tuneGarbageCollector saves a quarter of the CPU time for more memory, of which requests need
// little: a collection starts when the heap has grown by 300 %, or near 1 GiB. The environment
// variables GOGC and GOMEMLIMIT override it.
func tuneGarbageCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(1 << 30)
	}
}
