package testenv

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// seedVariable sets the seed of everything that tests choose at random.
const seedVariable = "SENET_TEST_SEED"

// usualSeed is the seed of a usual run: what must pass before a change lands does
// not depend on luck. A long run looks for new cases.
const usualSeed = 5601

// Seed returns the seed of a test's random part and prints it: that of
// SENET_TEST_SEED, else a new one in a long run, else always the same.
// SENET_TEST_SEED=new asks for a new one in any run.
func Seed(t testing.TB) uint64 {
	t.Helper()
	if text := os.Getenv(seedVariable); text == "" && !Long() {
		t.Logf("random part: %s=%d", seedVariable, usualSeed)
		return usualSeed
	}
	return NewSeed(t)
}

// NewSeed returns the seed of SENET_TEST_SEED, else a new one, and prints it.
func NewSeed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv(seedVariable); text != "" && text != "new" {
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
	text := os.Getenv(seedVariable)
	return text != "" && text != "new"
}
