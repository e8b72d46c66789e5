package servertest

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Acme and Globex are the tenants.
var (
	Acme   = tenancy.Tenant{ID: 1, Slug: "acme", Name: "Acme Ltd"}
	Globex = tenancy.Tenant{ID: 2, Slug: "globex", Name: "Globex Corp"}
)

// Store holds the data of all tenants.
type Store struct {
	mu        sync.Mutex
	made      int // objects of all tenants: no two have the same id
	libraries map[tenancy.ID]*library
	held      map[string]chan struct{}
	failing   map[string]error
	lists     atomic.Int64
	subscribers
}

// library holds the data of a tenant.
type library struct {
	shelves []*Shelf
	books   []*Book
	tags    []*Tag
	readers []*Reader
	nodes   map[GlobalID]Node
}

// newStore returns a store without objects.
func newStore() *Store {
	return &Store{libraries: map[tenancy.ID]*library{}, held: map[string]chan struct{}{}, failing: map[string]error{}}
}

// lockLibrary returns the library of the tenant in ctx, locked until unlock is called.
func (s *Store) lockLibrary(ctx context.Context) (l *library, unlock func(), err error) {
	tenant, err := tenancy.FromContext(ctx)
	if err != nil {
		return nil, nil, err
	}
	l, unlock = s.lockLibraryOf(tenant)
	return l, unlock, nil
}

// lockLibraryOf returns the library of a tenant, locked until unlock is called.
func (s *Store) lockLibraryOf(tenant tenancy.Tenant) (l *library, unlock func()) {
	s.mu.Lock()
	if l = s.libraries[tenant.ID]; l == nil {
		l = &library{nodes: map[GlobalID]Node{}}
		s.libraries[tenant.ID] = l
	}
	return l, s.mu.Unlock
}

// newID returns a global id. The caller holds the lock.
func (s *Store) newID(object string) GlobalID {
	s.made++
	return newID(object, s.made)
}

// findNode returns an object of the tenant. It fails with *relay.NotFoundError for an object of
// another tenant or type.
func findNode[T Node](ctx context.Context, s *Store, object string, id GlobalID) (found T, err error) {
	if err := checkID(id); err != nil {
		return found, err
	}
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return found, err
	}
	defer unlock()
	found, ok := l.nodes[id].(T)
	if !ok {
		return found, &relay.NotFoundError{Type: object}
	}
	return found, nil
}

// Hold blocks the resolvers of a field until release is called, or their context ends. The fields
// are tags, reviews, books, shelves and readers, and event for the shelf of an event.
func (s *Store) Hold(field string) (release func()) {
	held := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[field] = held
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.held, field)
		close(held)
	})
}

// Lists returns how many connections were resolved, by all requests.
func (s *Store) Lists() int { return int(s.lists.Load()) }

// Fail makes the resolvers of a field fail. The fields are those of Hold.
func (s *Store) Fail(field string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing[field] = err
}

// waitForRelease blocks while a test holds a field. It fails if ctx ends, or a test has called Fail.
func (s *Store) waitForRelease(ctx context.Context, field string) error {
	s.mu.Lock()
	held, err := s.held[field], s.failing[field]
	s.mu.Unlock()
	if held == nil {
		return cmp.Or(err, ctx.Err())
	}
	select {
	case <-held:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Fill gives a tenant three readers and tags, and ten shelves of eleven books, each with two tags
// and four reviews. It returns the id of the last book. The strings contain the tenant's slug.
func (s *Store) Fill(tenant tenancy.Tenant) GlobalID {
	l, unlock := s.lockLibraryOf(tenant)
	defer unlock()
	for i := range 3 {
		s.addReader(l, fmt.Sprint(tenant.Slug, i), ReaderRoleMember)
		s.addTag(l, fmt.Sprint(tenant.Slug, i), "#123456")
	}
	var last *Book
	for i := range 10 {
		shelf := s.addShelf(l, "P"+string(rune('A'+i)), tenant.Slug)
		for j := range 11 {
			last = &Book{
				Key:      fmt.Sprintf("%s-%d", shelf.Key, j+1),
				Title:    tenant.Slug,
				Genre:    GenreNovel,
				Pages:    j + 1,
				shelf:    shelf,
				borrower: l.readers[j%3],
				tags:     []*Tag{l.tags[(j+1)%3], l.tags[(j+2)%3]},
			}
			s.addBook(l, last)
			for k := range 4 {
				s.addReview(l, last, l.readers[k%3], tenant.Slug)
			}
		}
	}
	return last.ID
}

// AddBook adds a book with a summary to a tenant's shelf.
func (s *Store) AddBook(tenant tenancy.Tenant, shelf *Shelf, title, summary string) *Book {
	l, unlock := s.lockLibraryOf(tenant)
	defer unlock()
	b := &Book{Key: fmt.Sprintf("%s-%d", shelf.Key, s.made), Title: title, Summary: &summary, Genre: GenreNovel, Pages: 1, shelf: shelf}
	s.addBook(l, b)
	return b
}

// AddBooks adds a shelf with n books that have the same summary.
func (s *Store) AddBooks(tenant tenancy.Tenant, n int, summary string) *Shelf {
	shelf := s.AddShelf(tenant, "WEB", "web")
	for range n {
		s.AddBook(tenant, shelf, "x", summary)
	}
	return shelf
}

// AddShelf adds a shelf to a tenant.
func (s *Store) AddShelf(tenant tenancy.Tenant, key, name string) *Shelf {
	l, unlock := s.lockLibraryOf(tenant)
	defer unlock()
	return s.addShelf(l, key, name)
}

func (s *Store) addReader(l *library, name string, role ReaderRole) *Reader {
	r := &Reader{s.newID("Reader"), name, role}
	l.readers, l.nodes[r.ID] = append(l.readers, r), r
	return r
}

func (s *Store) addTag(l *library, name, color string) *Tag {
	t := &Tag{s.newID("Tag"), name, color}
	l.tags, l.nodes[t.ID] = append(l.tags, t), t
	return t
}

func (s *Store) addShelf(l *library, key, name string) *Shelf {
	shelf := &Shelf{s.newID("Shelf"), key, name}
	l.shelves, l.nodes[shelf.ID] = append(l.shelves, shelf), shelf
	return shelf
}

func (s *Store) addBook(l *library, b *Book) {
	b.ID = s.newID("Book")
	l.books, l.nodes[b.ID] = append(l.books, b), b
}

func (s *Store) addReview(l *library, b *Book, reader *Reader, body string) {
	r := &Review{s.newID("Review"), body, reader, b}
	b.reviews, l.nodes[r.ID] = append(b.reviews, r), r
}
