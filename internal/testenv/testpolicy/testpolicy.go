// Package testpolicy opens the policies that tests ask, each file once for all tests
// of a package.
package testpolicy

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
)

type file struct {
	path     string
	modified time.Time
	size     int64
}

var (
	mu     sync.Mutex
	opened = make(map[file]*policy.Policy)
)

// Open returns the policy of a file. Policies do not change, so tests may share it.
func Open(t testing.TB, path string) *policy.Policy {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	key := file{path, info.ModTime(), info.Size()}
	mu.Lock()
	defer mu.Unlock()
	if p := opened[key]; p != nil {
		return p
	}
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	opened[key] = policy.New(db)
	return opened[key]
}

// Debian returns the policy of Debian's package selinux-policy-KIND.
func Debian(t testing.TB, kind string) *policy.Policy {
	t.Helper()
	return Open(t, testenv.Policy(t, kind))
}
