package say

import (
	"strings"
	"testing"

	senet "github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
)

// switchCIL has booleans for one kind of devices and for all of them, and one of a service for files of containers.
const switchCIL = `
(handleunknown deny) (mls true)
(sid kernel) (sidorder (kernel)) (sidcontext kernel (u r kernel_t ((s0) (s0))))
(class chr_file (read write open)) (class dir (read)) (class process (transition))
(classorder (chr_file dir process))
(sensitivity s0) (sensitivityorder (s0))
(user u) (role r) (role object_r) (userrole u r) (userrole u object_r)
(userlevel u (s0)) (userrange u ((s0) (s0)))
(typeattribute domain) (type kernel_t) (type container_t) (type rotated_t)
(typeattributeset domain (kernel_t container_t rotated_t))
(type gpu_device_t) (type tty_device_t) (type container_var_lib_t)
(roletype r domain) (roletype object_r gpu_device_t) (roletype object_r tty_device_t)
(roletype object_r container_var_lib_t)
(allow kernel_t domain (process (transition)))
(boolean container_use_gpu false) (boolean container_use_devices false) (boolean rotated_read_containers false)
(booleanif container_use_gpu (true (allow container_t gpu_device_t (chr_file (read write open)))))
(booleanif container_use_devices (true
  (allow container_t gpu_device_t (chr_file (read write open)))
  (allow container_t tty_device_t (chr_file (read write open)))))
(booleanif rotated_read_containers (true (allow rotated_t container_var_lib_t (dir (read)))))
`

// TestInsteadSwitch: where no rule is offered, a boolean that the policy has for just this is named.
func TestInsteadSwitch(t *testing.T) {
	file, err := cil.ParseFile("switch.cil", switchCIL)
	if err != nil {
		t.Fatal(err)
	}
	result, err := compile.Compile([]*cil.File{file}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(result.Policy)
	for _, c := range []struct {
		instead                     diagnose.Instead
		source, target, class, want string
	}{
		{diagnose.InsteadDevice, "container_t", "gpu_device_t", "chr_file", "container_use_gpu=on; for this container"},
		{diagnose.InsteadDevice, "container_t", "tty_device_t", "chr_file", "udica makes a policy for this container"},
		{diagnose.InsteadHostPath, "container_t", "gpu_device_t", "chr_file", "for all containers: setsebool"},
		{diagnose.InsteadStorage, "rotated_t", "container_var_lib_t", "dir", "rotated_read_containers=on; else"},
		{diagnose.InsteadStorage, "container_t", "container_var_lib_t", "dir", "none is offered: leave it refused"},
	} {
		problem := object.Problem{Class: c.class, Perms: []string{"read"}, Settled: true}
		problem.Source, _ = p.ParseContext("u:r:" + c.source + ":s0")
		problem.Target, _ = p.ParseContext("u:object_r:" + c.target + ":s0")
		x := AccessFixes{AccessFixes: &senet.AccessFixes{
			Policy: p, Problem: problem, InsteadOfRule: c.instead,
			Result: object.Find(access.NewDecider(p), problem),
		}}
		if got := x.InsteadText(); !strings.Contains(got, c.want) {
			t.Errorf("%s %s: got %q, want %q", c.source, c.target, got, c.want)
		}
	}
}
