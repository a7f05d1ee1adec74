package semanage

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/senet-selinux/senet/policydb"
)

// DefaultLockTimeout is how long libsemanage waits for a lock
// (SEMANAGE_COMMIT_READ_WAIT).
const DefaultLockTimeout = 5 * time.Second

// Options say which store to open.
type Options struct {
	// Root is the directory that the store's system has as /; "" is "/".
	Root string
	// Store is the name of the store, "default", "targeted"; "" is the one that
	// Root's /etc/selinux/config names.
	Store string
	// NoReload leaves the running kernel alone. Without it a commit loads the
	// new policy, but only if Root is "/", Store is the configured one and
	// SELinux is enabled.
	NoReload bool
	// LockTimeout is how long to wait for a lock; 0 is DefaultLockTimeout,
	// negative is for ever.
	LockTimeout time.Duration
	// Kernel is the kernel to load policies into whatever Root is, nil for this
	// host's.
	Kernel Kernel
}

// A Store is an open policy store. It holds no lock and no file; methods may be
// called by several goroutines.
type Store struct {
	options Options
	name    string
	root    string
	dir     string // /var/lib/selinux/TYPE
	etc     string // /etc/selinux/TYPE
	config  Config
	active  bool // it is the store that the system's configuration names
	fsys    filesystem
}

// Open finds the store and reads semanage.conf. The error wraps ErrNoStore if
// there is no such store, ErrPermission if it may not be read.
func Open(o Options) (*Store, error) {
	root, err := "/", error(nil)
	if o.Root != "" {
		if root, err = filepath.Abs(o.Root); err != nil {
			return nil, err
		}
	}
	s := &Store{options: o, root: root, fsys: osFS{}}
	configured := configuredType(s.root)
	s.name = o.Store
	if s.name == "" {
		s.name = configured
	}
	if s.name == "." || s.name == ".." || s.name == "final" || strings.ContainsAny(s.name, "/\x00") {
		return nil, fmt.Errorf("%w: %q", ErrNoStore, s.name)
	}
	s.active = s.name == configured
	if s.config, err = readConfig(s.root); err != nil {
		return nil, err
	}
	if s.config.Remote != "" {
		return nil, fmt.Errorf("%w: module-store is %q, a policy server", ErrNoStore, s.config.Remote)
	}
	s.dir = filepath.Join(s.root, s.config.StoreRoot, s.name)
	s.etc = filepath.Join(s.root, "etc/selinux", s.name)
	info, err := os.Stat(s.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s", ErrNoStore, s.dir)
	case err != nil:
		return nil, storeError(err)
	case !info.IsDir():
		return nil, fmt.Errorf("%w: %s is not a directory", ErrNoStore, s.dir)
	}
	// Without its active directory a store is one whose transaction was killed
	// between two renames; Begin repairs that.
	if _, err := os.Stat(s.activePath("")); err != nil && !s.repairable() {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s has no active directory", ErrNoStore, s.dir)
		}
		return nil, storeError(err)
	}
	return s, nil
}

// repairable reports whether an active directory could be put back.
func (s *Store) repairable() bool {
	for _, name := range []string{"previous", "tmp"} {
		if _, err := os.Stat(filepath.Join(s.dir, name)); err == nil {
			return true
		}
	}
	return false
}

// readConfig reads semanage.conf of root, or, like libsemanage, the host's where
// root has none.
func readConfig(root string) (Config, error) {
	const file = "etc/selinux/semanage.conf"
	for _, dir := range []string{root, "/"} {
		path := filepath.Join(dir, file)
		text, err := os.ReadFile(path)
		if err == nil {
			return ParseConfig(path, text)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return Config{}, storeError(err)
		}
	}
	return defaultConfig(), nil
}

// configuredType returns SELINUXTYPE of /etc/selinux/config, "targeted" if it
// does not say, as libselinux does.
func configuredType(root string) string {
	typ := "targeted"
	text, err := os.ReadFile(filepath.Join(root, "etc/selinux/config"))
	if err != nil {
		return typ
	}
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		if v, ok := strings.CutPrefix(strings.TrimSpace(s.Text()), "SELINUXTYPE="); ok {
			typ = strings.TrimSpace(v)
		}
	}
	return typ
}

// Name returns the store's name.
func (s *Store) Name() string { return s.name }

// Configured reports whether it is the store that the system's configuration
// names.
func (s *Store) Configured() bool { return s.active }

// Dir returns the store's directory.
func (s *Store) Dir() string { return s.dir }

// Config returns what semanage.conf says.
func (s *Store) Config() Config { return s.config }

func (s *Store) activePath(name string) string { return filepath.Join(s.dir, "active", name) }

func (s *Store) lockTimeout() time.Duration {
	switch {
	case s.options.LockTimeout == 0:
		return DefaultLockTimeout
	case s.options.LockTimeout < 0:
		return -1
	}
	return s.options.LockTimeout
}

// Local reads the local records of one kind, in the order of the file, with the
// store's read lock held.
func (s *Store) Local(kind Kind) ([]Record, error) {
	l, err := takeLock(filepath.Join(s.dir, readLock), s.lockTimeout())
	if err != nil {
		return nil, err
	}
	defer l.release()
	return s.readLocal(kind)
}

func (s *Store) readLocal(kind Kind) ([]Record, error) {
	path := s.activePath(kind.File())
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, storeError(err)
	}
	return ParseLocal(kind, path, text)
}

// KernelPolicy reads policy.kern, the policy with all local records, with the
// store's read lock held.
func (s *Store) KernelPolicy() (*policydb.Policy, error) {
	l, err := takeLock(filepath.Join(s.dir, readLock), s.lockTimeout())
	if err != nil {
		return nil, err
	}
	defer l.release()
	return readPolicy(s.activePath("policy.kern"))
}

// maxPolicy bounds the size of a policy; real ones have 2 to 10 MiB.
const maxPolicy = 1 << 28

// readPolicy reads a policy, which may be compressed by bzip2.
func readPolicy(path string) (*policydb.Policy, error) {
	image, err := os.ReadFile(path)
	if err != nil {
		return nil, storeError(err)
	}
	if bytes.HasPrefix(image, []byte("BZh")) {
		r := io.LimitReader(bzip2.NewReader(bytes.NewReader(image)), maxPolicy+1)
		if image, err = io.ReadAll(r); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(image) > maxPolicy {
		return nil, fmt.Errorf("%s: %w: larger than %d bytes", path, ErrRange, maxPolicy)
	}
	db, err := policydb.Decode(image)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return db, nil
}

// commitNumSize is the size of commit_num: the number, then NULs.
const commitNumSize = 32

// CommitNumber returns the number of the last transaction, 0 if there was none.
func (s *Store) CommitNumber() (int, error) { return readCommitNumber(s.activePath("commit_num")) }

func readCommitNumber(path string) (int, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, storeError(err)
	}
	return parseCommitNumber(path, b)
}

// parseCommitNumber reads what semanage_direct_get_serial does: leading blanks
// and digits; a file without a number counts as 0.
func parseCommitNumber(path string, b []byte) (int, error) {
	b = bytes.TrimLeft(b[:min(len(b), commitNumSize)], blanks)
	digits := 0
	for digits < len(b) && b[digits] >= '0' && b[digits] <= '9' {
		digits++
	}
	if digits == 0 && len(b) > 0 && b[0] != '-' {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(b[:digits]), 10, 31)
	if len(b) == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, &ParseError{File: path, Line: 1, Text: string(b), Err: fmt.Errorf("%w: not a commit number", ErrSyntax)}
	}
	return int(n), nil
}

func formatCommitNumber(n int) []byte {
	b := make([]byte, commitNumSize)
	copy(b, strconv.Itoa(n))
	return b
}

// finalPolicy returns the path of the installed kernel policy. Its N is that of
// semanage.conf, else that of the linked policy; but where the system has an
// installed policy of a higher number, which it would load instead, it is that
// number.
func (s *Store) finalPolicy(version uint32) string {
	n := s.config.PolicyVersion
	if n == 0 {
		n = int(version)
		entries, _ := os.ReadDir(filepath.Join(s.etc, "policy"))
		for _, e := range entries {
			if v, ok := strings.CutPrefix(e.Name(), "policy."); ok {
				if have, err := strconv.Atoi(v); err == nil {
					n = max(n, have)
				}
			}
		}
	}
	return filepath.Join(s.etc, "policy", "policy."+strconv.Itoa(n))
}
