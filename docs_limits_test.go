package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
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

// TestMessagesInLimitsExist searches the source for the messages in docs/limits.md, in parts, because
// the source composes some of them.
func TestMessagesInLimitsExist(t *testing.T) {
	source := ""
	for _, pattern := range []string{"graph/*/*.go", "model/relay/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") }) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source += string(content)
		}
	}
	messages := regexp.MustCompile("`((?:the|must) [^`]+)`").FindAllStringSubmatch(documents(t)["docs/limits.md"], -1)
	if len(messages) < 12 {
		t.Fatalf("only the messages %q were found", messages)
	}
	number := regexp.MustCompile(`\d+`)
	for _, message := range messages {
		for _, part := range regexp.MustCompile(`[,:;…]+ ?…?`).Split(strings.TrimPrefix(message[1], "the operation "), -1) {
			pattern := number.ReplaceAllString(regexp.QuoteMeta(part), `(\d+|%d)`)
			if !regexp.MustCompile(pattern).MatchString(source) {
				t.Errorf("docs/limits.md has the message %q: the source has no %q", message[1], part)
			}
		}
	}
}
