package audit

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// TestOpenDevice: a device is not a log, except for the inputs that a process was given.
func TestOpenDevice(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		testenv.Missing(t, "no device /dev/zero: "+err.Error())
	}
	if _, err := Open("/dev/zero"); err == nil || !strings.Contains(err.Error(), "is a device") {
		t.Errorf("/dev/zero: %v", err)
	}
	// A name that only begins like that of an open file is not an open file.
	for _, name := range []string{"/dev/fd/../root/dev/zero", "/proc/self/fd/../root/dev/zero"} {
		if _, err := os.Stat(name); err != nil {
			continue // no such place here
		}
		if _, err := Open(name); err == nil || !strings.Contains(err.Error(), "is a device") {
			t.Errorf("%s: %v", name, err)
		}
	}
	f, err := Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); err != nil || len(text) > 0 {
		t.Errorf("%s: %q, %v", os.DevNull, text, err)
	}
}
