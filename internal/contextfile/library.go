package contextfile

import (
	"bytes"
	"encoding/binary"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// maxLibrary bounds the size of a library that is read, in bytes.
const maxLibrary = 32 << 20

// findLibrary returns the properties of a system's libraries. It returns nil if libselinux is
// missing, has another compiled form (3.8 and newer), or uses another PCRE.
func findLibrary(root sysroot.Root) *library {
	for _, dir := range libraryDirs(root) {
		selinux, err := root.ReadFile(path.Join(dir, "libselinux.so.1"), maxLibrary)
		if err != nil {
			continue
		}
		// Only a libselinux with the newer form has this message.
		if !bytes.Contains(selinux, []byte("libpcre2-8.so.0\x00")) ||
			bytes.Contains(selinux, []byte("Unsupported compiled fcontext version")) {
			return nil
		}
		for _, dir := range libraryDirs(root) {
			if pcre, err := root.ReadFile(path.Join(dir, "libpcre2-8.so.0"), maxLibrary); err == nil {
				return libraryOf(selinux, pcre)
			}
		}
		return nil
	}
	return nil
}

// libraryDirs lists the directories in which a system may have libraries.
func libraryDirs(root sysroot.Root) []string {
	dirs := []string{"/lib64", "/usr/lib64", "/lib", "/usr/lib"}
	for _, parent := range []string{"/usr/lib", "/lib"} {
		names, err := root.ReadDir(parent, 0)
		if err != nil {
			continue
		}
		slices.Sort(names)
		for _, name := range names {
			if strings.Contains(name, "-linux-") {
				dirs = append(dirs, path.Join(parent, name))
			}
		}
	}
	return dirs
}

// libraryOf reads the architecture and PCRE's version from the two libraries. It returns nil if they
// do not have them.
func libraryOf(selinux, pcre []byte) *library {
	const head = 6
	if len(selinux) < head || len(pcre) < head || !bytes.HasPrefix(pcre, []byte("\x7fELF")) ||
		!bytes.Equal(selinux[:head], pcre[:head]) {
		return nil
	}
	version := pcreVersion(pcre)
	if version == "" {
		return nil
	}
	sizes := map[byte]string{1: "4-4", 2: "8-8"}[pcre[4]] // EI_CLASS
	switch {
	case sizes == "":
		return nil
	case pcre[5] == 1: // EI_DATA
		return &library{version, sizes + "-el", binary.LittleEndian}
	case pcre[5] == 2:
		return &library{version, sizes + "-eb", binary.BigEndian}
	}
	return nil
}

// pcreVersion finds the text that pcre2_config(PCRE2_CONFIG_VERSION) returns: a number, a
// blank and a date. It returns "" if there is no such text, or more than one.
func pcreVersion(lib []byte) string {
	found := ""
	for text := range bytes.SplitSeq(lib, []byte{0}) {
		if len(text) < len("10.0 2015-01-05") || len(text) > 32 {
			continue
		}
		number, date, ok := strings.Cut(string(text), " ")
		if !ok || !shaped(date, "0000-00-00") || number == "" || number[0] < '1' || number[0] > '9' ||
			!strings.Contains(number, ".") ||
			strings.ContainsFunc(number, func(c rune) bool { return c <= ' ' || c > '~' }) {
			continue
		}
		if found != "" && found != string(text) {
			return ""
		}
		found = string(text)
	}
	return found
}

// shaped reports whether text matches form: a 0 in form stands for any digit, any other byte for itself.
func shaped(text, form string) bool {
	if len(text) != len(form) {
		return false
	}
	for i := range len(text) {
		if digit := text[i] >= '0' && text[i] <= '9'; form[i] == '0' && !digit || form[i] != '0' && text[i] != form[i] {
			return false
		}
	}
	return true
}
