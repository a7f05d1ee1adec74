// Package policydoc reads the descriptions of booleans in the documentation of a policy.
//
// Start here: [Booleans].
package policydoc

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/internal/sysroot"
)

const (
	// BooleansFile is the documentation file in the development package of a policy.
	BooleansFile = "/usr/share/selinux/devel/policy.xml"
	maxFile      = 64 << 20 // the reference policy's has 6 MiB
)

// Booleans returns the descriptions of the booleans of a system's policy, by name, from
// its policy.xml; none without it (gen_bool_dict of sepolicy). file is "" for
// [BooleansFile].
func Booleans(root sysroot.Root, file string) map[string]string {
	if file == "" {
		file = BooleansFile
	}
	f, err := root.Open(file, maxFile)
	if err != nil {
		return nil
	}
	defer f.Close()
	in := io.Reader(f)
	if z, err := gzip.NewReader(f); err == nil {
		in = z
	} else if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil
	}
	texts, err := parseDescriptions(io.LimitReader(in, maxFile))
	if err != nil {
		return nil
	}
	return texts
}

// Describer returns a function that describes the booleans of the system whose / is the
// directory root, "" for the running one. It reads the documentation when it is first
// asked, and returns "" where that says nothing.
func Describer(root string) func(boolean string) string {
	read := sync.OnceValue(func() map[string]string {
		tree, err := sysroot.Open(root)
		if err != nil {
			return nil
		}
		return Booleans(tree, "")
	})
	return func(boolean string) string { return strings.TrimSpace(read()[boolean]) }
}

// Of returns the function of [Describer] for the policy in a file, or for that of the system under
// root if file is "". Only the file of an installed policy has documentation, that of its tree: see
// [sysroot.TypeOf]. For another file the function returns "".
func Of(file, root string) func(boolean string) string {
	if file == "" {
		return Describer(root)
	}
	tree, _, ok := sysroot.TypeOf(file)
	if !ok {
		return func(string) string { return "" }
	}
	return Describer(tree)
}

// parseDescriptions returns the text of the first paragraph of each tunable and bool of
// a policy.xml, by name, up to an element inside it. Where a name comes twice, the last
// of these is kept: tunables of a module, its bools, those of later modules, bools of
// the policy, its tunables.
func parseDescriptions(in io.Reader) (map[string]string, error) {
	all, tunables, bools := map[string]string{}, map[string]string{}, map[string]string{}
	moduleTunables, moduleBools := map[string]string{}, map[string]string{}
	const none = "none"        // is no path of a paragraph
	var list map[string]string // the text of name goes here
	name, paragraph, reading := "", none, false
	x := xmlScanner{in: in}
	for x.next() {
		_, path, _ := bytes.Cut(x.path, []byte("/")) // without the root element
		if reading {
			if reading = x.event == xmlText; reading {
				list[name] += x.text()
				continue
			}
			list[name] = strings.ReplaceAll(strings.Trim(list[name], "\n"), "\n", " ")
		}
		switch x.event {
		case xmlStart:
			switch string(path) {
			case paragraph:
				reading, paragraph, list[name] = true, none, ""
				continue
			case "layer/module/tunable":
				list = moduleTunables
			case "layer/module/bool":
				list = moduleBools
			case "tunable":
				list = tunables
			case "bool":
				list = bools
			default:
				continue
			}
			name, paragraph = x.attribute("name"), string(path)+"/desc/p"
		case xmlEnd:
			switch string(path) {
			case "layer/module":
				maps.Copy(all, moduleTunables)
				maps.Copy(all, moduleBools)
				clear(moduleTunables)
				clear(moduleBools)
			case strings.TrimSuffix(paragraph, "/p"):
				paragraph = none // the first description has no paragraph
			}
		}
	}
	maps.Copy(all, bools)
	maps.Copy(all, tunables)
	return all, x.err
}
