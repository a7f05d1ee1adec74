package sysroot

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestLock: a lock is one open file's; who waits is told so once, gets it when it is
// free, and gives up after the timeout or with the context.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	open := func() *os.File {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := open()
	if err := TryLock(first); err != nil {
		t.Fatal(err)
	}
	second := open()
	if err := TryLock(second); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	second.Close()
	ctx := context.Background()
	if err := Lock(ctx, open(), Wait{Timeout: 0}); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if err := Lock(canceled, open(), Wait{Timeout: -1}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	said := 0
	third := open()
	defer third.Close()
	err := Lock(ctx, third, Wait{Timeout: time.Minute, Said: func() { said++; first.Close() }})
	if err != nil || said != 1 {
		t.Fatal(err, said)
	}
	// What was given up did not get the lock in the end.
	fourth := open()
	defer fourth.Close()
	if err := TryLock(fourth); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
}
