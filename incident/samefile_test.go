package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/incident"
)

// TestSameFile: the denials of one file are one finding where nothing but the permission differs, a case for each rule.
func TestSameFile(t *testing.T) {
	const file = `path="/etc/x/a.conf" dev="vda" ino=9`
	const named = `name="a.conf" dev="vda" ino=9`
	of := func(comm, perm, fields, source, target, class string) string {
		return denied(perm, fmt.Sprintf("comm=%q %s", comm, fields), source, target, class)
	}
	for _, c := range []struct {
		what string
		log  []string
		want []string // the permissions of each finding
	}{
		{"looked at, opened, read", []string{of("x", "read", named, "squid_t", "user_home_t", "file"),
			of("x", "open", file, "squid_t", "user_home_t", "file"),
			of("x", "getattr", file, "squid_t", "user_home_t", "file")}, []string{"getattr open read"}},
		{"without inodes the name tells", []string{of("x", "read", `name="a.conf"`, "squid_t", "user_home_t", "file"),
			of("x", "open", `path="/etc/x/a.conf"`, "squid_t", "user_home_t", "file")}, []string{"open read"}},
		{"another file", []string{of("x", "read", named, "squid_t", "user_home_t", "file"),
			of("x", "open", `path="/etc/x/b.conf" dev="vda" ino=8`, "squid_t", "user_home_t", "file")},
			[]string{"open", "read"}},
		{"another file of that name", []string{of("x", "read", file, "squid_t", "user_home_t", "file"),
			of("x", "open", `path="/srv/a.conf" dev="vda" ino=8`, "squid_t", "user_home_t", "file")},
			[]string{"open", "read"}},
		{"a file of that name with another inode", []string{of("x", "read", `name="a.conf" dev="vda" ino=8`, "squid_t",
			"user_home_t", "file"), of("x", "open", file, "squid_t", "user_home_t", "file")},
			[]string{"open", "read"}},
		{"two inodes with one name", []string{of("x", "read", named, "squid_t", "user_home_t", "file"),
			of("x", "append", `name="a.conf" dev="vda" ino=8`, "squid_t", "user_home_t", "file")},
			[]string{"append", "read"}},
		{"started and written", []string{of("x", "execute", file, "squid_t", "user_home_t", "file"),
			of("x", "write", file, "squid_t", "user_home_t", "file")}, []string{"execute", "write"}},
		{"no name", []string{of("x", "read", "", "squid_t", "user_home_t", "file"),
			of("x", "open", "", "squid_t", "user_home_t", "file")}, []string{"open", "read"}},
		{"another domain", []string{of("x", "read", file, "squid_t", "user_home_t", "file"),
			of("x", "open", file, "named_t", "user_home_t", "file")}, []string{"open", "read"}},
		{"another label", []string{of("x", "read", file, "squid_t", "user_home_t", "file"),
			of("x", "open", file, "squid_t", "default_t", "file")}, []string{"open", "read"}},
		{"another class", []string{of("x", "read", file, "squid_t", "user_home_t", "file"),
			of("x", "search", `name="a.conf" dev="vda" ino=9`, "squid_t", "user_home_t", "dir")},
			[]string{"read", "search"}},
		{"one that is allowed today", []string{of("x", "getattr", `path="/etc/x" dev="vda" ino=9`, "squid_t", "etc_t",
			"file"), of("x", "write", `path="/etc/x" dev="vda" ino=9`, "squid_t", "etc_t", "file")},
			[]string{"getattr", "write"}},
		{"one that was only logged", []string{of("x", "read", file, "squid_t", "user_home_t", "file"),
			strings.Replace(of("x", "open", file, "squid_t", "user_home_t", "file"), "permissive=0", "permissive=1",
				1)},
			[]string{"open read"}},
		{"a domain that the policy lacks", []string{of("x", "read", named, "batchd_t", "user_home_t", "file"),
			of("x", "open", file, "batchd_t", "user_home_t", "file")}, []string{"open read"}},
		{"a domain that the policy lacks, and another first step", []string{of("x", "read", named, "batchd_t",
			"user_home_t", "file"), of("x", "execute", file, "batchd_t", "batchd_exec_t", "file")},
			[]string{"execute", "read"}},
		{"no file", []string{of("x", "sys_ptrace", "", "squid_t", "squid_t", "capability"),
			of("x", "sys_admin", "", "squid_t", "squid_t", "capability")}, []string{"sys_admin", "sys_ptrace"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := caseReport(t, strings.Join(c.log, ""), incident.Options{})
			var got []string
			count := int64(0)
			for i := range r.Findings {
				got = append(got, strings.Join(r.Findings[i].Denial.Permissions, " "))
				count += r.Findings[i].Count
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) || count != int64(len(c.log)) {
				t.Errorf("got %q of %d records, want %q", got, count, c.want)
			}
			unknown := 0
			for i := range r.Findings {
				if !r.Findings[i].Explained() {
					unknown++
				}
			}
			if r.Unknown != unknown {
				t.Errorf("%d findings not understood, of %d", r.Unknown, unknown)
			}
		})
	}
}

// TestPathOfInode: a record with the last part of a path has the whole path of another one of the same file; the path
// in a container is none of the host.
func TestPathOfInode(t *testing.T) {
	const whole, part = `comm="x" path="/var/www/a" dev="vda" ino=9`, `comm="y" name="a" dev="vda" ino=9`
	for _, c := range []struct{ what, log, want string }{
		{"the same file", denied("open", whole, "squid_t", "user_home_t", "file") +
			denied("read", part, "named_t", "user_home_t", "file"), "/var/www/a"},
		{"another inode", denied("open", whole, "squid_t", "user_home_t", "file") +
			denied("read", `comm="y" name="a" dev="vda" ino=8`, "named_t", "user_home_t", "file"), ""},
		{"another device", denied("open", whole, "squid_t", "user_home_t", "file") +
			denied("read", `comm="y" name="a" dev="vdb" ino=9`, "named_t", "user_home_t", "file"), ""},
		{"another file with the number, as on Btrfs", denied("open", whole, "squid_t", "user_home_t", "file") +
			denied("read", `comm="y" name="b" dev="vda" ino=9`, "named_t", "user_home_t", "file"), ""},
		{"the root of another file system of tmpfs", denied("search", `comm="x" path="/run/a" dev="tmpfs" ino=1`,
			"squid_t", "user_home_t", "dir") + denied("read", `comm="y" name="/" dev="tmpfs" ino=1`, "named_t",
			"user_home_t", "dir"), ""},
		{"the root of a disk", denied("search", `comm="x" path="/srv/a" dev="vdb" ino=2`, "squid_t", "user_home_t",
			"dir") + denied("read", `comm="y" name="/" dev="vdb" ino=2`, "named_t", "user_home_t", "dir"), "/srv/a"},
		{"two paths of one inode", denied("open", whole, "squid_t", "user_home_t", "file") +
			denied("open", `comm="x" path="/srv/a" dev="vda" ino=9`, "httpd_t", "user_home_t", "file") +
			denied("read", part, "named_t", "user_home_t", "file"), ""},
		{"a container's path", denied("open", whole, "container_t", "user_home_t", "file") +
			denied("read", part, "named_t", "user_home_t", "file"), ""},
		{"a file that is gone", denied("open", `comm="x" path="/var/www/a (deleted)" dev="vda" ino=9`, "squid_t",
			"user_home_t", "file") + denied("read", part, "named_t", "user_home_t", "file"), ""},
	} {
		r := caseReport(t, c.log, incident.Options{})
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Commands[0] == "y" && f.Denial.File.Path != c.want {
				t.Errorf("%s: got %q, want %q", c.what, f.Denial.File.Path, c.want)
			}
		}
	}
}

// TestManyOfOneLabel: the time to join findings grows with their number, not with its square. Thousands of findings of
// one domain and label, each with other permissions, took minutes when each was compared with all others.
func TestManyOfOneLabel(t *testing.T) {
	perms := strings.Fields("read write open getattr append create unlink setattr lock map link rename ioctl")
	for _, c := range []struct{ what, fields string }{
		{"paths", `comm="x" path="/srv/f%d" dev="vda" ino=%[1]d`}, {"names", `comm="x" name="f%d" dev="vda" ino=%[1]d`},
	} {
		var log strings.Builder
		const n = 4000
		for i := range n {
			var set []string
			for j, perm := range perms {
				if (i+1)>>j&1 != 0 {
					set = append(set, perm)
				}
			}
			log.WriteString(denied(strings.Join(set, " "), fmt.Sprintf(c.fields, i+1), "squid_t", "user_home_t",
				"file"))
		}
		start := time.Now()
		r := caseReport(t, log.String(), incident.Options{})
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: %v for %d findings", c.what, took, n)
		}
		if len(r.Findings) != n {
			t.Errorf("%s: %d findings, want %d", c.what, len(r.Findings), n)
		}
	}
}
