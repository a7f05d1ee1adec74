package sepolgencli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/sysprogram"
	"github.com/senet-selinux/senet/policy"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// dataDir has sepolgen's permission map and its file about interfaces.
const dataDir = "/var/lib/sepolgen"

// Audit2allow is audit2allow; args are the process's arguments without its name. The result is the exit code.
func Audit2allow(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := &run{program: "audit2allow", stdin: stdin, stdout: stdout, stderr: stderr}
	return t.main(args)
}

// Audit2why is audit2why: audit2allow --why.
func Audit2why(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := &run{program: "audit2why", stdin: stdin, stdout: stdout, stderr: stderr}
	t.o.why = true
	return t.main(args)
}

// A run is one run of a program.
type run struct {
	program        string
	stdin          io.Reader
	stdout, stderr io.Writer
	o              options
	policy         *policy.Policy
}

// A stop ends the program: with a message on one of its outputs, and an exit code.
type stop struct {
	code     int
	complain string // on standard error
	text     string // on standard output
}

func (s *stop) Error() string { return s.complain + s.text }

func (t *run) main(args []string) int {
	if err := t.o.parse(args); err != nil {
		fmt.Fprintf(t.stderr, "Usage: %s [options]\n\n%s: error: %s\n", t.program, t.program, err)
		return exitUsage
	}
	switch {
	case t.o.help:
		io.WriteString(t.stdout, help(t.program))
		return exitDone
	case t.o.version:
		fmt.Fprintf(t.stdout, "%s .1\n", t.program)
		return exitDone
	}
	err := t.work()
	var s *stop
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &s):
		io.WriteString(t.stdout, s.text)
		io.WriteString(t.stderr, s.complain)
		return s.code
	}
	fmt.Fprintf(t.stdout, "%s\n", err)
	return exitFailed
}

func (t *run) work() error {
	if err := t.check(); err != nil {
		return err
	}
	if err := t.openPolicy(); err != nil {
		return err
	}
	l, err := t.read()
	if err != nil {
		return err
	}
	if t.o.why {
		return t.why(l)
	}
	text, err := t.module(l)
	switch {
	case err != nil:
		return err
	case t.o.pack != nil && *t.o.pack != "":
		return t.pack(text)
	case t.o.output != nil && *t.o.output != "":
		return appendTo(*t.o.output, text)
	}
	_, err = io.WriteString(t.stdout, text)
	return err
}

// check refuses options that exclude one another, and warns about others.
func (t *run) check() error {
	o := &t.o
	if o.all || o.boot {
		if o.input != nil {
			io.WriteString(t.stderr, "error: --all/--boot conflicts with --input\n")
		}
		if o.dmesg {
			io.WriteString(t.stderr, "error: --all/--boot conflicts with --dmesg\n")
		}
	}
	if o.input != nil && o.dmesg {
		io.WriteString(t.stderr, "error: --input conflicts with --dmesg\n")
	}
	if name := t.moduleName(); name != "" {
		o.requires = true
		if !validName(name) {
			return &stop{code: exitUsage, complain: "error: module names must begin with a letter, optionally " +
				"followed by letters, numbers, \"-\", \"_\", \".\"\n"}
		}
	}
	if o.pack != nil && *o.pack != "" {
		if o.output != nil && *o.output != "" {
			return &stop{code: exitUsage, complain: "error: --module-package conflicts with --output\n"}
		}
		if o.module != nil && *o.module != "" {
			return &stop{code: exitUsage, complain: "error: --module-package conflicts with --module\n"}
		}
		if o.cil {
			return &stop{code: exitUsage, complain: "error: --module-package conflicts with --cil\n"}
		}
	}
	return nil
}

// moduleName returns the name of the module, "" for none.
func (t *run) moduleName() string {
	for _, name := range []*string{t.o.module, t.o.pack} {
		if name != nil && *name != "" {
			return *name
		}
	}
	return ""
}

// validName reports whether a name begins with a letter, and has letters, digits, points, hyphens and underlines.
func validName(name string) bool {
	for i, c := range []byte(name) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-')) {
			return false
		}
	}
	return name != ""
}

func (t *run) openPolicy() error {
	file := policyfile.File{}
	if t.o.policy != nil && *t.o.policy != "" {
		file = policyfile.Named(*t.o.policy)
	} else {
		var err error
		if file, err = policyfile.Find(""); errors.Is(err, policyfile.ErrNone) {
			return &stop{code: exitFailed, complain: t.program +
				": You must specify the -p option with the path to the policy file.\n"}
		} else if err != nil {
			return &stop{code: exitFailed, complain: fmt.Sprintf("%s: %s\n", t.program, err)}
		}
	}
	db, err := file.Open()
	if err != nil {
		return &stop{code: exitFailed, complain: fmt.Sprintf("%s: %s\n", t.program, err)}
	}
	t.policy = policy.New(db)
	return nil
}

// filter returns the expression of --type, nil for none.
func (t *run) filter() (*regexp.Regexp, error) {
	if t.o.typ == nil || *t.o.typ == "" {
		return nil, nil
	}
	only, err := regexp.Compile(*t.o.typ)
	if err != nil {
		return nil, &stop{code: exitFailed, complain: fmt.Sprintf("%s: %s\n", t.program, err)}
	}
	return only, nil
}

// read reads the log.
func (t *run) read() (*log, error) {
	r := &reader{lastReload: t.o.lastReload, analyze: newAnalyzer(t.policy).analyze}
	var in io.Reader
	fromFile := false
	switch {
	case t.o.input != nil:
		f, err := os.Open(*t.o.input)
		if err != nil {
			return nil, &stop{code: exitFailed, complain: fmt.Sprintf("could not open file %s - \"%s\"\n", *t.o.input,
				pythonError(err, *t.o.input))}
		}
		defer f.Close()
		in, fromFile = f, true
	case t.o.dmesg:
		text, err := output("/bin/dmesg")
		if err != nil {
			return nil, err
		}
		in = strings.NewReader(text)
	case t.o.all, t.o.boot:
		args := []string{"/sbin/ausearch", "-m", "AVC,USER_AVC,MAC_POLICY_LOAD,DAEMON_START,SELINUX_ERR"}
		if !t.o.all {
			boot, err := bootTime()
			if err != nil {
				return nil, err
			}
			args = append(args, "-ts", boot.Format("01/02/06"), boot.Format("15:04:05"))
		}
		text, err := output(args...)
		if err != nil {
			return nil, &stop{code: exitFailed, complain: fmt.Sprintf("could not run ausearch - \"%s\"\n",
				pythonError(err, args[0]))}
		}
		in = strings.NewReader(text)
	default:
		in, fromFile = t.stdin, true
	}
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.line(line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if fromFile && !r.any {
		return nil, &stop{code: exitDone, complain: "Nothing to do\n"}
	}
	r.finish()
	return &r.log, nil
}

// output returns what a program prints.
func output(args ...string) (string, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = sysprogram.Environ()
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) { // its output still counts
		err = nil
	}
	return string(out), err
}

// bootTime returns when this system started.
func bootTime() (time.Time, error) {
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return time.Time{}, err
	}
	word, _, _ := strings.Cut(string(text), " ")
	up, err := time.ParseDuration(word + "s")
	return time.Now().Add(-up), err
}

// pythonError writes an error as Python does for a file.
func pythonError(err error, name string) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Sprintf("[Errno 2] No such file or directory: '%s'", name)
	case errors.Is(err, os.ErrPermission):
		return fmt.Sprintf("[Errno 13] Permission denied: '%s'", name)
	}
	return err.Error()
}

// appendTo appends to a file.
func appendTo(name, text string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return errors.New(pythonError(err, name))
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// loadInterfaces reads the file about interfaces.
func (t *run) loadInterfaces() (*interfaces, error) {
	open := func(given *string, name, what string) (*os.File, error) {
		if given != nil && *given != "" {
			name = *given
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, &stop{code: exitFailed, complain: fmt.Sprintf("could not open %s [%s]\n", what, name)}
		}
		return f, nil
	}
	info, err := open(t.o.infoFile, dataDir+"/interface_info", "interface info")
	if err != nil {
		return nil, err
	}
	defer info.Close()
	perms, err := open(t.o.permMap, dataDir+"/perm_map", "perm map")
	if err != nil {
		return nil, err
	}
	defer perms.Close()
	w, err := readWeights(perms)
	if err != nil {
		return nil, err
	}
	return readInterfaces(info, w)
}
