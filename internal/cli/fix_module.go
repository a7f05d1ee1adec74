package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// errNoSemodule: modules are compiled by the host's own semodule, and there is
// none.
var errNoSemodule = errors.New("semodule is not installed")

// semodulePath finds semodule, also where the search path is a user's, without
// the directories for administrators.
func semodulePath() (string, error) {
	search := os.Getenv("PATH")
	if !strings.Contains(search, "sbin") {
		search += string(filepath.ListSeparator) + "/usr/sbin" + string(filepath.ListSeparator) + "/sbin"
	}
	for _, dir := range filepath.SplitList(search) {
		path := filepath.Join(dir, "semodule")
		if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 && filepath.IsAbs(path) {
			return path, nil
		}
	}
	return "", errNoSemodule
}

// semoduleArgs returns the arguments that name the store.
func (s *fixStore) semoduleArgs(args ...string) []string {
	var list []string
	if s.flags.noReload || s.flags.root != "" {
		list = append(list, "-N")
	}
	if s.flags.root != "" {
		list = append(list, "-p", s.flags.root)
	}
	if s.flags.root != "" || s.flags.store != "" {
		list = append(list, "-s", s.Name())
	}
	return append(list, args...)
}

// semoduleCommand is what one would type.
func (s *fixStore) semoduleCommand(args ...string) shell.Command {
	return shell.New("semodule").Flag(s.semoduleArgs(args...)...)
}

// install has semodule install a module.
func (s *fixStore) install(m *fixModule, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "senet")
	if err != nil {
		return unreadable(err, "")
	}
	defer os.RemoveAll(dir)
	// The file names the module.
	file := filepath.Join(dir, m.Name+".cil")
	if err := os.WriteFile(file, []byte(m.CIL), 0o600); err != nil {
		return unreadable(err, "")
	}
	if err := s.semodule(stderr, "-i", file); err != nil {
		return err
	}
	if !moduleInstalled(s.Store, m.Name) {
		return unreadable(fmt.Errorf("semodule ended well, but the store has no module %s", m.Name), "")
	}
	return nil
}

// remove has semodule remove a module.
func (s *fixStore) remove(name string, stderr io.Writer) error { return s.semodule(stderr, "-r", name) }

// maxComplaint is how much of what semodule says is shown.
const maxComplaint = 2000

func (s *fixStore) semodule(stderr io.Writer, args ...string) error {
	path, err := semodulePath()
	if err != nil {
		return unreadable(err, "")
	}
	defer showWork(stderr, "semodule builds the policy from all its modules")()
	out, err := exec.Command(path, s.semoduleArgs(args...)...).CombinedOutput()
	if err == nil {
		return nil
	}
	out = bytes.TrimSpace(out)
	return unreadable(words.Errorf("semodule %s: %s\n%s", args[0], err, words.Escape(string(out[max(0, len(out)-maxComplaint):]))), "the store is as it was")
}

// showWork says on a terminal what takes how long, and returns what ends that.
func showWork(stderr io.Writer, what string) (stop func()) {
	terminal := words.File(stderr)
	if !isTerminal(stderr) {
		return func() {}
	}
	start := time.Now()
	words.Status(terminal, what+" ...")
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				words.Status(terminal, "")
				return
			case <-tick.C:
				words.Status(terminal, words.Sprintf("%s ... %d s", what, int(time.Since(start).Seconds())))
			}
		}
	}()
	return func() { close(done); wait.Wait() }
}
