package complaint

import "strings"

// An operationWord is a word, in small letters, that names an operation.
type operationWord struct{ word, operation string }

// operationWords are looked for at the beginning of words.
var operationWords = [...]operationWord{
	{"bind", "bind"}, {"binding", "bind"}, {"binding tcp socket", "bind"}, {"binding udp socket", "bind"},
	{"bind tcp socket", "bind"}, {"bind udp socket", "bind"}, {"binding socket", "bind"}, {"bind socket", "bind"},
	{"get socket", "bind"}, {"listening socket", "bind"}, {"listening on", "bind"},
	{"listen on", "bind"}, {"tcp listener", "bind"}, {"open http port", "bind"},
	{"open http socket", "bind"}, {"start listener", "bind"}, {"start listening", "bind"}, {"set up listener", "bind"},
	{"listener", "bind"}, {"tcp:listen", "bind"}, {"ssl:listen", "bind"}, {"listen socket", "bind"},
	{"open listen socket", "bind"},
	{"listen", "listen"}, {"accept4", "accept"}, {"accept()", "accept"}, {"accept(", "accept"}, {"accept:", "accept"},
	{"connect", "connect"}, {"connecting", "connect"}, {"connection", "connect"}, {"dial", "connect"},
	{"upstream", "connect"}, {"contact", "connect"}, {"reach", "connect"}, {"fsockopen", "connect"},
	{"sendto", "send"}, {"sendmsg", "send"}, {"send()", "send"}, {"send(", "send"}, {"send:", "send"},
	{"send packet", "send"}, {"sending", "send"}, {"write udp", "send"},
	{"recvfrom", "recv"}, {"recvmsg", "recv"}, {"recv()", "recv"}, {"recv(", "recv"}, {"recv:", "recv"},
	{"socket()", "create"}, {"socket:", "create"}, {"socket failure", "create"}, {"creating socket", "create"},
	{"create socket", "create"}, {"open socket", "create"}, {"opening socket", "create"},
	{"socket creation", "create"}, {"create a socket", "create"}, {"creating tcp socket", "create"},
	{"creating udp socket", "create"}, {"create receiving socket", "create"},
	{"create tcp socket", "create"}, {"create udp socket", "create"}, {"open a socket", "create"},
}

// operationIn returns the operation that the words of a message tell, and where: the last before the words of the
// refusal, else the first behind them; "" if there is none.
func operationIn(m string) (operation string, at int) {
	small := asciiLower(m)
	refusal := refusalAt(small)
	at = -1
	for i := 0; i < len(small); i++ {
		if i > 0 && (isLetter(small[i-1]) || small[i-1] == '/' || // /etc/bind/named.conf is a path
			small[i-1] == '.' && strings.HasPrefix(small[i:], "bind ")) { // and managed-keys.bind a file
			continue
		}
		word, ok := operationAt(small[i:])
		if !ok {
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
	for _, w := range operationWords {
		if len(w.word) > len(found.word) && strings.HasPrefix(s, w.word) {
			found, ok = w, true
		}
	}
	return found, ok
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
