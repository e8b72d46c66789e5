// Generate generates the application in the working directory from its schema.graphqls. Its argument is
// the configuration of gqlgen, gqlgen.yml by default.
package main

import (
	"fmt"
	"os"

	"rowhouse/graph/codegen"
)

func main() {
	configFile := "gqlgen.yml"
	if len(os.Args) > 1 {
		configFile = os.Args[1]
	}
	if err := codegen.Generate(configFile, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
