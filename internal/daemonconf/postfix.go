package daemonconf

import (
	"path"
	"slices"
	"strings"
)

func postfix() *Program {
	return &Program{
		Name: "postfix", Binaries: []string{"postfix", "master"}, Path: "/usr/sbin/postfix",
		Labels: []string{"postfix_master_exec_t"}, Units: []string{"postfix", "postfix@-"},
		Starts: map[string][]string{"postfix": {"/usr/lib/postfix/sbin/master", "/usr/libexec/postfix/master"}},
		Files:  []string{"postfix/main.cf", "postfix/master.cf"},
		Main:   func(file string) []string { return []string{"-c", path.Dir(file)} },
		read:   func(j *job) { (&postfixReader{job: j, last: settings{}}).run() },
	}
}

// A postfixReader reads main.cf and master.cf of one Postfix. It mirrors Postfix 3: master_ent.c, mail_params.h,
// readlline.c, mac_expand.c. The master binds; the daemons that it starts connect.
type postfixReader struct {
	*job
	last     settings
	dir      string // of the daemons
	services []postfixService
}

// A postfixService is a line of master.cf.
type postfixService struct {
	name, kind, command string
	last                settings // of its -o options
	at                  Pos
}

func (r *postfixReader) run() {
	config := abs(r.start.Dir, lastOption(r.start.Argv, "/etc/postfix", "-c"))
	main, services := path.Join(config, "main.cf"), path.Join(config, "master.cf")
	for line, at := range r.lines(main) {
		if name, value, ok := strings.Cut(line, "="); ok {
			r.last[strings.TrimSpace(name)] = setting{[]string{strings.TrimSpace(value)}, at}
		}
	}
	for line, at := range r.lines(services) {
		r.service(line, at)
	}
	r.dir = r.value("daemon_directory", nil).word(0)
	if r.dir == "" {
		r.dir = "/usr/libexec/postfix"
		if r.isDir("/usr/lib/postfix/sbin") {
			r.dir = "/usr/lib/postfix/sbin"
		}
	}
	for i := range r.services {
		r.listen(&r.services[i])
	}
	for i := range r.services {
		r.connects(&r.services[i])
	}
	r.deliveries(main)
	for _, name := range []string{"smtpd_tls_cert_file", "smtpd_tls_key_file", "smtpd_tls_chain_files",
		"smtp_tls_CAfile"} {
		daemon, _, _ := strings.Cut(name, "_")
		from := len(r.r.Files)
		for file := range strings.FieldsFuncSeq(r.value(name, nil).word(0), isComma) {
			if path.IsAbs(file) {
				r.file(Certificate, file, name, r.last[name].at)
			}
		}
		for i := range r.r.Files[from:] { // the daemon reads them, not the master
			r.r.Files[from+i].Worker = r.worker(&postfixService{command: daemon})
		}
	}
}

func isComma(c rune) bool { return c == ',' || c == ' ' || c == '\t' }

// lines yields the logical lines of a file: a line that begins with a blank continues the one before it, comments
// between them included.
func (r *postfixReader) lines(name string) func(yield func(string, Pos) bool) {
	return func(yield func(string, Pos) bool) {
		text, ok := r.read(name, r.start.Pos, false)
		if !ok {
			return
		}
		defer r.done()
		var whole strings.Builder
		at := Pos{File: name}
		for n, line := range numbered(text) {
			switch trimmed := strings.TrimSpace(line); {
			case trimmed == "" || trimmed[0] == '#':
				continue
			case line[0] == ' ' || line[0] == '\t':
				whole.WriteString(" " + trimmed)
				continue
			}
			if whole.Len() > 0 && !yield(whole.String(), at) {
				return
			}
			whole.Reset()
			whole.WriteString(strings.TrimRight(line, " \t"))
			at.Line = n
		}
		if whole.Len() > 0 {
			yield(whole.String(), at)
		}
	}
}

// service reads a line of master.cf: NAME TYPE PRIVATE UNPRIVILEGED CHROOT WAKEUP LIMIT COMMAND ARGUMENT...
func (r *postfixReader) service(line string, at Pos) {
	w := strings.Fields(line)
	if len(w) < 8 {
		r.problem(at, "a service has eight columns: %q", w[0])
		return
	}
	if len(r.services) == maxEntries {
		return
	}
	s := postfixService{name: w[0], kind: w[1], command: path.Base(w[7]), last: settings{}, at: at}
	args := w[8:]
	for i := 0; i < len(args); i++ {
		option, ok := strings.CutPrefix(args[i], "-o")
		if !ok {
			continue
		}
		if option == "" && i+1 < len(args) {
			i++
			option = args[i]
		}
		if strings.HasPrefix(option, "{") { // -o { name = value }
			for ; !strings.HasSuffix(option, "}") && i+1 < len(args); i++ {
				option += " " + args[i+1]
			}
			option = strings.Trim(option, "{} ")
		}
		if name, value, ok := strings.Cut(option, "="); ok {
			s.last[strings.TrimSpace(name)] = setting{[]string{strings.TrimSpace(value)}, at}
		}
	}
	r.services = append(r.services, s)
}

// value returns a parameter, of a service's options or of main.cf, with other parameters in it replaced.
func (r *postfixReader) value(name string, s *postfixService) setting {
	set, ok := setting{}, false
	if s != nil {
		set, ok = s.last[name]
	}
	if !ok {
		set, ok = r.last[name]
	}
	if !ok {
		return setting{nil, Pos{File: r.start.Pos.File}}
	}
	return setting{[]string{r.expand(set.word(0), s, 0)}, set.at}
}

// maxExpand bounds parameters that name one another.
const maxExpand = 20

// expand replaces $name, $(name) and ${name}; a parameter that no file sets is empty.
func (r *postfixReader) expand(text string, s *postfixService, depth int) string {
	var b strings.Builder
	for b.Len() < maxFile {
		i := strings.IndexByte(text, '$')
		if i < 0 || i+1 == len(text) || depth == maxExpand {
			break
		}
		b.WriteString(text[:i])
		text = text[i+1:]
		var name, rest string
		switch closing := map[byte]string{'{': "}", '(': ")"}[text[0]]; {
		case text[0] == '$':
			b.WriteByte('$')
			text = text[1:]
			continue
		case closing != "":
			name, rest, _ = strings.Cut(text[1:], closing)
		default:
			end := 0
			for end < len(text) && isWord(text[end]) {
				end++
			}
			name, rest = text[:end], text[end:]
		}
		text = rest
		name, _, _ = strings.Cut(name, "?")
		set, ok := setting{}, false
		if s != nil {
			set, ok = s.last[name]
		}
		if !ok {
			set = r.last[name]
		}
		b.WriteString(r.expand(set.word(0), s, depth+1))
	}
	b.WriteString(text)
	return b.String()
}

// listen adds the addresses of a service of the network.
func (r *postfixReader) listen(s *postfixService) {
	if s.kind != "inet" {
		return
	}
	host, port := splitHost(r.expand(s.name, s, 0))
	if port == "" {
		host, port = "", host
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: s.command, Pos: s.at}
	if !e.at(r.job, port) {
		if n := mailPort(port); n != 0 { // where the system has no table of services
			e.Low, e.High = n, n
		} else {
			r.problem(s.at, "%s: %q is not a port", s.command, port)
			return
		}
	}
	hosts := []string{host}
	if host == "" {
		hosts = r.interfaces(s)
	}
	r.addresses(hosts, e)
}

// mailPort returns the port of a service of mail, 0 for another name.
func mailPort(service string) uint16 {
	switch service {
	case "smtp":
		return 25
	case "smtps", "submissions":
		return 465
	case "submission":
		return 587
	case "qmqp":
		return 628
	case "lmtp":
		return 24
	}
	return 0
}

// interfaces returns the addresses of services that name none.
func (r *postfixReader) interfaces(s *postfixService) []string {
	text := r.value("inet_interfaces", s).word(0)
	protocols := strings.FieldsFunc(r.value("inet_protocols", s).word(0), isComma)
	six := len(protocols) == 0 || slices.Contains(protocols, "all") || slices.Contains(protocols, "ipv6")
	four := len(protocols) == 0 || slices.Contains(protocols, "all") || slices.Contains(protocols, "ipv4")
	var hosts []string
	add := func(name, address string, on bool) {
		if on && (text == name || name == "all" && text == "") {
			hosts = append(hosts, address)
		}
	}
	add("all", "", four)
	add("all", "::", six)
	add("loopback-only", "127.0.0.1", four)
	add("loopback-only", "::1", six)
	if hosts != nil {
		return hosts
	}
	return strings.FieldsFunc(strings.NewReplacer("[", "", "]", "").Replace(text), isComma)
}

// worker returns the file of the daemon of a service.
func (r *postfixReader) worker(s *postfixService) Worker {
	typ := map[string]string{"smtp": "postfix_smtp_exec_t", "lmtp": "postfix_smtp_exec_t",
		"smtpd": "postfix_smtpd_exec_t", "cleanup": "postfix_cleanup_exec_t"}[s.command]
	return Worker{File: path.Join(r.dir, s.command), Label: typ}
}

// connects adds the filters and the servers that a service itself asks.
func (r *postfixReader) connects(s *postfixService) {
	switch s.command {
	case "smtpd":
		r.servers("smtpd_milters", s)
		for _, of := range []string{"client", "helo", "sender", "relay", "recipient", "data", "end_of_data", "etrn"} {
			r.policies("smtpd_"+of+"_restrictions", s)
		}
		if r.value("smtpd_sasl_type", s).word(0) == "dovecot" {
			r.servers("smtpd_sasl_path", s)
		}
		if set := r.value("smtpd_proxy_filter", s); set.word(0) != "" {
			r.server(set.word(0), "smtpd_proxy_filter", s, set.at)
		}
	case "cleanup":
		r.servers("non_smtpd_milters", s)
	}
}

// servers adds the servers that a parameter lists.
func (r *postfixReader) servers(name string, s *postfixService) {
	set := r.value(name, s)
	for w := range strings.FieldsFuncSeq(set.word(0), isComma) {
		r.server(w, name, s, set.at)
	}
}

// policies adds the servers behind check_policy_service.
func (r *postfixReader) policies(name string, s *postfixService) {
	set := r.value(name, s)
	w := strings.FieldsFunc(set.word(0), isComma)
	for i := range w {
		if w[i] == "check_policy_service" && i+1 < len(w) {
			r.server(w[i+1], name, s, set.at)
		}
	}
}

// server adds inet:HOST:PORT, HOST:PORT or unix:PATH.
func (r *postfixReader) server(text, directive string, s *postfixService, at Pos) {
	text = strings.Trim(text, "{}")
	if file, ok := strings.CutPrefix(text, "unix:"); ok {
		queue := r.value("queue_directory", nil).word(0)
		if queue == "" {
			queue = "/var/spool/postfix"
		}
		from := len(r.r.Sockets)
		r.socket(Connect, abs(queue, file), directive, at)
		for i := range r.r.Sockets[from:] {
			r.r.Sockets[from+i].Worker = r.worker(s)
		}
		return
	}
	host, port := splitHost(strings.TrimPrefix(text, "inet:"))
	if port == "" {
		return // the name of a socket in the queue's directory
	}
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: host, Directive: directive, Worker: r.worker(s), Pos: at}
	if !e.at(r.job, port) {
		r.problem(at, "%s: %q is not a port", directive, port)
		return
	}
	r.endpoint(e)
}

// deliveries adds the hosts that mail is delivered to.
func (r *postfixReader) deliveries(main string) {
	transport := r.value("default_transport", nil).word(0)
	if transport == "" {
		transport = "smtp"
	}
	if set := r.value("relayhost", nil); set.word(0) != "" {
		r.delivery(transport+":"+set.word(0), "relayhost", set.at)
	} else {
		r.delivery(transport, "default_transport", Pos{File: main})
	}
	for _, name := range []string{"content_filter", "relay_transport", "virtual_transport", "mailbox_transport",
		"local_transport", "fallback_transport"} {
		if set := r.value(name, nil); set.word(0) != "" {
			r.delivery(set.word(0), name, set.at)
		}
	}
	for i := range r.services {
		if set, ok := r.services[i].last["content_filter"]; ok && set.word(0) != "" {
			r.delivery(r.expand(set.word(0), &r.services[i], 0), "content_filter", set.at)
		}
	}
}

// delivery adds TRANSPORT:NEXTHOP, where the service TRANSPORT speaks SMTP or LMTP.
func (r *postfixReader) delivery(text, directive string, at Pos) {
	transport, hop, _ := strings.Cut(text, ":")
	i := slices.IndexFunc(r.services, func(s postfixService) bool { return s.kind == "unix" && s.name == transport })
	if i < 0 || r.services[i].command != "smtp" && r.services[i].command != "lmtp" {
		return
	}
	s := &r.services[i]
	if file, ok := strings.CutPrefix(hop, "unix:"); ok {
		r.server("unix:"+file, directive, s, at)
		return
	}
	e := Endpoint{Op: Connect, Protocol: "tcp", Directive: directive, Worker: r.worker(s), Low: 25, High: 25, Pos: at}
	if s.command == "lmtp" {
		e.Low, e.High = 24, 24
	}
	if own := r.value("smtp_tcp_port", s).word(0); own != "" && s.command == "smtp" {
		if !e.at(r.job, own) {
			r.problem(at, "smtp_tcp_port: %q is not a port", own)
			return
		}
	}
	host, port := splitHost(strings.TrimPrefix(hop, "inet:"))
	if strings.HasPrefix(hop, "[") { // no lookup of MX records, or an IPv6 address
		inner, after, _ := strings.Cut(hop[1:], "]")
		host, port = strings.TrimPrefix(inner, "ipv6:"), strings.TrimPrefix(after, ":")
	}
	e.Host = host
	if host == "" {
		e.Note = "mail goes to the hosts of its recipients"
	}
	if port != "" {
		if !e.at(r.job, port) {
			n := mailPort(port)
			if n == 0 {
				r.problem(at, "%s: %q is not a port", directive, port)
				return
			}
			e.Low, e.High = n, n
		}
	}
	r.endpoint(e)
}
