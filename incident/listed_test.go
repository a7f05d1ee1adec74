package incident_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// TestPlaced: a denial with the last part of a path alone gets the path of a listing.
func TestPlaced(t *testing.T) {
	record := func(source, name, typ, class string) string {
		return fmt.Sprintf("avc:  denied  { read } for  pid=9 comm=\"x\" %s dev=\"sda1\" ino=7 "+
			"scontext=system_u:system_r:%s:s0 tcontext=system_u:object_r:%s:s0 tclass=%s\n", name, source, typ, class)
	}
	const home = "$ ls -lZ /srv\n-rw-r--r--. 1 a a u:object_r:user_home_t:s0 9 May 23 09:14 x\n"
	for _, c := range []struct{ rule, log, want string }{
		{"name, kind and type agree", record("httpd_t", `name="x"`, "user_home_t", "file") + home, "/srv/x"},
		{"another type", record("httpd_t", `name="x"`, "var_t", "file") + home, ""},
		{"another kind", record("httpd_t", `name="x"`, "user_home_t", "dir") + home, ""},
		{"another name", record("httpd_t", `name="y"`, "user_home_t", "file") + home, ""},
		{"two files that agree", record("httpd_t", `name="x"`, "user_home_t", "file") + home +
			"u:object_r:user_home_t:s0 /data/x\n", ""},
		{"the same file twice", record("httpd_t", `name="x"`, "user_home_t", "file") + home +
			"u:object_r:user_home_t:s0 /srv/x\n", "/srv/x"},
		{"a file whose label restorecon changed since", record("httpd_t", `name="x"`, "user_home_t", "file") +
			"Relabeled /srv/x from u:object_r:user_home_t:s0 to u:object_r:var_t:s0\n", "/srv/x"},
		{"the record has a path", record("httpd_t", `path="/var/x"`, "user_home_t", "file") + home, "/var/x"},
		{"a path in a container is not the host's", record("svirt_t", `name="x"`, "user_home_t", "file") + home,
			""},
		{"a name without a directory", record("httpd_t", `name="x"`, "user_home_t", "file") +
			"u:object_r:user_home_t:s0 x\n", ""},
	} {
		r := caseReport(t, c.log, incident.Options{})
		if len(r.Findings) != 1 || r.Findings[0].Denial == nil || r.Findings[0].Denial.File == nil {
			t.Fatalf("%s: %+v", c.rule, r.Findings)
		}
		d := r.Findings[0].Denial
		if d.File.Path != c.want {
			t.Errorf("%s: path %q, want %q", c.rule, d.File.Path, c.want)
		}
		noted := false
		for _, n := range d.Notes {
			noted = noted || strings.Contains(n.Text, "the listing has a file with this name and type")
		}
		if noted != (c.want == "/srv/x") {
			t.Errorf("%s: noted %v", c.rule, noted)
		}
		if r.Labels != nil {
			t.Errorf("%s: labels beside a denial", c.rule)
		}
	}
}

// TestLabels: the listings of a log without denials are compared with file_contexts.
func TestLabels(t *testing.T) {
	for _, c := range []struct{ rule, log, want string }{
		{"a wrong label; user_home_t is customizable here", "u:object_r:user_home_t:s0 /tmp\n",
			"/tmp: user_home_t, not tmp_t, -F; 0 right, 0 unknown"},
		{"a right one; user and level do not count", "-rw-r--r--. a a u:object_r:var_run_t:s0:c1 /run/x\n",
			"; 1 right, 0 unknown"},
		{"a label that tells nothing", "-rw-r--r--. a a u:object_r:default_t:s0 /run/x\n",
			"/run/x: default_t, not var_run_t, lost; 0 right, 0 unknown"},
		{"a label of its own, where file_contexts has that of the place", "u:object_r:httpd_sys_content_t:s0 /run/x\n",
			"; 0 right, 1 unknown"},
		{"the label of another place there", "u:object_r:var_t:s0 /run/x\n",
			"/run/x: var_t, not var_run_t; 0 right, 0 unknown"},
		{"restorecon on the host knows its entries",
			"Would relabel /run/x from u:object_r:httpd_sys_content_t:s0 to u:object_r:var_run_t:s0",
			"/run/x: httpd_sys_content_t, not var_run_t; 0 right, 0 unknown"},
		{"the last label of a file counts", "u:object_r:tmp_t:s0 /run/x\nu:object_r:var_run_t:s0 /run/x\n",
			"; 1 right, 0 unknown"},
		{"no directory, an unknown type, no entry, the kernel's files", "u:object_r:tmp_t:s0 x\nu:object_r:no_t:s0 " +
			"/run/x\nu:object_r:tmp_t:s0 /nowhere/x\nu:object_r:tmp_t:s0 /proc/x\n", "; 0 right, 4 unknown"},
		{"an entry for directories alone tells nothing of a file", "-rw-r--r--. a a u:object_r:var_t:s0 /tmp\n",
			"; 0 right, 1 unknown"},
		{"where the kind is not known, that entry tells", "u:object_r:tmp_t:s0 /tmp\n", "; 1 right, 0 unknown"},
		{"restorecon itself says what is wanted",
			"Would relabel /nowhere/x from u:object_r:var_t:s0 to u:object_r:usr_t:s0",
			"/nowhere/x: var_t, not usr_t; 0 right, 0 unknown"},
		{"default_t is no label to give",
			"Would relabel /nowhere/x from u:object_r:var_t:s0 to u:object_r:default_t:s0",
			"; 0 right, 1 unknown"},
		{"restorecon has given it", "Relabeled /nowhere/x from u:object_r:var_t:s0 to u:object_r:usr_t:s0",
			"; 1 right, 0 unknown"},
		{"what it should be says not what it is", "/run/x\tu:object_r:var_run_t:s0\n", "; 0 right, 0 unknown"},
	} {
		r := caseReport(t, c.log, incident.Options{})
		if r.Labels == nil {
			t.Fatalf("%s: no labels", c.rule)
		}
		got := ""
		for _, f := range r.Labels.Wrong {
			got += fmt.Sprintf("%s: %s, not %s", f.Path, f.Type, f.Wanted)
			if f.Customizable {
				got += ", -F"
			}
			if f.Lost {
				got += ", lost"
			}
		}
		got += fmt.Sprintf("; %d right, %d unknown", r.Labels.Right, r.Labels.Unknown)
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.rule, got, c.want)
		}
	}
}

// TestLabelsBound: of many wrong labels only some are told, and all are counted.
func TestLabelsBound(t *testing.T) {
	var log strings.Builder
	for i := range 25 {
		fmt.Fprintf(&log, "-rw-r--r--. a a u:object_r:tmp_t:s0 /run/%d\n", i)
	}
	if l := caseReport(t, log.String(), incident.Options{}).Labels; len(l.Wrong) != 10 || l.More != 15 {
		t.Errorf("%d told, %d more", len(l.Wrong), l.More)
	}
}
