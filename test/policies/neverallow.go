package policies

import (
	"compress/bzip2"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// DebianNeverallows returns the neverallow rules of the base module of Debian's default policy, in CIL, with the
// definitions of the attributes that the rules use and the binary policy has not, since no rule of it needs them.
// inPolicy says whether the binary policy has a type or an attribute. The error wraps fs.ErrNotExist where the
// modules are not installed.
func DebianNeverallows(inPolicy func(name string) bool) (string, error) {
	const modules = "/var/lib/selinux/default/active/modules/100"
	files, err := filepath.Glob(modules + "/*/cil")
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "", fmt.Errorf("modules of Debian's policy: %s: %w", modules, os.ErrNotExist)
	}
	var rules []string
	sets := make(map[string][]string) // the lines that define an attribute
	for _, file := range files {
		text, err := readPacked(file)
		if err != nil {
			return "", err
		}
		base := filepath.Base(filepath.Dir(file)) == "base"
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			switch words := namesIn(line); {
			case len(words) < 2:
			case words[0] == "neverallow" && base:
				rules = append(rules, line)
			case words[0] == "typeattribute" || words[0] == "typeattributeset":
				sets[words[1]] = append(sets[words[1]], line)
			}
		}
	}
	var out strings.Builder
	for len(rules) > 0 { // a line of rules may need others
		line := rules[0]
		rules = rules[1:]
		out.WriteString(line + "\n")
		for _, name := range namesIn(line)[1:] {
			if !inPolicy(name) {
				rules = append(rules, sets[name]...)
			}
			delete(sets, name)
		}
	}
	return out.String(), nil
}

// namesIn returns the words of a line of CIL.
func namesIn(line string) []string {
	return strings.FieldsFunc(line, func(r rune) bool { return r == '(' || r == ')' || r == ' ' })
}

// readPacked returns the text of a file that is packed with bzip2.
func readPacked(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(bzip2.NewReader(f))
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return string(text), nil
}
