package tablediff_test

import (
	"database/sql/driver"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/model/tablediff"
	"rowhouse/tenancy"
)

// The types of the tests: rooms with volumes, which have tags.
type (
	Room struct {
		relay.Row[Room]
		Name    string
		NameKey []byte
		Remark  string
	}
	Volume struct {
		relay.Row[Volume]
		ISBN      string `gorm:"charset:ascii"`
		Title     string
		Text      *string
		State     State `gorm:"charset:ascii"`
		Size      Size
		RoomID    relay.ID
		SequelID  *relay.ID
		Pages     int
		Score     int
		Weight    float64
		Lent      bool
		Price     string
		Rate      string
		Site      *string
		Contact   string
		Data      string
		Words     []string `gorm:"serializer:json"`
		Token     string
		Total     int
		DueAt     *time.Time
		Day       string
		Version   int
		UpdatedAt time.Time
		DeletedAt gorm.DeletedAt
	}
	Tag struct {
		relay.Row[Tag]
		Code string `gorm:"charset:ascii"`
	}
	VolumeTag struct {
		TenantID tenancy.ID
		VolumeID relay.ID `gorm:"primaryKey"`
		TagID    relay.ID `gorm:"primaryKey"`
		Tag      *Tag
	}
	State string
	Size  string
	Order string
)

func (o Order) String() string { return string(o) }

var (
	allStates = []State{"NEW", "A_NAME_OF_20_LETTERS"}
	sizes     = relay.RankedEnumOf([]Size{"S", "L"}, 10, 20)
)

// Value and Scan store a Size as its rank.
func (s Size) Value() (driver.Value, error) { return sizes.RankOf(string(s)) }
func (s *Size) Scan(src any) error          { return relay.ScanRank(sizes, s, src) }

// newTypes returns the types of the tests, and option for volumes.
func newTypes(roomFields relay.Fields, options ...relay.Option) *relay.Types {
	rooms := relay.NewType[Room, struct{}]([]Order{"NAME_ASC", "NAME_DESC"}, roomFields)
	tags := relay.NewType[Tag, struct{}]([]Order{"CODE_ASC"}, relay.Fields{{Name: "code", MaxLength: 20, Unique: true}})
	orders := []Order{"ISBN_ASC", "TITLE_ASC", "STATE_ASC", "SIZE_ASC", "DUE_AT_ASC_NULLS_LAST", "PAGES_ASC", "UPDATED_AT_DESC"}
	volumes := relay.NewType[Volume, struct{}](orders, append([]relay.Option{relay.Fields{
		{Name: "isbn", Unique: true, MaxLength: 13},
		{Name: "title", MaxLength: 750},
		{Name: "text", MaxLength: 10_000, Multiline: true},
		{Name: "state", Enum: relay.EnumOf(allStates), Default: "NEW"},
		{Name: "size", Enum: sizes, Default: "L"},
		{Name: "pages", Min: "0", Default: "0"},
		{Name: "score", Min: "-10"},
		{Name: "lent", Default: "false"},
		{Name: "price", Scalar: relay.ScalarDecimal, Min: "0", Max: "99999999.99"},
		{Name: "rate", Scalar: relay.ScalarDecimal, Default: "1.5"},
		{Name: "site", Scalar: relay.ScalarURL},
		{Name: "contact", Scalar: relay.ScalarEmail, Default: "a'b@example.com"},
		{Name: "data", Scalar: relay.ScalarJSON, Default: `{"a": "\n"}`},
		{Name: "words", Default: `["a"]`},
		{Name: "token", Scalar: relay.ScalarUUID},
		{Name: "total", Scalar: relay.ScalarBigInt},
		{Name: "day", Scalar: relay.ScalarDate, Default: "2026-01-31"},
	}, relay.Versioned()}, options...)...)
	volumeRoom := relay.NewBelongsTo(volumes, rooms, "room", relay.Cascade)
	volumeSequel := relay.NewBelongsTo(volumes, volumes, "sequel", relay.SetNull, "room")
	relay.NewHasMany("volumes", volumeRoom)
	_ = volumeSequel
	relay.NewManyToMany[VolumeTag](volumes, tags, "tags", "volume_id", "tag_id")
	return relay.NewTypes(rooms, volumes, tags)
}

var roomFields = relay.Fields{{Name: "name", MaxLength: 100, Unique: true}, {Name: "remark", MaxLength: 50}}

// TestTablesFollowFromTypes compares the tables of the types with testdata/tables.sql, and creates them.
func TestTablesFollowFromTypes(t *testing.T) {
	types := newTypes(roomFields, relay.Index("day", "lent"), relay.UniqueTogether("room", "title"),
		relay.OrderBy("SIZE_PAGES", "size", "pages"), relay.OrderBy("DUE_AT_ISBN_DAY", "dueAt", "isbn", "day"),
		relay.OrderBy("ROOM_DAY", "room", "day"), relay.OrderBy("STATE_DAY", "state", "day"),
		relay.OrderBy("ROOM_NAME_DAY", "room.name", "day"))
	tables, err := tablediff.Tables(types, "volumes.pages")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, table := range tables {
		all = append(all, table.CreateSQL()+";\n")
	}
	got := strings.Join(all, "\n")
	if want, err := os.ReadFile("testdata/tables.sql"); err != nil || got != string(want) {
		t.Errorf("testdata/tables.sql is different, %v; the types have\n%s", err, got)
	}
	change(t, nil, tables, tablediff.Options{})
}

// TestRenamesFollowFromTypes renames a field with a unique key, a reference and a type with links.
func TestRenamesFollowFromTypes(t *testing.T) {
	tables := mustTables(t, newTypes(roomFields))
	room := relay.Fields{{Name: "name", MaxLength: 100, Unique: true, RenamedFrom: "label"}, {Name: "remark", MaxLength: 50}}
	renamed := mustTables(t, newTypes(room,
		relay.Fields{{Name: "roomId", RenamedFrom: "place"}}, relay.RenamedFrom("Book")))
	for i, table := range tables {
		for from, to := range map[string]string{"name": "label", "name_key": "label_key", "room_id": "place_id", "volume_id": "book_id"} {
			if c := slices.IndexFunc(table.Columns, func(c tablediff.Column) bool { return c.Name == from }); c >= 0 {
				earlier := table.Columns[c]
				earlier.Name, earlier.Default = to, strings.ReplaceAll(earlier.Default, "name", "label")
				table = replaced(table, from, earlier)
			}
			if p := slices.Index(table.PrimaryKey, from); p >= 0 {
				table.PrimaryKey = slices.Clone(table.PrimaryKey)
				table.PrimaryKey[p] = to
			}
		}
		table.Name = strings.Replace(strings.Replace(table.Name, "volumes", "books", 1), "volume_", "book_", 1)
		for f := range table.ForeignKeys {
			key := &table.ForeignKeys[f]
			key.Table = strings.Replace(key.Table, "volumes", "books", 1)
			if at := slices.Index(key.References, "room_id"); at >= 0 {
				key.References[at] = "place_id"
			}
		}
		tables[i] = table
	}
	var names []string
	for _, f := range change(t, tables, renamed, tablediff.Options{}) {
		names = append(names, f.Name)
	}
	want := []string{
		"00401_next_rename_books.sql", "00402_next_rename_book_tags.sql", "00403_next_rooms_defaults.sql", "00404_next_rooms_rename.sql",
		"00405_next_volumes_rename.sql", "00406_next_volume_tags_rename.sql",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the files are %q, want %q", names, want)
	}
}

func mustTables(t *testing.T, types *relay.Types) []tablediff.Table {
	t.Helper()
	tables, err := tablediff.Tables(types)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestStringWithoutLengthHasNoTable(t *testing.T) {
	_, err := tablediff.Tables(newTypes(relay.Fields{{Name: "name", Unique: true}, {Name: "remark"}}))
	const want = "Room.name: a string needs a length: add @constraint(maxLength:)\n" +
		"Room.remark: a string needs a length: add @constraint(maxLength:)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestImpossibleIndexesAreReported(t *testing.T) {
	_, err := tablediff.Tables(newTypes(relay.Fields{{Name: "name", Unique: true, MaxLength: 751}, {Name: "remark", MaxLength: 700}},
		relay.UniqueTogether("title", "isbn")))
	const want = "Room.name: no index can have it, so it can't be unique or sortable: a string can have at most 750 characters for that"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	_, err = tablediff.Tables(newTypes(roomFields, relay.Index("title", "contact")))
	const long = "volumes: the index (tenant_id, title, contact, id) has 4048 bytes, more than 3072: shorten its strings"
	if err == nil || err.Error() != long {
		t.Errorf("got %v", err)
	}
}

// TestLongNamesOfColumnsAreReported has a field whose column of unique keys is longer than the column.
func TestLongNamesOfColumnsAreReported(t *testing.T) {
	type Long struct {
		relay.Row[Long]
		Name    string `gorm:"column:a_name_of_61_characters_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`
		NameKey []byte `gorm:"column:a_name_of_61_characters_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_key"`
	}
	column := "a_name_of_61_characters_" + strings.Repeat("x", 38)
	fields := relay.Fields{{Name: "name", Column: column, MaxLength: 10, Unique: true}}
	_, err := tablediff.Tables(relay.NewTypes(relay.NewType[Long, struct{}]([]Order{"NAME_ASC"}, fields)))
	if err == nil || err.Error() != "longs."+column+"_key: the column "+column+"_key has a name of 66 characters, more than 64: "+
		"shorten it by @column(name:)" {
		t.Errorf("got %v", err)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	long := strings.Repeat("x", 50)
	a, b := tablediff.Name(long, "tenant_id", long+"_id", "id"), tablediff.Name(long, "tenant_id", long+"s", "id")
	if len(a) != 64 || len(b) != 64 || a == b {
		t.Errorf("%s and %s", a, b)
	}
	if name := tablediff.Name("items", "tenant_id", "project_id", "due_at", "id"); name != "items_project_due" {
		t.Error(name)
	}
}
