package systemd

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
)

// files is a tree in memory.
type files map[string]string

func (f files) ReadFile(name string, limit int64) ([]byte, error) {
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text[:min(int64(len(text)), limit)]), nil
}

func (f files) ReadDir(name string, _ int) ([]string, error) {
	var list []string
	for file := range f {
		if path.Dir(file) == name {
			list = append(list, path.Base(file))
		}
	}
	if list == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	slices.Sort(list)
	return list, nil
}

func (f files) Resolve(name string) (string, error) {
	if _, ok := f[name]; !ok {
		return name, fs.ErrNotExist
	}
	return name, nil
}

func unit(t *testing.T, f files, name string) *Unit {
	t.Helper()
	u, err := Load(f, name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// systemd.service(5), "Command lines", and systemd.exec(5), "Environment".
func TestCommands(t *testing.T) {
	base := "[Service]\nEnvironment=\"ONE=one two\" CONFIG=/etc/x EMPTY=\nEnvironmentFile=/etc/default/x\n" +
		"PassEnvironment=FROM_MANAGER\nRuntimeDirectory=web:alias web/%i\n"
	tree := files{
		"/etc/default/x":  "CONFIG=\"/etc/y\"\n# ONE=no\nOPTS=-a 'b c' \\\n  -d\n export BAD=1\n",
		"/etc/machine-id": "0123\n", "/etc/hostname": "web1.example\n", "/etc/os-release": "NAME=x\nID=\"debian\"\n",
	}
	for _, tt := range []struct{ line, want, unknown string }{
		{`/bin/x -f $CONFIG ${CONFIG}.d`, `/bin/x|-f|/etc/y|/etc/y.d`, ""}, // the file wins over Environment=
		{`/bin/x $ONE ${ONE} $EMPTY ${EMPTY} $UNSET`, `/bin/x|one|two|one two|`, ""},
		{`/bin/x $OPTS`, `/bin/x|-a|b c|-d`, ""},
		{`/bin/x a$CONFIG $$CONFIG $${CONFIG}`, `/bin/x|a$CONFIG|$CONFIG|${CONFIG}`, ""},
		{`:/bin/x $ONE ${ONE}`, `/bin/x|$ONE|${ONE}`, ""}, // the prefix ":" replaces no variables
		{`-@/bin/x name "a b"'c d'\x41`, `name|a bc dA`, ""},
		{`/bin/x 'it'"'"'s' \s`, `/bin/x|it's| `, ""},
		{`/bin/x \q`, `/bin/x|\q`, ""}, // an unknown escape stands for itself
		{`/bin/x %i %p %n %N %% %m %H %l %o %t %f`,
			`/bin/x|1|web|web@1.service|web@1|%|0123|web1.example|web1|debian|/run|/1`, ""},
		{`/bin/x \; y`, `/bin/x|;|y`, ""},
		{`/bin/x --port=${FROM_MANAGER} $FROM_MANAGER`, `/bin/x|--port=${FROM_MANAGER}|${FROM_MANAGER}`,
			"FROM_MANAGER FROM_MANAGER"},
		{`/bin/x ${RUNTIME_DIRECTORY}`, `/bin/x|/run/web:/run/web/1`, ""},
		{"/bin/x a \\\n# comment\n; another\n  b", "/bin/x|a|b", ""},
	} {
		tree["/etc/systemd/system/web@.service"] = base + "ExecStart=/bin/gone\nExecStart=\nExecStart=" + tt.line + "\n"
		u := unit(t, tree, "web@1.service")
		env := u.Environment()
		list, err := u.Commands("ExecStart", &env)
		if err != nil || len(list) != 1 || list[0].Path != "/bin/x" || strings.Join(list[0].Argv, "|") != tt.want ||
			strings.Join(list[0].Unknown, " ") != tt.unknown {
			t.Errorf("%s: %+v, %v; want %s", tt.line, list, err, tt.want)
		}
	}
	for line, want := range map[string]string{
		`/bin/x 'a`: "quote", `/bin/x %b`: "specifier %b", `@`: "no program",
		`@/bin/x`: "is missing",
	} {
		tree["/etc/systemd/system/web@.service"] = "[Service]\nExecStart=" + line + "\n"
		u := unit(t, tree, "web@1.service")
		env := u.Environment()
		if list, err := u.Commands("ExecStart", &env); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.HasPrefix(err.Error(), "/etc/systemd/system/web@.service:2: ") {
			t.Errorf("%s: %+v, %v; want an error with %q", line, list, err, want)
		}
	}
}

// Several commands of one line, and of several lines: each with the line that names it.
func TestSeveralCommands(t *testing.T) {
	u, err := Parse(files{}, "/x.service", []byte("[Service]\nExecStart=/a 1 ; /b 2\n\nExecStart=\\\n/c\n"))
	if err != nil {
		t.Fatal(err)
	}
	env := u.Environment()
	list, err := u.Commands("ExecStart", &env)
	if err != nil || len(list) != 3 || list[1].Path != "/b" || list[2].Line != 4 {
		t.Errorf("%+v, %v", list, err)
	}
}

// parse_env_file: quotes, comments, continuation, names that are none.
func TestEnvFile(t *testing.T) {
	text := "A=1\n  B = two words  \nC='single $x \\'\nD=\"double \\\"q\\\" \\n\"\n;E=no\n#F=no \\\nG=hidden\n" +
		"H=a\\\nb\nI\n9J=no\nK=a'b'\nL=\"x\"y\nM=\n"
	var got []string
	for _, v := range ParseEnvFile(text) {
		got = append(got, v.Name+"="+v.Value)
	}
	want := "A=1|B=two words|C=single $x \\|D=double \"q\" \\n|H=ab|K=a'b'|L=xy|M="
	if strings.Join(got, "|") != want {
		t.Errorf("%s, want %s", strings.Join(got, "|"), want)
	}
}

// systemd.socket(5): ListenStream and its like, Service, Accept.
func TestListeners(t *testing.T) {
	u, err := Parse(files{}, "/x@.socket", []byte(`[Socket]
ListenStream=gone
ListenStream=
ListenStream=80
ListenStream=127.0.0.1:81
ListenStream=[::1]:82
ListenStream=[fe80::1]:83%%eth0
ListenDatagram=84
ListenStream=/run/x.sock
ListenStream=@abstract
ListenStream=vsock::1234
ListenStream=localhost:80
ListenSequentialPacket=@seq
ListenFIFO=/run/fifo
Accept=yes
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range u.Listeners() {
		text := l.Protocol + " " + l.Path
		if l.Addr.IsValid() {
			text = l.Protocol + " " + l.Addr.String()
		}
		if l.Bad != "" {
			text += " bad"
		}
		got = append(got, text)
	}
	want := "tcp ::|tcp 127.0.0.1|tcp ::1|tcp fe80::1|udp ::|unix /run/x.sock|unix @abstract|vsock vsock::1234|" +
		"tcp localhost:80 bad|unix @seq|fifo /run/fifo"
	if strings.Join(got, "|") != want {
		t.Errorf("%s, want %s", strings.Join(got, "|"), want)
	}
	if got := u.Service(); got != "x@0.service" {
		t.Errorf("Service: %s", got)
	}
}

func FuzzUnit(f *testing.F) {
	f.Add("[Service]\nExecStart=-@\"/opt/ha proxy\" %i\\\n;x\nSELinuxContext=-a:b:c\nNoNewPrivileges=on\n")
	f.Add("\\\n\\\n[Service\n=\nExecStart=%\nExecStart=")
	f.Add("[Service]\nEnvironment=A='x y'\nEnvironmentFile=/e*\nExecStart=/x ${A} $A \\; y ; /z $$ ${\n")
	f.Add("[Socket]\nListenStream=[fe80::1]:83%eth0\nListenDatagram=%%\nService=%p.service\n")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := Parse(files{"/e": text}, "/a@b.service", []byte(text))
		if err != nil {
			return
		}
		env := u.Environment()
		list, err := u.Commands("ExecStart", &env)
		for _, c := range list {
			if err == nil && (c.Path == "" || len(c.Argv) == 0 || c.Line == 0) {
				t.Errorf("no program and no error: %+v", c)
			}
		}
		for _, l := range u.Listeners() {
			if l.Bad == "" && l.Path == "" && l.Port == 0 {
				t.Errorf("a listener without an address: %+v", l)
			}
		}
	})
}

func FuzzEnvFile(f *testing.F) {
	f.Add("A=1\nB='x\ny'\\\nC=\"\\\"\"z\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range ParseEnvFile(text) {
			if !validName(v.Name) || v.Line < 1 || len(v.Value) > len(text) {
				t.Errorf("%+v", v)
			}
		}
	})
}
