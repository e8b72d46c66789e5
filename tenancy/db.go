package tenancy

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"

	"rowhouse/tenancy/guard"
)

// DB is a connection pool whose sessions are bound to the tenant in a context. It is safe for
// concurrent use.
type DB struct {
	gorm     *gorm.DB
	sql      *sql.DB
	killPool *sql.DB
	guard    *guard.Guard
	bus      Bus
	log      *slog.Logger
	built    *lru.Cache[builtKey, *built]
	indexes  atomic.Pointer[indexes] // nil after ForgetIndexes
	trace    atomic.Pointer[func(context.Context, string, []any)]

	subscriptions subscriptionCounts
}

// Options are settings of Open. The zero value is ready to use.
type Options struct {
	// Log receives each statement, without its arguments, at debug level, statements of
	// the system scope at info level, and refused statements at warn level. Statements of
	// GORM's Debug() are logged at info level, with their arguments. The default is
	// slog.Default().
	Log *slog.Logger
	// NewerSchema means that a newer release of the program has migrated the database. Open
	// then logs a table with tenant_id but no model at warn level, and does not fail. The
	// guard refuses it, as any table without a model.
	NewerSchema bool
	// Shared has an empty row of each shared (tenant-less) model, such as currencies. Every
	// tenant may read and join all rows of its table; only the system scope writes them.
	Shared []any
	// Bus carries events between sessions, and between servers. The default is NewBus(),
	// which reaches this server only.
	Bus Bus
	// MaxConnections bounds the connections to the database; further statements wait. The
	// quota of a tenant is a quarter of them, at least one. The default is 32. The kill pool
	// has up to two more.
	MaxConnections int
	// MaxWait bounds the time that a statement or transaction waits for a connection. Then
	// it fails with ErrBusy. The default is 10 seconds.
	MaxWait time.Duration
}

// Open connects to the database at dsn (see ParseDSN) and checks its schema. models has an empty
// row of each model of tenants. Open fails when the database does not respond, and when the
// schema check finds a mismatch: a table with tenant_id but no model, or a model whose table is
// missing or has no tenant_id.
func Open(ctx context.Context, dsn string, models []any, options Options) (*DB, error) {
	if options.MaxConnections < 0 || options.MaxWait < 0 {
		return nil, fmt.Errorf("open the database: MaxConnections is %d and MaxWait is %s: neither can be negative",
			options.MaxConnections, options.MaxWait)
	}
	options.setDefaults()
	log := options.Log
	config, err := ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	inner, err := newSessionConnector(config, guardedProfile)
	if err != nil {
		return nil, err
	}
	guarded := &connector{inner: inner, log: log, killPool: newKillPool(inner.Connector)}
	pool := sql.OpenDB(guarded)
	pool.SetMaxOpenConns(options.MaxConnections)
	pool.SetMaxIdleConns(options.MaxConnections)
	pool.SetConnMaxLifetime(5 * time.Minute)
	pool.SetConnMaxIdleTime(time.Minute)
	session, err := openSession(ctx, pool, newQuotas(options.MaxConnections, options.MaxWait), log)
	var parsed tableModels
	if err == nil {
		parsed, err = parseModels(session, models, options.Shared)
	}
	var tables guard.Tables
	var known indexes
	if err == nil {
		tables, known, err = checkSchema(unloggedSystem(ctx, "start"), pool, parsed, options)
	}
	if err == nil {
		guarded.guard = guard.New(tables)
		err = scope{guarded.guard}.installCallbacks(session)
	}
	if err != nil {
		_ = errors.Join(pool.Close(), guarded.killPool.Close())
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db := &DB{
		gorm: session, sql: pool, killPool: guarded.killPool, guard: guarded.guard, bus: options.Bus, log: log,
		built: newBuiltStatements(),
	}
	db.indexes.Store(&known)
	return db, nil
}

// setDefaults replaces zero values by defaults.
func (o *Options) setDefaults() {
	o.Log = cmp.Or(o.Log, slog.Default())
	o.MaxConnections = cmp.Or(o.MaxConnections, defaultMaxConnections)
	o.MaxWait = cmp.Or(o.MaxWait, defaultMaxWait)
	if o.Bus == nil {
		o.Bus = NewBus()
	}
}

// defaultMaxConnections leaves room for other programs: MySQL and MariaDB accept 151 connections
// by default.
const defaultMaxConnections = 32

// defaultMaxWait is shorter than the deadline of a request, so that clients get the reason.
const defaultMaxWait = 10 * time.Second

// currentTime returns the time in UTC, truncated to microseconds: DATETIME(6) stores no more,
// and servers would round it.
func currentTime() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// openSession returns the session from which For derives all others. GORM reads the server's
// version once, to choose its SQL; plugins read it from the dialector.
func openSession(ctx context.Context, pool *sql.DB, quotas *quotas, log *slog.Logger) (*gorm.DB, error) {
	dialector := &mysql.Dialector{Config: &mysql.Config{Conn: versionPool{pool, ctx}, DisableWithReturning: true}}
	session, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		TranslateError:         true,
		Logger:                 statementLog{log: log},
		NowFunc:                currentTime,
	})
	if err != nil {
		return nil, err
	}
	shared := &quotaPool{pool, quotas}
	dialector.Conn, session.ConnPool, session.Statement.ConnPool = boundPool{quotaPool: shared}, shared, shared
	return session, nil
}

// versionPool runs GORM's query for the server's version, which has no tenant in its context.
type versionPool struct {
	*sql.DB
	ctx context.Context
}

// QueryRowContext runs the query in the system scope.
func (p versionPool) QueryRowContext(_ context.Context, query string, args ...any) *sql.Row {
	return p.DB.QueryRowContext(unloggedSystem(p.ctx, "start"), query, args...) //nolint:contextcheck // GORM's context has no system scope
}

// boundPool binds a session to a tenant, or to the system scope, or to neither. It is the
// Conn of the session's dialector: GORM copies the dialector to every derived session, with
// any options, but may replace the context. The dialector has GORM's own type, because plugins
// check it.
type boundPool struct {
	*quotaPool
	tenant ID
	system bool
}

// Close closes the connections once their statements have ended.
func (db *DB) Close() error { return errors.Join(db.sql.Close(), db.killPool.Close()) }

// Ping fails when the database does not respond.
func (db *DB) Ping(ctx context.Context) error { return db.sql.PingContext(ctx) }

// Counts returns how many statements were proved and refused since Open.
func (db *DB) Counts() guard.Counts { return db.guard.Counts() }

// For returns a GORM session for the rows of ctx's tenant. If ctx comes from Tx, the session is
// part of that transaction. Without a tenant, every call on the session fails with ErrNone;
// statements that are not bound to the tenant fail with ErrScope. In the system scope the
// session is bound to no tenant.
func (db *DB) For(ctx context.Context) *gorm.DB {
	if tx := txFrom(ctx, db); tx != nil && tx.session != nil {
		return tx.session.Session(&gorm.Session{NewDB: true, Context: ctx})
	}
	session := db.gorm.Session(&gorm.Session{NewDB: true, Context: ctx})
	_, system := systemOf(ctx)
	tenant, err := FromContext(ctx)
	switch {
	case system:
		tenant = Tenant{}
	case err != nil:
		_ = session.AddError(err)
		return session
	}
	config := *db.gorm.Dialector.(*mysql.Dialector).Config
	config.Conn = boundPool{config.Conn.(boundPool).quotaPool, tenant.ID, system}
	session.Dialector = &mysql.Dialector{Config: &config}
	return session
}
