package relay_test

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// The name of this file is before model_test.go, as that of library_reader_test.go.
type (
	// Magazine is a series of issues. It is deleted softly.
	Magazine struct {
		relay.Row[Magazine]
		relay.SoftDeletion
		Issn     string `gorm:"charset:ascii"`
		Title    string
		TitleKey []byte
		Topic    Wood `gorm:"charset:ascii"`
		Pages    *int
		ShelfID  *relay.ID
		RivalID  *relay.ID
		Version  int
	}
	// Issue is an issue of a magazine. Its hooks are those of issueHooks.
	Issue struct {
		relay.Row[Issue]
		MagazineID relay.ID
		Number     int
		ReaderID   *relay.ID
	}
	// Article is an article of an issue.
	Article struct {
		relay.Row[Article]
		relay.SoftDeletion
		IssueID  relay.ID
		CriticID *relay.ID
		Title    string
	}
	// Imprint is the publisher of one magazine.
	Imprint struct {
		relay.Row[Imprint]
		MagazineID relay.ID
		BestID     *relay.ID
		By         string
	}
	MagazineFilter struct {
		ID        graphql.Omittable[*relay.IDFilter]       `json:"id"`
		Title     graphql.Omittable[*relay.StringFilter]   `json:"title"`
		Pages     graphql.Omittable[*relay.IntFilter]      `json:"pages"`
		DeletedAt graphql.Omittable[*relay.DateTimeFilter] `json:"deletedAt"`
		Shelf     graphql.Omittable[*ShelfFilter]          `json:"shelf"`
		Issues    graphql.Omittable[*IssueListFilter]      `json:"issues"`
		And       graphql.Omittable[[]*MagazineFilter]     `json:"and"`
		Or        graphql.Omittable[[]*MagazineFilter]     `json:"or"`
		Not       graphql.Omittable[*MagazineFilter]       `json:"not"`
	}
	IssueFilter struct {
		Number     graphql.Omittable[*relay.IntFilter] `json:"number"`
		MagazineID graphql.Omittable[*relay.IDFilter]  `json:"magazineId"`
		Magazine   graphql.Omittable[*MagazineFilter]  `json:"magazine"`
	}
	IssueListFilter struct {
		Some graphql.Omittable[*IssueFilter] `json:"some"`
		None graphql.Omittable[*IssueFilter] `json:"none"`
	}
	CreateMagazineInput struct {
		Issn    string                                          `json:"issn"`
		Title   string                                          `json:"title"`
		Topic   graphql.Omittable[*Wood]                        `json:"topic"`
		Pages   graphql.Omittable[*int]                         `json:"pages"`
		ShelfID graphql.Omittable[*relay.GlobalID]              `json:"shelfId"`
		RivalID graphql.Omittable[*relay.GlobalID]              `json:"rivalId"`
		Issues  graphql.Omittable[[]*CreateMagazineIssueInput]  `json:"issues"`
		Imprint graphql.Omittable[*CreateMagazineImprintInput]  `json:"imprint"`
		Rivals  graphql.Omittable[[]*CreateMagazineRivalsInput] `json:"rivals"`
	}
	CreateMagazineIssueInput struct {
		Number   int                                           `json:"number"`
		ReaderID graphql.Omittable[*relay.GlobalID]            `json:"readerId"`
		Articles graphql.Omittable[[]*CreateIssueArticleInput] `json:"articles"`
	}
	CreateIssueArticleInput struct {
		Title string `json:"title"`
	}
	CreateMagazineImprintInput struct {
		By string `json:"by"`
	}
	// CreateMagazineRivalsInput is nested in itself.
	CreateMagazineRivalsInput struct {
		Issn   string                                          `json:"issn"`
		Title  string                                          `json:"title"`
		Rivals graphql.Omittable[[]*CreateMagazineRivalsInput] `json:"rivals"`
	}
	CreateMagazinesInput struct {
		Magazines []*CreateMagazineInput `json:"magazines"`
	}
	UpdateMagazineInput struct {
		ID      relay.GlobalID                     `json:"id"`
		Title   graphql.Omittable[*string]         `json:"title"`
		Pages   graphql.Omittable[*int]            `json:"pages"`
		RivalID graphql.Omittable[*relay.GlobalID] `json:"rivalId"`
	}
	UpdateMagazinesInput struct {
		Where   *MagazineFilter                    `json:"where"`
		Title   graphql.Omittable[*string]         `json:"title"`
		Topic   graphql.Omittable[*Wood]           `json:"topic"`
		Pages   graphql.Omittable[*int]            `json:"pages"`
		ShelfID graphql.Omittable[*relay.GlobalID] `json:"shelfId"`
	}
	MagazineUniqueKey   string
	UpsertMagazineInput struct {
		By      MagazineUniqueKey                  `json:"by"`
		Issn    string                             `json:"issn"`
		Title   string                             `json:"title"`
		Topic   graphql.Omittable[*Wood]           `json:"topic"`
		Pages   graphql.Omittable[*int]            `json:"pages"`
		ShelfID graphql.Omittable[*relay.GlobalID] `json:"shelfId"`
	}
	CreateIssueInput struct {
		MagazineID relay.GlobalID                     `json:"magazineId"`
		Number     int                                `json:"number"`
		ReaderID   graphql.Omittable[*relay.GlobalID] `json:"readerId"`
	}
	CreateIssuesInput struct {
		Issues []*CreateIssueInput `json:"issues"`
	}
	CreateReadersInput struct {
		Readers []*CreateReaderInput `json:"readers"`
	}
	UpdateReadersInput struct {
		Where       *ReaderFilter                      `json:"where"`
		Name        graphql.Omittable[*string]         `json:"name"`
		Nick        graphql.Omittable[*string]         `json:"nick"`
		FavouriteID graphql.Omittable[*relay.GlobalID] `json:"favouriteId"`
	}
	ReaderUniqueKey   string
	UpsertReaderInput struct {
		By     ReaderUniqueKey             `json:"by"`
		Name   string                      `json:"name"`
		Email  string                      `json:"email"`
		Card   string                      `json:"card"`
		Nick   graphql.Omittable[*string]  `json:"nick"`
		Score  graphql.Omittable[*float64] `json:"score"`
		HomeID relay.GlobalID              `json:"homeId"`
	}
	UpsertIssueInput struct {
		By         string         `json:"by"`
		MagazineID relay.GlobalID `json:"magazineId"`
		Number     int            `json:"number"`
	}
)

var magazineTables = []string{
	`CREATE TABLE magazines (tenant_id INT UNSIGNED, id BINARY(16), deleted_at DATETIME(6),
		issn VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, title VARCHAR(20) NOT NULL, title_key BINARY(32) NOT NULL,
		topic VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, pages INT, shelf_id BINARY(16), rival_id BINARY(16),
		version INT NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE KEY (tenant_id, issn), UNIQUE KEY (tenant_id, title_key),
		FOREIGN KEY (tenant_id, rival_id) REFERENCES magazines (tenant_id, id),
		FOREIGN KEY (tenant_id, shelf_id) REFERENCES shelves (tenant_id, id))`,
	`CREATE TABLE issues (tenant_id INT UNSIGNED, id BINARY(16), magazine_id BINARY(16) NOT NULL, number INT NOT NULL,
		reader_id BINARY(16), PRIMARY KEY (tenant_id, id), UNIQUE KEY (tenant_id, magazine_id, number),
		FOREIGN KEY (tenant_id, magazine_id) REFERENCES magazines (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, reader_id) REFERENCES readers (tenant_id, id))`,
	`CREATE TABLE articles (tenant_id INT UNSIGNED, id BINARY(16), issue_id BINARY(16) NOT NULL, title VARCHAR(20) NOT NULL,
		critic_id BINARY(16), deleted_at DATETIME(6), FOREIGN KEY (tenant_id, critic_id) REFERENCES readers (tenant_id, id),
		PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, issue_id) REFERENCES issues (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE imprints (tenant_id INT UNSIGNED, id BINARY(16), magazine_id BINARY(16) NOT NULL, ` + "`by`" + ` VARCHAR(20) NOT NULL,
		best_id BINARY(16), FOREIGN KEY (tenant_id, best_id) REFERENCES articles (tenant_id, id),
		PRIMARY KEY (tenant_id, id), UNIQUE KEY (tenant_id, magazine_id),
		FOREIGN KEY (tenant_id, magazine_id) REFERENCES magazines (tenant_id, id) ON DELETE CASCADE)`,
}

var (
	magazines = relay.NewType[Magazine, MagazineFilter]([]Order{"ISSN_ASC", "TITLE_ASC", "PAGES_ASC_NULLS_LAST"}, relay.Fields{
		{Name: "issn", Unique: true, Immutable: true, Pattern: "[0-9]{4}-[0-9]{4}", Message: "must be an ISSN"},
		{Name: "title", Unique: true, MaxLength: 20},
		{Name: "topic", Enum: relay.EnumOf(allWood), Default: "OAK"},
		{Name: "pages", Min: "1"},
	}, relay.Versioned())
	issues = relay.NewType[Issue, IssueFilter]([]Order{"NUMBER_ASC", "MAGAZINE_TITLE_ASC", "MAGAZINE_TITLE_DESC"}, relay.Fields{
		{Name: "number", Min: "1"},
		{Name: "magazineId", Immutable: true},
	}, relay.UniqueTogether("magazine", "number"), relay.OrderBy("MAGAZINE_TITLE", "magazine.title"))
	articles = relay.NewType[Article, noFilter]([]Order{}, relay.Fields{{Name: "title", MaxLength: 20}})
	imprints = relay.NewType[Imprint, noFilter]([]Order{}, relay.Fields{
		{Name: "by", MaxLength: 20},
		{Name: "magazineId", Unique: true, Immutable: true},
	})

	magazineShelf  = relay.NewBelongsTo(magazines, shelves, "shelf", relay.SetNull)
	shelfMagazines = relay.NewHasMany("magazines", magazineShelf)
	magazineRival  = relay.NewBelongsTo(magazines, magazines, "rival", relay.SetNull)
	magazineRivals = relay.NewHasMany("rivals", magazineRival)
	issueMagazine  = relay.NewBelongsTo(issues, magazines, "magazine", relay.Cascade)
	magazineIssues = relay.NewHasMany("issues", issueMagazine)
	_              = relay.NewBelongsTo(issues, readers, "reader", relay.Restrict)
	articleIssue   = relay.NewBelongsTo(articles, issues, "issue", relay.Cascade)
	issueArticles  = relay.NewHasMany("articles", articleIssue)
	_              = relay.NewBelongsTo(articles, readers, "critic", relay.Restrict)
	_              = relay.NewBelongsTo(imprints, articles, "best", relay.SetNull)
	imprintOf      = relay.NewBelongsTo(imprints, magazines, "magazine", relay.Cascade)
	_              = relay.NewHasOne("imprint", imprintOf)

	magazineChanges = relay.NewTopic(magazines)
	issueChanges    = relay.NewTopicBy(issueMagazine)
	articleChanges  = relay.NewTopicBy(articleIssue)
)

// issueHooks is the context key of a function that issues call before and after the creation.
type issueHooks struct{}

// tagHooks is the context key of a tagHook, which tags call before an update.
type (
	tagHooks struct{}
	tagHook  func(old, tag *Tag) error
)

func init() {
	tags.SetHooks(relay.Hooks[Tag]{BeforeUpdate: func(ctx context.Context, _ *tenancy.DB, old, tag *Tag) error {
		if hook, ok := ctx.Value(tagHooks{}).(tagHook); ok {
			return hook(old, tag)
		}
		return nil
	}})
	call := func(ctx context.Context, db *tenancy.DB, i *Issue) error {
		if hook, ok := ctx.Value(issueHooks{}).(relay.RowHook[Issue]); ok {
			return hook(ctx, db, i)
		}
		return nil
	}
	issues.SetHooks(relay.Hooks[Issue]{AfterCreate: call, BeforeDelete: call})
}

// newMagazine stores a magazine with an ISSN, and a title of it.
func newMagazine(ctx context.Context, t *testing.T, d *tenancytest.Database, issn string) *Magazine {
	t.Helper()
	return must[*Magazine](t)(magazines.CreateFrom(ctx, d.DB, newMagazineInput(issn)))
}

func newMagazineInput(issn string) *CreateMagazineInput {
	return &CreateMagazineInput{Issn: issn, Title: "title " + issn}
}

func issueOf(m *Magazine, number int) *CreateIssueInput {
	return &CreateIssueInput{MagazineID: m.GlobalID(), Number: number}
}
