package policydb_test

import (
	"os"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

func BenchmarkFirstDifference(b *testing.B) {
	image, err := os.ReadFile(testenv.Policy(b, "default"))
	if err != nil {
		b.Fatal(err)
	}
	p, err := policydb.Decode(image)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if d, found := policydb.FirstDifference(p, p); found {
			b.Fatal(d)
		}
	}
}
