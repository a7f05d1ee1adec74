// Package classmap knows the names of the security classes and permissions that any Linux kernel has had, and those
// of the usual programs that enforce the policy themselves: dbus, systemd, nscd, the X server, PostgreSQL, Android's.
//
// It tells a damaged or invented name from one that a policy merely does not define. Only over the latter may
// handle_unknown of the policy decide. A policy may define further classes for a program of its own: ask it first.
//
// The facts are those of the kernel's security/selinux/include/classmap.h of Linux 2.6.9 to 6.18 and, before 2.6.33,
// av_perm_to_string.h; those of programs are the access vectors of the reference policy and of Android.
package classmap

import (
	"iter"
	"slices"
	"strings"
)

// Has reports whether a class is known.
func Has(class string) bool {
	_, ok := find(class)
	return ok
}

// HasPermission reports whether a class is known and has a permission. It is the union over all kernels: two
// permissions of one class need not have been in the same kernel.
func HasPermission(class, permission string) bool {
	line, ok := find(class)
	if !ok || permission == "" {
		return false
	}
	common, own, _ := strings.Cut(line, " ")
	return hasWord(own, permission) || common != "-" && hasWord(permissionsOf(common), permission)
}

// WithPrefix yields the known classes whose names begin with prefix, in the order of their names.
func WithPrefix(prefix string) iter.Seq[string] {
	return func(yield func(string) bool) {
		at, _ := slices.BinarySearchFunc(classes[:], prefix, func(line, prefix string) int {
			return strings.Compare(nameOf(line), prefix)
		})
		for ; at < len(classes) && strings.HasPrefix(classes[at], prefix); at++ {
			if name := nameOf(classes[at]); !strings.HasPrefix(name, prefix) || !yield(name) {
				return
			}
		}
	}
}

// find returns what stands behind the name in the line of a class.
func find(class string) (rest string, ok bool) {
	at, ok := slices.BinarySearchFunc(classes[:], class, func(line, class string) int {
		return strings.Compare(nameOf(line), class)
	})
	if !ok {
		return "", false
	}
	_, rest, _ = strings.Cut(classes[at], " ")
	return rest, true
}

func nameOf(line string) string {
	name, _, _ := strings.Cut(line, " ")
	return name
}

// permissionsOf returns the permissions of a common.
func permissionsOf(common string) string {
	for _, line := range commons {
		if name, permissions, _ := strings.Cut(line, " "); name == common {
			return permissions
		}
	}
	return ""
}

// hasWord reports whether a word is in a list with blanks between.
func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// OfPrograms reports whether only programs ask for permissions of a class, and no kernel does. The class system is
// of both, and those of the X server before 1.5 and of PaX were in the kernel's table but never asked by it.
func OfPrograms(class string) bool {
	return strings.HasPrefix(class, "db_") || strings.HasPrefix(class, "x_") || hasWord(ofPrograms, class)
}

const ofPrograms = "colormap context cursor dbus debuggerd diced drawable drmservice font gc hwservice_manager " +
	"keystore2 keystore2_key keystore_key nscd passwd pax property property_service proxy service service_manager " +
	"window xclient xextension xinput xserver zygote"
