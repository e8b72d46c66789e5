package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

const (
	// cachedTenants bounds what a stream of tenants can keep in memory: about 2 MB.
	cachedTenants = 10_000
	// cachedFor bounds how long a change to the directory can go unseen.
	cachedFor = 30 * time.Second
)

var slugPattern = regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])$`)

// ValidSlug reports whether s may be a tenant's slug: 2 to 40 lower-case letters,
// digits and inner hyphens, starting with a letter, so that it is never a number.
func ValidSlug(s string) bool { return slugPattern.MatchString(s) }

// Directory is the list of all tenants, in the table tenants, read through a cache
// that holds found tenants for 30 seconds. It alone reads across tenants, and it
// reads no table but its own.
type Directory struct {
	db     *sql.DB
	byID   *expirable.LRU[ID, Tenant]
	bySlug *expirable.LRU[string, Tenant]
}

// NewDirectory returns the directory in db's database.
func NewDirectory(db *DB) *Directory {
	return &Directory{
		db:     db.sql,
		byID:   expirable.NewLRU[ID, Tenant](cachedTenants, nil, cachedFor),
		bySlug: expirable.NewLRU[string, Tenant](cachedTenants, nil, cachedFor),
	}
}

// ByID returns the tenant with this number, or ErrUnavailable.
func (d *Directory) ByID(ctx context.Context, id ID) (Tenant, error) {
	if t, ok := d.byID.Get(id); ok {
		return t, nil
	}
	return d.find(ctx, "SELECT id, slug, name, created_at FROM tenants WHERE id = ?", id)
}

// BySlug returns the tenant with this slug, or ErrUnavailable.
func (d *Directory) BySlug(ctx context.Context, slug string) (Tenant, error) {
	if t, ok := d.bySlug.Get(slug); ok {
		return t, nil
	}
	return d.find(ctx, "SELECT id, slug, name, created_at FROM tenants WHERE slug = ?", slug)
}

func (d *Directory) find(ctx context.Context, query string, key any) (Tenant, error) {
	t, err := scanTenant(d.db.QueryRowContext(quietly(ctx, "directory"), query, key))
	if errors.Is(err, sql.ErrNoRows) {
		return Tenant{}, ErrUnavailable
	}
	if err != nil {
		return Tenant{}, fmt.Errorf("read the tenant directory: %w", err)
	}
	d.byID.Add(t.ID, t)
	d.bySlug.Add(t.Slug, t)
	return t, nil
}

// List returns all tenants by number.
func (d *Directory) List(ctx context.Context) ([]Tenant, error) {
	rows, err := d.db.QueryContext(quietly(ctx, "directory"), "SELECT id, slug, name, created_at FROM tenants ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list the tenants: %w", err)
	}
	defer rows.Close()
	var tenants []Tenant
	for rows.Next() {
		t, err := scanTenant(rows)
		if err != nil {
			return nil, fmt.Errorf("list the tenants: %w", err)
		}
		tenants = append(tenants, t)
	}
	return tenants, rows.Err()
}

// CheckTenant fails with ErrInvalid when a new tenant's slug or name (1 to 200
// characters, not blank) breaks its rule.
func CheckTenant(slug, name string) error {
	if !ValidSlug(slug) {
		return fmt.Errorf("%w: the slug %q must be 2 to 40 lower-case letters, digits and inner hyphens, starting with a letter", ErrInvalid, slug)
	}
	if n := utf8.RuneCountInString(name); strings.TrimSpace(name) == "" || n > 200 || !utf8.ValidString(name) {
		return fmt.Errorf("%w: the name must have 1 to 200 characters, not all blank", ErrInvalid)
	}
	return nil
}

// Create adds a tenant. It fails as CheckTenant does, and with ErrTaken when another
// tenant has the slug.
func (d *Directory) Create(ctx context.Context, slug, name string) (Tenant, error) {
	if err := CheckTenant(slug, name); err != nil {
		return Tenant{}, err
	}
	created := now()
	result, err := d.db.ExecContext(quietly(ctx, "directory"),
		"INSERT INTO tenants (slug, name, created_at) VALUES (?, ?, ?)", slug, name, created)
	if isDuplicate(err) {
		return Tenant{}, fmt.Errorf("%w: %s", ErrTaken, slug)
	}
	if err != nil {
		return Tenant{}, fmt.Errorf("create the tenant %s: %w", slug, err)
	}
	id, err := result.LastInsertId()
	return Tenant{ID: ID(id), Slug: slug, Name: name, CreatedAt: created}, err
}

// ErrTaken means that another tenant has the slug.
var ErrTaken = errors.New("the slug is taken")

func scanTenant(row interface{ Scan(...any) error }) (t Tenant, err error) {
	err = row.Scan(&t.ID, &t.Slug, &t.Name, &t.CreatedAt)
	return t, err
}
