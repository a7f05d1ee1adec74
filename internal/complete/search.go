package complete

import (
	"bytes"
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/policy"
)

// searches and infos complete the flags of search and info, and the words after them.
// Both commands parse their flags themselves, so that all words before are arguments.
func searches(at Place) []Word {
	if strings.HasPrefix(at.Prefix, "-") {
		return helpFlags(at.Prefix, setools.Sesearch)
	}
	switch at.before() {
	case "-s", "--source", "-t", "--target", "-D", "--default":
		return searched(at, func(p *policy.Policy) []Word { return Types(p, at.Prefix, true) })
	case "-b", "--bool":
		return searched(at, func(p *policy.Policy) []Word { return Bools(p, at.Prefix, false) })
	case "-c", "--class":
		return searched(at, func(p *policy.Policy) []Word { return Classes(p, at.Prefix) })
	case "-p", "--perms":
		class := ""
		for i, a := range at.Args[:len(at.Args)-1] {
			if a == "-c" || a == "--class" {
				class = at.Args[i+1]
			}
		}
		return searched(at, func(p *policy.Policy) []Word { return Perms(p, class, at.Prefix) })
	}
	return nil
}

func infos(at Place) []Word {
	if strings.HasPrefix(at.Prefix, "-") {
		return helpFlags(at.Prefix, setools.Info)
	}
	switch at.before() {
	case "-t", "--type", "-a", "--attribute":
		return searched(at, func(p *policy.Policy) []Word {
			return Types(p, at.Prefix, true)
		})
	case "-b", "--bool":
		return searched(at, func(p *policy.Policy) []Word { return Bools(p, at.Prefix, false) })
	case "-c", "--class":
		return searched(at, func(p *policy.Policy) []Word { return Classes(p, at.Prefix) })
	}
	return nil
}

// searched lists words of this machine's policy.
func searched(at Place, list func(*policy.Policy) []Word) []Word {
	return ofPolicy(func(p *policy.Policy, _ Place) []Word { return list(p) })(at)
}

// helpFlags returns the flags in the help of a tool, which has a line for each.
func helpFlags(prefix string, tool func([]string, io.Writer, io.Writer) int) []Word {
	var help bytes.Buffer
	if tool([]string{"--help"}, &help, io.Discard) != 0 {
		return nil
	}
	list := []Word{}
	lines := strings.Split(help.String(), "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		flags, text, _ := strings.Cut(line, "  ")
		if !strings.HasPrefix(flags, "-") {
			continue
		}
		if text == "" && i+1 < len(lines) { // the flags fill the column
			text = lines[i+1]
		}
		for flag := range strings.FieldsSeq(flags) {
			if flag = strings.TrimSuffix(flag, ","); strings.HasPrefix(flag, "-") && strings.HasPrefix(flag, prefix) {
				list = append(list, Word{Value: flag, Text: strings.TrimSpace(text)})
			}
		}
	}
	return list
}
