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

// maxImport bounds what an import reads.
const maxImport = 64 << 20

// exportOrder is the order of the kinds in an export.
func exportOrder() []string {
	return []string{"boolean", "login", "interface", "user", "port", "node", "fcontext", "module", "ibendport",
		"ibpkey", "permissive"}
}

// exportTo writes an export to the file it names, else to standard output.
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
		if foreign(name) {
			for _, line := range r.foreignRecords(name) {
				r.out.WriteString(name + " " + line + "\n")
			}
			continue
		}
		kind := semanage.Booleans
		if name != "boolean" {
			kind = kindOf(name).kind()
		}
		if err := r.extract(kind); err != nil {
			return err
		}
	}
	return nil
}

// fileError words an error of a file as Python does.
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

// importAll makes one transaction of the commands in the file that the import
// names, else of those on standard input.
func (r *run) importAll(a *arguments) error {
	text, err := r.input(a.text("input_file"))
	if err != nil {
		return err
	}
	if err := r.open(a); err != nil {
		return err
	}
	commands, err := r.withoutForeign(text)
	if err != nil {
		return err
	}
	if err := r.begin(); err != nil {
		return err
	}
	defer r.tx.Close()
	r.importing = true
	for _, line := range commands {
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
			// semanage exits after an export, and so gives the transaction up.
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
	case in == r.tool.Stdin:
		r.consumed = data
	}
	return string(data), nil
}
