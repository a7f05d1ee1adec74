package complaint

import (
	"sort"
	"strings"
)

// An operationWord is a word, in small letters, that names an operation.
type operationWord struct{ word, operation string }

// operationWords are looked for at the beginning of words. They are sorted.
var operationWords = [...]operationWord{
	{"accept(", "accept"}, {"accept()", "accept"}, {"accept4", "accept"}, {"accept:", "accept"}, {"bind", "bind"},
	{"bind socket", "bind"}, {"bind tcp socket", "bind"}, {"bind udp socket", "bind"}, {"binding", "bind"},
	{"binding socket", "bind"}, {"binding tcp socket", "bind"}, {"binding udp socket", "bind"},
	{"connect", "connect"}, {"connecting", "connect"}, {"connection", "connect"}, {"contact", "connect"},
	{"create a socket", "create"}, {"create receiving socket", "create"}, {"create socket", "create"},
	{"create tcp socket", "create"}, {"create udp socket", "create"}, {"creating socket", "create"},
	{"creating tcp socket", "create"}, {"creating udp socket", "create"}, {"dial", "connect"},
	{"fsockopen", "connect"}, {"get socket", "bind"}, {"listen", "listen"}, {"listen on", "bind"},
	{"listen socket", "bind"}, {"listener", "bind"}, {"listening on", "bind"}, {"listening socket", "bind"},
	{"open a socket", "create"}, {"open http port", "bind"}, {"open http socket", "bind"},
	{"open listen socket", "bind"}, {"open socket", "create"}, {"opening socket", "create"}, {"reach", "connect"},
	{"recv(", "recv"}, {"recv()", "recv"}, {"recv:", "recv"}, {"recvfrom", "recv"}, {"recvmsg", "recv"},
	{"send packet", "send"}, {"send(", "send"}, {"send()", "send"}, {"send:", "send"}, {"sending", "send"},
	{"sendmsg", "send"}, {"sendto", "send"}, {"set up listener", "bind"}, {"socket creation", "create"},
	{"socket failure", "create"}, {"socket()", "create"}, {"socket:", "create"}, {"ssl:listen", "bind"},
	{"start listener", "bind"}, {"start listening", "bind"}, {"tcp listener", "bind"}, {"tcp:listen", "bind"},
	{"upstream", "connect"}, {"write udp", "send"},
}

// operationIn returns the operation that the words of a message tell, and where: the last before the words of the
// refusal, else the first behind them; "" if there is none.
func operationIn(m string) (operation string, at int) {
	small := asciiLower(m)
	refusal := refusalAt(small)
	at = -1
	network := networkLike(m) || mentionsUnix(m)
	for i := 0; i < len(small); i++ {
		if i > 0 && (isLetter(small[i-1]) || small[i-1] == '/' || // /etc/bind/named.conf is a path
			small[i-1] == '.' && strings.HasPrefix(small[i:], "bind ")) { // and managed-keys.bind a file
			continue
		}
		word, ok := operationAt(small[i:])
		if !ok || i > 0 && small[i-1] == '_' && !network { // fifo_listen: is the name of a function
			continue
		}
		if at >= 0 && i > refusal {
			break
		}
		operation, at = word.operation, i
		i += len(word.word) - 1
	}
	return operation, at
}

// operationAt returns the longest word that s begins with.
func operationAt(s string) (found operationWord, ok bool) {
	if s == "" {
		return found, false
	}
	for _, w := range startingWith(operationWords[:], s[0]) {
		if len(w.word) > len(found.word) && strings.HasPrefix(s, w.word) {
			found, ok = w, true
		}
	}
	return found, ok
}

// startingWith returns the words of a sorted list that begin with a letter.
func startingWith(list []operationWord, letter byte) []operationWord {
	from := sort.Search(len(list), func(i int) bool { return list[i].word[0] >= letter })
	to := from
	for to < len(list) && list[to].word[0] == letter {
		to++
	}
	return list[from:to]
}

// networkWords say that a refusal is of the network where no word says what of it; fileWords that it is of a file.
var (
	networkWords = [...]string{"socket", "tcp", "udp", "sctp", "listener", "network", "remote host", "remote server",
		"remote address"}
	fileWords = [...]string{"open ", "opening ", "open(", "log file", "mkdir", "directory", "unlink", "chmod",
		"chown", "execute", "read file", "write file"}
)

// networkLike reports whether a message has a word or an endpoint of the network.
func networkLike(m string) bool {
	small := asciiLower(m)
	has := func(words []string) bool {
		for _, w := range words {
			if i := strings.Index(small, w); i >= 0 && (i == 0 || !isLetter(small[i-1])) {
				return true
			}
		}
		return false
	}
	if has(networkWords[:]) {
		return true
	}
	if has(fileWords[:]) {
		return false
	}
	if portWord(m) != 0 {
		return true
	}
	e := nearest(m, 0, false)
	return e.port != 0 || e.addr.IsValid()
}

// asciiLower makes small letters of the 26, and leaves the length as it is.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
