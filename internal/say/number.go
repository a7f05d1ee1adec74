package say

import (
	"strconv"
	"strings"
)

// Number writes n with commas between thousands.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural writes a count with its noun: "1 port", "12 ports".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Number(n) + " " + noun + "s"
}

// Count writes a count with a phrase for one and one for several: "nobody gains", "1
// domain gains", "12 domains gain".
func Count(n int, one, many string) string {
	switch n {
	case 0:
		return "nobody " + one[strings.LastIndex(one, " ")+1:]
	case 1:
		return "1 " + one
	}
	return Number(n) + " " + many
}

// OnOff writes the value of a boolean.
func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
