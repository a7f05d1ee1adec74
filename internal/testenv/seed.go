package testenv

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// seedVariable sets the seed of everything that tests choose anew each time.
const seedVariable = "SENET_TEST_SEED"

// Seed returns the seed of a test's random part and prints it: that of
// SENET_TEST_SEED, else a new one.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text, ok := os.LookupEnv(seedVariable); ok {
		var err error
		if seed, err = strconv.ParseUint(text, 0, 64); err != nil {
			t.Fatalf("%s: %v", seedVariable, err)
		}
	}
	t.Logf("random part: %s=%d", seedVariable, seed)
	return seed
}

// SeedIsSet reports whether the seed is one that somebody asks for again.
func SeedIsSet() bool {
	_, ok := os.LookupEnv(seedVariable)
	return ok
}
