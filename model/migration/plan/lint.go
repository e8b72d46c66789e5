package main

import (
	"fmt"
	"os"

	"rowhouse/model/tablediff"
)

// lint is the command that checks the statements of migrations.
type lint struct {
	After int    `placeholder:"VERSION" help:"Check the files after this version only, such as the last released one."`
	Dir   string `default:"model/migration" type:"path" help:"Folder of the migrations."`
}

// Help is shown by rowhouse migrate lint --help.
func (lint) Help() string {
	return `Errors are statements that lose data, or that break a program of the release before. Warnings are
statements that lock a large table. A comment in a file accepts its errors, with a reason:
  -- lint: no replica uses the column since release 12

Examples:
  rowhouse migrate lint
  rowhouse migrate lint --after 305`
}

// Run prints the findings. It fails if one is an error.
func (c lint) Run(out stdout) error {
	findings, err := tablediff.Lint(os.DirFS(c.Dir), c.After)
	if err != nil {
		return err
	}
	errors := 0
	for _, f := range findings {
		severity := "warning"
		if !f.Warning {
			severity = "error"
			errors++
		}
		fmt.Fprintf(out, "%s: %s: %s\n  problem: %s\n  remedy:  %s\n", f.File, severity, f.Statement, f.Problem, f.Remedy)
	}
	fmt.Fprintf(out, "%d errors, %d warnings\n", errors, len(findings)-errors)
	if errors > 0 {
		return errReported
	}
	return nil
}
