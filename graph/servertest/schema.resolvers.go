package servertest

import (
	"context"
	"errors"
	"fmt"
	"rowhouse/graph/servertest/model"
	"slices"
	"strings"
)

func (r *bookResolver) Probe(ctx context.Context, obj *model.Book) (*model.Probe, error) {
	return &model.Probe{}, nil
}

func (r *bookResolver) Label(ctx context.Context, obj *model.Book, end *string) (string, error) {
	switch obj.Pages {
	case 2:
		return "", errors.New("secret: hunter2")
	case 300:
		panic("secret: hunter2")
	}
	return fmt.Sprint(obj.Title, " ", obj.Pages, *end), nil
}

func (r *bookResolver) Related(ctx context.Context, obj *model.Book) ([]*model.Book, error) {
	if obj.Rating == nil {
		return nil, nil
	}
	previous, err := model.BookPrevious.Load(ctx, r.db, obj)
	return []*model.Book{obj, previous}, err
}

func (r *probeResolver) Error(ctx context.Context, obj *model.Probe) (*string, error) {
	return nil, r.control.probeError()
}

func (r *probeResolver) Panic(ctx context.Context, obj *model.Probe) (*string, error) {
	panic("secret: hunter2")
}

func (r *probeResolver) Null(ctx context.Context, obj *model.Probe) (string, error) {
	return "", errors.New("secret: hunter2")
}

func (r *probeResolver) Text(ctx context.Context, obj *model.Probe, bytes int) (string, error) {
	return strings.Repeat("x", bytes), nil
}

func (r *probeResolver) List(ctx context.Context, obj *model.Probe, length int) ([]*model.Probe, error) {
	return slices.Repeat([]*model.Probe{{}}, length), nil
}

func (r *probeResolver) Strings(ctx context.Context, obj *model.Probe, length int) ([]string, error) {
	return slices.Repeat([]string{"x"}, length), nil
}

func (r *probeResolver) Bytes(ctx context.Context, obj *model.Probe) (string, error) {
	return "\xff\x00\x7f<>&\u2028", nil
}

func (r *probeResolver) Genre(ctx context.Context, obj *model.Probe) (*model.Genre, error) {
	return new(model.Genre("WESTERN")), nil
}

func (r *probeResolver) Nulls(ctx context.Context, obj *model.Probe) ([]*model.Probe, error) {
	return []*model.Probe{{}, nil}, nil
}

func (r *probeResolver) Echo(ctx context.Context, obj *model.Probe, strings []*string) ([]*string, error) {
	return strings, nil
}

func (r *probeResolver) Shelf(ctx context.Context, obj *model.Probe, key *string) (*model.Shelf, error) {
	var shelf *model.Shelf
	if key != nil {
		shelf = &model.Shelf{Key: *key}
	}
	return shelf, nil
}

func (r *queryResolver) Longest(ctx context.Context) (*model.Book, error) {
	return model.LongestBook(ctx, r.db, r.page(ctx, nil, nil, nil, nil))
}

func (r *queryResolver) Search(ctx context.Context, text string) ([]model.SearchResult, error) {
	return model.Search(ctx, r.db, text)
}

func (r *queryResolver) Probe(ctx context.Context) (*model.Probe, error) {
	return &model.Probe{}, nil
}

func (r *Resolver) Probe() ProbeResolver { return &probeResolver{r} }

type probeResolver struct{ *Resolver }
