package object_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// hostCIL is a system with a container, systemd and programs, in a few rules of our own.
const hostCIL = `
(handleunknown deny) (mls true)
(sid kernel) (sidorder (kernel)) (sidcontext kernel (u r kernel_t ((s0) (s0))))
(class file (read write open getattr execute execmod execute_no_trans entrypoint map))
(class dir (read write search open getattr add_name))
(class sock_file (write)) (class process (transition)) (class capability (sys_ptrace))
(classorder (file dir sock_file process capability))
(sensitivity s0) (sensitivityorder (s0)) (category c0) (category c1) (categoryorder (c0 c1))
(sensitivitycategory s0 (c0 c1))
(user u) (role r) (role object_r) (userrole u r) (userrole u object_r)
(userlevel u (s0)) (userrange u ((s0) (s0 (c0 c1))))
(typeattribute domain) (typeattribute file_type) (typeattribute exec_type) (typeattribute container_domain)
(typeattribute filesystem_type)
(type kernel_t) (type init_t) (type container_t) (type locate_t) (type app_t) (type shop_t)
(type container_file_t) (type user_home_t) (type etc_t) (type nfs_t) (type bin_t) (type lib_t)
(type textrel_shlib_t) (type locate_exec_t) (type systemd_unit_file_t)
(type shop_content_t) (type shop_rw_content_t) (type shop_hidden_content_t)
(typeattributeset domain (kernel_t init_t container_t locate_t app_t shop_t))
(typeattributeset container_domain (container_t)) (typeattributeset exec_type (locate_exec_t))
(typeattributeset filesystem_type (nfs_t))
(typeattributeset file_type (container_file_t user_home_t etc_t nfs_t bin_t lib_t textrel_shlib_t locate_exec_t
	systemd_unit_file_t))
(typeattributeset file_type (shop_content_t shop_rw_content_t shop_hidden_content_t))
(roletype r domain) (roletype object_r file_type)
(allow container_t container_file_t (file (read write open getattr)))
(allow container_t container_file_t (dir (read write search open getattr add_name)))
(allow init_t systemd_unit_file_t (file (read open getattr)))
(allow init_t bin_t (file (read open getattr execute)))
(allow init_t locate_exec_t (file (read open getattr execute)))
(allow locate_t locate_exec_t (file (entrypoint)))
(allow kernel_t file_type (file (entrypoint)))
(typetransition init_t locate_exec_t process locate_t)
(allow kernel_t filesystem_type (dir (getattr))) (allow kernel_t exec_type (dir (getattr)))
(allow kernel_t container_domain (process (transition)))
(allow app_t textrel_shlib_t (file (read execute execmod)))
(allow container_t textrel_shlib_t (file (read execute execmod)))
(allow shop_t shop_content_t (file (read open getattr)))
(allow shop_t shop_content_t (dir (read search open getattr)))
(allow shop_t shop_rw_content_t (file (read write open getattr)))
(allow shop_t shop_rw_content_t (dir (read write search open getattr add_name)))
(allow app_t lib_t (file (read open getattr execute)))
`

func hostPolicy(t *testing.T) *policy.Policy {
	t.Helper()
	file, err := cil.ParseFile("host.cil", hostCIL)
	if err != nil {
		t.Fatal(err)
	}
	result, err := compile.Compile([]*cil.File{file}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(result.Policy)
}

// TestStartsAndVolumes: what containers meet, what systemd starts, what is changed in
// memory and then run: no rule where a label or nothing at all is the answer.
func TestStartsAndVolumes(t *testing.T) {
	p := hostPolicy(t)
	for _, tt := range []struct {
		what                        string
		source, target, class, perm string
		with                        func(*object.Problem)
		first                       string               // the name of the first fix
		rule                        remedy.Applicability // of the rule
	}{
		{"a volume", "container_t", "user_home_t", "file", "read", nil, "volume", remedy.Never},
		{"a volume's directory", "container_t", "user_home_t", "dir", "write", nil, "volume", remedy.Never},
		{"a path in the container", "container_t", "user_home_t", "file", "read", func(x *object.Problem) {
			x.Path, x.Files = "/x", files{"/x", "u:object_r:etc_t:s0"}
		}, "volume", remedy.Never},
		{"what is the host's", "container_t", "etc_t", "file", "read", nil, "rule", remedy.Never},
		{"a file system without labels", "container_t", "nfs_t", "file", "read", nil, "rule", remedy.Review},
		{"its own files", "container_t", "container_file_t", "sock_file", "write", nil, "rule", remedy.Review},
		{"a socket of the runtime", "container_t", "container_file_t", "sock_file", "write", func(x *object.Problem) {
			x.HostSocket = true
		}, "rule", remedy.Never},
		{"a program in a home", "init_t", "user_home_t", "file", "execute", nil, "label:bin_t", remedy.Never},
		{"a program on a share", "init_t", "nfs_t", "file", "execute", nil, "rule", remedy.Review},
		{"a script of a service", "init_t", "user_home_t", "file", "execute", func(x *object.Problem) {
			x.Leftover = "init_t"
		}, "label:bin_t", remedy.Never},
		{"something else is to be done", "container_t", "user_home_t", "file", "read", func(x *object.Problem) {
			x.Settled = true
		}, "rule", remedy.Never},
		{"a file that is read", "init_t", "lib_t", "file", "read", nil, "rule", remedy.Review},
		{"all homes", "init_t", "user_home_t", "file", "read", nil, "rule", remedy.Never},
		{"a program that was to change the domain", "init_t", "locate_exec_t", "file", "execute_no_trans", nil, "rule",
			remedy.Never},
		{"a program without a domain", "app_t", "locate_exec_t", "file", "execute_no_trans", nil, "rule",
			remedy.Review},
		{"text relocations", "app_t", "lib_t", "file", "execmod", nil, "label:textrel_shlib_t", remedy.Never},
		{"text relocations in a container, whose paths are not the host's", "container_t", "nfs_t", "file", "execmod",
			nil, "rule", remedy.Review},
		{"a label of the host in a container", "container_t", "user_home_t", "file", "execmod", nil, "rule",
			remedy.Never},
		{"text relocations, not allowed", "init_t", "lib_t", "file", "execmod", nil, "rule", remedy.Review},
		{"a call that succeeded", "app_t", "app_t", "capability", "sys_ptrace", func(x *object.Problem) {
			x.Needless = true
		}, "rule", remedy.Never},
		{"an app of a phone", "app_t", "etc_t", "file", "read", func(x *object.Problem) { x.Sealed = true }, "rule",
			remedy.Never},
		{"a daemon left", "init_t", "etc_t", "file", "write", func(x *object.Problem) { x.Leftover = "init_t" }, "rule",
			remedy.Never},
		{"nothing is said of the path", "app_t", "etc_t", "file", "write", func(x *object.Problem) {
			x.Path, x.Files = "/x", files{"/y", ""}
		}, "rule", remedy.Never},
		{"to write a program", "app_t", "locate_exec_t", "file", "write", nil, "rule", remedy.Never},
		{"to write what unconfined domains start by too", "app_t", "shop_content_t", "file", "write", nil, "rule",
			remedy.Review},
	} {
		problem := object.Problem{Class: tt.class, Perms: []string{tt.perm},
			Source: context(t, p, "u:r:"+tt.source+":s0:c0,c1")}
		role := "object_r"
		if tt.source == tt.target {
			role = "r"
		}
		problem.Target = context(t, p, "u:"+role+":"+tt.target+":s0")
		if tt.with != nil {
			tt.with(&problem)
		}
		r := object.Find(access.NewDecider(p), problem)
		if len(r.Fixes) == 0 || r.Fixes[0].Name(p) != tt.first {
			t.Errorf("%s: %+v", tt.what, r.Fixes)
			continue
		}
		last := r.Fixes[len(r.Fixes)-1]
		if last.Kind != object.Rule || last.Applicability != tt.rule {
			t.Errorf("%s: the rule: %+v", tt.what, last)
		}
		if become := p.TypeName(r.Become); (r.Become != 0) != strings.Contains(tt.what, "change the domain") ||
			r.Become != 0 && become != "locate_t" {
			t.Errorf("%s: becomes %q", tt.what, become)
		}
		if r.Foreign != (tt.what == "what is the host's") {
			t.Errorf("%s: foreign %v", tt.what, r.Foreign)
		}
	}
}
