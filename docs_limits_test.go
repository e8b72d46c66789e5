package main

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"rowhouse/graph/limits"
)

// limitRow matches a row of docs/limits.md: the flag, the field and the default.
var limitRow = regexp.MustCompile("(?m)^\\|(?: `(--max-[a-z]+)`)? \\| `([A-Z][A-Za-z]+)` \\| (\\d+s?)")

// TestLimitsAreDocumented compares the fields, flags and defaults of limits with docs/limits.md.
func TestLimitsAreDocumented(t *testing.T) {
	rows := map[string]string{}
	for _, row := range limitRow.FindAllStringSubmatch(documents(t)["docs/limits.md"], -1) {
		rows[row[2]] = row[1] + " " + row[3]
	}
	defaults := reflect.ValueOf(limits.DefaultLimits())
	for i := range defaults.NumField() {
		name, flag := defaults.Type().Field(i).Name, ""
		if _, ok := reflect.TypeFor[limitFlags]().FieldByName(name); ok {
			flag = "--max-" + strings.ToLower(name)
		}
		if want := fmt.Sprintf("%s %v", flag, defaults.Field(i)); rows[name] != want {
			t.Errorf("docs/limits.md has %q for %s, want %q", rows[name], name, want)
		}
		delete(rows, name)
	}
	if len(rows) > 0 {
		t.Errorf("docs/limits.md has limits that do not exist: %v", rows)
	}
}
