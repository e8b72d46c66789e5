package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// variablePrefix is the prefix of environment variables that set a limit.
const variablePrefix = "ROWHOUSE_MAX_"

// checkEnvironment returns an error for a variable of a limit without a flag, such as
// ROWHOUSE_MAX_ANSWER. The server would ignore it, and run with the default limit.
func checkEnvironment(command *kong.Node, environ []string) error {
	var known []string
	for _, flags := range command.AllFlags(false) {
		for _, flag := range flags {
			known = append(known, flag.Envs...)
		}
	}
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, variablePrefix) && !slices.Contains(known, name) {
			return fmt.Errorf("the environment variable %s sets no limit: it was renamed or removed, or is misspelt", name)
		}
	}
	return nil
}
