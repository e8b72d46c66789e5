package codegen

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// Generate generates an application in the working directory: from its *.graphqls and configFile, the
// configuration of gqlgen, it writes the schema of the API, the Go code of the types, and all that gqlgen
// generates. It writes nothing if a type or hook makes no sense. It reports to log the files that it
// leaves alone or deletes.
func Generate(configFile string, log io.Writer) error {
	cfg, err := config.LoadConfig(configFile)
	if err != nil {
		return err
	}
	sources, err := readSources("*.graphqls")
	if err != nil {
		return err
	}
	schema, err := Read(sources...)
	if err != nil {
		return err
	}
	g := &generator{cfg: cfg, schema: schema, out: &output{log: log}}
	return g.generate()
}

// readSources reads the files of a pattern, except generated ones.
func readSources(pattern string) ([]*ast.Source, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return strings.HasSuffix(path, ".gen.graphqls") })
	if len(paths) == 0 {
		return nil, errors.New("the folder has no file schema.graphqls; create it, and run this command in its folder")
	}
	var sources []*ast.Source
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, &ast.Source{Name: path, Input: string(content)})
	}
	return sources, nil
}

// generator generates an application.
type generator struct {
	cfg    *config.Config
	schema *Schema
	out    *output
}

// generate checks everything that it can before it writes the first file.
func (g *generator) generate() error {
	modelDir, graphDir := filepath.Dir(g.cfg.Model.Filename), filepath.Dir(g.cfg.Exec.Filename)
	bodies := resolverBodies(g.schema)
	resolvers := &resolverFile{path: filepath.Join(graphDir, "schema.gen.resolvers.go")}
	hooks, hookErr := scanHooks(modelDir, frameworkModule(), typeNames(g.schema))
	if err := errors.Join(checkFileNames(g.schema), hookErr, g.checkScalars(modelDir)); err != nil {
		return err
	}
	sdl := Expand(g.schema)
	sdlFile := filepath.Join(graphDir, "schema.gen.graphqls")
	if _, err := gqlparser.LoadSchema(&ast.Source{Name: sdlFile, Input: sdl}); err != nil {
		return fmt.Errorf("%w; no file is written: change the definition in schema.graphqls", err)
	}
	if err := resolvers.deleteOld(bodies); err != nil {
		return err
	}
	if err := errors.Join(g.writeModel(modelDir, hooks), g.writeCache()); err != nil {
		return err
	}
	if err := os.WriteFile(sdlFile, []byte(sdl), 0o644); err != nil {
		return err
	}
	g.configureGqlgen(sdlFile, sdl)
	plugin := &resolverPlugin{g.schema, bodies, g.out, resolvers.own}
	if err := api.Generate(g.cfg, api.AddPlugin(plugin)); err != nil {
		return fmt.Errorf("gqlgen: %w", err)
	}
	return resolvers.addHeader()
}

// writeCache writes the cache policies, if the folder of the front end is there.
func (g *generator) writeCache() error {
	if _, err := os.Stat(filepath.Dir(cacheFile)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return g.out.writeFile(cacheFile, cachePolicies(g.schema))
}

// configureGqlgen binds all types, and leaves out the steps of gqlgen that only cost time: go build checks the
// code anyway.
func (g *generator) configureGqlgen(sdlFile, sdl string) {
	g.cfg.SchemaFilename = config.StringList{sdlFile}
	g.cfg.Sources = []*ast.Source{{Name: sdlFile, Input: sdl}}
	g.cfg.SkipValidation, g.cfg.SkipModTidy, g.cfg.SkipImportGrouping = true, true, new(true)
	g.cfg.OmitGQLGenFileNotice, g.cfg.OmitGQLGenVersionInFileNotice = true, true
	g.cfg.OmitGetters = true    // the structs of types have none
	g.cfg.OmitComplexity = true // package limits estimates costs from the schema
	bindTypes(g.cfg, g.schema)
}

// typeNames returns the names of the types.
func typeNames(s *Schema) []string {
	names := make([]string, len(s.Types))
	for i, t := range s.Types {
		names[i] = t.Name
	}
	return names
}
