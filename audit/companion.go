package audit

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// A FilePath is a PATH record: one of the files that a system call named.
type FilePath struct {
	Item     int
	Name     string
	Inode    uint64
	Dev      string
	Mode     string
	Object   string // the label
	Nametype string
}

func parsePath(text string, st style) FilePath {
	var d FilePath
	f := fieldScanner{s: text, style: st}
	for p, more := f.next(); more; p, more = f.next() {
		switch p.key {
		case "item":
			n, _ := strconv.ParseUint(p.val, 10, 16)
			d.Item = int(n)
		case "name":
			d.Name = p.text(st)
		case "inode":
			d.Inode, _ = number(p.val)
		case "dev":
			d.Dev = p.val
		case "mode":
			d.Mode = p.val
		case "obj":
			d.Object = p.val
		case "nametype":
			d.Nametype = p.val
		}
	}
	return d
}

// parseProctitle reads a PROCTITLE record. The kernel stores the arguments
// with NUL bytes between them, which become blanks.
func parseProctitle(text string, st style) string {
	f := fieldScanner{s: text, style: st}
	for p, more := f.next(); more; p, more = f.next() {
		if p.key == "proctitle" {
			return title(p.text(st))
		}
	}
	return ""
}

func title(s string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\x00"), "\x00", " ")
}

func parseCWD(text string, st style) string {
	f := fieldScanner{s: text, style: st}
	for p, more := f.next(); more; p, more = f.next() {
		if p.key == "cwd" {
			return p.text(st)
		}
	}
	return ""
}

// maxArgv bounds the arguments that are kept of an execve.
const maxArgv = 256

// appendArgv appends the arguments in an EXECVE record: a0="ls" a1=2D6C, or in
// pieces a1_len=9000 a1[0]=... a1[1]=..., perhaps over several records.
func appendArgv(argv []string, text string, st style) []string {
	f := fieldScanner{s: text, style: st}
	for p, more := f.next(); more; p, more = f.next() {
		if p.key[0] != 'a' || len(p.key) < 2 {
			continue
		}
		index, piece := p.key[1:], false
		if i := strings.IndexByte(index, '['); i >= 0 {
			index, piece = index[:i], true
		}
		n, err := strconv.ParseUint(index, 10, 16)
		if err != nil || n >= maxArgv {
			continue
		}
		for uint64(len(argv)) <= n {
			argv = append(argv, "")
		}
		if piece {
			argv[n] += p.piece(st)
			continue
		}
		argv[n] = p.text(st)
	}
	return argv
}

// piece decodes one piece of an argument. The kernel encodes all pieces if one of them has a byte that requires it.
// So a piece without quotes is hexadecimal, whatever is in it.
func (p pair) piece(st style) string {
	if st == raw && p.bare {
		if b, err := hex.DecodeString(p.val); err == nil {
			return string(b)
		}
	}
	return p.val
}
