package say

import (
	"strings"

	"github.com/senet-selinux/senet/diagnose"
)

// packages are the packages of Fedora, RHEL and of vendors that bring a module of the policy, by the beginning of the
// names of its types. Their spec files name the module; the policy of the distribution does not have it.
var packages = [...]struct{ prefix, name string }{
	{"passt_", "passt-selinux"}, {"pasta_", "passt-selinux"}, {"container_", "container-selinux"},
	{"spc_t", "container-selinux"}, {"fail2ban_", "fail2ban-selinux"}, {"mysqld_", "mysql-selinux"},
	{"k3s_", "k3s-selinux"}, {"rke2_", "rke2-selinux"}, {"usbguard_", "usbguard-selinux"},
	{"tabrmd_", "tpm2-abrmd-selinux"}, {"flatpak_helper_", "flatpak-selinux"}, {"swtpm_", "swtpm-selinux"},
	{"nbdkit_", "nbdkit-selinux"}, {"osbuild_", "osbuild-selinux"}, {"ipa_", "freeipa-selinux"},
	{"pcp_", "pcp-selinux"}, {"cockpit_", "cockpit-ws-selinux"}, {"keylime_", "keylime-selinux"},
	{"foreman_", "foreman-selinux"}, {"pulpcore_", "pulpcore-selinux"}, {"candlepin_", "candlepin-selinux"},
	{"ganesha_", "nfs-ganesha-selinux"}, {"snappy_", "snapd-selinux"}, {"mssql_", "mssql-server-selinux"},
	{"fapolicyd_", "fapolicyd-selinux"},
}

// packageOf returns the package that a missing type comes with, and the type; "" for none.
func packageOf(missing []diagnose.Gap) (name, typ string) {
	for _, gap := range missing {
		if gap.Kind != diagnose.NoType {
			continue
		}
		for _, p := range packages {
			if strings.HasPrefix(gap.Name, p.prefix) {
				return p.name, gap.Name
			}
		}
	}
	return "", ""
}
