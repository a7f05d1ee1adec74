package remark

import (
	"slices"
	"strings"
)

// A modeScanner reads what people write of the modes in which something works.
type modeScanner struct {
	// command is the last line with "setenforce 0" as a command, announced the last line that says that what follows
	// helps.
	command, announced int64
	// put is the last line that says that SELinux was put off, and not what came of it.
	put int64
}

// maxNear is how many lines a sentence and the command that it is about may be apart.
const maxNear = 5

// line reads a line of a text of people.
func (m *modeScanner) line(number int64, t string) (Code, bool) {
	if len(t) > 2048 || strings.Contains(t, "avc:") {
		return "", false
	}
	t = strings.ToLower(strings.NewReplacer("\u2019", "'", "`", "", "**", "", "\u00a0", " ").Replace(t))
	if isCommand(t) {
		m.command = number
		if m.announced > 0 && number-m.announced <= maxNear {
			m.announced = 0
			return WorksOff, true
		}
		return "", false
	}
	var found Code
	for _, clause := range clauses(withModesApart(t)) {
		result := outcome(clause)
		off := turnsOff(clause)
		near := m.put > 0 && number-m.put <= maxNextSentence
		if result == "" && (off || found == SaidOff || near) {
			result = outcomeInOtherWords(clause)
		}
		if off && bothModes(clause) {
			continue
		}
		if near && !off && result != "" && !uncertain(clause) && continues(clause) {
			m.put = 0
			return result, true
		}
		if off && result == "" && putOff(clause) {
			m.put = number
			if found == "" && isState(clause) {
				found = SaidOff
			}
			continue
		}
		switch {
		case off && uncertain(clause):
		case off && result != "":
			return result, true
		case off && isState(clause):
			found = SaidOff
		case result != "" && found == SaidOff && !uncertain(clause):
			return result, true
		case result != "" && m.command > 0 && number-m.command <= maxNear && refersBack(clause):
			m.command = 0
			return result, true
		case result == WorksOff && !uncertain(clause) && announces(clause) && strings.HasSuffix(strings.TrimSpace(t),
			":"):
			m.announced = number
		}
	}
	return found, found != ""
}

// isCommand reports whether a line is a command line that makes SELinux permissive.
func isCommand(t string) bool {
	t = strings.TrimSpace(t)
	i := strings.Index(t, "setenforce 0")
	if i < 0 {
		i = strings.Index(t, "setenforce permissive")
	}
	if i < 0 || len(strings.Fields(t)) > 8 {
		return false
	}
	if rest := strings.TrimLeft(t[i+len("setenforce "):], "0permisv"); strings.HasPrefix(rest, " ") &&
		len(rest) > 1 && isLetter(rest[1]) {
		return false // a sentence goes on
	}
	head := strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(t[:i], " "), "sudo"), " ")
	head = strings.TrimSuffix(head, "/usr/sbin/")
	return head == "" || strings.HasSuffix(head, "$") || strings.HasSuffix(head, "#") || strings.HasSuffix(head, ">")
}

// clauses splits a line at the ends of sentences and before "but".
func clauses(t string) []string {
	t = strings.NewReplacer(". ", "\n", "! ", "\n", "? ", "?\n", "; ", "\n", ", but ", "\n", " but ", "\n", " however ",
		"\n", " although ", "\n", " while ", "\n", ", so ", "\n", ", what", "\nwhat", ", how", "\nhow", ", is ",
		"\nis ", ", any", "\nany", ", why", "\nwhy").Replace(t)
	return strings.Split(t, "\n")
}

// turnsOff reports whether a clause says that SELinux does not enforce.
func turnsOff(c string) bool {
	for _, s := range [...]string{"setenforce 0", "setenforce permissive", "enforcing=0", "selinux=0",
		"selinux=permissive", "selinux=disabled", "permissive mode", "enforcing to 0", "enforcing off"} {
		if strings.Contains(c, s) {
			return true
		}
	}
	w := wordsOf(c)
	if inPermissive(w) {
		return true
	}
	for i, word := range w {
		if word != "selinux" && word != "se-linux" {
			continue
		}
		if i > 0 && (w[i-1] == "no" || w[i-1] == "without") && (i+1 == len(w) || !ofSELinux(w[i+1])) {
			return true
		}
		if offBehind(w[i+1:]) {
			return true
		}
		for j := max(0, i-4); j < i && w[i-1] != "no"; j++ {
			switch w[j] {
			case "disable", "disabled", "disabling", "deactivate", "deactivated", "deactivating":
				return j == 0 || w[j-1] != "without"
			case "turn", "turned", "turning", "switch", "switched", "switching":
				if w[j+1] == "off" {
					return j == 0 || w[j-1] != "without"
				}
			}
		}
	}
	return false
}

// offBehind reports whether the words behind "SELinux" say that it is off, and not another thing.
func offBehind(w []string) bool {
	for i, near := range w[:min(len(w), 5)] {
		switch near {
		case "0":
			return i > 0 && w[i-1] == "to"
		case "enforcing", "enforcement":
			return offAfterEnforcing(w[i+1:])
		case "disabled", "permissive", "off", "deactivated":
			return true
		case "enabled", "firewall", "firewalld", "apparmor", "boolean", "booleans", "bool", "module",
			"policy", "dontaudit", "not", "isn't", "and", "or":
			return false
		}
	}
	return false
}

// ofSELinux reports whether a word behind "no SELinux" names something that is missing other than SELinux.
func ofSELinux(word string) bool {
	switch word {
	case "policy", "policies", "denial", "denials", "avc", "avcs", "error", "errors", "message", "messages", "problem",
		"problems", "issue", "issues", "context", "contexts", "label", "labels", "support", "log", "logs", "alert",
		"alerts", "module", "modules", "rule", "rules", "warnings", "related", "disabled", "permissive", "off",
		"being":
		return true
	}
	return false
}

// outcome tells whether a clause says that something works, or that it fails; "" for neither.
func outcome(c string) Code {
	for _, s := range [...]string{"still fail", "still get", "still the same", "still not", "still doesn't",
		"still does not", "still didn't", "still can't", "still cannot", "still have", "still happen", "still occur",
		"still see", "still broken", "still denied", "still an error", "still error", "same error", "same problem",
		"same issue", "same result", "same behavior", "same behaviour", "no difference", "no luck", "no effect",
		"no avail", "nothing changed", "nothing changes", "persists", "fails as well", "fails too", "fails even"} {
		if strings.Contains(c, s) {
			return FailsOff
		}
	}
	w := wordsOf(c)
	for i, word := range w {
		switch word {
		case "works", "worked", "working", "work", "fixes", "fixed", "fix", "solves", "solved", "solve", "resolves",
			"resolved", "resolve", "helps", "helped", "help", "succeeds", "succeeded", "disappears", "disappeared",
			"vanishes", "starts", "started", "start", "boots", "runs", "loads", "functions", "functioned":
		case "allows", "allowed", "lets":
			if !does(w[i+1:]) {
				continue
			}
		case "go", "goes", "went":
			if i+1 == len(w) || w[i+1] != "away" {
				continue
			}
		default:
			continue
		}
		negated := false
		for _, n := range w[max(0, i-5):i] {
			switch n {
			case "not", "never", "doesn't", "didn't", "won't", "don't", "isn't", "wasn't", "can't", "cannot", "doesnt",
				"didnt", "nor", "neither", "only":
				negated = true
			}
		}
		switch {
		case negated && reverses(w):
			return WorksOff // it does not work unless SELinux is off
		case negated && strings.HasPrefix(c, "only"), slices.Contains(w, "only") && !slices.Contains(w, "not"):
			return WorksOff
		case negated:
			return FailsOff
		case reverses(w) && slices.Contains(w, "until"):
			return ""
		}
		switch word {
		case "work", "fix", "solve", "resolve", "help", "start", "working", "started", "go":
			continue // with a verb before it, it may be a wish
		}
		return WorksOff
	}
	return ""
}

// does reports whether the words behind "allows" name what a program does then: "allows the service to start".
func does(w []string) bool {
	return slices.ContainsFunc(w[:min(len(w), 8)], func(word string) bool {
		return slices.Contains([]string{"work", "start", "function", "run", "boot", "load", "succeed", "finish"}, word)
	})
}

// reverses reports whether a clause has a word that turns a condition round.
func reverses(w []string) bool {
	for i, word := range w {
		switch word {
		case "unless", "until":
			return true
		case "without":
			if i+1 < len(w) && (w[i+1] != "selinux" || i+2 < len(w) && ofSELinux(w[i+2])) {
				return true
			}
		}
	}
	return false
}

// uncertain reports whether a clause asks or wishes.
func uncertain(c string) bool {
	for _, s := range [...]string{"?", "see if", "check if", "whether", "please", "could you", "can you", "can i",
		"does it", "do you", "should i", "how to", "how do", "how can", "want to", "if it works", "you can try",
		"try to", "would like", "don't want", "may help", "might", "could try", "should work", "would work",
		"not a solution", "not an option", "not the solution"} {
		if strings.Contains(c, s) {
			return true
		}
	}
	return strings.HasPrefix(strings.TrimSpace(c), "try ")
}

// isState reports whether a clause says that SELinux is off, and not when or by whom it is put off.
func isState(c string) bool {
	w := wordsOf(c)
	for _, word := range w {
		switch word {
		case "if", "when", "with", "once", "after", "until", "unless", "should", "to", "be", "before", "was", "not",
			"isn't", "only", "need", "must", "instead", "without", "via", "by", "temporarily", "tried", "or":
			return false
		}
	}
	if len(w) <= 4 {
		return true
	}
	return len(w) <= 16 && slices.ContainsFunc(w, func(word string) bool {
		return slices.Contains([]string{"is", "no", "i", "i've", "status", "mode"}, word)
	})
}

// refersBack reports whether a clause is about what was done just before.
func refersBack(c string) bool {
	w := wordsOf(c)
	if len(w) == 0 || len(w) > 24 {
		return false
	}
	switch w[0] {
	case "this", "that", "then", "now", "after", "afterwards", "it", "everything", "and", "works", "worked", "which",
		"with", "the":
		return true
	}
	return false
}

// announces reports whether a sentence points at what follows.
func announces(c string) bool {
	for _, s := range [...]string{"if i do this", "if i do", "when i do", "if i run", "when i run", "by running",
		"after running", "the following", "this fixes", "this solves", "this helps", "with this", "if i execute",
		"workaround"} {
		if strings.Contains(c, s) {
			return true
		}
	}
	return false
}

// wordsOf splits a clause into words without the signs around them.
func wordsOf(c string) []string {
	return strings.FieldsFunc(c, func(r rune) bool {
		return r != '\'' && r != '-' && r != '=' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}
