package tenancy_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

// Models for relations and tables that Open refuses.
type (
	pupil struct {
		TenantID tenancy.ID
		ID       int
		Courses  []course `gorm:"many2many:pupil_courses"`
	}
	course struct {
		TenantID tenancy.ID
		ID       int
	}
	pupilCourse struct {
		TenantID tenancy.ID
		PupilID  int `gorm:"primaryKey"`
		CourseID int `gorm:"primaryKey"`
		Grade    int
	}
	strayPupilCourse struct {
		TenantID tenancy.ID
		ID       int
	}
	sharedPupilCourse struct {
		PupilID  int `gorm:"primaryKey"`
		CourseID int `gorm:"primaryKey"`
	}
	keyed struct {
		TenantID tenancy.ID `gorm:"primaryKey"`
		ID       int
		Courses  []course `gorm:"many2many:pupil_courses"`
	}
	oddlyKeyed struct {
		TenantID tenancy.ID
		ID       int
		Courses  []course `gorm:"many2many:pupil_courses;joinForeignKey:TenantID"`
	}
	town struct {
		Code  string `gorm:"primaryKey"`
		Towns []town `gorm:"many2many:town_towns"`
	}
	ownedTown  struct{ TenantID tenancy.ID }
	stringTown struct {
		TenantID string
	}
)

func (pupilCourse) TableName() string       { return "pupil_courses" }
func (strayPupilCourse) TableName() string  { return "pupil_courses" }
func (sharedPupilCourse) TableName() string { return "pupil_courses" }
func (keyed) TableName() string             { return "pupils" }
func (oddlyKeyed) TableName() string        { return "pupils" }
func (ownedTown) TableName() string         { return "towns" }
func (stringTown) TableName() string        { return "towns" }

const school = `CREATE TABLE pupils (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));
	CREATE TABLE courses (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id))`

// TestOpenChecksJoinTablesAndSharedTables opens databases with one mismatch each. The error has the
// fix.
func TestOpenChecksJoinTablesAndSharedTables(t *testing.T) {
	const (
		joinTable = "; CREATE TABLE pupil_courses (tenant_id INT UNSIGNED NOT NULL, pupil_id INT NOT NULL, " +
			"course_id INT NOT NULL, grade INT NOT NULL DEFAULT 0, PRIMARY KEY (tenant_id, pupil_id, course_id))"
		plainJoin = "; CREATE TABLE pupil_courses (pupil_id INT NOT NULL, course_id INT NOT NULL, PRIMARY KEY (pupil_id, course_id))"
		towns     = "; CREATE TABLE towns (code CHAR(2) PRIMARY KEY); " +
			"CREATE TABLE town_towns (town_code CHAR(2), PRIMARY KEY (town_code))"
		declare = "; declare a model of its table pupil_courses, " +
			"with the keys of both and one field of type tenancy.ID, and give it to Open"
		pupils      = "the many-to-many relation Courses of *tenancy_test.pupil"
		ofThe       = "the many-to-many relation Courses of the model "
		sharedModel = " in Options.Shared has a tenant: add it to the list of models that tenants own"
	)
	for _, test := range []struct {
		name, tables   string
		models, shared []any
		want           string // or nothing
	}{
		{
			name:   "a relation",
			tables: joinTable,
			models: []any{&pupil{}, &course{}},
		},
		{
			name:   "a relation with a model",
			tables: joinTable,
			models: []any{&pupil{}, &course{}, &pupilCourse{}},
		},
		{
			name:   "the model before the relation",
			tables: joinTable,
			models: []any{&pupilCourse{}, &course{}, &pupil{}},
		},
		{
			name:   "no table",
			models: []any{&pupil{}, &course{}},
			want:   "the table pupil_courses of " + pupils + " does not exist: migrate the database",
		},
		{
			name:   "a table without tenants",
			tables: plainJoin,
			models: []any{&pupil{}, &course{}},
			want:   "the table pupil_courses of " + pupils + " has no column tenant_id: add it, as the first column of each key",
		},
		{
			name:   "a model without the keys",
			tables: joinTable,
			models: []any{&pupil{}, &course{}, &strayPupilCourse{}},
			want:   ofThe + "*tenancy_test.pupil: missing field pupil_id for join table" + declare,
		},
		{
			name:   "a shared model",
			tables: plainJoin,
			models: []any{&pupil{}, &course{}},
			shared: []any{&sharedPupilCourse{}},
			want:   ofThe + "*tenancy_test.pupil: its join table must be shared if both models are, and only then" + declare,
		},
		{
			name:   "the tenant in GORM's key",
			tables: joinTable,
			models: []any{&keyed{}, &course{}},
			want:   ofThe + "*tenancy_test.keyed: a key of a model has the type tenancy.ID" + declare,
		},
		{
			name:   "a key called TenantID",
			tables: joinTable,
			models: []any{&oddlyKeyed{}, &course{}},
			want:   ofThe + "*tenancy_test.oddlyKeyed: a key of a model is named TenantID" + declare,
		},
		{
			name:   "shared models",
			tables: towns + joinTable,
			models: []any{&pupil{}, &course{}},
			shared: []any{&town{}},
		},
		{
			name:   "no shared table",
			tables: joinTable,
			models: []any{&pupil{}, &course{}},
			shared: []any{&town{}},
			want: "the table town_towns of the many-to-many relation Towns of *tenancy_test.town does not exist: migrate the " +
				"database; the table towns of a model does not exist: migrate the database",
		},
		{
			name: "a shared table with tenants",
			tables: joinTable + "; CREATE TABLE towns (tenant_id INT, code CHAR(2) PRIMARY KEY); " +
				"CREATE TABLE town_towns (town_code CHAR(2))",
			models: []any{&pupil{}, &course{}},
			shared: []any{&town{}},
			want:   "the shared table towns of a model has the column tenant_id: it is not shared",
		},
		{
			name: "a shared table with TENANT_ID",
			tables: joinTable + "; CREATE TABLE towns (TENANT_ID INT, code CHAR(2) PRIMARY KEY); " +
				"CREATE TABLE town_towns (town_code CHAR(2))",
			models: []any{&pupil{}, &course{}},
			shared: []any{&town{}},
			want:   "the shared table towns of a model has the column tenant_id: it is not shared",
		},
		{
			name:   "a view",
			tables: joinTable + "; CREATE VIEW towns AS SELECT name AS code FROM tenants; CREATE TABLE town_towns (town_code CHAR(2))",
			models: []any{&pupil{}, &course{}},
			shared: []any{&town{}},
			want:   "the shared table towns of a model is a VIEW: only a table can be shared",
		},
		{
			name:   "a shared model with a tenant",
			models: []any{&course{}},
			shared: []any{&ownedTown{}},
			want:   "the model *tenancy_test.ownedTown" + sharedModel,
		},
		{
			name:   "a shared model with a tenant of another type",
			models: []any{&course{}},
			shared: []any{&stringTown{}},
			want:   "the model *tenancy_test.stringTown" + sharedModel,
		},
		{
			name:   "a model in both lists",
			models: []any{&ownedTown{}},
			shared: []any{&town{}},
			want:   "the table towns of the model *tenancy_test.town is in both lists: tenants own it, or share it",
		},
		{
			name:   "a model without a tenant",
			models: []any{&town{}},
			want: "the model *tenancy_test.town needs one field of type tenancy.ID, " +
				"in the column tenant_id; add it to Options.Shared if all tenants may read it, or leave it out",
		},
		{
			name:   "no model",
			shared: []any{nil},
			want:   "the model <nil>: unsupported data type",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := schema.New(t)
			d.SkipOnVitess(t)
			fill(t, d.SQL, school+test.tables)
			db, err := tenancy.Open(t.Context(), d.DSN, test.models, tenancy.Options{Shared: test.shared})
			if err == nil {
				t.Cleanup(func() { _ = db.Close() })
			}
			if test.want == "" && err != nil || test.want != "" && !strings.Contains(fmt.Sprint(err), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if _, err := tenancy.Tables(test.models, test.shared...); strings.HasPrefix(test.want, "the m") &&
				!strings.Contains(fmt.Sprint(err), test.want) {
				t.Errorf("without a database: got %v", err)
			}
		})
	}
}

// TestTablesHasSharedTablesAndJoinTables checks Tables, which `rowhouse prove` and the VSchema use.
func TestTablesHasSharedTablesAndJoinTables(t *testing.T) {
	tables, err := tenancy.Tables([]any{&pupil{}, &course{}}, &town{})
	want := "map[courses:{true false} pupil_courses:{true false} pupils:{true false} town_towns:{false true} towns:{false true}]"
	if err != nil || fmt.Sprint(tables) != want {
		t.Errorf("got %v, %v, want %s", tables, err, want)
	}
}

// TestJoinTablesKeepTheirOtherColumns uses the model of a join table that was given to Open.
func TestJoinTablesKeepTheirOtherColumns(t *testing.T) {
	d := schema.New(t)
	d.SkipOnVitess(t)
	fill(
		t,
		d.SQL,
		school+"; CREATE TABLE pupil_courses (tenant_id INT UNSIGNED NOT NULL, pupil_id INT NOT NULL, course_id INT NOT NULL, "+
			"grade INT NOT NULL, PRIMARY KEY (tenant_id, pupil_id, course_id))",
	)
	d.Reopen(t, &pupil{}, &course{}, &pupilCourse{})
	if err := d.For(d.Acme).Create(&pupil{ID: 1, Courses: []course{{ID: 1}, {ID: 2}}}).Error; err != nil {
		t.Fatal(err)
	}
	if err := d.For(d.Acme).Model(&pupilCourse{PupilID: 1, CourseID: 2}).Update("grade", 6).Error; err != nil ||
		d.Count(t, "pupil_courses", "tenant_id = 1 AND grade = 6") != 1 {
		t.Error("the grade was not stored:", err)
	}
	if err := d.For(d.Globex).Create(&pupil{ID: 1, Courses: []course{{ID: 2}}}).Error; err != nil {
		t.Fatal(err)
	}
	var p pupil
	if err := d.For(d.Globex).Preload("Courses").First(&p).Error; err != nil || len(p.Courses) != 1 || p.Courses[0].ID != 2 {
		t.Error(p, err)
	}
}
