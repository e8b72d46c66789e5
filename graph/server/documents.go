package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/tenancy"
)

// Documents are trusted: those that the builds of front ends have collected. Clients call
// them by the name that the build gave them, or by the SHA-256 of their text.
type Documents struct {
	texts map[string]string // by name and hash
	known map[string]bool   // by text
}

// Len returns how many documents there are.
func (d Documents) Len() int { return len(d.known) }

// LoadDocuments reads the documents of a folder and those below it. Each of their JSON
// files is an object of documents by name, as the client preset of GraphQL Code Generator
// writes persisted-documents.json. It fails on a document that does not fit the schema,
// on two of one name, and when there is none.
func LoadDocuments(folder string, schema *ast.Schema) (Documents, error) {
	d := Documents{texts: map[string]string{}, known: map[string]bool{}}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return d, fmt.Errorf("there is no folder %s: the front end's build makes it", folder)
	}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".json" {
			err = d.read(path, schema)
		}
		return err
	})
	if err == nil && len(d.known) == 0 {
		err = fmt.Errorf("%s holds no .json file with documents: the front end's build writes it", folder)
	}
	return d, err
}

func (d Documents) read(path string, schema *ast.Schema) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var documents map[string]string
	if err := json.Unmarshal(file, &documents); err != nil {
		return fmt.Errorf("%s must be a JSON object of documents by name, as all .json files of the folder: %w", path, err)
	}
	for name, text := range documents {
		document, errs := gqlparser.LoadQueryWithRules(schema, text, newRules(true))
		if len(errs) > 0 {
			return fmt.Errorf("%s: the document %s does not fit the schema: %s", path, name, errs[0].Message)
		}
		if len(document.Operations) == 0 {
			return fmt.Errorf("%s: the document %s holds no operation", path, name)
		}
		hash := sha256.Sum256([]byte(text))
		for _, name := range []string{name, hex.EncodeToString(hash[:])} {
			if other, taken := d.texts[name]; taken && other != text {
				return fmt.Errorf("%s: there is another document %s", path, name)
			}
			d.texts[name] = text
		}
		d.known[text] = true
	}
	return nil
}

// persisted finds documents by their hash or name: trusted ones, and those that clients
// of the same tenant have sent. Whether another tenant knows a text is its own affair.
type persisted struct {
	Documents
	sent graphql.Cache[string]
}

// Get returns a document.
func (p persisted) Get(ctx context.Context, name string) (string, bool) {
	if text, ok := p.texts[name]; ok {
		return text, true
	}
	return p.sent.Get(ctx, own(ctx, name))
}

// Add keeps a document that a client has sent.
func (p persisted) Add(ctx context.Context, hash, text string) { p.sent.Add(ctx, own(ctx, hash), text) }

// own is a hash among those of the context's tenant.
func own(ctx context.Context, hash string) string {
	tenant, _ := tenancy.FromContext(ctx) // without one, nothing gets here
	return fmt.Sprint(tenant.ID, " ", hash)
}

// trustedOnly refuses all other documents.
type trustedOnly struct{ Documents }

var _ graphql.OperationParameterMutator = trustedOnly{}

// ExtensionName is gqlgen's name for it.
func (trustedOnly) ExtensionName() string { return "TrustedOnly" }

// Validate has nothing to check.
func (trustedOnly) Validate(graphql.ExecutableSchema) error { return nil }

var errUntrusted = errors.New("only trusted documents are run, and this is none")

// MutateOperationParameters refuses.
func (t trustedOnly) MutateOperationParameters(_ context.Context, p *graphql.RawParams) *gqlerror.Error {
	if t.known[p.Query] {
		return nil
	}
	return gqlerror.WrapPath(nil, errUntrusted)
}
