package object_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// servicesCIL has services with data of several kinds: a web shop, a stock keeper, a meter, a server of shares, and
// what turns logs over. The label shop_rw_content_t has a second name, as httpd_sys_rw_content_t has one in Fedora.
const servicesCIL = `
(handleunknown deny) (mls true)
(sid kernel) (sidorder (kernel)) (sidcontext kernel (u r kernel_t ((s0) (s0))))
(class file (read write append create open getattr execute entrypoint map))
(class dir (read write search open getattr add_name)) (class process (transition))
(classorder (file dir process))
(sensitivity s0) (sensitivityorder (s0))
(user u) (role r) (role object_r) (userrole u r) (userrole u object_r)
(userlevel u (s0)) (userrange u ((s0) (s0)))
(typeattribute domain) (typeattribute file_type) (typeattribute exec_type)
(type kernel_t) (type shop_t) (type stockd_t) (type meterd_t) (type sharer_t) (type turner_t)
(typeattributeset domain (kernel_t shop_t stockd_t meterd_t sharer_t turner_t))
(type var_t) (type usr_t) (type etc_t) (type default_t) (type user_home_t)
(type shop_content_t) (type shop_rw_content_t) (type shop_git_content_t)
(typealias shop_content_rw_t) (typealiasactual shop_content_rw_t shop_rw_content_t)
(type stock_var_lib_t) (type stock_cache_t) (type meter_rw_content_t) (type depot_share_t)
(type stock_content_t) (type system_db_t) (typeattribute httpd_content_type)
(expandtypeattribute (httpd_content_type) false) (typeattributeset httpd_content_type (stock_content_t))
(typeattributeset file_type (stock_content_t system_db_t))
(type public_content_t) (type public_content_rw_t)
(typeattributeset exec_type (usr_t))
(typeattributeset file_type (var_t usr_t etc_t default_t user_home_t shop_content_t shop_rw_content_t
  shop_git_content_t stock_var_lib_t stock_cache_t meter_rw_content_t depot_share_t public_content_t
  public_content_rw_t))
(roletype r domain) (roletype object_r file_type)
(allow kernel_t domain (process (transition))) (allow kernel_t exec_type (file (entrypoint)))
(allow kernel_t usr_t (file (entrypoint)))
(macro reads ((type source) (type target))
  (allow source target (file (read open getattr map))) (allow source target (dir (read search open getattr))))
(macro manages ((type source) (type target))
  (allow source target (file (read write append create open getattr map)))
  (allow source target (dir (read write search open getattr add_name))))
(call reads (shop_t shop_content_t)) (call manages (shop_t shop_rw_content_t)) (call reads (shop_t shop_git_content_t))
(call manages (stockd_t stock_var_lib_t)) (call manages (stockd_t stock_cache_t))
(call reads (stockd_t stock_content_t)) (call reads (sharer_t system_db_t)) (call reads (kernel_t system_db_t))
(call manages (meterd_t meter_rw_content_t)) (call manages (turner_t meter_rw_content_t))
(call manages (sharer_t depot_share_t)) (call reads (sharer_t public_content_t))
(boolean sharer_export_all false) (boolean sharer_home false) (boolean sharer_anon_write false)
(booleanif sharer_export_all (true
  (allow sharer_t file_type (file (read write append create open getattr map)))
  (allow sharer_t file_type (dir (read write search open getattr add_name)))))
(booleanif sharer_home (true (call manages (sharer_t user_home_t))))
(booleanif sharer_anon_write (true (call manages (sharer_t public_content_rw_t))))
`

func servicesPolicy(t *testing.T) *policy.Policy {
	t.Helper()
	var b strings.Builder
	b.WriteString(servicesCIL)
	for n := range 120 { // the files of all other services
		fmt.Fprintf(&b, "(type other%d_t) (typeattributeset file_type (other%d_t))\n", n, n)
	}
	file, err := cil.ParseFile("services.cil", b.String())
	if err != nil {
		t.Fatal(err)
	}
	result, err := compile.Compile([]*cil.File{file}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(result.Policy)
}

// TestBelongs: whose data a label is for, by its name, the rules and the path: a case for each rule.
func TestBelongs(t *testing.T) {
	p := servicesPolicy(t)
	for _, tt := range []struct {
		what, source, target, class, perm, path string
		wanted                                  string // the type in file_contexts, "" for that of the object
		first                                   string // the first fix that is offered, "" for none
	}{
		{"the writable label has a second name", "shop_t", "shop_content_t", "dir", "write", "/srv/shop/up", "",
			"label:shop_rw_content_t"},
		{"what a service writes among programs", "shop_t", "usr_t", "file", "write", "/opt/shop/state", "",
			"label:shop_rw_content_t"},
		{"where file_contexts has the label of another place", "shop_t", "usr_t", "file", "write",
			"/opt/shop/etc/state", "etc_t", "label:shop_rw_content_t"},
		{"in a directory etc that is not that of the system", "shop_t", "etc_t", "file", "write",
			"/opt/shop/etc/state", "", "label:shop_rw_content_t"},
		{"in that of the system", "shop_t", "etc_t", "file", "write", "/etc/motd", "", ""},
		{"to read is not to write", "shop_t", "default_t", "file", "read", "/data/a", "", "label:shop_content_t"},
		{"the path tells whose data it is", "shop_t", "default_t", "file", "read", "/data/git/a.git/x", "",
			"label:shop_git_content_t"},
		{"a word for data says not whose it is", "sharer_t", "default_t", "file", "read", "/system/db/x", "",
			"label:depot_share_t"},
		{"what is shown of a service on the web", "stockd_t", "default_t", "file", "read", "/data/stock/x", "",
			"label:stock_var_lib_t"},
		{"where its pages are", "stockd_t", "default_t", "file", "read", "/data/stock/www/x", "",
			"label:stock_content_t"},
		{"the data of another service", "turner_t", "default_t", "dir", "write", "/backup", "", ""},
		{"but where the path says so", "turner_t", "default_t", "dir", "write", "/backup/meter", "",
			"label:meter_rw_content_t"},
		{"data for few domains, called after none", "sharer_t", "default_t", "file", "read", "/data/docs/x", "",
			"label:depot_share_t"},
		{"a label before a boolean for all files", "sharer_t", "var_t", "file", "write", "/srv/docs/x", "",
			"label:depot_share_t"},
		{"a boolean for all files and the settings of the system", "sharer_t", "etc_t", "file", "write", "/etc/motd",
			"", ""},
		{"a boolean before the label of a home", "sharer_t", "user_home_t", "file", "write", "/home/joe/x", "",
			"bool:sharer_home"},
		{"the data of a server in a place of its own", "stockd_t", "default_t", "file", "write", "/data/stock/a", "",
			"label:stock_var_lib_t"},
		{"a cache", "stockd_t", "var_t", "file", "write", "/srv/stock/cache/a", "", "label:stock_cache_t"},
		{"a place that nothing says to be the server's", "stockd_t", "var_t", "file", "write", "/srv/a", "", ""},
		{"a place for something else", "stockd_t", "etc_t", "file", "write", "/etc/stock/a", "", ""},
	} {
		onDisk := "u:object_r:" + tt.target + ":s0"
		fc := files{tt.path, onDisk}
		if tt.wanted != "" {
			fc.context = "u:object_r:" + tt.wanted + ":s0"
		}
		r := object.Find(access.NewDecider(p), object.Problem{
			Source: context(t, p, "u:r:"+tt.source+":s0"), Target: context(t, p, onDisk), Class: tt.class,
			Perms: []string{tt.perm}, Path: tt.path, Files: fc, Lost: tt.target == "default_t",
		})
		first := ""
		for i := range r.Fixes {
			if f := &r.Fixes[i]; f.Applicability != remedy.Never && (f.Kind != object.Relabel || f.Plain) &&
				f.Kind != object.Rule {
				first = f.Name(p)
				break
			}
		}
		if first != tt.first {
			t.Errorf("%s: %q, want %q: %+v", tt.what, first, tt.first, r.Fixes)
		}
	}
}
