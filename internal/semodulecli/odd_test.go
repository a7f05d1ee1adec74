package semodulecli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// An oddity is an unusual store or module, and command lines that use it. files are written before the lines run:
// under here/, the working directory, under active/, the store, or under /etc. The text "-" removes a file. sources
// are module sources, packaged with checkmodule and semodule_package.
type oddity struct {
	name    string
	files   map[string]string
	sources map[string]string
	lines   string // separated by ;
}

// conf is a file that adds a line to semanage.conf.
func conf(line string) map[string]string { return map[string]string{"conf": line} }

// work are files of the working directory, by pairs of name and text.
func work(pairs ...string) map[string]string {
	files := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		files["here/"+pairs[i]] = pairs[i+1]
	}
	return files
}

// active are files of the store.
func active(pairs ...string) map[string]string {
	files := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		files["active/"+pairs[i]] = pairs[i+1]
	}
	return files
}

const context = " any (system_u object_r etc_t ((s0) (s0))))\n"

var oddities = []oddity{
	{name: "disabled at two priorities", lines: "-d own; -X 500 -i own.cil; -e own; -X 500 -r own"},
	{name: "names", files: work("a-b.cil", "(allow user_t self (file (read)))\n", "A.B.cil",
		"(allow user_t self (file (write)))\n", "x.y.z.cil", ";\n", "a_1.cil", "\n"),
		lines: "-i a-b.cil; -i A.B.cil; -i x.y.z.cil; -i a_1.cil; -lfull; -r A.B; -d x.y.z"},
	{name: "bad names", files: work("1a.cil", ";", "_a.cil", ";", "a..b.cil", ";", "-x.cil", ";", "a+b.cil", ";"),
		lines: "-i 1a.cil; -i _a.cil; -i a..b.cil; -i a+b.cil; -i ./-x.cil"},
	{name: "twice at one priority", lines: "-i own.cil own.cil; -i own.cil; -X 300 -i own.cil -X 300 -i own.cil"},
	{name: "empty", files: work("empty.cil", "", "empty.pp", ""), lines: "-i empty.cil; -i empty.pp; -lfull"},
	{name: "blank", files: work("blank.cil", " \n\n ; a comment\n"), lines: "-i blank.cil; -lfull -m; -r blank"},
	{name: "labels alone", files: work("fc.cil", "(filecon \"/opt/x(/.*)?\""+context+"(filecon \"/opt/y\" symlink "+
		"(system_u object_r etc_t ((s0) (s1 (c0 c1 c2)))))\n(filecon \"/opt/z\" file ())\n"),
		lines: "-i fc.cil; -r fc"},
	{name: "a label twice",
		files: work("fc.cil", "(filecon \"/opt/x\""+context, "fc2.cil", "(filecon \"/opt/x\""+context),
		lines: "-i fc.cil fc2.cil; -v -B; -B"},
	{name: "two labels", files: work("fc.cil", "(filecon \"/opt/x\""+context, "fc2.cil",
		"(filecon \"/opt/x\" any (system_u object_r own_t ((s0) (s0))))\n"), lines: "-i fc.cil fc2.cil; -v -i fc.cil"},
	{name: "a bad expression", files: work("fc.cil", "(filecon \"/opt/(x\""+context), lines: "-i fc.cil"},
	{name: "words of templates", files: work("fc.cil", "(filecon \"/opt/POWERUSER/x\""+context+
		"(filecon \"/opt/ROLEX\""+context+"(filecon \"HOME_DIR/a\" dir (system_u object_r user_home_t ((s0) (s1))))\n"+
		"(filecon \"HOME_ROOT/lost\""+context+"(filecon \"/run/%{USERNAME}\""+context+
		"(filecon \"/run/%{USERID}/x\""+context+
		"(filecon \"HOME_DIR\" dir ())\n"), lines: "-i fc.cil; -B"},
	{name: "large", files: work("big.cil", large()), lines: "-i big.cil; -r big"},
	{name: "plain files", files: conf("bzip-blocksize=0"), lines: "-i own2.cil; -i pkg.pp; -B; -c -E pkg"},
	{name: "small blocks", files: conf("bzip-blocksize=1\nbzip-small=true"), lines: "-i own2.cil pkg.pp; -C -B"},
	{name: "ignoredirs", files: conf("ignoredirs=/root;/home"), lines: "-B"},
	{name: "usepasswd", files: conf("usepasswd=false"), lines: "-B; -i own2.cil"},
	{name: "disable-genhomedircon", files: conf("disable-genhomedircon=true"), lines: "-B; -i own2.cil"},
	{name: "unknown is allowed", files: conf("handle-unknown=allow"), lines: "-B; -i own2.cil"},
	{name: "unknown is rejected", files: conf("handle-unknown=reject"), lines: "-B"},
	{name: "unknown is foo", files: conf("handle-unknown=foo"), lines: "-B"},
	{name: "policy 31", files: conf("policy-version=31"), lines: "-B; -i own2.cil"},
	{name: "policy 24", files: conf("policy-version=24"), lines: "-B; -r own"},
	{name: "policy 99", files: conf("policy-version=99"), lines: "-B; -i own2.cil; -r own"},
	{name: "policy 34", files: conf("policy-version=34"), lines: "-B"},
	{name: "Xen", files: conf("target-platform=xen"), lines: "-B; -i own2.cil"},
	{name: "checks", files: conf("expand-check=1"), lines: "-B; -i own2.cil"},
	{name: "a neverallow", files: map[string]string{"conf": "expand-check=1",
		"here/nev.cil": "(neverallow user_t etc_t (file (read)))\n"}, lines: "-i nev.cil; -i own2.cil"},
	{name: "remove-hll", files: conf("remove-hll=true"), lines: "-i pkg.pp; -E pkg; -H -E pkg; -lfull; -C -B"},
	{name: "ignore-module-cache", files: conf("ignore-module-cache=true"), lines: "-B; -i pkg.pp; -r own"},
	{name: "save-previous", files: conf("save-previous=true"), lines: "-i own2.cil; -r own2; -B"},
	{name: "save-linked", files: conf("save-linked=true"), lines: "-i own2.cil"},
	{name: "file-mode", files: conf("file-mode=0600"), lines: "-B; -i own2.cil"},
	{name: "optimized", files: conf("optimize-policy=true"), lines: "-B; -i own2.cil"},
	{name: "a line that is none", files: conf("this is wrong"), lines: "-B; -l"},
	{name: "a key that is none", files: conf("no-such-key = 1"), lines: "-B; -l"},
	{name: "no policy.linked", files: active("policy.linked", "-"), lines: "-r nosuch; -e own; -i own2.cil"},
	{name: "no policy.kern", files: active("policy.kern", "-"), lines: "-e own"},
	{name: "no commit_num", files: active("commit_num", "-"), lines: "-B"},
	{name: "a large commit_num", files: active("commit_num", "999999999\n"), lines: "-B"},
	{name: "a commit_num that is none", files: active("commit_num", "xyz"), lines: "-B; -l"},
	{name: "a sandbox", files: active("../tmp/modules/400/x/cil", "junk"), lines: "-l; -B"},
	{name: "a file in a priority", files: active("modules/400/README", "junk"), lines: "-lfull; -B"},
	{name: "no lang_ext", files: active("modules/400/own/lang_ext", "-"),
		lines: "-lfull; -B; -i own2.cil; -r own; -lfull"},
	{name: "no lang_ext, installed over", files: active("modules/400/own/lang_ext", "-"), lines: "-i own.cil; -lfull"},
	{name: "lang_ext with a line", files: active("modules/400/own/lang_ext", "cil\n"), lines: "-lfull; -B"},
	{name: "lang_ext in capitals", files: active("modules/400/own/lang_ext", "CIL"), lines: "-lfull; -B"},
	{name: "no cil", files: active("modules/400/own/cil", "-"), lines: "-lfull; -B"},
	{name: "no hll", files: active("modules/400/pkg/hll", "-"), lines: "-B; -C -B; -E pkg"},
	{name: "a plain cil", files: active("modules/400/own/cil", "(type plain_t)\n"), lines: "-B"},
	{name: "a damaged cil", files: active("modules/400/own/cil", "BZh9junk"), lines: "-B; -c -E own"},
	{name: "a name disabled", files: active("modules/disabled/zzz", ""), lines: "-lfull; -B; -i own2.cil"},
	{name: "disabled with a text", files: active("modules/disabled/own", "text"), lines: "-lfull; -e own"},
	{name: "flags", files: active("disable_dontaudit", "", "preserve_tunables", ""), lines: "-i own2.cil; -B; -D -B"},
	{name: "another file", files: active("zzz", "x"), lines: "-B"},
	{name: "records", files: active("ports.local", "portcon tcp 81 system_u:object_r:port_t:s0\n", "booleans.local",
		"base_on=1\n", "file_contexts.local", "/srv/q    system_u:object_r:etc_t:s0\n", "seusers.local",
		"daemon:user_u:s0\n"), lines: "-B; -i own2.cil; -r own"},
	{name: "a port of a type that goes", files: active("ports.local", "portcon tcp 81 system_u:object_r:own_t:s0\n"),
		lines: "-B; -r own -X 300 -r own"},
	{name: "a label of a type that goes", files: active("file_contexts.local", "/q    system_u:object_r:own_t:s0\n"),
		lines: "-B; -r own -X 300 -r own"},
	{name: "a boolean that is gone", files: active("booleans.local", "no_such=1\n"), lines: "-B"},
	{name: "a user", files: active("users.local", "user web_u roles { user_r } level s0 range s0 - s1:c0.c3;\n",
		"users_extra.local", "user web_u prefix web;\n", "seusers.local", "daemon:web_u:s0-s1:c0.c3\nroot:web_u:s0\n"),
		lines: "-B; -i own2.cil"},
	{name: "users with levels", files: work("usr.cil", "(user web_u)(userrole web_u user_r)(userlevel web_u (s0 (c1)))"+
		"(userrange web_u ((s0 (c1)) (s1 (c0 c1 c3))))(userprefix web_u web)"+
		"(selinuxuser daemon web_u ((s0 (c1)) (s1 (c0 c1))))(selinuxuser %users web_u ((s0 (c1)) (s0 (c1))))\n"),
		lines: "-i usr.cil; -r usr"},
	{name: "two default users", files: work("usr.cil", "(selinuxuserdefault staff_u (low low))\n"),
		lines: "-i usr.cil"},
	{name: "tunables", files: work("tun.cil", "(tunable t1 true)(tunable t2 false)(tunableif (and t1 (not t2))"+
		"(true (allow user_t etc_t (file (write))))(false (allow user_t etc_t (file (execute)))))\n"),
		lines: "-i tun.cil; -P -B; -P -i own2.cil; -B"},
	{name: "booleans of a package", sources: map[string]string{"bl": `require { type user_t, etc_t;
		class file { read write open }; class process signal; } bool b1 true; bool b2 false; tunable tt3 false;
		if (b1 && !b2) { allow user_t etc_t:file write; } else { allow user_t self:process signal; }
		if (tt3) { allow user_t etc_t:file open; }`}, lines: "-i bl.pp; -P -B; -c -E bl; -r bl"},
	{name: "optionals of a package", sources: map[string]string{"op": `require { type user_t;
		class file { read write open }; } optional { require { type nosuch_t; } allow user_t nosuch_t:file read; }
		optional { require { type etc_t; } allow user_t etc_t:file write;
		optional { require { type port_t; } allow user_t port_t:file open; } }`}, lines: "-i op.pp; -c -E op"},
	{name: "types of a package", sources: map[string]string{"ty": `require { attribute file_type; role user_r;
		class file read; type user_t; } type ty_t, file_type; typealias ty_t alias old_ty_t;
		role user_r types ty_t; allow user_t ty_t:file read;`,
		"ty.fc": "/opt/ty(/.*)?\t--\tsystem_u:object_r:ty_t:s0\n" +
			"HOME_DIR/ty\t-d\tsystem_u:object_r:ty_t:s0\n"}, lines: "-i ty.pp; -c -E ty; -d ty"},
	{name: "roles of a package", sources: map[string]string{"ro": `require { type user_t; role user_r, staff_r;
		attribute_role ra; class process fork; } role new_r; role new_r types user_t;
		allow user_r new_r; allow new_r user_r;`}, lines: "-i ro.pp"},
	{name: "a user of a package", sources: map[string]string{"us": `require { role user_r; sensitivity s0;
		category c0; category c3; } user us_u roles { user_r } level s0 range s0 - s0:c0.c3;`}, lines: "-i us.pp; -B"},
	{name: "no package", files: work("gar.pp", "garbage"), lines: "-i gar.pp"},
	{name: "a name of a package", sources: map[string]string{"ren": "require { type user_t; class file read; }" +
		"allow user_t self:file read;", "other.pp<ren.pp": ""}, lines: "-i other.pp; -lfull"},
	{name: "packed", sources: map[string]string{"own.cil.bz2": "", "pkg.pp.bz2": "", "own2.cil.bz2": ""},
		lines: "-i pkg.pp.bz2; -i own.cil.bz2 own2.cil.bz2; -lfull"},
	{name: "a missing type", files: work("mis.cil", "(allow user_t nosuch_t (file (read)))"), lines: "-i mis.cil"},
	{name: "a type again", files: work("red.cil", "(type etc_t)"), lines: "-i red.cil"},
	{name: "syntax", files: work("syn.cil", "(allow user_t"), lines: "-i syn.cil; -i syn.cil own2.cil"},
	{name: "carriage returns", files: work("crlf.cil", "(allow user_t etc_t (file (write)))\r\n(type crlf_t)\r\n"),
		lines: "-i crlf.cil; -E crlf"},
	{name: "a NUL", files: work("nul.cil", "(type nul_t)\x00(type x_t)"), lines: "-i nul.cil"},
	{name: "no ASCII", files: work("utf.cil", "; ümläut\n(type utf_t)\n"), lines: "-i utf.cil"},
	{name: "a permissive domain", files: work("per.cil", "(typepermissive user_t)"),
		lines: "-i per.cil; -d per; -e per; -r per"},
	{name: "another mls", files: work("mls.cil", "(mls false)"), lines: "-i mls.cil"},
	{name: "priorities",
		lines: "-X 999 -i own.cil -X 1 -i own.cil -X 500 -r nosuch; -lfull; -X 999 -r own -X 1 -r own"},
	{name: "listed while it changes", lines: "-i own2.cil -d own2 -l -lfull; -lfull"},
	{name: "an older policy", files: map[string]string{"etc/policy/policy.32": "old"}, lines: "-B"},
	{name: "compiled contexts of others", files: map[string]string{"etc/contexts/files/file_contexts.bin": "old"},
		lines: "-B; -i own2.cil"},
	{name: "netfilter_contexts", files: active("netfilter_contexts", "x\n"), lines: "-B; -i own2.cil"},
	{name: "equivalences", files: active("file_contexts.subs", "/a /b\n"), lines: "-B"},
}

// large is a module with thousands of types.
func large() string {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "(type big%d_t)(roletype object_r big%d_t)(allow user_t big%d_t (file (read write)))", i, i, i)
		fmt.Fprintf(&b, "(filecon \"/big/%d(/.*)?\" any (system_u object_r big%d_t ((s0) (s0))))\n", i, i)
	}
	return b.String()
}

// TestOddities: with unusual stores and modules, exit codes, output, files and their modes are those of semodule. A
// long run also uses semodule of Debian 13 and sid.
func TestOddities(t *testing.T) {
	tryOddities(t, newBench(t, ""))
	if testenv.Long() {
		for _, suite := range []string{"trixie", "sid"} {
			t.Run(suite, func(t *testing.T) { tryOddities(t, newBench(t, suite)) })
		}
	}
}

func tryOddities(t *testing.T, b *bench) {
	t.Helper()
	for i := range oddities {
		o := &oddities[i]
		t.Run(o.name, func(t *testing.T) {
			b.reset(t)
			for _, s := range []*side{b.theirs, b.ours} {
				o.prepare(t, s)
			}
			for _, line := range strings.Split(o.lines, "; ") {
				if theirs, ours, differs := b.both(t, line); differs != "" {
					t.Fatalf("%s: semodule exits with %d, we with %d; what differs is %s", line, theirs, ours, differs)
				}
			}
		})
	}
}

// prepare writes the files of the oddity.
func (o *oddity) prepare(t *testing.T, s *side) {
	t.Helper()
	for name, text := range o.files {
		file := filepath.Join(s.dir, strings.TrimPrefix(name, "here/"))
		if rest, ok := strings.CutPrefix(name, "active/"); ok {
			file = filepath.Join(s.root, "var/lib/selinux/small/active", rest)
		} else if rest, ok := strings.CutPrefix(name, "etc/"); ok {
			file = filepath.Join(s.root, "etc/selinux/small", rest)
		}
		switch {
		case name == "conf":
			add(t, filepath.Join(s.root, "etc/selinux/semanage.conf"), text+"\n")
		case text == "-":
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		default:
			stores.Write(t, file, text)
		}
	}
	for name, text := range o.sources { // text of modules first
		if !strings.Contains(name, ".") {
			stores.Write(t, filepath.Join(s.dir, name+".te"), "module "+name+" 1.0;\n"+text+"\n")
			contexts := ""
			if fc, ok := o.sources[name+".fc"]; ok {
				stores.Write(t, filepath.Join(s.dir, name+".fc"), fc)
				contexts = "-f " + name + ".fc"
			}
			s.shell(t, "N="+name+"; checkmodule -M -m -o $N.mod $N.te; semodule_package -o $N.pp -m $N.mod "+contexts+
				"; rm $N.mod")
		}
	}
	for name := range o.sources {
		if to, from, ok := strings.Cut(name, "<"); ok {
			s.shell(t, "mv "+from+" "+to)
		} else if plain, ok := strings.CutSuffix(name, ".bz2"); ok {
			testenv.Need(t, "bzip2")
			s.shell(t, "bzip2 -k "+plain)
		}
	}
}
