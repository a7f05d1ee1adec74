package modstore

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/contextfile"
	"github.com/senet-selinux/senet/internal/pp"
)

// A Converter converts modules in another language to CIL. said are the lines of its warnings.
type Converter func(lang string, source []byte) (text []byte, said []string, err error)

// maxSaid bounds how much output of a program is kept, in bytes.
const maxSaid = 64 << 10

// langPackage is the language of packages, which need no program.
const langPackage = "pp"

// convertPackage converts a package to CIL, as hll/pp of a release does.
func convertPackage(source []byte, release compile.Release) (text []byte, said []string, err error) {
	p, err := pp.Decode(source)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrConvert, err)
	}
	cil, err := p.CIL(pp.Release(release))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrConvert, err)
	}
	return cil.Text, cil.Warnings, nil
}

// converter returns the converter of a language: [convertPackage] for packages, else the program of
// compiler-directory.
func (s *Store) converter(lang string, release func() (compile.Release, error)) (Converter, error) {
	if !strings.EqualFold(lang, langPackage) {
		return s.convert, nil
	}
	r, err := release()
	if err != nil {
		return nil, err
	}
	return func(_ string, source []byte) ([]byte, []string, error) { return convertPackage(source, r) }, nil
}

// convert runs the program for a language in semanage.conf's compiler-directory.
func (s *Store) convert(lang string, source []byte) (text []byte, said []string, err error) {
	if err := CheckLang(lang); err != nil {
		return nil, nil, err
	}
	program := filepath.Join(s.records.Config().Build.Compilers, strings.ToLower(lang))
	if err := s.records.Plain(); err != nil {
		return nil, nil, err // programs of an image are not run
	}
	cmd := exec.Command(program)
	cmd.Stdin = bytes.NewReader(source)
	var out bytes.Buffer
	errs := &contextfile.Limited{Left: maxSaid}
	cmd.Stdout, cmd.Stderr = &out, errs
	err = cmd.Run()
	if text := strings.TrimSpace(errs.String()); text != "" {
		said = strings.Split(text, "\n")
	}
	var missing *exec.Error
	switch {
	case errors.As(err, &missing):
		return nil, said, fmt.Errorf("%w: there is no program for %q: %w", ErrConvert, lang, err)
	case err != nil:
		return nil, said, fmt.Errorf("%w: %w: %s", ErrConvert, err, strings.Join(said, "; "))
	}
	return out.Bytes(), said, nil
}
