package codegen

import (
	"sync"
	"testing"

	"gorm.io/gorm/schema"
)

func TestPluralsAreEnglish(t *testing.T) {
	for name, want := range map[string]string{
		"Item": "Items", "Category": "Categories", "LineItem": "LineItems", "Address": "Addresses", "Person": "People",
		"Day": "Days", "Status": "Statuses", "Branch": "Branches", "Child": "Children", "APIKey": "APIKeys",
		"Series": "Series", // which needs @plural
	} {
		if got := pluralOf(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}

func TestSingularsOfFields(t *testing.T) {
	for name, want := range map[string]string{
		"labels": "label", "categories": "category", "people": "person", "relatedItems": "relatedItem", "blocks": "block",
		"s": "s", "series": "series",
	} {
		if got := singularOf(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}

func TestColumnsHaveTheNamesOfGORM(t *testing.T) {
	type row struct {
		ID, DueAt, WebsiteURL, APIKey, Utf8Text, Line2, KvkNumber, AssigneeID, Key string
	}
	s, err := schema.Parse(&row{}, &sync.Map{}, schema.NamingStrategy{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct{ goName, column string }{
		"dueAt":      {goName: "DueAt", column: "due_at"},
		"websiteUrl": {goName: "WebsiteURL", column: "website_url"},
		"apiKey":     {goName: "APIKey", column: "api_key"},
		"utf8Text":   {goName: "Utf8Text", column: "utf8_text"},
		"line2":      {goName: "Line2", column: "line2"},
		"assigneeId": {goName: "AssigneeID", column: "assignee_id"},
		"key":        {goName: "Key", column: "key"},
	} {
		if goName(name) != want.goName || columnOf(name) != want.column {
			t.Errorf("%s: %s, %s", name, goName(name), columnOf(name))
		}
		if f := s.FieldsByName[want.goName]; f == nil || f.DBName != want.column {
			t.Errorf("%s: GORM has %v", name, f)
		}
	}
}

// TestColumnsFollowFromNamesOfAPI uses names that lose the boundaries of their words in Go.
func TestColumnsFollowFromNamesOfAPI(t *testing.T) {
	for name, want := range map[string]struct{ goName, column string }{
		"pdfPdf":    {goName: "PDFPDF", column: "pdf_pdf"},
		"dueX1IP":   {goName: "DueX1ip", column: "due_x1_ip"},
		"apiUrlId":  {goName: "APIURLID", column: "api_url_id"},
		"homeURL":   {goName: "HomeURL", column: "home_url"},
		"isoKGCode": {goName: "IsoKGCode", column: "iso_kg_code"},
	} {
		if goName(name) != want.goName || columnOf(name) != want.column {
			t.Errorf("%s: %s, %s", name, goName(name), columnOf(name))
		}
	}
}

func TestFieldsOfTypesAndOrdersHaveTheCaseOfTheAPI(t *testing.T) {
	for name, want := range map[string]string{
		"Item": "item", "LineItem": "lineItem", "APIKey": "apiKey", "Type": "type", "Func": "func", "Items": "items",
	} {
		if got := fieldCase(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"dueAt": "DUE_AT", "name": "NAME", "websiteUrl": "WEBSITE_URL", "project_name": "PROJECT_NAME",
	} {
		if got := constantCase(name); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}
