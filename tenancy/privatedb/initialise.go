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

// initialise makes the system tables, once. They are made beside their place and
// renamed into it, so a run that is killed half way leaves nothing that counts.
func (f *folder) initialise(ctx context.Context, e engine, log *slog.Logger) error {
	if _, err := os.Stat(f.data()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh := f.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return err
	}
	log.Info("initialising the private database (once)", "dir", f.dir, "program", e.program)
	if err := f.fill(ctx, e, fresh); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	return os.Rename(fresh, f.data())
}

func (f *folder) fill(ctx context.Context, e engine, fresh string) error {
	args := e.initialiseArgs(fresh)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = f.dir, f.environ()
	// Not a file: Run then waits for the children of the command as well.
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = 5 * time.Second
	// When we are killed, the command goes on to its end, which is seconds away.
	// The lock, which it inherits, keeps the next run off until then.
	cmd.ExtraFiles = []*os.File{f.lock}
	ownGroup(cmd)
	err := cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("initialise %s: %s: %w%s", f.dir, args[0], err, e.explain(output.String()))
	}
	return nil
}
