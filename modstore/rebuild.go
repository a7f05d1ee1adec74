package modstore

import (
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/semanage"
)

// rebuild makes the files of the store and of /etc/selinux that follow from what was
// compiled.
func (tx *Tx) rebuild(result *compile.Result) (*semanage.Rebuild, error) {
	contexts, template := splitContexts(result.FileContexts)
	if err := checkContexts(contexts); err != nil {
		return nil, err
	}
	r := &semanage.Rebuild{
		Linked: result.Policy, SEUsers: result.SEUsers, UsersExtra: result.UserPrefixes,
		Active: []semanage.File{
			{Name: "file_contexts", Data: contexts},
			{Name: "homedir_template", Data: notNil(template)},
		},
	}
	r.Derive = func(m *semanage.Merged) (*semanage.Derived, error) {
		return tx.derive(m, contexts, template)
	}
	return r, nil
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// The names of the files of contexts, in the active directory and, below
// contexts/files, in /etc/selinux/TYPE.
const (
	installedDir  = "contexts/files/"
	fileContexts  = "file_contexts"
	localContexts = "file_contexts.local"
	homeContexts  = "file_contexts.homedirs"
)

// derive makes the files that depend on the local records too.
func (tx *Tx) derive(m *semanage.Merged, contexts, template []byte) (*semanage.Derived, error) {
	s := tx.store
	d := &semanage.Derived{}
	installed := []semanage.File{{Name: fileContexts, Data: contexts}}
	if local, err := s.local(); err != nil {
		return nil, err
	} else if local != nil {
		installed = append(installed, semanage.File{Name: localContexts, Data: local})
	}
	if !s.records.Config().Build.NoHomedirs {
		h := &homes{
			merged: m, checker: semanage.NewContextChecker(m.Policy), contexts: contexts,
			template: template, config: s.records.Config().Build, system: system{root: s.root},
		}
		text, err := h.text()
		if err != nil {
			return nil, err
		}
		tx.said = append(tx.said, h.said...)
		d.Active = append(d.Active, semanage.File{Name: homeContexts, Data: text})
		installed = append(installed, semanage.File{Name: homeContexts, Data: text})
	}
	compiled, err := s.compileContexts(installed)
	if err != nil {
		return nil, err
	}
	for _, f := range append(installed, compiled...) {
		f.Name = installedDir + f.Name
		d.Installed = append(d.Installed, f)
	}
	return d, nil
}
