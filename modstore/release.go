package modstore

import (
	"bytes"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/libraries"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
)

// The releases that can be recognized from a policy, and the first one whose libsemanage by default
// optimizes policies and takes a type that is declared again.
const (
	releaseShift compile.Release = 4
	releaseDJB   compile.Release = 7
	release34    compile.Release = 8
	optimizes    compile.Release = 8
	// releaseNeverAudit is the first that writes version 35.
	releaseNeverAudit compile.Release = 9
)

// releaseFor returns the libsepol release whose libsemanage a store is of: library, if known says
// that there is one and it can have written the policy; else that of the policy, the newest one
// without a policy.
func releaseFor(db *policydb.Policy, library compile.Release, known bool) compile.Release {
	if known && (db == nil || library.SymbolHash() == db.SymbolHash() && library.Version() >= db.Version) {
		return library
	}
	return releaseOf(db)
}

// library returns the release of the libsepol of the store's system, or of the running one if that
// has none. It reads the library.
func (s *Store) library() (r compile.Release, known bool) {
	const name = "libsepol.so.2"
	lib := libraries.Read(s.root, name)
	if lib == nil && !s.root.Live() {
		lib = libraries.Read(sysroot.Root{}, name)
	}
	return releaseOfLibrary(lib)
}

// releaseOf returns the likely libsepol release of a policy: one that orders symbols in the same
// way and writes its version; the newest one without a policy.
func releaseOf(db *policydb.Policy) compile.Release {
	switch {
	case db == nil:
		return compile.NewestRelease
	case db.SymbolHash() == policydb.HashShift:
		return releaseShift
	case db.Version <= releaseDJB.Version():
		return releaseDJB
	case db.Version <= release34.Version():
		return release34
	}
	return compile.NewestRelease
}

// releaseOfLibrary returns the release of a libsepol.so.2, by the words that it knows. 3.5 is
// 3.4 in all that matters here, and 3.6 is 3.7. ok is false for a file that is no libsepol.
func releaseOfLibrary(lib []byte) (r compile.Release, ok bool) {
	has := func(word string) bool { return bytes.Contains(lib, []byte("\x00"+word+"\x00")) }
	switch {
	case !has("cil_gen_require") && !has("typeattributeset"):
		return 0, false
	case !has("notself"): // in CIL since 3.6
		return releaseShift, true
	case !has("netlink_xperm"): // a capability
		return releaseDJB, true
	case !has("typeneveraudit"):
		return release34, true
	case !has("bpf_token_perms"): // a capability
		return 9, true
	case !has("LIBSEPOL_3.11"): // the newest version of its symbols
		return 10, true
	}
	return compile.NewestRelease, true
}
