package servertest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rowhouse/model/relay"
)

func (s *Store) createTag(ctx context.Context, input CreateTagInput) (*Tag, error) {
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if slices.ContainsFunc(l.tags, func(t *Tag) bool { return t.Name == input.Name }) {
		return nil, &relay.ConflictError{Message: "there is a tag with this name"}
	}
	return s.addTag(l, input.Name, input.Color), nil
}

func (s *Store) createReader(ctx context.Context, input CreateReaderInput) (*Reader, error) {
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return s.addReader(l, input.Name, input.Role), nil
}

func (s *Store) createShelf(ctx context.Context, input CreateShelfInput) (*Shelf, error) {
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	shelf := s.addShelf(l, input.Key, input.Name)
	unlock()
	s.publishEvent(newTopic(ctx, ""), shelf.ID)
	return shelf, nil
}

func (s *Store) createBook(ctx context.Context, input CreateBookInput) (*Book, error) {
	if err := checkBook(input); err != nil {
		return nil, err
	}
	shelf, err := findNode[*Shelf](ctx, s, "Shelf", input.ShelfID)
	if err != nil {
		return nil, err
	}
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	b := &Book{
		Key: fmt.Sprintf("%s-%d", shelf.Key, s.made), Title: input.Title, Summary: input.Summary.Value(), Genre: input.Genre,
		Pages: input.Pages, Rating: input.Rating.Value(), PublishedAt: input.PublishedAt.Value(), shelf: shelf,
	}
	for _, tag := range input.Tags.Value() {
		b.tags = append(b.tags, s.addTag(l, tag.Name, tag.Color))
	}
	s.addBook(l, b)
	unlock()
	s.publishEvent(newTopic(ctx, shelf.ID), b.ID)
	return b, nil
}

// checkBook reports all validation errors of an input.
func checkBook(input CreateBookInput) error {
	var errs []relay.FieldError
	if input.Title == "" {
		errs = append(errs, relay.FieldError{Path: relay.Path{"title"}, Message: "must not be empty"})
	}
	for i, tag := range input.Tags.Value() {
		if tag.Name == "" {
			errs = append(errs, relay.FieldError{Path: relay.Path{"tags", i, "name"}, Message: "must not be empty"})
		}
	}
	if len(errs) > 0 {
		return &relay.InvalidError{Errors: errs}
	}
	return nil
}

func (s *Store) updateBook(ctx context.Context, input UpdateBookInput) (*Book, error) {
	found, err := findNode[*Book](ctx, s, "Book", input.ID)
	if err != nil {
		return nil, err
	}
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	b := *found // other requests read the old one
	if title := input.Title.Value(); title != nil {
		b.Title = *title
	}
	if input.Summary.IsSet() {
		b.Summary = input.Summary.Value()
	}
	l.books[slices.Index(l.books, found)], l.nodes[b.ID] = &b, &b
	unlock()
	s.publishEvent(newTopic(ctx, b.shelf.ID), b.ID)
	return &b, nil
}

// booksOf returns the books of a shelf.
func (l *library) booksOf(shelf *Shelf) []*Book {
	return slices.DeleteFunc(slices.Clone(l.books), func(b *Book) bool { return b.shelf != shelf })
}

func (s *Store) genreCounts(ctx context.Context, shelf *Shelf) ([]*GenreCount, error) {
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	counts := []*GenreCount{}
	for _, genre := range AllGenre {
		n := len(slices.DeleteFunc(l.booksOf(shelf), func(b *Book) bool { return b.Genre != genre }))
		if n > 0 {
			counts = append(counts, &GenreCount{Genre: genre, Count: n})
		}
	}
	return counts, nil
}

func (s *Store) searchText(ctx context.Context, text string) ([]SearchResult, error) {
	l, unlock, err := s.lockLibrary(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	found := []SearchResult{}
	for _, b := range l.books {
		if strings.Contains(b.Title, text) {
			found = append(found, b)
		}
	}
	for _, r := range l.readers {
		if strings.Contains(r.Name, text) {
			found = append(found, r)
		}
	}
	return found, nil
}
