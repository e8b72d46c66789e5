// Command plan writes and checks migrations. It is for developers: `rowhouse migrate diff` and `rowhouse
// migrate lint` build it from the sources and run it. The server does not contain it, because the packages
// for comparing tables would make the server a quarter larger.
//
// Start with diff, then read the package tablediff.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills the process
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// cli is the command line.
type cli struct {
	Diff diff `cmd:"" help:"Write the migrations that the types need: compare the tables that the migrations produce with those of the types, on a throwaway database."`
	Lint lint `cmd:"" help:"Report the statements of migrations that lose data, break the release before, or lock a table. The exit code is 1 if there are errors. Needs no database."`
}

// The output of a command. The types differ, because kong passes arguments to Run by their type.
type (
	stdout struct{ io.Writer }
	stderr struct{ io.Writer }
)

// errReported makes a command fail without a message, because its output has the reason.
var errReported = errors.New("the output has the reason")

// run parses args and runs their command. The exit code is 0, 1 if the command failed, or 2 if args are
// invalid.
func run(ctx context.Context, args []string, out, errOut io.Writer) (code int) {
	var c cli
	printedHelp := false
	parser := kong.Must(&c, kong.Name("rowhouse migrate"), kong.Writers(out, errOut),
		kong.Exit(func(int) { printedHelp = true }))
	command, err := parser.Parse(args)
	if printedHelp {
		return 0
	}
	if err != nil {
		fmt.Fprintf(errOut, "rowhouse: %v\nTry: rowhouse migrate diff --help\n", err)
		return 2
	}
	command.BindTo(ctx, (*context.Context)(nil))
	err = command.Run(stdout{out}, stderr{errOut})
	if err != nil && !errors.Is(err, errReported) {
		fmt.Fprintf(errOut, "rowhouse: %v\n", err)
	}
	if err != nil {
		return 1
	}
	return 0
}
