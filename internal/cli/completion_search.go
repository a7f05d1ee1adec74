package cli

import (
	"bytes"
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/complete"
	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/policy"
)

// searches and infos complete the flags of search and info, and what stands behind
// them. Both parse their flags themselves, so all words before are arguments.
func searches(at place) []complete.Word {
	if strings.HasPrefix(at.prefix, "-") {
		return helpFlags(at.prefix, setools.Sesearch)
	}
	switch at.before() {
	case "-s", "--source", "-t", "--target", "-D", "--default":
		return searched(at, func(p *policy.Policy) []complete.Word { return complete.Types(p, at.prefix, true) })
	case "-b", "--bool":
		return searched(at, func(p *policy.Policy) []complete.Word { return complete.Bools(p, at.prefix, false) })
	case "-c", "--class":
		return searched(at, func(p *policy.Policy) []complete.Word { return complete.Classes(p, at.prefix) })
	case "-p", "--perms":
		class := ""
		for i, a := range at.args[:len(at.args)-1] {
			if a == "-c" || a == "--class" {
				class = at.args[i+1]
			}
		}
		return searched(at, func(p *policy.Policy) []complete.Word { return complete.Perms(p, class, at.prefix) })
	}
	return nil
}

func infos(at place) []complete.Word {
	if strings.HasPrefix(at.prefix, "-") {
		return helpFlags(at.prefix, setools.Info)
	}
	switch at.before() {
	case "-t", "--type", "-a", "--attribute":
		return searched(at, func(p *policy.Policy) []complete.Word {
			return complete.Types(p, at.prefix, true)
		})
	case "-b", "--bool":
		return searched(at, func(p *policy.Policy) []complete.Word { return complete.Bools(p, at.prefix, false) })
	case "-c", "--class":
		return searched(at, func(p *policy.Policy) []complete.Word { return complete.Classes(p, at.prefix) })
	}
	return nil
}

// before is the word before the one to complete, "" for the first.
func (at place) before() string {
	if len(at.args) == 0 {
		return ""
	}
	return at.args[len(at.args)-1]
}

// searched lists words of this machine's policy.
func searched(at place, list func(*policy.Policy) []complete.Word) []complete.Word {
	return ofPolicy(func(p *policy.Policy, _ place) []complete.Word { return list(p) })(at)
}

// helpFlags are the flags that the help of a tool lists, a line each.
func helpFlags(prefix string, tool func([]string, io.Writer, io.Writer) int) []complete.Word {
	var help bytes.Buffer
	if tool([]string{"--help"}, &help, io.Discard) != exitYes {
		return nil
	}
	list := []complete.Word{}
	lines := strings.Split(help.String(), "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		flags, text, _ := strings.Cut(line, "  ")
		if !strings.HasPrefix(flags, "-") {
			continue
		}
		if text == "" && i+1 < len(lines) { // the flags filled the column
			text = lines[i+1]
		}
		for flag := range strings.FieldsSeq(flags) {
			if flag = strings.TrimSuffix(flag, ","); strings.HasPrefix(flag, "-") && strings.HasPrefix(flag, prefix) {
				list = append(list, complete.Word{Value: flag, Text: strings.TrimSpace(text)})
			}
		}
	}
	return list
}
