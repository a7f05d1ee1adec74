package contextfile

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/senet-selinux/senet/internal/libraries"
	"github.com/senet-selinux/senet/internal/sysroot"
)

// findLibrary returns the properties of a system's libraries. It returns nil if libselinux is
// missing or uses another PCRE.
func findLibrary(root sysroot.Root) *library {
	selinux := libraries.Read(root, "libselinux.so.1")
	if selinux == nil || !bytes.Contains(selinux, []byte("libpcre2-8.so.0\x00")) {
		return nil
	}
	l := libraryOf(selinux, libraries.Read(root, "libpcre2-8.so.0"))
	if l != nil {
		// A message and the newest version of its symbols tell the releases.
		l.tree = bytes.Contains(selinux, []byte("Unsupported compiled fcontext version"))
		l.kinds = l.tree && !bytes.Contains(selinux, []byte("\x00LIBSELINUX_3.9\x00"))
	}
	return l
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
		return &library{pcre: version, arch: sizes + "-el", order: binary.LittleEndian}
	case pcre[5] == 2:
		return &library{pcre: version, arch: sizes + "-eb", order: binary.BigEndian}
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
