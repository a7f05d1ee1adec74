// Package kin tells by their names how a type or a boolean belongs to a domain.
//
// Start here: [Of].
package kin

import (
	"slices"
	"strings"
)

// A Kinship says how something belongs to a domain; the lower the closer.
type Kinship int

// The kinships.
const (
	Namesake Kinship = iota // they are called the same
	Kindred                 // the first words of their names are the same
	Served                  // a rule names the domain and the type, and no domain is called as the type is
	Stranger
)

// Of compares the names of a domain and of something that may belong to it.
func Of(domain, name string) Kinship {
	x, y := stem(domain), stem(name)
	switch {
	case x[0] == "" || y[0] == "":
		return Stranger
	case slices.Equal(x, y):
		return Namesake
	case x[0] == y[0] || len(y[0]) >= longWord && strings.HasPrefix(x[0], y[0]): // puppetmaster_t, puppet_port_t
		return Kindred
	}
	return Stranger
}

// longWord is the length from which the beginning of a name is no chance.
const longWord = 5

// stem returns what a type is called after: the words of its name without _t, and
// for a port without _port.
func stem(typ string) (words []string) {
	name := strings.TrimSuffix(strings.TrimSuffix(typ, "_t"), "_port")
	words = strings.Split(name, "_")
	words[0] = Stem(words[0])
	return words
}

// Stem returns the first word of a name without the d of a daemon, so that those of sshd_t and ssh_port_t are the same,
// and without the dir of a directory, so that tftpdir_t has that of tftpd_t.
func Stem(first string) string {
	if len(first) <= 3 {
		return first
	}
	return strings.TrimSuffix(strings.TrimSuffix(first, "dir"), "d")
}
