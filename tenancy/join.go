package tenancy

import (
	"errors"
	"fmt"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// setupJoins sets the join table model of each many-to-many relation of m to one with a tenant.
// GORM's model has no tenant. Relations between two shared models keep it.
func (all tableModels) setupJoins(session *gorm.DB, m any) error {
	s, err := parseModel(session, m)
	if err != nil {
		return err
	}
	for _, relation := range s.Relationships.Many2Many {
		if err := all.setupJoin(session, m, relation); err != nil {
			return fmt.Errorf("the many-to-many relation %s of the model %T: %w; "+
				"declare a model of its table %s, with the keys of both and one field of type tenancy.ID, and give it to Open",
				relation.Name, m, err, relation.JoinTable.Table)
		}
	}
	return nil
}

// setupJoin sets the join table model of one relation: the declared model, or a derived one.
func (all tableModels) setupJoin(session *gorm.DB, m any, relation *schema.Relationship) (err error) {
	_, own := findTenantField(relation.Schema)
	_, refer := findTenantField(relation.FieldSchema)
	name := relation.JoinTable.Table
	model, declared := all[name]
	switch shared := !own && !refer; {
	case declared && model.shared != shared:
		return errors.New("its join table must be shared if both models are, and only then")
	case !declared:
		model = tableModel{nil, fmt.Sprintf("the many-to-many relation %s of %T", relation.Name, m), shared}
	}
	all[name] = model
	row := model.row
	if row == nil && !model.shared {
		row, err = deriveJoin(session, relation)
	}
	if row == nil || err != nil {
		return err
	}
	return session.SetupJoinTable(m, relation.Name, row)
}

// deriveJoin returns an empty row of GORM's join table with a tenant.
func deriveJoin(session *gorm.DB, relation *schema.Relationship) (any, error) {
	join := relation.JoinTable.ModelType
	fields := []reflect.StructField{{Name: "TenantID", Type: reflect.TypeFor[ID]()}}
	for i := range join.NumField() {
		f := join.Field(i)
		if f.Name == "TenantID" {
			return nil, errors.New("a key of a model is named TenantID")
		}
		fields = append(fields, reflect.StructField{Name: f.Name, PkgPath: f.PkgPath, Type: f.Type, Tag: f.Tag})
	}
	// The names of the fields contain the relation, so no other relation has this type.
	row := reflect.New(reflect.StructOf(fields)).Interface()
	s, err := parseModel(session, row)
	if err != nil {
		return nil, err
	}
	s.Name, s.Table = relation.JoinTable.Name, relation.JoinTable.Table
	if _, ok := findTenantField(s); !ok {
		return nil, errors.New("a key of a model has the type tenancy.ID")
	}
	scanEmpty(s)
	return row, nil
}
