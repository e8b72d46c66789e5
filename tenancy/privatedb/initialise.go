package privatedb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"time"
)

// initialiseData creates the system tables, if there are none. It creates them in another folder and
// renames it, so that a killed process leaves no incomplete data.
func (f *dataFolder) initialiseData(ctx context.Context, e serverProgram, log *slog.Logger) error {
	if _, err := os.Stat(f.dataDir()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh := f.dataDir() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	log.Info("initialising the private database (once)", "dir", f.dir, "program", e.path)
	if err := f.runInitialiser(ctx, e, fresh); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	return os.Rename(fresh, f.dataDir())
}

// runInitialiser runs the command that creates the system tables in the folder fresh.
func (f *dataFolder) runInitialiser(ctx context.Context, e serverProgram, fresh string) error {
	args := e.initialiseArgs(fresh)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = f.dir, f.buildEnv()
	// With a buffer, unlike a file, Run also waits for the children of the command.
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = 5 * time.Second
	// If this process is killed, the command still runs for seconds. It inherits the lock, so that
	// another process waits for it.
	cmd.ExtraFiles = []*os.File{f.lock}
	setProcessGroup(cmd)
	err := cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("initialise %s: %s: %w%s", f.dir, args[0], err, e.explainOutput(output.String()))
	}
	return nil
}
