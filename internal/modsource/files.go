package modsource

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// maxSource bounds a file of sources.
const maxSource = 16 << 20

// Ports reads ports as commands take them, PROTOCOL/PORT, and adds them to a list.
func (w *Wish) Ports(to *[]senet.Target, texts []string) error {
	for _, text := range texts {
		target, err := senet.ParseTarget(text, network.TCP)
		if err != nil {
			return err
		}
		*to = append(*to, target)
	}
	return nil
}

// Denials returns the access that a log shows as refused, and that the policy refuses today, of any domain.
func Denials(ctx context.Context, s *senet.Session, log *incident.Source) ([]remedy.Need, error) {
	report, err := s.Why(ctx, log.Reader, senet.WhyOptions{Costs: incident.NoCosts})
	if err != nil {
		return nil, err
	}
	rules, _ := report.AllowRules(s.Policy())
	var needs []remedy.Need
	for _, r := range rules {
		if len(r.Permissions) > 0 {
			needs = append(needs, remedy.Need{Source: s.Policy().TypeName(r.Source), Target: r.TargetName(s.Policy()),
				Class: r.Class, Perms: r.Permissions})
		}
	}
	return needs, nil
}

// A File is one file with its name.
type File struct{ Name, Text string }

// List returns the files, without those that are empty.
func (f *Files) List() []File {
	list := []File{{f.Name + ".te", f.TE}, {f.Name + ".if", f.IF}, {f.Name + ".fc", f.FC}}
	if f.CIL != "" {
		list = append(list, File{f.PortsModule() + ".cil", f.CIL})
	}
	return list
}

// Text returns all files as one text, each under its name.
func (f *Files) Text() string {
	var b strings.Builder
	for i, one := range f.List() {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "==> %s <==\n%s", one.Name, one.Text)
	}
	return b.String()
}

// Write writes the files to a directory, which is made if need be, and returns their names. It replaces no file.
func (f *Files) Write(dir string) (names []string, err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	for _, one := range f.List() {
		name := filepath.Join(dir, one.Name)
		file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if err != nil {
			return names, err
		}
		_, err = file.WriteString(one.Text)
		if err = errors.Join(err, file.Close()); err != nil {
			return names, err
		}
		names = append(names, name)
	}
	return names, nil
}

// LintFiles checks sources, NAME.te, with NAME.if and NAME.fc beside each: see [Lint].
func LintFiles(h *refpolicy.Headers, p *policy.Policy, files []string) (all []Finding, err error) {
	for _, file := range files {
		if filepath.Ext(file) != ".te" {
			return nil, fmt.Errorf("%s is no .te; NAME.if and NAME.fc beside NAME.te are checked with it", file)
		}
		s := Sources{Name: file}
		base := strings.TrimSuffix(file, ".te")
		for _, one := range []struct {
			name string
			to   *string
		}{{file, &s.TE}, {base + ".if", &s.IF}, {base + ".fc", &s.FC}} {
			data, err := readSource(one.name)
			if err != nil && (one.name == file || !errors.Is(err, os.ErrNotExist)) {
				return nil, err
			}
			*one.to = string(data)
		}
		found, err := Lint(h, p, s)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func readSource(name string) ([]byte, error) {
	r, err := sysroot.Root{}.Open(name, maxSource)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return sysroot.ReadAll(r, maxSource)
}
