package remedy_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policy"
)

// A model of the port types, domains and booleans of Fedora and its relatives, for
// situations that only they have: names and numbers as semanage port -l and the manual
// pages NAME_selinux(8) of these systems list them, rules of our own.

// modelPorts are port types with their ports.
var modelPorts = map[string]string{
	"ssh_port_t": "tcp 22", "http_port_t": "tcp 80 443 488 8008 8009 8443 9000",
	"http_cache_port_t": "tcp 8080 8118 8123",
	"mysqld_port_t":     "tcp 1186 3306 63132", "postgresql_port_t": "tcp 5432 9898",
	"mongod_port_t": "tcp 27017",
	"redis_port_t":  "tcp 6379 16379 26379", "memcache_port_t": "tcp 11211",
	"ldap_port_t": "tcp 389 636 3268 3269 7389",
	"smtp_port_t": "tcp 25 465 587", "ftp_port_t": "tcp 21 989 990", "dns_port_t": "tcp 53 853",
	"rndc_port_t": "tcp 953 8953",
	"pop_port_t":  "tcp 106 109 110 143 220 993 995 1109", "sieve_port_t": "tcp 4190", "lmtp_port_t": "tcp 24",
	"squid_port_t": "tcp 3128 3401 4827", "zabbix_port_t": "tcp 10051", "zabbix_agent_port_t": "tcp 10050",
	"commplex_main_port_t": "tcp 5000", "commplex_link_port_t": "tcp 4331 5001", "transproxy_port_t": "tcp 8081",
	"ntop_port_t": "tcp 3000 3001", "soundd_port_t": "tcp 8000 9433 16001", "websm_port_t": "tcp 9090",
	"vnc_port_t": "tcp 5900-5983", "xserver_port_t": "tcp 6000-6020", "amqp_port_t": "tcp 5671 5672",
	"cockpit_port_t":          "tcp 9091",
	"jboss_management_port_t": "tcp 4447 4712 7600 9123 9990 9999 18001", "ipp_port_t": "tcp 631 8610-8614",
	"hplip_port_t": "tcp 1782 2207 2208 8290 8292 9100-9102", "openvpn_port_t": "tcp 1194",
	"syslogd_port_t":    "tcp 601 20514",
	"syslog_tls_port_t": "tcp 6514 10514", "smbd_port_t": "tcp 139 445", "kerberos_port_t": "tcp 88 750 4444",
	"kerberos_admin_port_t": "tcp 749", "kerberos_password_port_t": "tcp 464", "varnishd_port_t": "tcp 6081 6082",
	"puppet_port_t": "tcp 8140", "git_port_t": "tcp 9418", "unreserved_port_t": "tcp 1024-32767 61000-65535",
	"ephemeral_port_t": "tcp 32768-60999", "reserved_port_t": "tcp 1-511", "hi_reserved_port_t": "tcp 512-1023",
}

// modelBinds and modelConnects are what rules outside of booleans give to domains by
// name.
var modelBinds = map[string]string{
	"sshd_t": "ssh_port_t vnc_port_t xserver_port_t", "mysqld_t": "mysqld_port_t", "postgresql_t": "postgresql_port_t",
	"httpd_t":   "http_port_t http_cache_port_t ntop_port_t jboss_management_port_t puppet_port_t",
	"mongod_t":  "mongod_port_t",
	"haproxy_t": "http_port_t http_cache_port_t commplex_main_port_t", "redis_t": "redis_port_t",
	"memcached_t": "memcache_port_t", "named_t": "dns_port_t rndc_port_t", "slapd_t": "ldap_port_t",
	"dovecot_t": "pop_port_t sieve_port_t lmtp_port_t", "squid_t": "squid_port_t http_cache_port_t ftp_port_t",
	"postfix_master_t": "smtp_port_t", "vsftpd_t": "ftp_port_t", "zabbix_agent_t": "zabbix_agent_port_t",
	"zabbix_t": "zabbix_port_t", "cupsd_t": "ipp_port_t hplip_port_t", "openvpn_t": "openvpn_port_t http_port_t",
	"syslogd_t": "syslogd_port_t syslog_tls_port_t", "smbd_t": "smbd_port_t", "krb5kdc_t": "kerberos_port_t",
	"kadmind_t": "kerberos_admin_port_t kerberos_password_port_t", "varnishd_t": "varnishd_port_t http_cache_port_t",
	"rabbitmq_t": "amqp_port_t", "puppetmaster_t": "puppet_port_t", "git_daemon_t": "git_port_t",
	"cockpit_ws_t": "websm_port_t",
	"hplip_t":      "hplip_port_t", "xserver_t": "xserver_port_t", "app_t": "",
}

var modelConnects = map[string]string{
	"haproxy_t": "http_port_t http_cache_port_t commplex_main_port_t", "httpd_t": "http_port_t",
	"mysqld_t": "mysqld_port_t",
	"zabbix_t": "zabbix_agent_port_t", "postfix_smtp_t": "smtp_port_t", "logrotate_t": "", "sssd_t": "ldap_port_t",
	"squid_t": "http_port_t http_cache_port_t ftp_port_t", "sshd_t": "", "app_t": "",
}

// modelBools are booleans: what they give to which domain; * is all ports, and the
// domain nsswitch_domain is all domains.
var modelBools = []struct{ name, domain, binds, connects string }{
	{"httpd_can_network_connect", "httpd_t", "", "*"},
	{"httpd_can_network_connect_db", "httpd_t", "", "mysqld_port_t postgresql_port_t mongod_port_t redis_port_t"},
	{"httpd_can_network_memcache", "httpd_t", "", "memcache_port_t"},
	{"httpd_can_network_relay", "httpd_t", "", "http_cache_port_t squid_port_t ftp_port_t memcache_port_t"},
	{"httpd_can_sendmail", "httpd_t", "", "smtp_port_t"},
	{"httpd_can_connect_ldap", "httpd_t", "", "ldap_port_t"},
	{"httpd_can_connect_ftp", "httpd_t", "", "ftp_port_t ephemeral_port_t"},
	{"haproxy_connect_any", "haproxy_t", "*", "*"}, {"squid_connect_any", "squid_t", "*", "*"},
	{"zabbix_can_network", "zabbix_t", "", "*"}, {"named_tcp_bind_http_port", "named_t", "http_port_t", ""},
	{"sshd_port_forwarding", "sshd_t", "*", "*"}, {"varnishd_connect_any", "varnishd_t", "*", "*"},
	{"nis_enabled", "nsswitch_domain", "unreserved_port_t ephemeral_port_t", "unreserved_port_t reserved_port_t"},
	{"authlogin_nsswitch_use_ldap", "nsswitch_domain", "", "ldap_port_t"},
}

// redhat compiles the model.
var redhat = sync.OnceValue(func() *policy.Policy {
	file, err := cil.ParseFile("redhat.cil", redhatCIL())
	if err != nil {
		panic(err)
	}
	result, err := compile.Compile([]*cil.File{file}, compile.Options{})
	if err != nil {
		panic(err)
	}
	return policy.New(result.Policy)
})

func redhatCIL() string {
	var b strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	add(`(handleunknown allow) (mls true) (policycap extended_socket_class) (policycap open_perms)
(class process (fork transition)) (class capability (net_bind_service))
(class tcp_socket (create connect bind listen accept name_connect name_bind node_bind))
(classorder (process capability tcp_socket))
(sid kernel) (sid security) (sid unlabeled) (sid fs) (sid file) (sid file_labels) (sid init) (sid any_socket) (sid port)
(sid netif) (sid netmsg) (sid node)
(sidorder (kernel security unlabeled fs file file_labels init any_socket port netif netmsg node))
(sensitivity s0) (sensitivityorder (s0)) (category c0) (categoryorder (c0)) (sensitivitycategory s0 (c0))
(level low (s0)) (levelrange low_low (low low))
(user system_u) (role system_r) (role object_r) (userrole system_u system_r) (userrole system_u object_r)
(userlevel system_u low) (userrange system_u low_low)
(typeattribute domain) (typeattribute nsswitch_domain) (typeattribute port_type) (typeattribute defined_port_type)
(type kernel_t) (roletype system_r kernel_t) (type node_t) (roletype object_r node_t)
(type port_t) (roletype object_r port_t) (typeattributeset port_type port_t)
(allow domain self (process (fork))) (allow domain self (capability (net_bind_service)))
(allow domain self (tcp_socket (create connect bind listen accept))) (allow domain node_t (tcp_socket (node_bind)))
(allow nsswitch_domain dns_port_t (tcp_socket (name_connect)))`)
	for _, sid := range []string{"kernel", "unlabeled", "init"} {
		add("(sidcontext %s (system_u system_r kernel_t (low low)))", sid)
	}
	add("(sidcontext port (system_u object_r port_t (low low)))")
	for _, sid := range []string{"node", "netif", "fs", "file", "security", "file_labels", "any_socket", "netmsg"} {
		add("(sidcontext %s (system_u object_r node_t (low low)))", sid)
	}
	for _, typ := range sortedKeys(modelPorts) {
		add("(type %s) (roletype object_r %s) (typeattributeset port_type %s)", typ, typ, typ)
		fields := strings.Fields(modelPorts[typ])
		for _, ports := range fields[1:] {
			low, high, ok := strings.Cut(ports, "-")
			if ok {
				ports = "(" + low + " " + high + ")"
			}
			add("(portcon %s %s (system_u object_r %s (low low)))", fields[0], ports, typ)
		}
	}
	domains := sortedKeys(modelBinds)
	for name := range modelConnects {
		if !slices.Contains(domains, name) {
			domains = append(domains, name)
		}
	}
	slices.Sort(domains)
	for i := range 30 { // domains that a boolean for all is for, and nothing else
		domains = append(domains, fmt.Sprintf("other%d_t", i))
	}
	for _, d := range domains {
		add("(type %s) (roletype system_r %s) (typeattributeset domain %s) (typeattributeset nsswitch_domain %s)", d,
			d, d, d)
	}
	rules := func(domain, types, perm string) {
		for _, typ := range strings.Fields(types) {
			if typ == "*" {
				typ = "port_type"
			}
			add("(allow %s %s (tcp_socket (%s)))", domain, typ, perm)
		}
	}
	for _, d := range domains {
		rules(d, modelBinds[d], "name_bind")
		rules(d, modelConnects[d], "name_connect")
	}
	for _, boolean := range modelBools {
		add("(boolean %s false) (booleanif %s (true", boolean.name, boolean.name)
		rules(boolean.domain, boolean.binds, "name_bind")
		rules(boolean.domain, boolean.connects, "name_connect")
		add("))")
	}
	return b.String()
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
