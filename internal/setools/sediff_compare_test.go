package setools_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

// comparedSediff compares the lines that senet and the peer print for one command line. It returns false if the
// peer ends with a traceback, or takes two conditionals for one.
func comparedSediff(t *testing.T, args ...string) bool {
	t.Helper()
	theirs := oracle.SETools(t, "sediff", args...)
	return comparedAnswers(t, args, answer{theirs.Stdout, theirs.Status})
}

// comparedAnswers is comparedSediff with the peer's answer given. It first removes the deliberate differences from
// both answers: the texts of conditionals, the order in sets, and the extended permissions that 4.4.1 leaves out.
func comparedAnswers(t *testing.T, args []string, theirs answer) bool {
	t.Helper()
	read := namedPolicies(t, args)
	if theirs.Code == 1 && strings.HasSuffix(theirs.Stdout, "list index out of range\n") {
		if !slices.ContainsFunc(read, grantsNothing) {
			t.Errorf("sediff %q: the peer ends with an error without a reason", args)
		}
		return false
	}
	var out, complaints bytes.Buffer
	ours := answer{Code: setools.Sediff(args, &out, &complaints)}
	ours.Stdout = out.String()
	if ours.Code != theirs.Code {
		t.Fatalf("sediff %q: exit %d, %s; the peer %d", args, ours.Code, &complaints, theirs.Code)
	}
	conds, one := condTexts(read)
	if !one && strings.Contains(theirs.Stdout, " [ ") {
		return false
	}
	const bounds = "\nTypebounds (0 Added, 0 Removed, "
	if at := strings.Index(ours.Stdout, bounds); at >= 0 && !strings.Contains(theirs.Stdout, bounds) {
		ours.Stdout = ours.Stdout[:at+1] // 4.4.1 prints it only if the command line asks for it
	}
	a, b := sediffLines(ours.Stdout, conds), sediffLines(theirs.Stdout, nil)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Errorf("sediff %q: line %d\n got %q\nwant %q", args, i+1, from(a, i), from(b, i))
			break
		}
	}
	return true
}

// from returns up to three lines, beginning with line i.
func from(lines []string, i int) []string { return lines[min(i, len(lines)):min(i+3, len(lines))] }

// namedPolicies reads the policies that a command line names.
func namedPolicies(t *testing.T, args []string) (list []*policy.Policy) {
	t.Helper()
	for _, arg := range args {
		data, err := os.ReadFile(arg)
		if err != nil {
			continue // an option
		}
		db, err := policydb.Decode(data)
		if err != nil {
			t.Fatalf("%s: %v", arg, err)
		}
		list = append(list, policy.New(db))
	}
	return list
}

// grantsNothing reports whether a rule of the policy has no permission, as `~` of all permissions of a class has
// none. 4.4.1 ends with an error when it prints such a rule.
func grantsNothing(p *policy.Policy) bool {
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.AccessRules}) {
		if r.Perms&p.AllPerms(r.Class) == 0 {
			return true
		}
	}
	return false
}

// condTexts returns the peer's text of each conditional by senet's text. The second result is false if one text
// stands for two expressions, which the peer then takes for one.
func condTexts(list []*policy.Policy) (texts map[string]string, one bool) {
	texts, one = make(map[string]string), true
	expressions := make(map[string]string) // of the peer's texts
	for _, p := range list {
		for id := range p.Conds() {
			ours, theirs, expression := setools.CondText(p, id), setools.PeerCondText(p, id), p.CondText(id)
			if text, known := texts[ours]; known && text != theirs {
				one = false
			}
			if text, known := expressions[theirs]; known && text != expression {
				one = false
			}
			texts[ours], expressions[theirs] = theirs, expression
		}
	}
	return texts, one
}

// sediffLines are the lines of an answer. It sorts what SETools prints in random order: the permissions of modified
// rules and the names in constraints. It replaces the texts of conditionals. Of an added or removed rule of
// extended permissions it keeps the beginning, because the peer prints only one of its records.
func sediffLines(text string, conds map[string]string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		switch {
		case strings.Contains(line, "constrain ") || strings.Contains(line, "validatetrans "):
			words := strings.Fields(line)
			slices.Sort(words)
			lines[i] = strings.Join(words, " ")
		case strings.HasPrefix(line, "      * "):
			lines[i] = sortBraces(line)
		case strings.Contains(line, "xperm ") && strings.HasPrefix(line, "      "):
			lines[i], _, _ = strings.Cut(line, " ioctl ")
		}
		if from, to := strings.LastIndex(lines[i], " [ "), strings.LastIndex(lines[i], " ]"); 0 <= from && from < to {
			if theirs, known := conds[lines[i][from+3:to]]; known {
				lines[i] = lines[i][:from+3] + theirs + lines[i][to:]
			}
		}
	}
	sortRuns(lines)
	return lines
}

// sortRuns sorts lines of one sign that follow each other, where some are sorted by a text that was replaced.
func sortRuns(lines []string) {
	item := func(line string) bool { return len(line) > 8 && line[:6] == "      " && line[6] != ' ' }
	for i := 0; i < len(lines); {
		j := i + 1
		replaced := strings.Contains(lines[i], " [ ") || strings.Contains(lines[i], "xperm ")
		for item(lines[i]) && j < len(lines) && strings.HasPrefix(lines[j], lines[i][:8]) {
			replaced = replaced || strings.Contains(lines[j], " [ ")
			j++
		}
		if replaced {
			slices.Sort(lines[i:j])
		}
		i = j
	}
}

// sortBraces sorts the words of the first set in braces.
func sortBraces(line string) string {
	head, rest, braces := strings.Cut(line, "{ ")
	inside, end, _ := strings.Cut(rest, " }")
	if !braces {
		return line
	}
	words := strings.Fields(inside)
	slices.Sort(words)
	return head + "{ " + strings.Join(words, " ") + " }" + end
}
