package pagefaults_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/pagefaults"
)

// touchFlag has the test program write to so many pages of new memory, and end.
const touchFlag = "SENET_TEST_TOUCH_PAGES"

func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(touchFlag)); err == nil {
		size := os.Getpagesize()
		memory, err := unix.Mmap(-1, 0, n*size+1, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil || unix.Madvise(memory, unix.MADV_NOHUGEPAGE) != nil {
			os.Exit(1)
		}
		for i := range n {
			memory[i*size] = 1
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func touching(t *testing.T, pages int) int64 {
	t.Helper()
	n, err := pagefaults.Of(func() error {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), touchFlag+"="+strconv.Itoa(pages))
		return cmd.Run()
	})
	if err != nil {
		if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
			testenv.Missing(t, err.Error())
		}
		t.Fatal(err)
	}
	return n
}

// TestOf: a process that writes to 5000 pages more has as many page faults more.
func TestOf(t *testing.T) {
	few, many := touching(t, 0), touching(t, 5000)
	if diff := many - few; diff < 4500 || diff > 5500 {
		t.Errorf("%d page faults, and %d with 5000 pages more", few, many)
	}
}

// TestOfPerf: perf stat counts as many; how far the runtime's workers come is chance.
func TestOfPerf(t *testing.T) {
	if _, err := exec.LookPath("perf"); err != nil {
		t.Skip("perf is not installed; another test counts what is known")
	}
	var out bytes.Buffer
	cmd := exec.Command("perf", "stat", "-x", ",", "-e", "page-faults", os.Args[0])
	cmd.Env = append(os.Environ(), touchFlag+"=3000")
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		t.Skipf("perf: %v: %s", err, out.Bytes())
	}
	text, _, _ := strings.Cut(out.String(), ",")
	want, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if got := touching(t, 3000); max(got-want, want-got) > 400 {
		t.Errorf("%d page faults, perf counts %d", got, want)
	}
}
