package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// migrateDiff is the command that writes migrations. It runs the program in planFolder.
type migrateDiff struct {
	Args []string `arg:"" optional:"" help:"Name of the change and flags: see rowhouse migrate diff --help."`
}

// Run runs the program with the arguments.
func (c migrateDiff) Run(ctx context.Context, flags databaseFlags, out stdout, errOut stderr) error {
	args := []string{"diff"}
	if flags.Program != "" {
		args = append(args, "--database-program", flags.Program)
	}
	return runPlan(ctx, append(args, c.Args...), out, errOut)
}

// migrateLint is the command that checks the statements of migrations. It runs the program in planFolder.
type migrateLint struct {
	Args []string `arg:"" optional:"" help:"Flags: see rowhouse migrate lint --help."`
}

// Run runs the program with the arguments.
func (c migrateLint) Run(ctx context.Context, out stdout, errOut stderr) error {
	return runPlan(ctx, append([]string{"lint"}, c.Args...), out, errOut)
}

// planFolder has the program that plans migrations. It is built from the sources in the current folder, so
// that the server lacks its packages, and so that it has the types of the sources.
const planFolder = "./model/migration/plan"

// runPlan builds the program in planFolder, and runs it in the folder of the module.
func runPlan(ctx context.Context, args []string, out stdout, errOut stderr) error {
	module, err := findModule(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rowhouse-plan-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "plan")
	fmt.Fprintln(errOut, "Building "+planFolder+" …")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, planFolder)
	build.Dir, build.Stderr = module, errOut
	if err := build.Run(); err != nil {
		return fmt.Errorf("go build %s: %w", planFolder, err)
	}
	plan := exec.CommandContext(ctx, program, args...)
	plan.Dir, plan.Stdout, plan.Stderr = module, out, errOut
	plan.Cancel = func() error { return plan.Process.Signal(os.Interrupt) } // so that it stops its database
	var failed *exec.ExitError
	if err := plan.Run(); errors.As(err, &failed) {
		return errReported
	} else if err != nil {
		return err
	}
	return nil
}

// findModule returns the folder of the sources of this program: the module of the current folder.
func findModule(ctx context.Context) (string, error) {
	file, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("this command needs Go and the sources of the program: %w", err)
	}
	module := filepath.Dir(strings.TrimSpace(string(file)))
	if _, err := os.Stat(filepath.Join(module, planFolder)); err != nil {
		return "", errors.New("this command needs the sources of the program: run it in their folder, with go.mod and schema.graphqls")
	}
	return module, nil
}
