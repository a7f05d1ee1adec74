package modfile

import (
	"fmt"

	"github.com/senet-selinux/senet/modstore"
)

// InstallNote returns what libsemanage prints on standard output before a transaction
// installs a module, "" for nothing: that it counts instead of one of a lower priority.
// It mirrors semanage_direct_install_info.
func InstallNote(tx *modstore.Tx, k modstore.Key) string {
	if m, ok := tx.Find(k.Name); ok && m.Priority < k.Priority {
		return fmt.Sprintf("libsemanage.semanage_direct_install_info: "+
			"Overriding %s module at lower priority %d with module at priority %d.\n", k.Name, m.Priority, k.Priority)
	}
	return ""
}

// RemoveNote returns what libsemanage prints on standard output after a transaction removed
// a module, "" for nothing: that it was the last of its name, or which one counts now. It
// mirrors semanage_direct_remove_key.
func RemoveNote(tx *modstore.Tx, k modstore.Key) string {
	const who = "libsemanage.semanage_direct_remove_key: "
	m, ok := tx.Find(k.Name)
	switch {
	case !ok:
		return fmt.Sprintf(who+"Removing last %s module (no other %s module exists at another priority).\n", k.Name,
			k.Name)
	case m.Priority < k.Priority:
		return fmt.Sprintf(who+"%s module at priority %d is now active.\n", m.Name, m.Priority)
	}
	return ""
}
