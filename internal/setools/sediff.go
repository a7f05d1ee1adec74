package setools

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// Sediff does what sediff of SETools 4.4.1 does with the words after its name, and returns the exit code. It is 0
// whether the policies differ or not, 1 for an error, whose text stands on standard output as in SETools, or 2 for
// a usage error. Standard output is the tool's byte for byte with one exception. The tool prints the permissions of
// a modified rule in random order. Here they are sorted: first those of both policies, then those of the second
// only, then those of the first only.
func Sediff(line []string, stdout, stderr io.Writer) int {
	line, typed := inertArgs(line)
	d, err := parseSediff(line)
	out := bufio.NewWriterSize(stdout, 64<<10)
	if err == nil {
		err = d.answer(out, typed, stderr)
	}
	code := 0
	var exit *Exit
	if errors.As(err, &exit) {
		if d != nil && d.debug && exit.Stderr == "" { // the peer prints a traceback on standard error
			exit.Stdout, exit.Stderr = "", exit.Stdout
		}
		out.WriteString(exit.Stdout)
		io.WriteString(stderr, exit.Stderr)
		code = exit.Code
	}
	if err := out.Flush(); err != nil {
		io.WriteString(stderr, "senet: "+words.Safe(err.Error())+"\n")
		return 1
	}
	return code
}

// differ answers one command line.
type differ struct {
	files [2]string
	asked map[string]bool // sections by their name in the table; empty for all
	stats bool
	loud  bool
	debug bool

	p     [2]*policy.Policy
	rules *policydiff.Comparison
	conds map[string]string // SETools' texts of conditionals by ours
}

// A delta holds the differences in one section: its lines, without the signs.
type delta struct{ added, removed, modified []string }

// sort orders the lines. Modified lines are ordered by their content in the first policy.
func (d *delta) sort(modified map[string]string) {
	slices.Sort(d.added)
	slices.Sort(d.removed)
	for _, line := range slices.Sorted(maps.Keys(modified)) {
		d.modified = append(d.modified, modified[line])
	}
}

// answer compares the policies and writes the sections. The error is an *Exit.
func (d *differ) answer(out *bufio.Writer, typed map[string]string, stderr io.Writer) error {
	for i, path := range d.files {
		db, _, reason, err := openInfoPolicy(path, typed)
		if reason != nil {
			io.WriteString(stderr, "senet: "+words.Safe(reason.Error())+"\n")
		}
		if err != nil {
			return err
		}
		if d.loud {
			io.WriteString(stderr, "Opened SELinux policy \""+path+"\"\n")
		}
		d.p[i] = policy.New(db)
	}
	d.rules = policydiff.New(d.p[0], d.p[1])
	for _, s := range sediffSections() {
		if len(d.asked) > 0 && !d.asked[s.option] {
			continue
		}
		x := s.diff(d)
		if len(d.asked) > 0 || len(x.added)+len(x.removed)+len(x.modified) > 0 {
			d.write(out, &s, &x)
		}
	}
	return nil
}

func (d *differ) write(out *bufio.Writer, s *section, x *delta) {
	count := func(list []string) string { return itoa(uint64(len(list))) }
	out.WriteString(s.title + " (")
	switch s.counts {
	case onlyModified:
		out.WriteString(count(x.modified) + " Modified)\n")
	case noModified:
		out.WriteString(count(x.added) + " Added, " + count(x.removed) + " Removed)\n")
	case allCounts:
		out.WriteString(count(x.added) + " Added, " + count(x.removed) + " Removed, ")
		out.WriteString(count(x.modified) + " Modified)\n")
	}
	if !d.stats {
		each := s.title
		if s.each != "" {
			each = s.each
		}
		for _, part := range []struct {
			word, sign string
			list       []string
		}{{"Added ", "+", x.added}, {"Removed ", "-", x.removed}, {"Modified ", "*", x.modified}} {
			if len(part.list) > 0 && s.counts != onlyModified {
				name := each
				if s.misspelt != "" && part.sign == "+" {
					name = s.misspelt
				}
				out.WriteString("   " + part.word + name + ": " + count(part.list) + "\n")
			}
			for _, line := range part.list {
				out.WriteString("      " + part.sign + " " + line + "\n")
			}
		}
	}
	out.WriteByte('\n')
}
