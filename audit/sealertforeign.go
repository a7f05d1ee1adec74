package audit

import (
	"bytes"
	"path"
	"strings"

	"github.com/senet-selinux/senet/internal/classmap"
)

// openings are the words before the program in the sentence of setroubleshoot in other languages than English. What
// follows has the same parts in all of them: the program, the permissions, the class and the path, of which the
// permissions are never translated.
var openings = [...]string{
	"SELinux interdit à ", "SELinux empêche ", "SELinux hindert ", "SELinux verhindert, dass ",
	"SELinux está bloqueando a ", "SELinux está negando a ", "SELinux esta previniendo acceso de ",
	"SELinux esta previniendo accesos de ", "SELinux impedisce a ", "SELinux sta impedendo a ",
	"SELinux sta impedendo ", "SELinux está a proibir ", "SELinux está impedindo que o ",
	"SELinux está impedindo que ", "SELinux està prevenint ", "SELinux запрещает ", "SELinux не допускает для ",
	"SELinux заборонено ", "SELinux powstrzymuje ", "SELinux belet ", "SELinux brání ", "SELinux hindrar ",
	"SELinux forhindrer ", "SELinux megakadályozta ", "SELinux により、", "SELinux 正在阻止 ", "SELinux 防止 ",
}

// foreignClasses are classes in the words of such sentences. A word with other letters than ASCII's may have an ending.
//
//nolint:misspell // words of other languages
var foreignClasses = [...]struct{ words, class string }{
	{"processus prozess proceso processo process процес proces procesie procesu 进程 プロセス", "process"},
	{"capacité capacités fähigkeit fähigkeiten capacidad capacidades capacità capacidade recurso recursos возможност " +
		"możliwości mogelijkheid mogelijkheden schopnosti 功能 能力", "capability"},
	{"fichier datei archivo file arquivo ficheiro файл plik pliku bestand soubor souboru fil fitxer 文件 檔案 ファイル",
		"file"},
	{"dossier répertoire verzeichnis carpeta directorio cartella directory diretório каталог katalog katalogu map " +
		"adresář 目录 目錄 ディレクトリ", "dir"},
}

// maxForeign bounds the text of such a sentence, in bytes.
const maxForeign = 1024

// foreignReport reads the sentence of setroubleshoot in another language.
func foreignReport(m []byte) (Report, bool) {
	text := string(m[:min(len(m), maxForeign)])
	rest, ok := "", false
	for _, o := range openings {
		if _, rest, ok = strings.Cut(text, o); ok {
			break
		}
	}
	fields := strings.Fields(rest)
	if !ok || len(fields) < 2 {
		return Report{}, false
	}
	p := Report{Program: bareWord(fields[0]), Text: text}
	after := false // behind the class: its object
	for i, w := range fields[1:] {
		word := bareWord(w)
		class := foreignClass(word)
		perm := permissionIn(word)
		switch {
		case class == "process" || class == "capability":
			p.Class = class
			if perm != "" { // sys_ptrace-Fähigkeit
				p.Permissions = append(p.Permissions, perm)
			}
		case strings.HasPrefix(word, "/"):
			p.Path = word
		case isTypeName(word) && strings.HasSuffix(word, "_t"):
			p.TargetType = word
		case len(p.Permissions) > 0 && p.Class == "" && (class != "" || classmap.Has(word)):
			p.Class, after = class, true
			if class == "" {
				p.Class = word
			}
			continue
		case perm != "" && p.Class != "file" && p.Class != "dir" && !after:
			p.Permissions = append(p.Permissions, perm)
		case after && digits([]byte(word)) == len(word) && len(word) > 0 && i > 0:
			p.Port, _ = port(word)
		}
		after = after && p.Path == "" && p.Port == 0
	}
	if len(p.Permissions) > 1 && p.Permissions[0] == "use" { // a word of Portuguese
		p.Permissions = p.Permissions[1:]
	}
	if n := len(fields) - 2; p.Path == "" && (p.Class == "file" || p.Class == "dir") &&
		foreignClass(bareWord(fields[n])) == p.Class {
		p.Path = bareWord(fields[n+1]) // a name without a directory
	}
	return p, p.Program != "" && p.Program[0] < 0x80 && len(p.Permissions) > 0
}

// bareWord returns a word without the quotation marks and signs around it.
func bareWord(w string) string {
	return strings.TrimRight(strings.Trim(w, "'\"«»„“”‚‘’`,;()。、"), ".")
}

// permissionIn returns the permission that a word is or begins with, as in read-Zugriff; "" for none.
func permissionIn(word string) string {
	n := 0
	for n < len(word) && isNameByte(word[n], n == 0) && word[n] != '-' && word[n] != '.' {
		n++
	}
	rest := strings.TrimLeft(word[n:], "'\"«»„“”‚‘’")
	if n == 0 || rest != "" && rest[0] != '-' {
		return ""
	}
	for class := range classmap.WithPrefix("") {
		if classmap.HasPermission(class, word[:n]) {
			return word[:n]
		}
	}
	return ""
}

// foreignClass returns the class that a word of another language stands for, "" for none.
func foreignClass(word string) string {
	word = strings.ToLower(word)
	word = word[strings.LastIndexByte(word, '-')+1:]
	for _, c := range foreignClasses {
		for w := range strings.FieldsSeq(c.words) {
			if word == w || w[len(w)-1] >= 0x80 && strings.HasPrefix(word, w) ||
				w[0] >= firstCJK && strings.Contains(word, w) {
				return c.class
			}
		}
	}
	return ""
}

// firstCJK is the first byte of the characters of Chinese and Japanese in UTF-8, which write no blanks between words.
const firstCJK = 0xe3

// column reads a line of the Additional Information in another language: its two contexts, of which that of the source
// is the first, the object, and the path of the program.
func (p *Report) column(m []byte) bool {
	const longest = 512
	if len(m) > longest || bytes.IndexByte(m, '=') >= 0 {
		return false
	}
	text := strings.TrimSpace(string(m))
	at := strings.LastIndexByte(text, ' ')
	if at < 0 {
		return false
	}
	last := text[at+1:]
	switch {
	case last == "]":
		before, class, ok := strings.Cut(text, " [ ")
		if !ok {
			return false
		}
		p.object(before[strings.LastIndexByte(before, ' ')+1:] + " [ " + class)
	case strings.Count(last, ":") >= 2 && isTypeName(ContextType(last)):
		if p.SContext == "" {
			p.SContext = last
		} else if p.TContext == "" {
			p.TContext = last
		}
	case strings.HasPrefix(last, "/") && path.Base(last) == path.Base(p.Program):
		p.Program = last
	default:
		return false
	}
	return true
}
