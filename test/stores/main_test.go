package stores_test

import (
	"os"
	"testing"

	"github.com/senet-selinux/senet/internal/cli"
)

// TestMain lets this binary be senet for a test that starts it by that name.
func TestMain(m *testing.M) {
	if os.Args[0] == "senet" {
		os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}
