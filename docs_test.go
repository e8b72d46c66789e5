package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents returns the contents of the Markdown files, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		content, err := os.ReadFile(path)
		found[filepath.ToSlash(path)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 12 {
		t.Fatalf("only %d documents were found", len(found))
	}
	return found
}

var (
	codeBlock  = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```$")
	codeSpan   = regexp.MustCompile("`[^`\n]+`")
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading    = regexp.MustCompile(`(?m)^#+ (.+)$`)
	flagName   = regexp.MustCompile(`--(?:\[no-\])?([a-z][a-z-]*)`)
)

// anchors returns the anchors of a document's headings, as GitHub makes them.
func anchors(document string) (all []string) {
	for _, h := range heading.FindAllStringSubmatch(codeBlock.ReplaceAllString(document, ""), -1) {
		slug := strings.ToLower(strings.Trim(h[1], " "))
		slug = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(slug, "")
		all = append(all, strings.ReplaceAll(slug, " ", "-"))
	}
	return all
}

// brokenLinks returns the relative links of a document that lead to no file or heading.
func brokenLinks(path string, all map[string]string) (broken []string) {
	text := codeSpan.ReplaceAllString(codeBlock.ReplaceAllString(all[path], ""), "code")
	for _, found := range link.FindAllStringSubmatch(text, -1) {
		if strings.Contains(found[1], "://") {
			continue
		}
		file, anchor, _ := strings.Cut(found[1], "#")
		target := path
		if file != "" {
			target = filepath.ToSlash(filepath.Join(filepath.Dir(path), file))
		}
		if _, err := os.Stat(target); err != nil || anchor != "" && !slices.Contains(anchors(all[target]), anchor) {
			broken = append(broken, found[1])
		}
	}
	return broken
}

func TestLinksOfDocumentsResolve(t *testing.T) {
	all := documents(t)
	for path := range all {
		if broken := brokenLinks(path, all); len(broken) > 0 {
			t.Errorf("%s: broken links %q", path, broken)
		}
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	text := "# A title: `x`\n[ok](#a-title-x) [ok](docs/errors.md) [no](#b) [no](docs/missing.md) " +
		"[no](docs/errors.md#c)\n```\n[code](d)\n```\n"
	all := map[string]string{"README.md": text, "docs/errors.md": "# Errors\n"}
	if broken := fmt.Sprint(brokenLinks("README.md", all)); broken != "[#b docs/missing.md docs/errors.md#c]" {
		t.Error(broken)
	}
}

func TestReadmeIsShort(t *testing.T) {
	if lines := strings.Count(documents(t)["README.md"], "\n"); lines > 120 {
		t.Errorf("README.md has %d lines, and may have 120: move details to docs/", lines)
	}
}

// flagsOf returns the flags in the help of a command, without --help.
func flagsOf(t *testing.T, command ...string) (flags []string) {
	t.Helper()
	var help bytes.Buffer
	if code := run(t.Context(), append(command, "--help"), &help, &help); code != 0 {
		t.Fatalf("%v --help: exit code %d", command, code)
	}
	for _, line := range strings.Split(help.String(), "\n") {
		definition := strings.TrimPrefix(strings.TrimSpace(line), "-h, ")
		if name := flagName.FindStringSubmatch(definition); name != nil && strings.HasPrefix(definition, "--") && name[1] != "help" {
			flags = append(flags, name[1])
		}
	}
	return flags
}

// namedFlags returns the flags of this program that a document names: in code spans that begin with
// a flag, and in shell commands that run the program.
func namedFlags(document string) (flags []string) {
	var commands []string
	for _, block := range shellBlock.FindAllStringSubmatch(document, -1) {
		for _, line := range strings.Split(block[1], "\n") {
			if regexp.MustCompile(`\browhouse |go run \.|make run ARGS=`).MatchString(line) {
				commands = append(commands, line)
			}
		}
	}
	for _, span := range codeSpan.FindAllString(codeBlock.ReplaceAllString(document, ""), -1) {
		if strings.HasPrefix(span, "`--") || strings.HasPrefix(span, "`rowhouse ") {
			commands = append(commands, span)
		}
	}
	for _, command := range commands {
		for _, name := range flagName.FindAllStringSubmatch(command, -1) {
			flags = append(flags, strings.TrimPrefix(name[1], "no-"))
		}
	}
	return flags
}

func TestFlagsAreDocumented(t *testing.T) {
	pages := ""
	for path, document := range documents(t) {
		if strings.HasPrefix(path, "docs/") {
			pages += document
		}
	}
	documented := namedFlags(pages)
	for _, flag := range flagsOf(t, "serve") {
		if !slices.Contains(documented, flag) {
			t.Errorf("no page in docs/ describes the flag --%s", flag)
		}
	}
}

func TestDocumentedFlagsExist(t *testing.T) {
	var known []string
	for _, command := range []string{
		"serve", "migrate status", "migrate diff", "migrate lint", "tenant create", "tenant list", "schema", "vschema", "prove",
	} {
		known = append(known, flagsOf(t, strings.Fields(command)...)...)
	}
	for path, document := range documents(t) {
		// These name flags of Vitess and MySQL, and removed flags.
		if slices.Contains([]string{"docs/scale-out.md", "tenancy/README.md", "CHANGELOG.md"}, path) {
			continue
		}
		for _, flag := range namedFlags(document) {
			if flag != "help" && !slices.Contains(known, flag) {
				t.Errorf("%s names the flag --%s, which does not exist", path, flag)
			}
		}
	}
}

func TestDocumentedMakeTargetsExist(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for path, document := range documents(t) {
		for _, target := range regexp.MustCompile("(?m)(?:^|`)make ([a-z][a-z-]*)").FindAllStringSubmatch(document, -1) {
			if !regexp.MustCompile("(?m)^" + target[1] + ":").Match(makefile) {
				t.Errorf("%s names make %s, which is not in the Makefile", path, target[1])
			}
		}
	}
}

// TestPathsInArchitectureExist checks the files and folders in code spans of ARCHITECTURE.md. A
// milestone is the example of a new type.
func TestPathsInArchitectureExist(t *testing.T) {
	path := regexp.MustCompile("^`([a-z][a-z0-9_-]*(?:/[a-z0-9_*./-]*)?(?:\\.[a-z]+)?)`$")
	for _, span := range codeSpan.FindAllString(codeBlock.ReplaceAllString(documents(t)["ARCHITECTURE.md"], ""), -1) {
		found := path.FindStringSubmatch(span)
		if found == nil || !strings.ContainsAny(found[1], "/.") || strings.Contains(found[1], "milestone") {
			continue
		}
		if files, err := filepath.Glob(found[1]); (err != nil || len(files) == 0) && !isQualifiedName(found[1]) {
			t.Errorf("ARCHITECTURE.md names %s, which does not exist", found[1])
		}
	}
}

// isQualifiedName reports whether a span names a Go identifier or an import path of another module.
func isQualifiedName(span string) bool {
	return regexp.MustCompile(`^[a-z]+\.[A-Z]|^database/sql$`).MatchString(span)
}
