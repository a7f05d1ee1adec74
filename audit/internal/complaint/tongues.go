package complaint

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// tongues are EACCES as strerror says it in other languages.
var tongues = [...]string{
	"Permiso denegado", "Permesso negato", "Keine Berechtigung", "Toegang geweigerd", "Ikke tilgang",
	"Permission non accordée", "Permissão recusada", "Permissão negada", "Brak dostępu", "Adgang nægtet",
	"Lupa evätty", "Operace zamítnuta", "Åtkomst nekas", "Engedély megtagadva", "Erişim engellendi",
	"Отказано в доступе", "Відмовлено у доступі",
	"許可がありません", "权限不够", "拒絕不符權限的操作", "허가 거부",
}

// foreignRefusal reports whether a line has EACCES in another language. It is asked of every line, and does not
// allocate.
func foreignRefusal(line []byte) bool {
	if beyondASCII(line) {
		for _, t := range tongues {
			if bytes.Contains(line, []byte(t)) {
				return true
			}
		}
		return false
	}
	return bytes.Contains(line, []byte("Keine Berechtigung")) || bytes.Contains(line, []byte("Permiso denegado")) ||
		bytes.Contains(line, []byte("Permesso negato")) || bytes.Contains(line, []byte("Toegang geweigerd")) ||
		bytes.Contains(line, []byte("Ikke tilgang"))
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
	for _, t := range tongues {
		if i := strings.Index(m, t); i >= 0 {
			return m[:i] + "Permission denied" + m[i+len(t):]
		}
	}
	return m
}
