package semanagecli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/semanage"
)

// maxImport is the most bytes that an import reads.
const maxImport = 64 << 20

// exportOrder is the order of the kinds in an export.
func exportOrder() []string {
	return []string{"boolean", "login", "interface", "user", "port", "node", "fcontext", "module", "ibendport",
		"ibpkey", "permissive"}
}

// exportTo writes an export to the given file, else to standard output.
func (r *run) exportTo(a *arguments) error {
	file := a.text("output_file")
	start := r.out.Len()
	if err := r.open(a); err != nil {
		return err
	}
	if err := r.export(); err != nil {
		return err
	}
	if file == "" || file == "-" {
		return nil
	}
	text := bytes.Clone(r.out.Bytes()[start:])
	r.out.Truncate(start)
	return fileError(os.WriteFile(file, text, 0o666), file)
}

func (r *run) export() error {
	for _, name := range exportOrder() {
		r.out.WriteString(name + " -D\n")
	}
	for _, name := range exportOrder() {
		switch name {
		case "module":
			if err := r.extractModules(); err != nil {
				return err
			}
			continue
		case "permissive":
			if err := r.extractPermissive(); err != nil {
				return err
			}
			continue
		}
		for _, kind := range exported(name) {
			if err := r.extract(kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// exported are the kinds of records that a subcommand exports.
func exported(name string) []semanage.Kind {
	switch name {
	case "boolean":
		return []semanage.Kind{semanage.Booleans}
	case "login":
		return []semanage.Kind{semanage.Logins}
	case "user":
		return []semanage.Kind{semanage.Users}
	case "fcontext":
		return []semanage.Kind{semanage.FileContexts, semanage.Equivalences}
	}
	return []semanage.Kind{kindOf(name).kind()}
}

// fileError puts an error of a file into Python's words.
func fileError(err error, file string) error {
	if err == nil {
		return nil
	}
	class := "OSError"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		class = "FileNotFoundError"
	case errors.Is(err, fs.ErrPermission):
		class = "PermissionError"
	case errors.Is(err, syscall.EISDIR):
		class = "IsADirectoryError"
	case errors.Is(err, syscall.ENOTDIR):
		class = "NotADirectoryError"
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return &failure{class, err.Error()}
	}
	text := errno.Error()
	text = strings.ToUpper(text[:1]) + text[1:]
	return &failure{class, fmt.Sprintf("[Errno %d] %s: %s", int(errno), text, argparse.Repr(file))}
}

// importAll carries out the commands of a file, or of standard input, in one transaction.
func (r *run) importAll(a *arguments) error {
	text, err := r.input(a.text("input_file"))
	if err != nil {
		return err
	}
	if err := r.open(a); err != nil {
		return err
	}
	if err := r.begin(); err != nil {
		return err
	}
	defer r.tx.Close()
	r.importing = true
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		words, err := splitLine(line)
		if err != nil {
			return err
		}
		a, err := parse(words)
		if err != nil {
			return err
		}
		switch a.command.name {
		case "import":
			return valueError("Semanage transaction already in progress")
		case "export":
			// semanage exits after an export, and thus drops the transaction.
			return cmp.Or(r.exportTo(a), errDone)
		}
		if err := r.recordsCommand(a); err != nil {
			return err
		}
	}
	if r.commitError != nil {
		return r.commitError
	}
	return r.commit()
}

func (r *run) input(file string) (string, error) {
	in := r.tool.Stdin
	if file != "" && file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", fileError(err, file)
		}
		defer f.Close()
		in = f
	}
	if in == nil {
		return "", nil
	}
	data, err := io.ReadAll(io.LimitReader(in, maxImport+1))
	switch {
	case err != nil:
		return "", fileError(err, file)
	case len(data) > maxImport:
		return "", valueError(fmt.Sprintf("more than %d bytes to import", maxImport))
	}
	return string(data), nil
}
