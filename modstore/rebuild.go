package modstore

import (
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/semanage"
)

// rebuild makes the files of the store and of /etc/selinux that depend on the compiled policy.
func (tx *Tx) rebuild(result *compile.Result) (*semanage.Rebuild, error) {
	contexts, template := splitContexts(result.FileContexts)
	if err := checkContexts(contexts); err != nil {
		return nil, err
	}
	return &semanage.Rebuild{
		Linked: result.Policy, SEUsers: result.SEUsers, UsersExtra: result.UserPrefixes,
		FileContexts: contexts, HomeTemplate: notNil(template),
		Compare: !tx.changed, // who changes nothing wants it mended
	}, nil
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
