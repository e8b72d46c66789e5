// Code generated from schema.graphqls. DO NOT EDIT.
// checksum: e72366ef8bf0

package servertest

import (
	"context"
	"github.com/99designs/gqlgen/graphql"
	"rowhouse/graph/exec"
	"rowhouse/graph/servertest/model"
	"rowhouse/graph/transport"
	"rowhouse/model/relay"
)

func (r *bookResolver) Borrower(ctx context.Context, obj *model.Book) (*model.Reader, error) {
	return model.BookBorrower.Load(ctx, r.db, obj)
}

func (r *bookResolver) Shelf(ctx context.Context, obj *model.Book) (*model.Shelf, error) {
	return model.BookShelf.Load(ctx, r.db, obj)
}

func (r *bookResolver) Previous(ctx context.Context, obj *model.Book) (*model.Book, error) {
	return model.BookPrevious.Load(ctx, r.db, obj)
}

func (r *bookResolver) Tags(ctx context.Context, obj *model.Book, first *int, after *string, last *int, before *string, where *model.TagFilter, orderBy *model.TagOrder) (*relay.Connection[model.Tag], error) {
	return model.BookTags.Page(ctx, r.db, obj, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *bookResolver) Reviews(ctx context.Context, obj *model.Book, first *int, after *string, last *int, before *string, where *model.ReviewFilter, orderBy *model.ReviewOrder) (*relay.Connection[model.Review], error) {
	return model.BookReviews.Page(ctx, r.db, obj, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *bookCountResolver) Borrower(ctx context.Context, obj *model.BookCount) (*model.Reader, error) {
	return model.BookCountBorrower(ctx, r.db, obj)
}

func (r *bookEventResolver) Shelf(ctx context.Context, obj *model.BookEvent) (*model.Shelf, error) {
	return orNull(model.Shelves.ByID(ctx, r.db, obj.ShelfID, exec.SelectionOf(ctx)))
}

func (r *cardResolver) Reader(ctx context.Context, obj *model.Card) (*model.Reader, error) {
	return model.CardReader.Load(ctx, r.db, obj)
}

func (r *deleteBookPayloadResolver) Shelf(ctx context.Context, obj *model.DeleteBookPayload) (*model.Shelf, error) {
	return orNull(model.Shelves.ByID(ctx, r.db, obj.ShelfID, exec.SelectionOf(ctx)))
}

func (r *deleteCardPayloadResolver) Reader(ctx context.Context, obj *model.DeleteCardPayload) (*model.Reader, error) {
	return orNull(model.Readers.ByID(ctx, r.db, obj.ReaderID, exec.SelectionOf(ctx)))
}

func (r *deleteTaggingPayloadResolver) Book(ctx context.Context, obj *model.DeleteTaggingPayload) (*model.Book, error) {
	return orNull(model.Books.ByID(ctx, r.db, obj.BookID, exec.SelectionOf(ctx)))
}

func (r *deleteTaggingPayloadResolver) Tag(ctx context.Context, obj *model.DeleteTaggingPayload) (*model.Tag, error) {
	return orNull(model.Tags.ByID(ctx, r.db, obj.TagID, exec.SelectionOf(ctx)))
}

func (r *mutationResolver) CreateReader(ctx context.Context, input model.CreateReaderInput) (*model.CreateReaderPayload, error) {
	row, err := model.CreateReader(ctx, r.db, input)
	return &model.CreateReaderPayload{Reader: row}, err
}

func (r *mutationResolver) UpdateReader(ctx context.Context, input model.UpdateReaderInput) (*model.UpdateReaderPayload, error) {
	row, err := model.UpdateReader(ctx, r.db, input)
	return &model.UpdateReaderPayload{Reader: row}, err
}

func (r *mutationResolver) DeleteReader(ctx context.Context, input model.DeleteReaderInput) (*model.DeleteReaderPayload, error) {
	return model.DeleteReader(ctx, r.db, input.ID)
}

func (r *mutationResolver) AddReaderFriend(ctx context.Context, input model.AddReaderFriendInput) (*model.AddReaderFriendPayload, error) {
	row, err := model.AddReaderFriend(ctx, r.db, input)
	return &model.AddReaderFriendPayload{Reader: row}, err
}

func (r *mutationResolver) RemoveReaderFriend(ctx context.Context, input model.RemoveReaderFriendInput) (*model.RemoveReaderFriendPayload, error) {
	row, err := model.RemoveReaderFriend(ctx, r.db, input)
	return &model.RemoveReaderFriendPayload{Reader: row}, err
}

func (r *mutationResolver) CreateCard(ctx context.Context, input model.CreateCardInput) (*model.CreateCardPayload, error) {
	row, err := model.CreateCard(ctx, r.db, input)
	return &model.CreateCardPayload{Card: row}, err
}

func (r *mutationResolver) DeleteCard(ctx context.Context, input model.DeleteCardInput) (*model.DeleteCardPayload, error) {
	return model.DeleteCard(ctx, r.db, input.ID)
}

func (r *mutationResolver) CreateShelf(ctx context.Context, input model.CreateShelfInput) (*model.CreateShelfPayload, error) {
	row, err := model.CreateShelf(ctx, r.db, input)
	return &model.CreateShelfPayload{Shelf: row}, err
}

func (r *mutationResolver) UpdateShelf(ctx context.Context, input model.UpdateShelfInput) (*model.UpdateShelfPayload, error) {
	row, err := model.UpdateShelf(ctx, r.db, input)
	return &model.UpdateShelfPayload{Shelf: row}, err
}

func (r *mutationResolver) DeleteShelf(ctx context.Context, input model.DeleteShelfInput) (*model.DeleteShelfPayload, error) {
	return model.DeleteShelf(ctx, r.db, input.ID)
}

func (r *mutationResolver) CreateBook(ctx context.Context, input model.CreateBookInput) (*model.CreateBookPayload, error) {
	row, err := model.CreateBook(ctx, r.db, input)
	return &model.CreateBookPayload{Book: row}, err
}

func (r *mutationResolver) CreateBooks(ctx context.Context, input model.CreateBooksInput) (*model.CreateBooksPayload, error) {
	rows, err := model.CreateBooks(ctx, r.db, input)
	return &model.CreateBooksPayload{Books: rows}, err
}

func (r *mutationResolver) UpdateBook(ctx context.Context, input model.UpdateBookInput) (*model.UpdateBookPayload, error) {
	row, err := model.UpdateBook(ctx, r.db, input)
	return &model.UpdateBookPayload{Book: row}, err
}

func (r *mutationResolver) UpdateBooks(ctx context.Context, input model.UpdateBooksInput) (*model.UpdateBooksPayload, error) {
	rows, err := model.UpdateBooks(ctx, r.db, input)
	return &model.UpdateBooksPayload{Books: rows}, err
}

func (r *mutationResolver) DeleteBook(ctx context.Context, input model.DeleteBookInput) (*model.DeleteBookPayload, error) {
	return model.DeleteBook(ctx, r.db, input.ID)
}

func (r *mutationResolver) DeleteBooks(ctx context.Context, input model.DeleteBooksInput) (*model.DeleteBooksPayload, error) {
	ids, err := model.DeleteBooks(ctx, r.db, input)
	return &model.DeleteBooksPayload{DeletedIds: ids}, err
}

func (r *mutationResolver) RestoreBook(ctx context.Context, input model.RestoreBookInput) (*model.RestoreBookPayload, error) {
	row, err := model.RestoreBook(ctx, r.db, input.ID)
	return &model.RestoreBookPayload{Book: row}, err
}

func (r *mutationResolver) CreateTag(ctx context.Context, input model.CreateTagInput) (*model.CreateTagPayload, error) {
	row, err := model.CreateTag(ctx, r.db, input)
	return &model.CreateTagPayload{Tag: row}, err
}

func (r *mutationResolver) UpsertTag(ctx context.Context, input model.UpsertTagInput) (*model.UpsertTagPayload, error) {
	row, created, err := model.UpsertTag(ctx, r.db, input)
	return &model.UpsertTagPayload{Tag: row, Created: created}, err
}

func (r *mutationResolver) DeleteTag(ctx context.Context, input model.DeleteTagInput) (*model.DeleteTagPayload, error) {
	return model.DeleteTag(ctx, r.db, input.ID)
}

func (r *mutationResolver) CreateTagging(ctx context.Context, input model.CreateTaggingInput) (*model.CreateTaggingPayload, error) {
	row, err := model.CreateTagging(ctx, r.db, input)
	return &model.CreateTaggingPayload{Tagging: row}, err
}

func (r *mutationResolver) DeleteTagging(ctx context.Context, input model.DeleteTaggingInput) (*model.DeleteTaggingPayload, error) {
	return model.DeleteTagging(ctx, r.db, input.ID)
}

func (r *mutationResolver) CreateReview(ctx context.Context, input model.CreateReviewInput) (*model.CreateReviewPayload, error) {
	row, err := model.CreateReview(ctx, r.db, input)
	return &model.CreateReviewPayload{Review: row}, err
}

func (r *mutationResolver) UpdateReview(ctx context.Context, input model.UpdateReviewInput) (*model.UpdateReviewPayload, error) {
	row, err := model.UpdateReview(ctx, r.db, input)
	return &model.UpdateReviewPayload{Review: row}, err
}

func (r *queryResolver) Tenant(ctx context.Context) (*relay.Tenant, error) {
	return relay.CurrentTenant(ctx)
}

func (r *queryResolver) Node(ctx context.Context, id relay.GlobalID) (relay.Node, error) {
	return orNull(model.Types.NodeByID(ctx, r.db, id))
}

func (r *queryResolver) Nodes(ctx context.Context, ids []relay.GlobalID) ([]relay.Node, error) {
	return model.Types.NodesByID(ctx, r.db, ids)
}

func (r *queryResolver) Reader(ctx context.Context, id relay.GlobalID) (*model.Reader, error) {
	return orNull(model.Readers.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Readers(ctx context.Context, first *int, after *string, last *int, before *string, where *model.ReaderFilter, orderBy *model.ReaderOrder) (*relay.Connection[model.Reader], error) {
	return model.Readers.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Card(ctx context.Context, id relay.GlobalID) (*model.Card, error) {
	return orNull(model.LibraryCards.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) LibraryCards(ctx context.Context, first *int, after *string, last *int, before *string, where *model.CardFilter, orderBy *model.CardOrder) (*relay.Connection[model.Card], error) {
	return model.LibraryCards.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Shelf(ctx context.Context, id relay.GlobalID) (*model.Shelf, error) {
	return orNull(model.Shelves.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Shelves(ctx context.Context, first *int, after *string, last *int, before *string, where *model.ShelfFilter, orderBy *model.ShelfOrder) (*relay.Connection[model.Shelf], error) {
	return model.Shelves.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Book(ctx context.Context, id relay.GlobalID) (*model.Book, error) {
	return orNull(model.Books.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Books(ctx context.Context, first *int, after *string, last *int, before *string, where *model.BookFilter, orderBy *model.BookOrder, includeDeleted bool) (*relay.Connection[model.Book], error) {
	page := r.page(ctx, first, after, last, before)
	page.IncludeDeleted = includeDeleted
	return model.Books.Page(ctx, r.db, page, where, orderBy)
}

func (r *queryResolver) Tag(ctx context.Context, id relay.GlobalID) (*model.Tag, error) {
	return orNull(model.Tags.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Tags(ctx context.Context, first *int, after *string, last *int, before *string, where *model.TagFilter, orderBy *model.TagOrder) (*relay.Connection[model.Tag], error) {
	return model.Tags.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Tagging(ctx context.Context, id relay.GlobalID) (*model.Tagging, error) {
	return orNull(model.Taggings.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Taggings(ctx context.Context, first *int, after *string, last *int, before *string, where *model.TaggingFilter, orderBy *model.TaggingOrder) (*relay.Connection[model.Tagging], error) {
	return model.Taggings.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *queryResolver) Review(ctx context.Context, id relay.GlobalID) (*model.Review, error) {
	return orNull(model.Reviews.ByID(ctx, r.db, id, exec.SelectionOf(ctx)))
}

func (r *queryResolver) Reviews(ctx context.Context, first *int, after *string, last *int, before *string, where *model.ReviewFilter, orderBy *model.ReviewOrder) (*relay.Connection[model.Review], error) {
	return model.Reviews.Page(ctx, r.db, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *readerResolver) Card(ctx context.Context, obj *model.Reader) (*model.Card, error) {
	return model.ReaderCard.Load(ctx, r.db, obj)
}

func (r *readerResolver) Books(ctx context.Context, obj *model.Reader, first *int, after *string, last *int, before *string, where *model.BookFilter, orderBy *model.BookOrder, includeDeleted bool) (*relay.Connection[model.Book], error) {
	page := r.page(ctx, first, after, last, before)
	page.IncludeDeleted = includeDeleted
	return model.ReaderBooks.Page(ctx, r.db, obj, page, where, orderBy)
}

func (r *readerResolver) Reviews(ctx context.Context, obj *model.Reader, first *int, after *string, last *int, before *string, where *model.ReviewFilter, orderBy *model.ReviewOrder) (*relay.Connection[model.Review], error) {
	return model.ReaderReviews.Page(ctx, r.db, obj, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *readerResolver) Friends(ctx context.Context, obj *model.Reader, first *int, after *string, last *int, before *string, where *model.ReaderFilter, orderBy *model.ReaderOrder) (*relay.Connection[model.Reader], error) {
	return model.ReaderFriends.Page(ctx, r.db, obj, r.page(ctx, first, after, last, before), where, orderBy)
}

func (r *reviewResolver) Reader(ctx context.Context, obj *model.Review) (*model.Reader, error) {
	return model.ReviewReader.Load(ctx, r.db, obj)
}

func (r *reviewResolver) Book(ctx context.Context, obj *model.Review) (*model.Book, error) {
	return model.ReviewBook.Load(ctx, r.db, obj)
}

func (r *shelfResolver) Below(ctx context.Context, obj *model.Shelf) (*model.Shelf, error) {
	return model.ShelfBelow.Load(ctx, r.db, obj)
}

func (r *shelfResolver) Books(ctx context.Context, obj *model.Shelf, first *int, after *string, last *int, before *string, where *model.BookFilter, orderBy *model.BookOrder, includeDeleted bool) (*relay.Connection[model.Book], error) {
	page := r.page(ctx, first, after, last, before)
	page.IncludeDeleted = includeDeleted
	return model.ShelfBooks.Page(ctx, r.db, obj, page, where, orderBy)
}

func (r *shelfResolver) BookCounts(ctx context.Context, obj *model.Shelf, by model.BookGrouping) ([]*model.BookCount, error) {
	return model.ShelfBookCounts.Load(ctx, r.db, obj, by, graphql.CollectAllFields(ctx)...)
}

func (r *subscriptionResolver) ShelfChanged(ctx context.Context) (<-chan *model.ShelfEvent, error) {
	return model.ShelfEvents(ctx, r.db)
}

func (r *subscriptionResolver) BookChanged(ctx context.Context, shelfID relay.GlobalID) (<-chan *model.BookEvent, error) {
	return model.BookEvents(ctx, r.db, shelfID, transport.CompleteFunc(ctx))
}

func (r *subscriptionResolver) TagAdded(ctx context.Context) (<-chan *model.TagEvent, error) {
	return model.TagEvents(ctx, r.db)
}

func (r *tagResolver) Books(ctx context.Context, obj *model.Tag, first *int, after *string, last *int, before *string, where *model.BookFilter, orderBy *model.BookOrder, includeDeleted bool) (*relay.Connection[model.Book], error) {
	page := r.page(ctx, first, after, last, before)
	page.IncludeDeleted = includeDeleted
	return model.TagBooks.Page(ctx, r.db, obj, page, where, orderBy)
}

func (r *taggingResolver) Book(ctx context.Context, obj *model.Tagging) (*model.Book, error) {
	return model.TaggingBook.Load(ctx, r.db, obj)
}

func (r *taggingResolver) Tag(ctx context.Context, obj *model.Tagging) (*model.Tag, error) {
	return model.TaggingTag.Load(ctx, r.db, obj)
}

func (r *Resolver) Book() BookResolver { return &bookResolver{r} }

func (r *Resolver) BookCount() BookCountResolver { return &bookCountResolver{r} }

func (r *Resolver) BookEvent() BookEventResolver { return &bookEventResolver{r} }

func (r *Resolver) Card() CardResolver { return &cardResolver{r} }

func (r *Resolver) DeleteBookPayload() DeleteBookPayloadResolver {
	return &deleteBookPayloadResolver{r}
}

func (r *Resolver) DeleteCardPayload() DeleteCardPayloadResolver {
	return &deleteCardPayloadResolver{r}
}

func (r *Resolver) DeleteTaggingPayload() DeleteTaggingPayloadResolver {
	return &deleteTaggingPayloadResolver{r}
}

func (r *Resolver) Mutation() MutationResolver { return &mutationResolver{r} }

func (r *Resolver) Query() QueryResolver { return &queryResolver{r} }

func (r *Resolver) Reader() ReaderResolver { return &readerResolver{r} }

func (r *Resolver) Review() ReviewResolver { return &reviewResolver{r} }

func (r *Resolver) Shelf() ShelfResolver { return &shelfResolver{r} }

func (r *Resolver) Subscription() SubscriptionResolver { return &subscriptionResolver{r} }

func (r *Resolver) Tag() TagResolver { return &tagResolver{r} }

func (r *Resolver) Tagging() TaggingResolver { return &taggingResolver{r} }

type (
	bookResolver                 struct{ *Resolver }
	bookCountResolver            struct{ *Resolver }
	bookEventResolver            struct{ *Resolver }
	cardResolver                 struct{ *Resolver }
	deleteBookPayloadResolver    struct{ *Resolver }
	deleteCardPayloadResolver    struct{ *Resolver }
	deleteTaggingPayloadResolver struct{ *Resolver }
	mutationResolver             struct{ *Resolver }
	queryResolver                struct{ *Resolver }
	readerResolver               struct{ *Resolver }
	reviewResolver               struct{ *Resolver }
	shelfResolver                struct{ *Resolver }
	subscriptionResolver         struct{ *Resolver }
	tagResolver                  struct{ *Resolver }
	taggingResolver              struct{ *Resolver }
)
