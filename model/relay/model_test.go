package relay_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// The models of these tests: shelves, which can stand on another shelf, with books, which have
// notes with replies, and tags. Tags can be deleted softly.
type (
	Shelf struct {
		relay.Row[Shelf]
		Code     string `gorm:"charset:ascii"` // unique
		Name     string
		Remark   *string
		Wood     Wood  `gorm:"charset:ascii"`
		Stain    *Wood `gorm:"charset:ascii"` // the wood of its color
		Height   Height
		Width    int
		EmptyAt  *time.Time
		ParentID *relay.ID
	}
	Book struct {
		relay.Row[Book]
		ShelfID   relay.ID
		Title     string
		CreatedAt time.Time
	}
	Note struct {
		relay.Row[Note]
		BookID relay.ID
		Body   string
	}
	Reply struct {
		relay.Row[Reply]
		NoteID relay.ID
	}
	Tag struct {
		relay.Row[Tag]
		Name      string
		DeletedAt gorm.DeletedAt
	}
	ShelfTag struct {
		TenantID tenancy.ID
		ShelfID  relay.ID `gorm:"primaryKey"`
		TagID    relay.ID `gorm:"primaryKey"`
		Shelf    *Shelf
		Tag      *Tag
	}
	Country struct {
		Code string `gorm:"primaryKey"`
	}
)

// Wood is an enum stored by name, and Height one stored by rank.
type (
	Wood   string
	Height string
)

var (
	allWood   = []Wood{"OAK", "BEECH", "ASH"}
	allHeight = []Height{"LOW", "MEDIUM", "TALL"}
)

var heights = relay.RankedEnumOf(allHeight, 0, 1, 2)

func (h Height) Value() (driver.Value, error) { return heights.RankOf(string(h)) }
func (h *Height) Scan(src any) error          { return relay.ScanRank(heights, h, src) }

// Order is a value of any enum for an order.
type Order string

func (o Order) String() string { return string(o) }

var shelfOrders = []Order{
	"CREATED_AT_ASC", "CREATED_AT_DESC", "CODE_ASC", "CODE_DESC", "NAME_ASC", "NAME_DESC", "WOOD_ASC", "WOOD_DESC",
	"HEIGHT_ASC", "HEIGHT_DESC", "WIDTH_ASC", "WIDTH_DESC", "REMARK_ASC", "REMARK_DESC",
	"EMPTY_AT_ASC", "EMPTY_AT_DESC", "EMPTY_AT_ASC_NULLS_LAST", "EMPTY_AT_DESC_NULLS_FIRST",
	"STAIN_ASC", "STAIN_DESC", "STAIN_ASC_NULLS_LAST", "STAIN_DESC_NULLS_FIRST",
}

type (
	ShelfFilter struct {
		And      graphql.Omittable[[]*ShelfFilter]        `json:"and"`
		Or       graphql.Omittable[[]*ShelfFilter]        `json:"or"`
		Not      graphql.Omittable[*ShelfFilter]          `json:"not"`
		ID       graphql.Omittable[*relay.IDFilter]       `json:"id"`
		Code     graphql.Omittable[*relay.StringFilter]   `json:"code"`
		Name     graphql.Omittable[*relay.StringFilter]   `json:"name"`
		Remark   graphql.Omittable[*relay.StringFilter]   `json:"remark"`
		Wood     graphql.Omittable[*WoodFilter]           `json:"wood"`
		Height   *HeightFilter                            `json:"height"` // without Omittable
		Width    graphql.Omittable[*relay.IntFilter]      `json:"width"`
		EmptyAt  graphql.Omittable[*relay.DateTimeFilter] `json:"emptyAt"`
		ParentID graphql.Omittable[*relay.IDFilter]       `json:"parentId"`
		Parent   graphql.Omittable[*ShelfFilter]          `json:"parent"`
		Children graphql.Omittable[*ShelfListFilter]      `json:"children"`
		Books    graphql.Omittable[*BookListFilter]       `json:"books"`
		Tags     graphql.Omittable[*TagListFilter]        `json:"tags"`
	}
	ShelfListFilter struct {
		Some graphql.Omittable[*ShelfFilter] `json:"some"`
		None graphql.Omittable[*ShelfFilter] `json:"none"`
	}
	WoodFilter struct {
		Eq graphql.Omittable[*Wood]  `json:"eq"`
		In graphql.Omittable[[]Wood] `json:"in"`
	}
	HeightFilter struct {
		Gte *Height
	}
	BookFilter struct {
		ID      graphql.Omittable[*relay.IDFilter]     `json:"id"`
		Title   graphql.Omittable[*relay.StringFilter] `json:"title"`
		ShelfID graphql.Omittable[*relay.IDFilter]     `json:"shelfId"`
		Shelf   graphql.Omittable[*ShelfFilter]        `json:"shelf"`
	}
	BookListFilter struct {
		Some graphql.Omittable[*BookFilter] `json:"some"`
		None graphql.Omittable[*BookFilter] `json:"none"`
	}
	TagFilter struct {
		Name graphql.Omittable[*relay.StringFilter] `json:"name"`
	}
	TagListFilter struct {
		Some graphql.Omittable[*TagFilter] `json:"some"`
		None graphql.Omittable[*TagFilter] `json:"none"`
	}
	noFilter struct{}
)

var (
	shelves = relay.NewType[Shelf, ShelfFilter](shelfOrders, relay.Fields{
		{Name: "code", Unique: true, MaxLength: 20},
		{Name: "name", MaxLength: 100},
		{Name: "remark", MaxLength: 100, Multiline: true},
		{Name: "wood", Default: "OAK", Enum: relay.EnumOf(allWood)},
		{Name: "stain", Enum: relay.EnumOf(allWood)},
		{Name: "height", Enum: heights},
	})
	books   = relay.NewType[Book, BookFilter]([]Order{"TITLE_ASC", "CREATED_AT_DESC"})
	notes   = relay.NewType[Note, noFilter]([]Order{})
	replies = relay.NewType[Reply, noFilter]([]Order{})
	tags    = relay.NewType[Tag, TagFilter]([]Order{"NAME_ASC", "NAME_DESC"})

	shelfParent   = relay.NewBelongsTo(shelves, shelves, "parent", relay.Restrict)
	shelfChildren = relay.NewHasMany("children", shelfParent)
	bookShelf     = relay.NewBelongsTo(books, shelves, "shelf", relay.Cascade)
	shelfBooks    = relay.NewHasMany("books", bookShelf)
	noteBook      = relay.NewBelongsTo(notes, books, "book", relay.Cascade)
	replyNote     = relay.NewBelongsTo(replies, notes, "note", relay.Cascade)
	shelfTags     = relay.NewManyToMany[ShelfTag](shelves, tags, "tags", "shelf_id", "tag_id")
	tagShelves    = relay.NewManyToMany[ShelfTag](tags, shelves, "shelves", "tag_id", "shelf_id")

	shelfChanges = relay.NewTopic(shelves)
	bookChanges  = relay.NewTopicBy(bookShelf)
	newNotes     = relay.NewTopicBy(noteBook, relay.ChangeCreated)
	noteChanges  = relay.NewTopic(notes)
	replyChanges = relay.NewTopicBy(replyNote)

	types = relay.NewTypes(
		shelves, books, notes, replies, tags, readers, editions, magazines, issues, articles, imprints,
	).WithShared(&Country{})
)

// tables are the statements that create the tables of the models.
var tables = []string{
	tenancy.CreateDirectory,
	`CREATE TABLE shelves (tenant_id INT UNSIGNED, id BINARY(16), code VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
		name VARCHAR(100) NOT NULL, remark VARCHAR(100),
		wood VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, stain VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin,
		height TINYINT UNSIGNED NOT NULL, width INT NOT NULL, empty_at DATETIME(6), parent_id BINARY(16), PRIMARY KEY (tenant_id, id),
		UNIQUE KEY (tenant_id, code),
		FOREIGN KEY (tenant_id, parent_id) REFERENCES shelves (tenant_id, id))`,
	`CREATE TABLE books (tenant_id INT UNSIGNED, id BINARY(16), shelf_id BINARY(16) NOT NULL, title VARCHAR(100) NOT NULL,
		created_at DATETIME(6) NOT NULL, PRIMARY KEY (tenant_id, id),
		FOREIGN KEY (tenant_id, shelf_id) REFERENCES shelves (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE notes (tenant_id INT UNSIGNED, id BINARY(16), book_id BINARY(16) NOT NULL, body VARCHAR(100) NOT NULL,
		PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, book_id) REFERENCES books (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE replies (tenant_id INT UNSIGNED, id BINARY(16), note_id BINARY(16) NOT NULL, PRIMARY KEY (tenant_id, id),
		FOREIGN KEY (tenant_id, note_id) REFERENCES notes (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE tags (tenant_id INT UNSIGNED, id BINARY(16), name VARCHAR(100) NOT NULL, deleted_at DATETIME(6),
		PRIMARY KEY (tenant_id, id))`,
	`CREATE TABLE shelf_tags (tenant_id INT UNSIGNED, shelf_id BINARY(16), tag_id BINARY(16), PRIMARY KEY (tenant_id, shelf_id, tag_id),
		FOREIGN KEY (tenant_id, shelf_id) REFERENCES shelves (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, tag_id) REFERENCES tags (tenant_id, id) ON DELETE CASCADE)`,
	createReaders, createReaderBooks, createEditions,
	`CREATE TABLE countries (code VARCHAR(2) PRIMARY KEY)`,
}

var library = &tenancytest.Schema{Models: types.Models(), Shared: types.Shared(), Migrate: func(ctx context.Context, dsn string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, ddl := range slices.Concat(tables, magazineTables) {
		if _, execErr := db.ExecContext(ctx, ddl+charset(ddl)); execErr != nil {
			err = errors.Join(err, execErr)
		}
	}
	return err
}}

// charset returns the table options, unless a statement has its own.
func charset(ddl string) string {
	if ddl == tenancy.CreateDirectory {
		return ""
	}
	return " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"
}

// must stops a test at an unexpected error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
