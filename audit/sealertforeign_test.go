package audit

import (
	"fmt"
	"strings"
	"testing"
)

// TestForeignReports: the sentence of setroubleshoot in other languages, a case for each rule. The permissions are in
// English in all of them.
func TestForeignReports(t *testing.T) {
	for _, c := range []struct{ rule, text, want string }{
		{"class and path behind the permission",
			"SELinux interdit à /usr/sbin/rpc.mountd d'utiliser l'accès read sur le dossier /srv/x.",
			"/usr/sbin/rpc.mountd [read] dir 0 /srv/x "},
		{"a permission with an ending, several of them",
			"SELinux hindert smbd daran, mit »read, open«-Zugriffen auf Datei /srv/x zuzugreifen.",
			"smbd [read open] file 0 /srv/x "},
		{"a capability", "SELinux hindert gdb daran, die sys_ptrace-Fähigkeit zu verwenden.",
			"gdb [sys_ptrace] capability 0  "},
		{"a process, named before the permission", "SELinux 正在阻止 node 在进程中使用 execmem 访问。",
			"node [execmem] process 0  "},
		{"the class as the kernel writes it, and a port",
			"SELinux está negando a nginx de name_connect el acceso a tcp_socket puerto 8999.",
			"nginx [name_connect] tcp_socket 8999  "},
		{"a label in place of a path", "SELinux empêche x l'accès en read sur l'objet fichier étiqueté var_t.",
			"x [read] file 0  var_t"},
		{"a name without a directory", "SELinux powstrzymuje nginx przed dostępem read w plik x.html.",
			"nginx [read] file 0 x.html "},
		{"a word of the language that is a permission, too",
			"O SELinux está impedindo que o x use o acesso ao execheap em um processo.", "x [execheap] process 0  "},
		{"a word of the language that is a permission behind another",
			"SELinux belet dhcpd write toegang op map /var/lib/x.", "dhcpd [write] dir 0 /var/lib/x "},
		{"a class with an ending", "SELinux запрещает x доступ read к файлу /srv/x.", "x [read] file 0 /srv/x "},
		{"no permission", "SELinux interdit à httpd de lire les fichiers.", ""},
		{"no program", "SELinux interdit à ", ""},
		{"another sentence", "SELinux est actif, read et write aussi.", ""},
	} {
		got := ""
		if p, ok := foreignReport([]byte(c.text)); ok {
			got = fmt.Sprintf("%s %v %s %d %s %s", p.Program, p.Permissions, p.Class, p.Port, p.Path, p.TargetType)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}

// TestForeignColumns: the contexts of a report in another language, by their form and order.
func TestForeignColumns(t *testing.T) {
	const text = "SELinux interdit à rpc.mountd d'utiliser l'accès read sur le dossier x.\n\n" +
		"*****  Le greffon catchall (100. de confiance) suggère   *****\n\n" +
		"Informations complémentaires :\n" +
		"Contexte source               system_u:system_r:container_runtime_t:s0-s0:c0.c10\n" +
		"                              23\n" +
		"Contexte cible                system_u:object_r:var_t:s0\n" +
		"Objets du contexte            /srv/x [ dir ]\n" +
		"Chemin de la source           /usr/sbin/rpc.mountd\n"
	events, _ := Parse(text, Options{})
	if len(events) != 1 || events[0].Report == nil {
		t.Fatalf("%d events", len(events))
	}
	a, ok := events[0].Report.AVC()
	if !ok || a.SContext != "system_u:system_r:container_runtime_t:s0-s0:c0.c1023" ||
		a.TContext != "system_u:object_r:var_t:s0" || a.TClass != "dir" || a.Exe != "/usr/sbin/rpc.mountd" {
		t.Errorf("%v %+v", ok, a)
	}
}

// TestPluginLines: what the lines of plugins add to a report without Additional Information, a case for each rule.
func TestPluginLines(t *testing.T) {
	const believe = "If you believe that x should be allowed %s access on processes labeled staff_t by default.\n"
	for _, c := range []struct{ rule, permission, more, source, target, boolean string }{
		{"asked of the process itself", "execheap", believe, "staff_t", "staff_t", ""},
		{"perhaps of another process", "signal", believe, "", "staff_t", ""},
		{"no label", "execheap", "If you believe that x should have it.\n", "", "", ""},
		{"a boolean", "execmem", "Do\nsetsebool -P staff_exec_content 1\n", "", "", "staff_exec_content"},
		{"what a person writes of a boolean", "execmem", "I tried setsebool -P staff_exec_content 1\n", "", "", ""},
	} {
		more := c.more
		if strings.Contains(more, "%s") {
			more = fmt.Sprintf(more, c.permission)
		}
		events, _ := Parse("SELinux is preventing x from using the "+c.permission+" access on a process.\n"+more,
			Options{})
		if len(events) != 1 || events[0].Report == nil {
			t.Fatalf("%s: %d events", c.rule, len(events))
		}
		if p := events[0].Report; p.SourceType != c.source || p.TargetType != c.target || p.Boolean != c.boolean {
			t.Errorf("%s: %+v", c.rule, p)
		}
	}
}

// TestWrappedContexts: a context that sealert cut at its column goes on in the next line, and nothing else does.
func TestWrappedContexts(t *testing.T) {
	const context = "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1"
	for _, c := range []struct{ rule, next, want string }{
		{"the rest of categories", "                              023", context + "023"},
		{"without its blanks", "023", context + "023"},
		{"the next row", "Target Context                system_u:object_r:var_t:s0", context},
		{"a word", "Port", context},
		{"a sentence", "and more", context},
		{"nothing", "", context},
	} {
		events, _ := Parse("SELinux is preventing x from read access on the file /srv/x.\n"+
			"Source Context                "+context+"\n"+c.next+"\n", Options{})
		if len(events) != 1 || events[0].Report.SContext != c.want {
			t.Errorf("%s: %+v", c.rule, events)
		}
	}
}
