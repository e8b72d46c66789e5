package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// Documents are trusted documents, which the builds of front ends have collected. Clients call a
// document by its name in the build, or by the SHA-256 of its text.
type Documents struct {
	texts   map[string]string // by name and by hash
	trusted map[string]bool   // by text
}

// LoadDocuments reads the trusted documents of a folder and its subfolders. Each JSON file is an
// object of documents by name, as the client preset of GraphQL Code Generator writes
// persisted-documents.json. It fails for an invalid document, for two
// documents of one name, and for a folder without documents.
func LoadDocuments(folder string, schema *ast.Schema) (Documents, error) {
	d := Documents{texts: map[string]string{}, trusted: map[string]bool{}}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return d, fmt.Errorf("there is no folder %s: the front end's build makes it", folder)
	}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".json" {
			err = d.readFile(path, schema)
		}
		return err
	})
	if err == nil && d.Len() == 0 {
		err = fmt.Errorf("%s holds no .json file with documents: the front end's build writes it", folder)
	}
	return d, err
}

// Len returns the number of documents.
func (d Documents) Len() int { return len(d.trusted) }

func (d Documents) readFile(path string, schema *ast.Schema) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var documents map[string]string
	if err := json.Unmarshal(content, &documents); err != nil {
		return fmt.Errorf("%s must be a JSON object of documents by name, as all .json files of the folder: %w", path, err)
	}
	for name, text := range documents {
		if err := d.addDocument(name, text, schema); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

func (d Documents) addDocument(name, text string, schema *ast.Schema) error {
	document, errs := gqlparser.LoadQueryWithRules(schema, text, newRules(true))
	if len(errs) > 0 {
		return fmt.Errorf("the document %s does not fit the schema: %s", name, errs[0].Message)
	}
	if len(document.Operations) == 0 {
		return fmt.Errorf("the document %s holds no operation", name)
	}
	hash := sha256.Sum256([]byte(text))
	for _, key := range []string{name, hex.EncodeToString(hash[:])} {
		if other, exists := d.texts[key]; exists && other != text {
			return fmt.Errorf("there is another document %s", key)
		}
		d.texts[key] = text
	}
	d.trusted[text] = true
	return nil
}
