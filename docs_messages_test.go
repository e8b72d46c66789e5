package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// readSource returns the Go files of some folders, without tests.
func readSource(t *testing.T, folders ...string) (source string) {
	t.Helper()
	for _, folder := range folders {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(files), err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source += string(content)
		}
	}
	return source
}

// missingPart returns a part of a message that the source does not have, or "". The source composes
// messages, so the parts are between punctuation, and numbers may be %d.
func missingPart(message, source string) string {
	message = regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(message, "…")
	for _, part := range regexp.MustCompile(` ?[,:;…"]+ ?`).Split(message, -1) {
		pattern := regexp.MustCompile(`\d+`).ReplaceAllString(regexp.QuoteMeta(part), `(\d+|%d)`)
		if !regexp.MustCompile(pattern).MatchString(source) {
			return part
		}
	}
	return ""
}

func TestMessagesInLimitsExist(t *testing.T) {
	source := readSource(t, "graph/limits", "graph/server", "graph/transport", "model/relay")
	messages := regexp.MustCompile("`((?:the|must) [^`]+)`").FindAllStringSubmatch(documents(t)["docs/limits.md"], -1)
	if len(messages) < 12 {
		t.Fatalf("only the messages %q were found", messages)
	}
	for _, message := range messages {
		if part := missingPart(strings.TrimPrefix(message[1], "the operation "), source); part != "" {
			t.Errorf("docs/limits.md has the message %q: the source has no %q", message[1], part)
		}
	}
}

func TestMessagesOfRefusalsExist(t *testing.T) {
	_, table, _ := strings.Cut(documents(t)["tenancy/README.md"], "## Read a refusal")
	_, table, _ = strings.Cut(table, "| --- | --- |")
	table, _, _ = strings.Cut(table, "\n## ")
	messages := regexp.MustCompile(`(?m)^\| ([^|]+) \|`).FindAllStringSubmatch(table, -1)
	if len(messages) < 15 {
		t.Fatalf("only the messages %q were found", messages)
	}
	source := readSource(t, "tenancy", "tenancy/guard")
	for _, message := range messages {
		if part := missingPart(message[1], source); part != "" {
			t.Errorf("tenancy/README.md has the message %q: the source has no %q", message[1], part)
		}
	}
}

func TestMissingPartIsFound(t *testing.T) {
	const source = `"the %s nests %d deep, and may have %d"`
	for message, want := range map[string]string{
		"nests 21 deep, and may have 20": "",
		"nests (deep or wide) 21 deep":   "",
		"nests 21 levels: shorten it":    "nests 21 levels",
	} {
		if part := missingPart(message, source); part != want {
			t.Errorf("%s: %q, want %q", message, part, want)
		}
	}
}
