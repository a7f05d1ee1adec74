package remark

import (
	"slices"
	"strings"
)

// maxNextSentence is how many lines a sentence that puts SELinux off and the one that says what came of it may be
// apart.
const maxNextSentence = 2

// withModesApart splits a line that compares the two modes: with enforcing it fails, with permissive it runs.
func withModesApart(t string) string {
	if !strings.Contains(t, "enforc") || !strings.Contains(t, "permissive") && !strings.Contains(t, "disabled") {
		return t
	}
	return strings.NewReplacer(", with ", ". with ", ", in ", ". in ", ", and with ", " and with ").Replace(t)
}

// inPermissive reports whether words say that something is in permissive mode, without the word for SELinux.
func inPermissive(w []string) bool {
	for i, word := range w {
		if word != "permissive" || i == 0 || !slices.Contains([]string{"in", "with", "to", "under"}, w[i-1]) {
			continue
		}
		if slices.ContainsFunc(w[:i], func(s string) bool { return s == "domain" || s == "type" || s == "module" }) {
			continue
		}
		if i+1 < len(w) {
			switch w[i+1] {
			case "license", "licence", "policy", "policies", "domain", "domains", "type", "types", "umask", "rules",
				"permissions", "flag", "firewall", "cors", "module":
				continue
			}
		}
		return true
	}
	return false
}

// offAfterEnforcing reports whether the words behind "SELinux enforcing" say that it is off.
func offAfterEnforcing(w []string) bool {
	if len(w) > 0 && (w[0] == "mode" || w[0] == "turned" || w[0] == "set" || w[0] == "is" || w[0] == "to") {
		w = w[1:]
	}
	return len(w) > 0 && (w[0] == "off" || w[0] == "disabled" || w[0] == "0")
}

// bothModes reports whether a clause tells the same of both modes, or of another system: works with enforcing and
// with permissive.
func bothModes(c string) bool {
	w := wordsOf(c)
	i := slices.Index(w, "enforcing")
	if i < 1 || w[i-1] != "with" && w[i-1] != "in" {
		return false
	}
	return !slices.ContainsFunc(w, func(w string) bool {
		return slices.Contains([]string{"not", "doesn't", "fails", "fail", "failed", "only", "broken", "error",
			"errors",
			"can't", "cannot", "refuses", "denied", "unlike", "crashes"}, w)
	})
}

// outcomeInOtherWords is outcome for words that tell it only beside words about SELinux's mode: everything is fine.
func outcomeInOtherWords(c string) Code {
	for _, s := range [...]string{"no change", "problem remains", "error remains", "issue remains", "fails also",
		"also fails", "fails, too", "it fails too"} {
		if strings.Contains(c, s) {
			return FailsOff
		}
	}
	for _, s := range [...]string{"no problem", "no issue", "no error", "without problem", "without a problem",
		"without any problem", "without issue", "without any issue", "without error", "without any error",
		"all is well",
		"came up", "comes up"} {
		if strings.Contains(c, s) {
			return WorksOff
		}
	}
	w := wordsOf(c)
	for i, word := range w {
		before := w[max(0, i-4):i]
		switch word {
		case "fine", "gone", "ran":
		case "working":
			if i == 0 || !slices.Contains([]string{"is", "it's", "was", "are", "were", "again"}, w[i-1]) {
				continue
			}
		case "go":
			if i+1 == len(w) || w[i+1] != "away" || !slices.Contains(before, "made") &&
				!slices.Contains(before, "makes") {
				continue
			}
		default:
			continue
		}
		if slices.ContainsFunc(before, func(s string) bool {
			return s == "not" || s == "never" || strings.HasSuffix(s, "n't") || s == "neither"
		}) {
			return FailsOff
		}
		return WorksOff
	}
	return ""
}

// putOff reports whether a clause tells that somebody has put SELinux off: I set it to permissive for a test.
func putOff(c string) bool {
	if uncertain(c) {
		return false
	}
	w := wordsOf(c)
	if len(w) > 20 || slices.ContainsFunc(w, func(s string) bool {
		switch s {
		case "if", "when", "should", "could", "would", "must", "need", "needs", "before", "until", "unless", "not",
			"never", "cannot", "can", "you", "without", "don't", "because", "instead", "only", "may":
			return true
		}
		return false
	}) {
		return false
	}
	return slices.ContainsFunc(w, func(s string) bool {
		switch s {
		case "turned", "set", "disabled", "switched", "put", "changed", "ran", "tried", "deactivated":
			return true
		}
		return false
	})
}

// continues reports whether a clause is about what was done in the sentence before.
func continues(c string) bool {
	w := wordsOf(c)
	if len(w) == 0 || len(w) > 16 {
		return false
	}
	switch w[0] {
	case "it", "everything", "this", "that", "then", "now", "after", "afterwards", "all", "works", "worked", "still",
		"same", "no":
		return true
	}
	return slices.Contains(w, "then") || slices.Contains(w, "now") || slices.Contains(w, "still")
}
