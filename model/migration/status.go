package migration

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

	"rowhouse/tenancy"
)

// State is the progress of a migration: pending, begun or applied.
type State string

const (
	// Pending means that the migration has not run.
	Pending State = "pending"
	// Begun means that a run was interrupted, or is running: the statement may have run or not.
	Begun State = "begun"
	// Applied means that the migration is done.
	Applied State = "applied"
)

// Migration is a file of this folder, and its state in a database.
type Migration struct {
	Version int64
	File    string
	State   State
	At      time.Time // time when it was begun or applied, in UTC; zero if it is pending
}

// Status is the state of all migrations in a database.
type Status struct {
	// Migrations are the files of this program, in the order in which they run.
	Migrations []Migration
	// Unknown are the applied or begun versions that this program does not have, in
	// ascending order: a newer release has migrated the database.
	Unknown []int64
	// Version is the highest applied version, known or not; 0 in an empty database.
	Version int64
}

// Missing returns the migrations that are pending or begun.
func (s Status) Missing() []Migration {
	return slices.DeleteFunc(slices.Clone(s.Migrations), func(m Migration) bool { return m.State == Applied })
}

// ReadStatus returns the state of the migrations in the database at dsn. It changes nothing.
func ReadStatus(ctx context.Context, dsn string) (Status, error) {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return Status{}, err
	}
	db, err := tenancy.OpenUnguarded(config)
	if err != nil {
		return Status{}, err
	}
	defer db.Close()
	p, s, err := newProvider(db, files)
	if err != nil {
		return Status{}, err
	}
	records, err := s.readRecords(ctx, db)
	if err != nil {
		return Status{}, fmt.Errorf("read the migrations of the database: %w", err)
	}
	return newStatus(p, records), nil
}

// replaces maps each version of an earlier release to the versions that it was split into. If
// one side is applied, Up records the other side, too: no change runs twice, and an older
// program finds its versions.
var replaces = map[int64][]int64{
	1: {101, 102, 103, 104, 105, 106, 107},
	2: {201, 202, 203, 204, 205, 206},
}

// findEquivalents returns the versions to record because the other side of replaces is applied.
func findEquivalents(records map[int64]record) (versions []int64) {
	for _, old := range slices.Sorted(maps.Keys(replaces)) {
		lacks := slices.DeleteFunc(slices.Clone(replaces[old]), func(v int64) bool { return records[v].applied })
		switch {
		case records[old].applied:
			versions = append(versions, lacks...)
		case len(lacks) == 0:
			versions = append(versions, old)
		}
	}
	return versions
}

// newStatus combines the files of p with the records of the database.
func newStatus(p *goose.Provider, records map[int64]record) Status {
	records = maps.Clone(records)
	for old, split := range replaces {
		for _, v := range split {
			if records[old].applied && !records[v].applied {
				records[v] = records[old]
			}
		}
	}
	var s Status
	known := map[int64]bool{0: true}
	for old := range replaces {
		known[old] = true
	}
	for _, source := range p.ListSources() {
		known[source.Version] = true
		m := Migration{source.Version, source.Path, Pending, time.Time{}}
		if r, ok := records[m.Version]; ok {
			m.State, m.At = Begun, r.at
			if r.applied {
				m.State = Applied
			}
		}
		s.Migrations = append(s.Migrations, m)
	}
	for version, r := range records {
		if !known[version] {
			s.Unknown = append(s.Unknown, version)
		}
		if r.applied {
			s.Version = max(s.Version, version)
		}
	}
	slices.Sort(s.Unknown)
	return s
}

// newProvider returns a goose provider for the migrations in fsys, and its store.
func newProvider(db *sql.DB, fsys fs.FS) (*goose.Provider, store, error) {
	s, err := newStore()
	if err != nil {
		return nil, s, err
	}
	p, err := goose.NewProvider(goose.DialectCustom, db, fsys, goose.WithStore(s), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, s, fmt.Errorf("read the migrations: %w", err)
	}
	return p, s, nil
}
