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

// supervisorScript is the shell script that runs the server program and stops it after this process
// has ended. (The parent-death signal of Linux is sent when a thread ends, and removes no folder.)
//
// Its arguments are the socket folder, another folder to remove or "", and the command. Its stdin is
// a pipe: a line means that the server is ready, and the end that this process has ended or wants to
// stop the server. Descriptor 3 is the lock, which the server inherits.
const supervisorScript = `
sockets=$1 throwaway=$2
shift 2
# The stdin of a background command is /dev/null, so the pipe needs another descriptor.
exec 4<&0
"$@" </dev/null >&2 4<&- &
database=$!
# MariaDB ignores a SIGTERM during its start, or hangs. There is no data to lose
# by then, so it is killed.
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
# End the reader and its sleep before another process can get the pid.
trap '' TERM
kill -TERM 0
wait
rm -rf "$sockets" ${throwaway:+"$throwaway"}
exit "$status"
`

// launchServer starts the supervisor and the server, and returns before the server is ready.
func launchServer(e serverProgram, f *dataFolder, log *slog.Logger) (*Server, error) {
	sockets, err := makeSocketDir()
	if err != nil {
		return nil, err
	}
	s := &Server{socket: filepath.Join(sockets, "s"), log: log, done: make(chan struct{})}
	if err := s.launchSupervisor(e, f, sockets); err != nil {
		return nil, errors.Join(err, os.RemoveAll(sockets))
	}
	return s, nil
}

// launchSupervisor starts the supervisor.
func (s *Server) launchSupervisor(e serverProgram, f *dataFolder, sockets string) error {
	output, err := openLog(f.logPath())
	if err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", supervisorScript, "rowhouse-database-supervisor", sockets, f.removedOnExit())
	cmd.Args = append(cmd.Args, e.serveArgs(f, sockets)...)
	cmd.Env, cmd.Stderr, cmd.ExtraFiles = f.buildEnv(), output.File, []*os.File{f.lock}
	setProcessGroup(cmd) // Ctrl-C must not stop the server before this process has finished its requests
	if err := s.startCommand(cmd); err != nil {
		return errors.Join(fmt.Errorf("run %s: %w", cmd.Path, err), output.Close())
	}
	go s.waitForExit(cmd, e, output)
	return nil
}

// startCommand starts the supervisor and reads the pid of the server, which is its first output.
func (s *Server) startCommand(cmd *exec.Cmd) error {
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
	s.stdin = stdin
	if _, err := fmt.Fscanln(stdout, &s.pid); err != nil {
		return errors.Join(err, stdin.Close(), cmd.Wait())
	}
	return nil
}

// waitForExit waits for the end of the supervisor, and records how the server ended.
func (s *Server) waitForExit(cmd *exec.Cmd, e serverProgram, output *serverLog) {
	if err := cmd.Wait(); err != nil {
		s.failure = fmt.Errorf("%s ended: %s%s", e.path, describeExit(err), e.explainOutput(output.readTail()))
	}
	_ = output.Close()
	close(s.done)
}

// describeExit describes the exit status of the supervisor: above 128, it is that of a signal.
func describeExit(err error) string {
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.ExitCode() > 128 {
		return syscall.Signal(failed.ExitCode() - 128).String()
	}
	return err.Error()
}
