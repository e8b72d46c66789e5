package privatedb

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// keeper is the parent of the database: a shell that outlives us by as long as
// the database takes to shut down. (The kernel's parent-death signal would not
// do: it follows a thread, is Linux's own, and cannot tidy up.) Its arguments are
// the socket folder, a folder to remove as well or "", and the command. Its stdin
// is a pipe that brings a line when the database is up and ends when we do;
// descriptor 3 is the lock, which the database inherits.
const keeper = `
sockets=$1 throwaway=$2
shift 2
# The stdin of a background command is /dev/null, so the pipe needs a number.
exec 4<&0
"$@" </dev/null >&2 4<&- &
database=$!
# MariaDB forgets a SIGTERM that comes while it starts, or hangs. Nobody has
# written anything by then, so it may as well be killed.
{
	if read -r up <&4; then
		read -r end <&4
		kill -TERM "$database"
		sleep 30
	fi
	kill -KILL "$database"
} 3<&- &
echo "$database"
wait "$database"
status=$?
# Ends the reader and its sleep, before another process can get the pid.
trap '' TERM
kill -TERM 0
wait
rm -rf "$sockets" ${throwaway:+"$throwaway"}
exit "$status"
`

// launch starts keeper and database, and returns before the database answers.
func launch(e engine, f *folder, log *slog.Logger) (*Server, error) {
	sockets, err := socketFolder()
	if err != nil {
		return nil, err
	}
	s := &Server{socket: filepath.Join(sockets, "s"), log: log, done: make(chan struct{})}
	if err := s.launch(e, f, sockets); err != nil {
		return nil, errors.Join(err, os.RemoveAll(sockets))
	}
	return s, nil
}

func (s *Server) launch(e engine, f *folder, sockets string) error {
	output, err := openOutput(f.log())
	if err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", keeper, "rowhouse-database-keeper", sockets, f.doomed())
	cmd.Args = append(cmd.Args, e.serveArgs(f, sockets)...)
	cmd.Env, cmd.Stderr, cmd.ExtraFiles = f.environ(), output.File, []*os.File{f.lock}
	ownGroup(cmd) // or Ctrl-C would reach the database before we have drained
	if err := s.begin(cmd); err != nil {
		return errors.Join(fmt.Errorf("run %s: %w", cmd.Path, err), output.Close())
	}
	go s.reap(cmd, e, output)
	return nil
}

func (s *Server) begin(cmd *exec.Cmd) error {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.lifeline = stdin
	if _, err := fmt.Fscanln(stdout, &s.pid); err != nil {
		return errors.Join(err, stdin.Close(), cmd.Wait())
	}
	return nil
}

func (s *Server) reap(cmd *exec.Cmd, e engine, output *output) {
	if err := cmd.Wait(); err != nil {
		s.failure = fmt.Errorf("%s ended: %s%s", e.program, exit(err), e.explain(output.text()))
	}
	_ = output.Close()
	close(s.done)
}

// exit words the keeper's exit status, in which 128 and more is a signal.
func exit(err error) string {
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.ExitCode() > 128 {
		return syscall.Signal(failed.ExitCode() - 128).String()
	}
	return err.Error()
}
