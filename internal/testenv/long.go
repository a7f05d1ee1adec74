package testenv

import "os"

// Long reports whether a run may take hours: SENET_TEST_LONG is set to 1.
func Long() bool { return os.Getenv("SENET_TEST_LONG") == "1" }

// Rounds returns how often a test repeats something: the first number, or the
// second in a long run.
func Rounds(usual, long int) int {
	if Long() {
		return long
	}
	return usual
}
