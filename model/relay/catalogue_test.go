package relay_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// The models of the tests of orders by several fields, of groups with numbers, of links and of references
// within a parent: publishers with volumes, which can be in a series, and have authors, printings and copies.
type (
	Publisher struct {
		relay.Row[Publisher]
		Name string
	}
	Series struct {
		relay.Row[Series]
		Name string
		Code string `gorm:"charset:ascii"`
		Wood Wood   `gorm:"charset:ascii"`
		Year *int
	}
	Volume struct {
		relay.Row[Volume]
		PublisherID relay.ID
		SeriesID    *relay.ID
		Code        string `gorm:"charset:ascii"` // unique
		Wood        *Wood  `gorm:"charset:ascii"`
		Height      Height
		Rating      *int
		Order       int // a reserved word of SQL
		Pages       *int
		Price       *relay.Decimal
		Weight      *float64
		Sold        *int64
		Found       bool `gorm:"-"`
	}
	Person struct {
		relay.Row[Person]
		Name string
	}
	// PersonRival links a person with a rival.
	PersonRival struct {
		TenantID tenancy.ID
		PersonID relay.ID `gorm:"primaryKey"`
		RivalID  relay.ID `gorm:"primaryKey"`
	}
	// PersonPeer links a person with a peer, in one direction.
	PersonPeer struct {
		TenantID tenancy.ID
		PersonID relay.ID `gorm:"primaryKey"`
		PeerID   relay.ID `gorm:"primaryKey"`
	}
	// Authorship is a type whose rows link volumes with their authors. Its name is ambiguous in a join.
	Authorship struct {
		relay.Row[Authorship]
		VolumeID relay.ID
		PersonID relay.ID
		Name     string
	}
	// Printing is a printing of a volume.
	Printing struct {
		relay.Row[Printing]
		VolumeID relay.ID
	}
	// Copy is a copy of a volume, of a printing of the same volume.
	Copy struct {
		relay.Row[Copy]
		VolumeID   relay.ID
		PrintingID *relay.ID
		Note       *string
	}
	VolumeFilter struct {
		Code    graphql.Omittable[*relay.StringFilter] `json:"code"`
		Authors graphql.Omittable[*PersonListFilter]   `json:"authors"`
	}
	VolumeListFilter struct {
		Some graphql.Omittable[*VolumeFilter] `json:"some"`
		None graphql.Omittable[*VolumeFilter] `json:"none"`
	}
	PersonFilter struct {
		Name    graphql.Omittable[*relay.StringFilter] `json:"name"`
		Rivals  graphql.Omittable[*PersonListFilter]   `json:"rivals"`
		RivalOf graphql.Omittable[*PersonListFilter]   `json:"rivalOf"`
		Peers   graphql.Omittable[*PersonListFilter]   `json:"peers"`
		Volumes graphql.Omittable[*VolumeListFilter]   `json:"volumes"`
	}
	PersonListFilter struct {
		Some graphql.Omittable[*PersonFilter] `json:"some"`
		None graphql.Omittable[*PersonFilter] `json:"none"`
	}
)

// AfterFind is GORM's hook. It marks rows that were read.
func (v *Volume) AfterFind(*gorm.DB) error {
	v.Found = true
	return nil
}

// volumeOrders are orders with several keys, with keys in related rows, and with both.
var volumeOrders = []Order{
	"HEIGHT_RATING_ASC", "HEIGHT_RATING_DESC", "RATING_WOOD_ORDER_ASC", "RATING_WOOD_ORDER_DESC", "ORDER_ASC", "ORDER_DESC",
	"SERIES_NAME_RATING_ASC", "SERIES_NAME_RATING_DESC", "SERIES_CODE_RATING_ASC", "SERIES_CODE_RATING_DESC",
	"SERIES_NAME_WOOD_ASC", "SERIES_NAME_WOOD_DESC", "SERIES_WOOD_YEAR_ASC", "SERIES_WOOD_YEAR_DESC",
	"RATING_CODE_ORDER_ASC", "RATING_CODE_ORDER_DESC",
	"SERIES_NAME_ASC", "SERIES_NAME_DESC", "SERIES_NAME_ASC_NULLS_LAST", "SERIES_NAME_DESC_NULLS_FIRST",
	"SERIES_YEAR_ASC", "SERIES_YEAR_DESC", "SERIES_YEAR_ASC_NULLS_LAST", "SERIES_YEAR_DESC_NULLS_FIRST",
	"PUBLISHER_NAME_SERIES_CODE_ASC", "PUBLISHER_NAME_SERIES_CODE_DESC",
}

var (
	publishers = relay.NewType[Publisher, noFilter]([]Order{"NAME_ASC"})
	series     = relay.NewType[Series, noFilter]([]Order{}, relay.Fields{{Name: "wood", Enum: relay.EnumOf(allWood)}})
	volumes    = relay.NewType[Volume, VolumeFilter](volumeOrders, relay.Fields{
		{Name: "code", Unique: true},
		{Name: "wood", Enum: relay.EnumOf(allWood)},
		{Name: "height", Enum: heights},
	},
		relay.OrderBy("HEIGHT_RATING", "height", "rating"),
		relay.OrderBy("RATING_WOOD_ORDER", "rating", "wood", "order"),
		relay.OrderBy("RATING_CODE_ORDER", "rating", "code", "order"),
		relay.OrderBy("SERIES_NAME_RATING", "series.name", "rating"),
		relay.OrderBy("SERIES_CODE_RATING", "series.code", "rating"),
		relay.OrderBy("SERIES_NAME_WOOD", "series.name", "wood"),
		relay.OrderBy("SERIES_WOOD_YEAR", "series.wood", "series.year"),
		relay.OrderBy("SERIES_NAME", "series.name"),
		relay.OrderBy("SERIES_YEAR", "series.year"),
		relay.OrderBy("PUBLISHER_NAME_SERIES_CODE", "publisher.name", "series.code"),
	)
	people      = relay.NewType[Person, PersonFilter]([]Order{"NAME_ASC", "NAME_DESC"}, relay.Fields{{Name: "name", MaxLength: 20}})
	authorships = relay.NewType[Authorship, noFilter]([]Order{}, relay.UniqueTogether("volume", "person"))
	printings   = relay.NewType[Printing, noFilter]([]Order{})
	copies      = relay.NewType[Copy, noFilter]([]Order{})

	_ = relay.NewBelongsTo(printings, volumes, "volume", relay.Cascade)
	_ = relay.NewHasMany("copies", relay.NewBelongsTo(copies, volumes, "volume", relay.Cascade))
	_ = relay.NewBelongsTo(copies, printings, "printing", relay.SetNull, "volume")

	volumePublisher  = relay.NewBelongsTo(volumes, publishers, "publisher", relay.Cascade)
	_                = relay.NewBelongsTo(volumes, series, "series", relay.SetNull)
	publisherVolumes = relay.NewHasMany("volumes", volumePublisher)
	personRivals     = relay.NewManyToMany[PersonRival](people, people, "rivals", "person_id", "rival_id")
	personRivalOf    = relay.NewManyToMany[PersonRival](people, people, "rivalOf", "rival_id", "person_id")
	personPeers      = relay.NewManyToMany[PersonPeer](people, people, "peers", "person_id", "peer_id")
	_                = relay.NewBelongsTo(authorships, volumes, "volume", relay.Cascade)
	_                = relay.NewBelongsTo(authorships, people, "person", relay.Cascade)
	volumeAuthors    = relay.NewManyToMany[Authorship](volumes, people, "authors", "volume_id", "person_id")
	personVolumes    = relay.NewManyToMany[Authorship](people, volumes, "volumes", "person_id", "volume_id")

	personChanges = relay.NewTopic(people)

	catalogueTypes = relay.NewTypes(publishers, series, volumes, people, authorships, printings, copies)
)

// catalogueTables create the tables. An index of a reference alone is ahead of others with the same
// prefix: MySQL 9.7 does not check a foreign key whose columns lead an index with a NULL next.
var catalogueTables = []string{
	tenancy.CreateDirectory,
	`CREATE TABLE publishers (tenant_id INT UNSIGNED, id BINARY(16), name VARCHAR(20) NOT NULL, PRIMARY KEY (tenant_id, id))`,
	`CREATE TABLE series (tenant_id INT UNSIGNED, id BINARY(16), name VARCHAR(20) NOT NULL,
		code VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
		wood VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, year INT, PRIMARY KEY (tenant_id, id))`,
	`CREATE TABLE volumes (tenant_id INT UNSIGNED, id BINARY(16), publisher_id BINARY(16) NOT NULL, series_id BINARY(16),
		code VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, wood VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin,
		height TINYINT UNSIGNED NOT NULL, rating INT, ` + "`order`" + ` INT NOT NULL,
		pages INT, price DECIMAL(38,10), weight DOUBLE, sold BIGINT,
		PRIMARY KEY (tenant_id, id), UNIQUE KEY (tenant_id, code),
		KEY (tenant_id, publisher_id, id), KEY (tenant_id, series_id, id), KEY (tenant_id, height, rating, id),
		KEY (tenant_id, publisher_id, height, rating, id),
		FOREIGN KEY (tenant_id, publisher_id) REFERENCES publishers (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, series_id) REFERENCES series (tenant_id, id))`,
	`CREATE TABLE people (tenant_id INT UNSIGNED, id BINARY(16), name VARCHAR(20) NOT NULL, PRIMARY KEY (tenant_id, id))`,
	`CREATE TABLE person_rivals (tenant_id INT UNSIGNED, person_id BINARY(16), rival_id BINARY(16),
		PRIMARY KEY (tenant_id, person_id, rival_id), KEY (tenant_id, rival_id, person_id),
		FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, rival_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE person_peers (tenant_id INT UNSIGNED, person_id BINARY(16), peer_id BINARY(16),
		PRIMARY KEY (tenant_id, person_id, peer_id), KEY (tenant_id, peer_id, person_id),
		FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, peer_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE authorships (tenant_id INT UNSIGNED, id BINARY(16), volume_id BINARY(16) NOT NULL, person_id BINARY(16) NOT NULL,
		name VARCHAR(20) NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE KEY (tenant_id, volume_id, person_id),
		KEY (tenant_id, person_id, volume_id),
		FOREIGN KEY (tenant_id, volume_id) REFERENCES volumes (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE printings (tenant_id INT UNSIGNED, id BINARY(16), volume_id BINARY(16) NOT NULL, PRIMARY KEY (tenant_id, id),
		UNIQUE KEY (tenant_id, volume_id, id),
		FOREIGN KEY (tenant_id, volume_id) REFERENCES volumes (tenant_id, id) ON DELETE CASCADE)`,
	`CREATE TABLE copies (tenant_id INT UNSIGNED, id BINARY(16), volume_id BINARY(16) NOT NULL, printing_id BINARY(16), note VARCHAR(20),
		PRIMARY KEY (tenant_id, id), KEY (tenant_id, volume_id, id), KEY (tenant_id, volume_id, printing_id, id),
		KEY (tenant_id, volume_id, printing_id, note, id),
		FOREIGN KEY (tenant_id, volume_id) REFERENCES volumes (tenant_id, id) ON DELETE CASCADE,
		FOREIGN KEY (tenant_id, volume_id, printing_id) REFERENCES printings (tenant_id, volume_id, id))`,
}

var catalogue = &tenancytest.Schema{Models: catalogueTypes.Models(), Migrate: func(ctx context.Context, dsn string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, ddl := range catalogueTables {
		if _, execErr := db.ExecContext(ctx, ddl+charset(ddl)); execErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", ddl, execErr))
		}
	}
	return err
}}

// newPublisher stores a publisher.
func newPublisher(ctx context.Context, t *testing.T, d *tenancytest.Database, name string) *Publisher {
	t.Helper()
	return must[*Publisher](t)(publishers.Create(ctx, d.DB, &Publisher{Name: name}))
}

// newVolume stores a volume with a unique code.
func newVolume(ctx context.Context, t *testing.T, d *tenancytest.Database, p *Publisher, code string) *Volume {
	t.Helper()
	return must[*Volume](t)(volumes.Create(ctx, d.DB, &Volume{PublisherID: p.ID, Code: code, Height: "LOW"}))
}

// newPerson stores a person.
func newPerson(ctx context.Context, t *testing.T, d *tenancytest.Database, name string) *Person {
	t.Helper()
	return must[*Person](t)(people.Create(ctx, d.DB, &Person{Name: name}))
}
