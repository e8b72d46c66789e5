package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

const (
	// cachedTenants bounds the tenants in the cache, which then has about 2 MB.
	cachedTenants = 10_000
	// cachedFor bounds how long the cache serves a tenant before it is read again.
	cachedFor = 30 * time.Second
	// staleFor bounds how long a cached tenant is served while the directory can't be read.
	staleFor = time.Hour
	// outageWait bounds how long a request with a cached tenant waits for a directory that
	// does not respond. For the same time after that, cached tenants are not read again.
	outageWait = time.Second
)

// CreateDirectory is the statement that creates the table of a Directory. Tables of tenants have
// no foreign key to it, so it can be in another database.
const CreateDirectory = `CREATE TABLE tenants (
  id         INT UNSIGNED NOT NULL AUTO_INCREMENT,
  slug       VARCHAR(40)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(200) NOT NULL,
  created_at DATETIME(6)  NOT NULL,
  external_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (slug),
  PRIMARY KEY (id),
  UNIQUE KEY tenants_slug (slug),
  UNIQUE KEY tenants_external_id (external_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`

// slugPattern matches a valid slug.
var slugPattern = regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])$`)

// externalIDPattern matches a valid external id: printable ASCII characters, without spaces.
var externalIDPattern = regexp.MustCompile(`^[!-~]{1,255}$`)

// ValidSlug reports whether s can be a tenant's slug. A slug has 2 to 40 lower-case letters,
// digits and inner hyphens, and starts with a letter, so it is never an id.
func ValidSlug(s string) bool { return slugPattern.MatchString(s) }

// Directory is the list of all tenants, in the table tenants, read through a cache. It reads no
// other table.
//
// While the table can't be read, the directory returns tenants that were read in the last hour,
// and logs a warning. A tenant leaves the cache when the table shows its deletion or new slug.
type Directory struct {
	// CacheTime bounds how long a cached tenant is served before it is read again.
	// NewDirectory sets 30 seconds. Change it before the first use.
	CacheTime time.Duration

	db  *sql.DB
	log *slog.Logger

	mu   sync.Mutex // held while the cache changes
	byID *expirable.LRU[ID, cachedTenant]
	// bySlug and byExternalID have the same tenants as byID.
	bySlug, byExternalID *expirable.LRU[string, cachedTenant]
	// down is the time of an outage at the last read, in nanoseconds since 1970, or 0.
	down atomic.Int64
}

// cachedTenant is a tenant with a time before it was read.
type cachedTenant struct {
	Tenant
	at time.Time
}

// NewDirectory returns the directory in db's database.
func NewDirectory(db *DB) *Directory {
	return &Directory{
		CacheTime:    cachedFor,
		db:           db.sql,
		log:          db.log,
		byID:         expirable.NewLRU[ID, cachedTenant](cachedTenants, nil, staleFor),
		bySlug:       expirable.NewLRU[string, cachedTenant](cachedTenants, nil, staleFor),
		byExternalID: expirable.NewLRU[string, cachedTenant](cachedTenants, nil, staleFor),
	}
}

// ByID returns the tenant with this id. It fails with ErrUnavailable if there is none.
func (d *Directory) ByID(ctx context.Context, id ID) (Tenant, error) {
	cached, ok := d.byID.Get(id)
	return d.readThrough(ctx, cached, ok, selectTenants+" WHERE id = ?", id)
}

// BySlug returns the tenant with this slug. It fails with ErrUnavailable if there is none.
func (d *Directory) BySlug(ctx context.Context, slug string) (Tenant, error) {
	cached, ok := d.bySlug.Get(slug)
	return d.readThrough(ctx, cached, ok, selectTenants+" WHERE slug = ?", slug)
}

// ByExternalID returns the tenant with this external id. It fails with ErrUnavailable if there is none.
func (d *Directory) ByExternalID(ctx context.Context, externalID string) (Tenant, error) {
	if !externalIDPattern.MatchString(externalID) {
		return Tenant{}, ErrUnavailable // the database could treat another string as equal, such as one with a space at the end
	}
	cached, ok := d.byExternalID.Get(externalID)
	return d.readThrough(ctx, cached, ok, selectTenants+" WHERE external_id = ?", externalID)
}

// selectTenants is the beginning of the statements whose rows scanTenant reads.
const selectTenants = "SELECT id, slug, name, created_at, external_id FROM tenants"

// readThrough returns the cached tenant if it was read within CacheTime, and otherwise reads it.
// During an outage it returns the cached tenant, however old it is. ok means that cached is a
// tenant.
func (d *Directory) readThrough(ctx context.Context, cached cachedTenant, ok bool, query string, key any) (Tenant, error) {
	if ok && (time.Since(cached.at) < d.CacheTime || time.Since(time.Unix(0, d.down.Load())) < outageWait) {
		return cached.Tenant, nil
	}
	readCtx := ctx
	if ok {
		var cancel context.CancelFunc
		readCtx, cancel = context.WithTimeout(ctx, outageWait)
		defer cancel()
	}
	began := time.Now()
	t, err := scanTenant(d.db.QueryRowContext(unloggedSystem(readCtx, "directory"), query, key))
	switch {
	case err == nil:
		d.cacheTenant(cachedTenant{t, began})
		return t, nil
	case errors.Is(err, sql.ErrNoRows):
		if ok {
			d.evictTenant(cached.Tenant)
		}
		return Tenant{}, ErrUnavailable
	case ok && ctx.Err() == nil && (IsOutage(err) || readCtx.Err() != nil):
		d.down.Store(time.Now().UnixNano())
		d.log.WarnContext(ctx, "the tenant directory does not respond: serving a cached tenant",
			"tenant", cached.ID, "read", time.Since(cached.at).Round(time.Second).String()+" ago", "error", err)
		return cached.Tenant, nil
	}
	return Tenant{}, fmt.Errorf("read the tenant directory: %w", err)
}

// cacheTenant adds a tenant to the cache. It removes other tenants with the same id, slug or external id. If the cache has a
// later read of one of them, it keeps that: two reads can end in another order than they began.
func (d *Directory) cacheTenant(t cachedTenant) {
	d.down.Store(0)
	d.mu.Lock()
	defer d.mu.Unlock()
	byID, _ := d.byID.Peek(t.ID)
	bySlug, _ := d.bySlug.Peek(t.Slug)
	byExternalID, _ := d.byExternalID.Peek(t.ExternalID)
	others := []cachedTenant{byID, bySlug, byExternalID}
	if slices.ContainsFunc(others, func(other cachedTenant) bool { return other.at.After(t.at) }) {
		return
	}
	for _, other := range others {
		if other.Tenant != t.Tenant {
			d.removeTenant(other.Tenant)
		}
	}
	d.byID.Add(t.ID, t)
	d.bySlug.Add(t.Slug, t)
	d.byExternalID.Add(t.ExternalID, t)
}

// evictTenant removes a tenant from the cache.
func (d *Directory) evictTenant(t Tenant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.removeTenant(t)
}

// removeTenant is evictTenant for a caller that holds mu.
func (d *Directory) removeTenant(t Tenant) {
	d.byID.Remove(t.ID)
	d.bySlug.Remove(t.Slug)
	d.byExternalID.Remove(t.ExternalID)
}

// List returns all tenants, ordered by id.
func (d *Directory) List(ctx context.Context) ([]Tenant, error) {
	rows, err := d.db.QueryContext(unloggedSystem(ctx, "directory"), selectTenants+" ORDER BY id")
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

// CheckTenant checks a new tenant. It fails with ErrInvalid for a slug that is not valid, for a name that is blank or has
// more than 200 characters, and for an external id that does not have 1 to 255 printable ASCII characters without spaces.
// An empty external id is valid.
func CheckTenant(t Tenant) error {
	if !ValidSlug(t.Slug) {
		return fmt.Errorf("%w: the slug %q must have 2 to 40 lower-case letters, digits and inner hyphens, and start with a letter",
			ErrInvalid, t.Slug)
	}
	if n := utf8.RuneCountInString(t.Name); strings.TrimSpace(t.Name) == "" || n > 200 || !utf8.ValidString(t.Name) {
		return fmt.Errorf("%w: the name must have 1 to 200 characters, and must not be blank", ErrInvalid)
	}
	if t.ExternalID == "" {
		return nil
	}
	return checkExternalID(t.ExternalID)
}

// checkExternalID fails with ErrInvalid for an external id that is not valid.
func checkExternalID(s string) error {
	if externalIDPattern.MatchString(s) {
		return nil
	}
	return fmt.Errorf("%w: the external id %.300q must have 1 to 255 printable ASCII characters, without spaces", ErrInvalid, s)
}

// Create adds a tenant with the slug, the name and the external id of t, and returns it. The default external id is the
// slug. Create fails as CheckTenant does, and with ErrTaken if another tenant has the slug or the external id.
func (d *Directory) Create(ctx context.Context, t Tenant) (Tenant, error) {
	if err := CheckTenant(t); err != nil {
		return Tenant{}, err
	}
	if t.ExternalID == "" {
		t.ExternalID = t.Slug
	}
	t.CreatedAt = currentTime()
	result, err := d.db.ExecContext(unloggedSystem(ctx, "directory"),
		"INSERT INTO tenants (slug, name, created_at, external_id) VALUES (?, ?, ?, ?)", t.Slug, t.Name, t.CreatedAt, t.ExternalID)
	if isDuplicate(err) {
		return Tenant{}, d.explainTaken(ctx, t)
	}
	if err != nil {
		return Tenant{}, fmt.Errorf("create the tenant %s: %w", t.Slug, err)
	}
	id, err := result.LastInsertId()
	t.ID = ID(id)
	return t, err
}

// SetExternalID changes the external id of the tenant with a slug, and returns the tenant. Servers can use the previous
// external id for CacheTime. SetExternalID fails with ErrUnavailable if there is no such tenant, with ErrInvalid if the
// external id is not valid, and with ErrTaken if another tenant has it.
func (d *Directory) SetExternalID(ctx context.Context, slug, externalID string) (Tenant, error) {
	if err := checkExternalID(externalID); err != nil {
		return Tenant{}, err
	}
	ctx = unloggedSystem(ctx, "directory")
	_, err := d.db.ExecContext(ctx, "UPDATE tenants SET external_id = ? WHERE slug = ?", externalID, slug)
	if isDuplicate(err) {
		return Tenant{}, d.explainTaken(ctx, Tenant{Slug: slug, ExternalID: externalID})
	}
	if err != nil {
		return Tenant{}, fmt.Errorf("change the tenant %s: %w", slug, err)
	}
	return d.readThrough(ctx, cachedTenant{}, false, selectTenants+" WHERE slug = ?", slug)
}

// ErrTaken means that another tenant has the slug or the external id.
var ErrTaken = errors.New("taken by another tenant")

// explainTaken returns an ErrTaken with the slug or the external id of t that another tenant has.
func (d *Directory) explainTaken(ctx context.Context, t Tenant) error {
	other, err := d.readThrough(ctx, cachedTenant{}, false, selectTenants+" WHERE external_id = ?", t.ExternalID)
	if err == nil && other.Slug != t.Slug {
		return fmt.Errorf("the external id %s is %w, %s", t.ExternalID, ErrTaken, other.Slug)
	}
	return fmt.Errorf("the slug %s is %w", t.Slug, ErrTaken)
}

// scanTenant reads a tenant from a row.
func scanTenant(row interface{ Scan(...any) error }) (t Tenant, err error) {
	err = row.Scan(&t.ID, &t.Slug, &t.Name, &t.CreatedAt, &t.ExternalID)
	return t, err
}
