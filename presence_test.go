package senet_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestPresence looks for the programs of domains in a tree with Debian's policy: by the file contexts
// for the directories of programs, by an exact line for another directory, not by a program that many
// domains start with. Of a policy file alone nothing is known.
func TestPresence(t *testing.T) {
	policy := testenv.Policy(t, "default")
	installed := filepath.Dir(filepath.Dir(policy)) // /etc/selinux/default
	root := t.TempDir()
	to := filepath.Join(root, "etc/selinux/default")
	for _, dir := range []string{"policy", "contexts/files"} {
		if err := os.CopyFS(filepath.Join(to, dir), os.DirFS(filepath.Join(installed, dir))); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("etc/selinux/config", "SELINUXTYPE=default\n")
	write("usr/sbin/named", "")
	write("bin/bash", "") // shell_exec_t
	write("usr/lib/telepathy/mission-control-5", "")
	domains := []string{"named_t", "sshd_t", "telepathy_mission_control_t", "unconfined_t", "user_t"}
	s, err := senet.Open(t.Context(), senet.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	of := s.Presence().Of(domains)
	if !slices.Equal(of.Installed, []string{"named_t", "telepathy_mission_control_t"}) || len(of.Running) > 0 ||
		!slices.Equal(of.Unconfined, []string{"unconfined_t"}) ||
		!slices.Equal(of.Absent, []string{"sshd_t", "user_t"}) ||
		of.Processes || !of.Programs {
		t.Errorf("%+v", of)
	}
	if s, err = senet.Open(t.Context(), senet.Options{Policy: policy}); err != nil {
		t.Fatal(err)
	}
	of = s.Presence().Of(domains)
	if len(of.Absent) != 4 || of.Processes || of.Programs {
		t.Errorf("of a file: %+v", of)
	}
}
