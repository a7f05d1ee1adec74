package meaning

import "strings"

// An end is who listens at a UNIX socket, and what its clients get.
type end struct {
	types []string // the beginnings of the types
	text  string
}

// ends are the services whose sockets other services are often refused.
func ends() []end {
	return []end{
		{[]string{"system_dbusd_t"}, "the system bus, which then asks for each message (class dbus, send_msg)"},
		{[]string{"init_t"}, "systemd itself: beside the bus, clients may ask it there for what polkit and the class " +
			"service allow"},
		{[]string{"syslogd_t", "systemd_journald_t"}, "the log: clients may write messages to it"},
		{[]string{"sssd_t", "winbind_t", "nslcd_t", "nscd_t", "systemd_userdbd_t"}, "the names of users and groups, " +
			"and for PAM the check of passwords"},
		{[]string{"policykit_t"}, "polkit, which decides who may do what as root"},
		{[]string{"virtd_t", "virtqemud_t", "virt_"}, "libvirt: who may talk to it may do as root what virtual " +
			"machines need, which is nearly all"},
		{[]string{"container_runtime_t", "docker", "dockerd_t", "container_engine_t"}, "a container engine: who may " +
			"talk to it has the host"},
		{[]string{"postgresql_t", "mysqld_t", "redis_t", "mongod_t", "memcached_t"}, "a database, which checks the " +
			"login itself; TCP to 127.0.0.1 is the other way, for which policies often have a boolean"},
		{[]string{"clamd_t", "antivirus_t", "spamd_t", "amavis_t", "opendkim_t", "dkim_milter_t"}, "a scanner of " +
			"mail and files: clients may only give it what it is to look at"},
		{[]string{"sshd_t", "ssh_agent_t", "gpg_agent_t"}, "keys: clients may have something signed or decrypted"},
		{[]string{"auditd_t", "audisp_t"}, "the audit log"},
		{[]string{"named_t", "systemd_resolved_t", "dnsmasq_t", "avahi_t"}, "names of hosts"},
	}
}

// connectTo says what a client may do at a socket.
func (a *Access) connectTo() []string {
	switch a.Target {
	case a.Source, "initrc_t", "unconfined_service_t": // which are not of one service
		return nil
	case "unconfined_t":
		return []string{"the other end is a program of a user (unconfined_t), as all of them run: a rule is for the " +
			"sockets of all programs of users; better that program gets a domain of its own, or the one that " +
			"connects runs as the user does"}
	}
	name := strings.TrimSuffix(a.Target, "_t")
	for _, e := range ends() {
		for _, typ := range e.types {
			if strings.HasPrefix(a.Target, typ) {
				return []string{"the other end is " + name + ": " + e.text}
			}
		}
	}
	return []string{"the other end is " + name + ": the client may then ask it for all that this service does for " +
		"clients of its socket, and the service alone says no; where a policy has an interface for that, it ends in " +
		"_stream_connect"}
}

// bus says what the ends of a message on the bus often are.
func (a *Access) bus() []string {
	if a.has("send_msg") && (a.Source == "systemd_logind_t" || a.Target == "systemd_logind_t") {
		return []string{"systemd-logind is asked by pam_systemd, which is among the session modules of PAM for " +
			"logins and often for sudo and su: where a service runs those, each waits for the answer until it gives " +
			"up (25 seconds); then leave pam_systemd out of /etc/pam.d/sudo, or allow both directions"}
	}
	return nil
}
