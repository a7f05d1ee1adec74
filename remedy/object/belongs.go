package object

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// ofOther reports whether a type belongs to another service: a domain is called as the type begins, and is no kin of
// the subject. collectd_rw_content_t is collectd's, whoever else may use it; public_content_t is nobody's.
func (f *finder) ofOther(typ string) bool {
	if f.own(typ) {
		return false
	}
	words := strings.Split(strings.TrimSuffix(typ, "_t"), "_")
	for n := range words {
		if f.stems()[stemOf(words[:n+1])] {
			return true
		}
	}
	return false
}

// othersData reports whether a file without a path has the label of another service's data.
func (f *finder) othersData() bool {
	name := f.typeName(f.problem.Target)
	return f.problem.Class == "file" && f.problem.Path == "" && f.problem.Name != "" && !f.problem.Lost &&
		!f.contained() && holdsData(name) && f.ofOther(name)
}

// stems returns what the domains of the policy are called after, each as [stemOf] has it.
func (f *finder) stems() map[string]bool {
	if f.called == nil {
		f.called = map[string]bool{}
		for _, id := range reach.Domains(f.p) {
			f.called[stemOf(strings.Split(strings.TrimSuffix(f.p.TypeName(id), "_t"), "_"))] = true
		}
	}
	return f.called
}

// stemOf joins the words of a name, the first as [kin.Stem] has it: those of collectd_t and collect_data_t begin alike.
func stemOf(words []string) string {
	return strings.Join(append([]string{kin.Stem(words[0])}, words[1:]...), "_")
}

// pathSays reports whether the path or the name has all words of a type's name that are not those of the subject, nor
// of every label of data: /srv/git/x.git for git_sys_content_t and for httpd_git_content_t.
func (f *finder) pathSays(typ string) bool {
	said, words := f.said(), strings.Split(strings.TrimSuffix(typ, "_t"), "_")
	if f.own(typ) {
		words = words[1:]
	}
	found := false
	for _, word := range words {
		switch {
		case word == "user": // which is the name of a user as well
			return false
		case slices.Contains([]string{"sys", "system", "public", "rw", "ro"}, word) || holdsData(word):
		case slices.Contains(said, word):
			found = true
		default:
			return false
		}
	}
	return found
}

// forWeb reports whether a type is that of what a web server shows of another service, as munin_content_t is: the
// service keeps its data elsewhere, unless the path is one of pages.
func (f *finder) forWeb(typ policy.TypeID) bool {
	if kin.Of("httpd_t", f.typeName(f.problem.Source)) < kin.Stranger ||
		slices.ContainsFunc(f.said(), is("www", "html", "htdocs", "web", "cgi")) {
		return false
	}
	return slices.ContainsFunc([]string{"httpd_content_type", "httpdcontent"}, func(name string) bool {
		a, ok := f.p.Attribute(name)
		return ok && f.p.Members(a).Has(typ)
	})
}

// served reports whether a type of data that rules give to the subject by name is its own: it is called after no
// domain, and few are named in rules with it, as samba_share_t is smbd_t's.
func (f *finder) served(typ policy.TypeID) bool {
	const few = 8
	if name := f.p.TypeName(typ); f.ofOther(name) || strings.HasPrefix(name, "public_content_") { // for all
		return false
	}
	sources := map[policy.TypeID]bool{}
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Target == typ {
			sources[r.Source] = true
		}
	}
	return len(sources) <= few
}

// A stateLabel says how usual a label is for the data that a service keeps; the lower the more usual, 0 for a label of
// something else.
type stateLabel int

// state returns which of the labels of the subject's own data a type is, by its name: that in /var/lib, a cache, a
// spool. Where the path is one of a cache or a spool, that label comes first.
func (f *finder) state(typ string) stateLabel {
	words := strings.Split(strings.TrimSuffix(typ, "_t"), "_")
	source := f.typeName(f.problem.Source)
	if kin.Of(source, typ) == kin.Stranger || subject.IsLeftover(source) { // that of systemd is for systemd
		return 0
	}
	dirs := strings.Split(f.problem.Path, "/")
	switch last := words[len(words)-1]; strings.Join(words[1:], "_") {
	case "var_lib":
		return 2
	case "cache", "var_cache", "spool", "var_spool":
		if slices.Contains(dirs, last) {
			return 1
		}
		return 3
	}
	return 0
}

// keepsState reports whether the object can be data that a service keeps: it has the label of a place for such data, or
// none, and is in no home and no place for something else.
func (f *finder) keepsState() bool {
	if f.problem.Class != "file" && f.problem.Class != "dir" || f.home() || !f.problem.Lost && !f.general() {
		return false
	}
	switch name := f.typeName(f.problem.Target); name {
	case "var_log_t", "var_run_t", "runtime_t":
		return false
	}
	for _, dir := range []string{"/var/log/", "/run/", "/var/run/", "/etc/", "/usr/", "/home/", "/root/", "/boot/"} {
		if strings.HasPrefix(f.problem.Path, dir) {
			return false
		}
	}
	return true
}

// pathNames reports whether the path or the name has a word that begins as the subject is called, as /data/mongodb for
// mongod_t.
func (f *finder) pathNames() bool {
	const short = 3
	stem := stemOf(strings.Split(strings.TrimSuffix(f.typeName(f.problem.Source), "_t"), "_")[:1])
	return len(stem) >= short && slices.ContainsFunc(f.said(), func(word string) bool {
		return strings.HasPrefix(word, strings.ToLower(stem))
	})
}

// said returns the words of the path, or of the name and the paths beside it, in lower case.
func (f *finder) said() []string {
	text := cmp.Or(f.problem.Path, f.problem.Name+" "+strings.Join(f.problem.Beside, " "))
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}
