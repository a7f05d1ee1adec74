package semanage

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
)

// defaultLockTimeout is the time that libsemanage waits for a lock (SEMANAGE_COMMIT_READ_WAIT).
const defaultLockTimeout = 5 * time.Second

// Options choose the store to open.
type Options struct {
	// Root is the directory that the store's system has as /; "" is "/".
	Root string
	// Store is the name of the store, "default", "targeted"; "" is the one that
	// Root's /etc/selinux/config names.
	Store string
	// StoreRoot is the directory that has the stores, "" for the one that semanage.conf
	// says.
	StoreRoot string
	// Config is the path of another semanage.conf, one of this system whatever the root is;
	// "" is that of the root.
	Config string
	// NoReload leaves the running kernel alone. Without it a commit loads the
	// new policy, but only if Root is "/", Store is the configured one and
	// SELinux is enabled.
	NoReload bool
	// LockTimeout is the time to wait for a lock; 0 is five seconds, negative is for ever.
	LockTimeout time.Duration
	// Waiting is called, if it is not nil, when another transaction has held a lock
	// for WaitingAfter, 0 for two seconds: once for each lock that is waited for.
	Waiting      func()
	WaitingAfter time.Duration
	// Kernel is the kernel to load policies into whatever Root is, nil for this
	// host's.
	Kernel Kernel
}

func (o *Options) waitingAfter() time.Duration {
	if o.WaitingAfter == 0 {
		return 2 * time.Second
	}
	return o.WaitingAfter
}

// A Store is an open policy store. It holds no lock and no file; methods may be
// called by several goroutines.
type Store struct {
	options Options
	name    string
	root    sysroot.Root
	// The directories are paths of the store's system.
	dir    string // /var/lib/selinux/TYPE
	etc    string // /etc/selinux/TYPE
	config Config
	active bool // it is the store that the system's configuration names
	fsys   filesystem
}

// Open finds the store and reads semanage.conf. It changes nothing. The error wraps
// ErrNoStore if there is no such store, ErrPermission if it may not be read.
func Open(o Options) (*Store, error) {
	root, err := sysroot.Open(o.Root)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoStore, err)
	}
	s := &Store{options: o, root: root, fsys: rootFS{root}}
	configured := root.SELinuxType()
	s.name = o.Store
	if s.name == "" {
		s.name = configured
	}
	if s.name == "." || s.name == ".." || s.name == "final" || strings.ContainsAny(s.name, "/\x00") {
		return nil, fmt.Errorf("%w: %q", ErrNoStore, s.name)
	}
	s.active = s.name == configured
	if s.config, err = readConfig(s.root, o.Config); err != nil {
		return nil, err
	}
	if s.config.Remote != "" {
		return nil, fmt.Errorf("%w: module-store is %q, a policy server", ErrNoStore, s.config.Remote)
	}
	if o.StoreRoot != "" {
		s.config.StoreRoot = path.Clean("/" + o.StoreRoot) // it cannot leave the root
	}
	s.dir = path.Join(s.config.StoreRoot, s.name)
	s.etc = path.Join("/etc/selinux", s.name)
	info, err := s.root.Stat(s.dir)
	switch {
	case isGone(err) && s.root.Exists(path.Join(s.etc, "modules/active/base.pp")):
		return nil, fmt.Errorf("%w: that in %s is of libsemanage 2.3 or older; semanage_migrate_store moves it",
			ErrNoStore, s.root.Path(path.Join(s.etc, "modules")))
	case isGone(err):
		return nil, fmt.Errorf("%w: %s", ErrNoStore, s.Dir())
	case err != nil:
		return nil, storeError(err)
	case !info.IsDir():
		return nil, fmt.Errorf("%w: %s is not a directory", ErrNoStore, s.Dir())
	}
	// Without its active directory a store is one whose transaction was killed
	// between two renames; Begin repairs that.
	active, err := s.root.Lstat(s.path("active"))
	switch {
	case isGone(err) && !s.root.Exists(s.path("previous")) && !s.root.Exists(s.path("tmp")):
		return nil, fmt.Errorf("%w: %s has no active directory", ErrNoStore, s.Dir())
	case err != nil && !isGone(err):
		return nil, storeError(err)
	case err == nil && !active.IsDir():
		return nil, fmt.Errorf("%w: %w", ErrNoStore,
			&sysroot.KindError{Path: s.root.Path(s.path("active")), Mode: active.Mode(), Want: fs.ModeDir})
	}
	return s, nil
}

// Create makes the directories of a store that is not there, for its first modules. What
// is there stays. Errors are those of Open.
func Create(o Options) error {
	root, err := sysroot.Open(o.Root)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoStore, err)
	}
	config, err := readConfig(root, o.Config)
	if err != nil {
		return err
	}
	if o.StoreRoot != "" {
		config.StoreRoot = path.Clean("/" + o.StoreRoot)
	}
	if o.Store == "" || o.Store == "." || o.Store == ".." || o.Store == "final" ||
		strings.ContainsAny(o.Store, "/\x00") {
		return fmt.Errorf("%w: %q", ErrNoStore, o.Store)
	}
	if config.Remote != "" {
		return fmt.Errorf("%w: module-store is %q, a policy server", ErrNoStore, config.Remote)
	}
	if err := root.MkdirAll(config.StoreRoot, 0o755); err != nil {
		return storeError(err)
	}
	for _, dir := range []string{"", "active", "active/modules"} {
		name := path.Join(config.StoreRoot, o.Store, dir)
		if root.Exists(name) {
			continue
		}
		if err := root.Mkdir(name, sysroot.Attrs{Mode: 0o700}); err != nil {
			return storeError(err)
		}
	}
	return nil
}

// Reload gives the running kernel the store's policy. It does nothing for a store that
// is not the running system's, or where SELinux is disabled. The error wraps ErrLoad.
func (s *Store) Reload() error {
	k := s.running()
	if k == nil {
		return nil
	}
	return s.reload(k)
}

// readConfig reads semanage.conf: another one, that of root or, like libsemanage, the host's if
// root has none.
func readConfig(root sysroot.Root, other string) (Config, error) {
	if other != "" {
		text, err := sysroot.Root{}.ReadFile(other, sysroot.MaxConfig)
		if err != nil {
			return Config{}, fmt.Errorf("%w: %w", ErrNoStore, err)
		}
		config, err := parseConfig(other, text)
		config.foreign = "" // the caller chose it, not the image
		return config, err
	}
	const file = "/etc/selinux/semanage.conf"
	for _, r := range []sysroot.Root{root, {}} {
		text, err := r.ReadFile(file, sysroot.MaxConfig)
		if err == nil {
			return parseConfig(r.Path(file), text)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return Config{}, storeError(err)
		}
	}
	return defaultConfig(), nil
}

// Name returns the store's name.
func (s *Store) Name() string { return s.name }

// Configured reports whether it is the store that the system's configuration
// names.
func (s *Store) Configured() bool { return s.active }

// Dir returns the store's directory as this machine has it, for messages. Links of
// another system are not resolved: opening a file by it is not confined to the root.
func (s *Store) Dir() string { return s.root.Path(s.dir) }

// Root returns the files of the store's system, which [Store.Path] names files of.
func (s *Store) Root() sysroot.Root { return s.root }

// Path returns the path that a file of the store's directory has on its system.
func (s *Store) Path(name string) string { return s.path(name) }

// Config returns what semanage.conf says.
func (s *Store) Config() Config { return s.config }

func (s *Store) path(name string) string { return path.Join(s.dir, name) }

func (s *Store) activePath(name string) string { return path.Join(s.dir, "active", name) }

// display returns the path of a file of the store's system as this machine has it.
func (s *Store) display(name string) string { return s.root.Path(name) }

func (s *Store) lockTimeout() time.Duration {
	switch {
	case s.options.LockTimeout == 0:
		return defaultLockTimeout
	case s.options.LockTimeout < 0:
		return -1
	}
	return s.options.LockTimeout
}

// Local reads the local records of one kind, in the order of the file, with the
// store's read lock held.
func (s *Store) Local(kind Kind) ([]Record, error) {
	l, err := s.takeLock(readLock, true)
	if err != nil {
		return nil, err
	}
	defer l.release()
	return s.readLocal(kind)
}

func (s *Store) readLocal(kind Kind) ([]Record, error) {
	return s.readLocalOf(kind, s.path("active"))
}

// readLocalOf reads the local records of one kind in a directory like active.
func (s *Store) readLocalOf(kind Kind, dir string) ([]Record, error) {
	name := path.Join(dir, kind.File())
	if kind == Equivalences {
		name = s.contextFile(substitutions)
	}
	text, err := s.root.ReadFile(name, sysroot.MaxRecords)
	gone := isGone(err)
	if err != nil && !gone {
		return nil, storeError(err)
	}
	if kind == Users {
		other := path.Join(dir, usersExtraLocal)
		extra, err := s.root.ReadFile(other, sysroot.MaxRecords)
		if err != nil && !isGone(err) {
			return nil, storeError(err)
		}
		return parseUsers([2]string{s.display(name), s.display(other)}, text, extra)
	}
	if gone {
		return nil, nil
	}
	return ParseLocal(kind, s.display(name), text)
}

// KernelPolicy reads policy.kern, the policy with all local records, with the
// store's read lock held.
func (s *Store) KernelPolicy() (*policydb.Policy, error) {
	l, err := s.takeLock(readLock, true)
	if err != nil {
		return nil, err
	}
	defer l.release()
	return s.readPolicy(s.activePath("policy.kern"))
}

// LinkedPolicy reads policy.linked, the policy without local records, with the
// store's read lock held.
func (s *Store) LinkedPolicy() (*policydb.Policy, error) {
	l, err := s.takeLock(readLock, true)
	if err != nil {
		return nil, err
	}
	defer l.release()
	return s.readPolicy(s.activePath("policy.linked"))
}

// KernelImage returns the bytes of policy.kern as they are now. The file is
// replaced as a whole, so no lock is needed.
func (s *Store) KernelImage() ([]byte, error) {
	image, err := s.root.ReadFile(s.activePath("policy.kern"), maxPolicy)
	return image, storeError(err)
}

// maxPolicy bounds the size of a policy; real ones have 2 to 10 MiB.
const maxPolicy = 1 << 28

// readPolicy reads a policy, which may be compressed by bzip2.
func (s *Store) readPolicy(name string) (*policydb.Policy, error) {
	f, err := s.root.Open(name, maxPolicy)
	if err != nil {
		return nil, storeError(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, storeError(err)
	}
	var head [len(bzip2Magic)]byte
	if _, err := f.ReadAt(head[:], 0); err == nil && string(head[:]) == bzip2Magic {
		image, err := sysroot.ReadAll(f, maxPolicy)
		if err != nil {
			return nil, storeError(err)
		}
		return decodePolicy(s.display(name), image)
	}
	db, err := policydb.Read(io.LimitReader(f, maxPolicy+1), info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.display(name), err)
	}
	return db, nil
}

const bzip2Magic = "BZh"

// decodePolicy decodes a policy, which may be compressed by bzip2; path is for
// errors.
func decodePolicy(path string, image []byte) (*policydb.Policy, error) {
	var err error
	if bytes.HasPrefix(image, []byte(bzip2Magic)) {
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
func (s *Store) CommitNumber() (int, error) { return s.commitNumberOf(s.path("active")) }

// commitNumberOf reads the number in a directory like active.
func (s *Store) commitNumberOf(dir string) (int, error) {
	name := path.Join(dir, "commit_num")
	b, err := s.root.ReadFile(name, sysroot.MaxConfig)
	if isGone(err) {
		return 0, nil
	}
	if err != nil {
		return 0, storeError(err)
	}
	return parseCommitNumber(s.display(name), b)
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
		return 0, &ParseError{File: path, Line: 1, Text: string(b),
			Err: fmt.Errorf("%w: not a commit number", ErrSyntax)}
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
		names, _ := s.root.ReadDir(path.Join(s.etc, "policy"), 0)
		for _, name := range names {
			if v, ok := strings.CutPrefix(name, "policy."); ok {
				if have, err := strconv.Atoi(v); err == nil {
					n = max(n, have)
				}
			}
		}
	}
	return path.Join(s.etc, "policy", "policy."+strconv.Itoa(n))
}
