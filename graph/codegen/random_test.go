package codegen_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// token matches a comment, a directive, a word, a string or a punctuator of SDL.
var token = regexp.MustCompile(`#.*\n|@\w+(?:\([^()]*\))?|"""(?s:.*?)"""|"[^"\n]*"|[A-Za-z0-9_.-]+|[^\s]`)

// TestSchemasWithRandomChangesAreRefusedOrValid changes tokens of correct schemas. Each result is either refused, with
// positions, or a valid API.
func TestSchemasWithRandomChangesAreRefusedOrValid(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for _, name := range []string{"tracker.graphqls", "relations.graphqls", "everything.graphqls"} {
		input, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		tokens := token.FindAllString(string(input), -1)
		for range 60 {
			changed := changeTokens(random, tokens)
			schema, err := codegen.Read(&ast.Source{Name: "schema.graphqls", Input: changed})
			if err != nil {
				checkPositions(t, err, changed)
				continue
			}
			accepted++
			if _, err := gqlparser.LoadSchema(&ast.Source{Name: "expanded", Input: codegen.Expand(schema)}); err != nil {
				t.Errorf("accepted, but %v:\n%s", err, changed)
			}
		}
	}
	t.Logf("%d schemas are accepted", accepted)
	if accepted < 20 {
		t.Errorf("only %d schemas are accepted", accepted)
	}
}

// changeTokens deletes, repeats, swaps or replaces one or two tokens, mostly by others of the same kind.
func changeTokens(random *rand.Rand, tokens []string) string {
	changed := slices.Clone(tokens)
	for range 1 + random.IntN(2) {
		i, j := random.IntN(len(changed)), random.IntN(len(changed))
		for range 20 {
			if kindOf(changed[i]) != kindOf(changed[j]) {
				j = random.IntN(len(changed))
			}
		}
		switch random.IntN(4) {
		case 0:
			changed = slices.Delete(changed, i, i+1)
		case 1:
			changed = slices.Insert(changed, i, changed[j])
		case 2:
			changed[i], changed[j] = changed[j], changed[i]
		case 3:
			changed[i] = changed[j]
		}
	}
	return strings.Join(changed, " ")
}

// kindOf returns the first character of a token, or a for a word.
func kindOf(token string) byte {
	if token[0] >= '0' && token[0] <= '9' || token[0] >= 'A' && token[0] <= 'z' {
		return 'a'
	}
	return token[0]
}

// checkPositions checks that each line of an error begins with a position.
func checkPositions(t *testing.T, err error, schema string) {
	t.Helper()
	position := regexp.MustCompile(`^schema\.graphqls:[1-9][0-9]*:[1-9][0-9]*: `)
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if !position.MatchString(line) {
			t.Errorf("an error without a position: %s\n%s", line, schema)
		}
	}
}
