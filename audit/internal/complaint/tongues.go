package complaint

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// asciiTongues and tongues are EACCES as strerror says it in other languages, those in ASCII apart. They are bytes,
// since a search in a line would copy strings.
var asciiTongues = [...][]byte{
	[]byte("Permiso denegado"), []byte("Permesso negato"), []byte("Keine Berechtigung"), []byte("Toegang geweigerd"),
	[]byte("Ikke tilgang"),
}

var tongues = [...][]byte{
	[]byte("Permission non accordée"), []byte("Permissão recusada"), []byte("Permissão negada"),
	[]byte("Brak dostępu"), []byte("Adgang nægtet"), []byte("Lupa evätty"), []byte("Operace zamítnuta"),
	[]byte("Åtkomst nekas"), []byte("Engedély megtagadva"), []byte("Erişim engellendi"),
	[]byte("Отказано в доступе"), []byte("Відмовлено у доступі"),
	[]byte("許可がありません"), []byte("权限不够"),
	[]byte("拒絕不符權限的操作"), []byte("허가 거부"),
}

// foreignRefusal reports whether a line has EACCES in another language. It is asked of every line, and does not
// allocate.
func foreignRefusal(line []byte) bool {
	return containsAny(line, asciiTongues[:]) || beyondASCII(line) && containsAny(line, tongues[:])
}

func containsAny(line []byte, words [][]byte) bool {
	for _, w := range words {
		if bytes.Contains(line, w) {
			return true
		}
	}
	return false
}

// beyondASCII reports whether a line has a byte above 127.
func beyondASCII(line []byte) bool {
	for len(line) >= 8 {
		if binary.LittleEndian.Uint64(line)&0x8080808080808080 != 0 {
			return true
		}
		line = line[8:]
	}
	for _, c := range line {
		if c >= 0x80 {
			return true
		}
	}
	return false
}

// inEnglish puts the English words in the place of those of another language, so that what programs write around them
// is known.
func inEnglish(m string) string {
	if strings.Contains(m, "ermission denied") {
		return m
	}
	for _, words := range [...]string{isDenied, wasDenied} {
		if before, after, ok := strings.Cut(m, "ermission "+words); ok {
			return before + "ermission denied" + after
		}
	}
	for _, list := range [...][][]byte{asciiTongues[:], tongues[:]} {
		for _, t := range list {
			if before, after, ok := strings.Cut(m, string(t)); ok {
				return before + "Permission denied" + after
			}
		}
	}
	return m
}
