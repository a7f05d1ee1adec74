package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// smallModule is one that audit2allow writes: a rule between types that are there.
const smallModule = "(typeattributeset cil_gen_require httpd_t)\n(allow httpd_t self (process (ptrace)))\n"

// modulePairs are fewer, as semodule takes seconds.
const modulePairs = 5

// benchModules times semodule, and senet called by that name, on copies of Debian's
// default store on a disk; and senet fix --apply of a port type of its own beside
// semodule -i of its module.
func benchModules(senet string) error {
	fmt.Printf("\nsemodule, %d paired runs, by the minima, on copies of Debian's store.\n\n", modulePairs)
	peer, err := exec.LookPath("semodule")
	if err != nil || os.Getuid() != 0 {
		fmt.Println("not run: it needs semodule, and root")
		return nil
	}
	if senet, err = filepath.Abs(senet); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "senet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	own, module := filepath.Join(dir, "semodule"), filepath.Join(dir, "small.cil")
	if err := os.Symlink(senet, own); err != nil {
		return err
	}
	if err := os.WriteFile(module, []byte(smallModule), 0o600); err != nil {
		return err
	}
	roots := [2]string{filepath.Join(dir, "peer"), filepath.Join(dir, "own")}
	for _, root := range roots {
		if err := copyStore(root); err != nil {
			return err
		}
	}
	fmt.Printf("%-44s %9s %9s %7s %9s %9s %7s %9s %9s\n", "command", "peer ms", "senet ms", "ratio", "peer CPU",
		"CPU ms",
		"ratio", "peer MiB", "MiB")
	fix := []string{"fix", "sshd_t", "bind", "tcp/5432", "--apply", "own-type", "-N", "--yes", "-q"}
	for _, c := range []struct {
		name            string
		theirs, ours    []string
		program         string
		theirs2, undone []string // what makes it so again
	}{
		{"semodule -n -B", []string{"-n", "-B"}, []string{"-n", "-B"}, own, nil, nil},
		{"semodule -n -i small.cil", []string{"-n", "-i", module}, []string{"-n", "-i", module}, own,
			[]string{"-n", "-r", "small"}, []string{"-n", "-r", "small"}},
		{"senet module install, beside semodule -n -i", []string{"-n", "-i", module},
			[]string{"module", "install", module, "-N", "--yes", "-q"}, senet,
			[]string{"-n", "-r", "small"}, []string{"module", "remove", "small", "-N", "--yes", "-q"}},
		{"senet fix --apply, beside semodule -n -i", []string{"-n", "-i", module}, fix, senet,
			[]string{"-n", "-r", "small"}, []string{"undo", "-N", "--yes", "-q"}},
	} {
		theirs, ours := measured{time: time.Hour, cpu: time.Hour}, measured{time: time.Hour, cpu: time.Hour}
		for range modulePairs {
			for _, run := range []struct {
				root, program string
				args          []string
				into          *measured
			}{
				{roots[0], peer, c.theirs, &theirs}, {roots[1], c.program, c.ours, &ours},
				{roots[0], peer, c.theirs2, nil}, {roots[1], c.program, c.undone, nil},
			} {
				if run.args == nil {
					continue
				}
				m, err := measureInStore(run.root, run.program, run.args)
				if err != nil {
					return err
				}
				if run.into != nil {
					*run.into = run.into.best(m)
				}
			}
		}
		fmt.Printf("%-44s %9.0f %9.0f %6.1fx %9.0f %9.0f %6.1fx %9.1f %9.1f\n", c.name, ms(theirs.time), ms(ours.time),
			float64(theirs.time)/float64(ours.time), ms(theirs.cpu), ms(ours.cpu),
			float64(theirs.cpu)/float64(ours.cpu), float64(theirs.rss)/1024, float64(ours.rss)/1024)
	}
	return nil
}
