package diagnose

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// endings are the endings of names of file labels that differ between refpolicy (Debian, Gentoo) and the policies of
// Fedora and RHEL, where the names begin alike and the same files have the label. Only endings that differ for a
// whole family of labels are here.
func endings() [][]string {
	return [][]string{
		{"runtime_t", "var_run_t", "pid_t", "run_t"}, // files of a service in /run
		{"unit_t", "unit_file_t"},                    // units of systemd
		{"xdg_cache_t", "cache_home_t"},              // ~/.cache
		{"xdg_config_t", "config_home_t"},            // ~/.config
		{"xdg_data_t", "data_home_t"},                // ~/.local/share
		{"user_bin_t", "home_bin_t"},                 // ~/bin
		{"user_cert_t", "home_cert_t"},               // ~/.pki
	}
}

// webEndings are the endings of the labels of web applications: refpolicy's begin with httpd_, where Fedora's do not.
func webEndings() []string {
	return []string{"_content_t", "_ra_content_t", "_rw_content_t", "_htaccess_t", "_script_t", "_script_exec_t"}
}

// twins returns the names that other policies may have for a file label.
func twins(name string) (list []string) {
	for _, family := range endings() {
		for _, end := range family {
			stem, ok := strings.CutSuffix(name, end)
			if !ok || stem != "" && !strings.HasSuffix(stem, "_") || stem == "" && (end == "pid_t" || end == "run_t") {
				continue
			}
			for _, other := range family {
				if other != end && (stem != "" || other != "pid_t" && other != "run_t") {
					list = append(list, stem+other)
				}
			}
		}
	}
	for _, end := range webEndings() {
		if strings.HasSuffix(name, end) {
			if short, ok := strings.CutPrefix(name, "httpd_"); ok {
				return append(list, short)
			}
			return append(list, "httpd_"+name)
		}
	}
	return list
}

// twin returns the label of the policy that has another name in the record, whose policy comes from another family;
// ok is false where the policy has the name of the record, or not exactly one of the other names.
func (g *Diagnoser) twin(name string) (id policy.TypeID, ok bool) {
	if _, has := g.p.Type(name); has || name == "" {
		return 0, false
	}
	for _, other := range twins(name) {
		found, has := g.p.Type(other)
		if !has || g.p.IsAttribute(found) || g.isDomain(found) {
			continue
		}
		if ok && found != id {
			return 0, false
		}
		id, ok = found, true
	}
	return id, ok
}

// objectContext finds the context of an object of a record, by the other name of its type if the policy lacks the
// type. Only files have such labels: container_runtime_t with another role than object_r is a domain.
func (g *Diagnoser) objectContext(d *Diagnosis, text string, process bool) (recordContext, bool) {
	c, ok := g.context(text, process)
	name := audit.ContextType(text)
	if ok || role(text) != "object_r" && !bare(text) {
		return c, ok
	}
	id, ok := g.twin(name)
	if !ok {
		return c, false
	}
	own := g.p.TypeName(id)
	there := strings.TrimPrefix(strings.Replace(":"+text, ":"+name, ":"+own, 1), ":")
	if c, ok = g.context(there, process); ok {
		d.Assumptions = append(d.Assumptions, network.Assumption{Code: network.AssumedTypeName,
			Text: fmt.Sprintf("%s of the record is the label that this policy calls %s", name, own)})
	}
	return c, ok
}

// HasType reports whether the policy has a type of a record, or an object's label under another name.
func (g *Diagnoser) HasType(name string) bool {
	if _, ok := g.p.Type(name); ok {
		return true
	}
	_, ok := g.twin(name)
	return ok
}
