package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// storeFlag makes this program bind a copy of the policy stores to their places, in a mount
// namespace of its own, run one command there and print its costs.
const storeFlag = "-run-in-store"

// storeDirs are the places.
func storeDirs() []string { return []string{"/var/lib/selinux", "/etc/selinux"} }

// benchSemanage times semanage, and senet called by that name, on copies of
// Debian's default store on a disk.
func benchSemanage(senet string) error {
	fmt.Printf("\nsemanage, %d paired runs, by the minima, on copies of Debian's store.\n\n", pairs)
	peer, err := exec.LookPath("semanage")
	if err != nil || os.Getuid() != 0 {
		fmt.Println("not run: it needs semanage, and root")
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
	own := filepath.Join(dir, "semanage")
	if err := os.Symlink(senet, own); err != nil {
		return err
	}
	roots := [2]string{filepath.Join(dir, "peer"), filepath.Join(dir, "own")}
	for _, root := range roots {
		if err := copyStore(root); err != nil {
			return err
		}
	}
	fmt.Printf("%-52s %10s %10s %8s %9s\n", "command", "peer ms", "senet ms", "ratio", "RSS MiB")
	for _, command := range []string{"port -a -N -t http_port_t -p sctp PORT", "boolean -m -N --on httpd_enable_cgi",
		"fcontext -a -N -t httpd_sys_content_t /srv/PORT(/.*)?", "user -m -N -R staff_r user_u",
		"port -l", "fcontext -l", "boolean -l", "export"} {
		theirs, ours := measured{time: time.Hour}, measured{time: time.Hour}
		for i := range pairs {
			args := strings.Fields(strings.ReplaceAll(command, "PORT", strconv.Itoa(2000+i)))
			p, err := measureInStore(roots[0], peer, args)
			if err != nil {
				return err
			}
			o, err := measureInStore(roots[1], own, args)
			if err != nil {
				return err
			}
			theirs, ours = theirs.best(p), ours.best(o)
		}
		fmt.Printf("%-52s %10.1f %10.2f %7.1fx %9.1f\n", "semanage "+command, ms(theirs.time), ms(ours.time),
			float64(theirs.time)/float64(ours.time), float64(ours.rss)/1024)
	}
	return nil
}

// copyStore copies the store and what belongs to it under root.
func copyStore(root string) error {
	for _, d := range storeDirs() {
		if err := os.MkdirAll(root+d, 0o755); err != nil {
			return err
		}
	}
	for _, d := range []string{"/var/lib/selinux/default", "/etc/selinux/default"} {
		if err := os.CopyFS(root+d, os.DirFS(d)); err != nil {
			return err
		}
	}
	return os.WriteFile(root+"/etc/selinux/config", []byte("SELINUX=permissive\nSELINUXTYPE=default\n"), 0o644)
}

func measureInStore(root, name string, args []string) (measured, error) {
	self, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	cmd := exec.Command(self, append([]string{storeFlag, root, name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return measured{}, fmt.Errorf("%s %v: %w", name, args, err)
	}
	var m measured
	if _, err := fmt.Sscan(string(out), &m.time, &m.rss, &m.cpu); err != nil {
		return measured{}, fmt.Errorf("%s %v: %w", name, args, err)
	}
	return m, nil
}

// runInStore is the process that measureInStore starts.
func runInStore(root, name string, args []string) {
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	for _, d := range storeDirs() {
		if err == nil {
			err = syscall.Mount(root+d, d, "", syscall.MS_BIND, "")
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mounting the copy:", err)
		os.Exit(1)
	}
	runChild(name, args)
}
