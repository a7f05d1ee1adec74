package policies

import (
	"slices"
	"strings"
)

// Permission sets as policies write them.
const (
	dirSearch = "{ getattr open search }"
	dirList   = "{ getattr ioctl lock open read search }"
	dirManage = "{ add_name create getattr ioctl link lock open read remove_name rename reparent rmdir search " +
		"setattr unlink watch write }"
	fileRead   = "{ getattr ioctl lock map open read }"
	fileAppend = "{ append getattr ioctl lock open }"
	fileManage = "{ append create getattr ioctl link lock map open read rename setattr unlink write }"
	fileExec   = "{ execute execute_no_trans getattr ioctl map open read }"
	lnkRead    = "{ getattr read }"
	lnkManage  = "{ create getattr link read rename setattr unlink write }"
	fifoRW     = "{ append getattr ioctl lock open read write }"
	sockManage = "{ create getattr open rename setattr unlink write }"
	devRW      = "{ append getattr ioctl lock map open read write }"
	streamSelf = "{ accept append bind connect connectto create getattr getopt ioctl listen lock read setattr " +
		"setopt shutdown write }"
	dgramSelf = "{ append bind connect create getattr getopt ioctl lock read sendto setattr setopt shutdown write }"
	tcpServer = "{ accept append bind connect create getattr getopt ioctl listen lock read setattr setopt " +
		"shutdown write }"
	udpSelf   = "{ append bind connect create getattr getopt ioctl lock read setattr setopt shutdown write }"
	netlinkNl = "{ append bind connect create getattr getopt ioctl lock nlmsg_read read setattr setopt shutdown " +
		"write }"
)

func (f *fedora) allow(s, t, class, perms string) {
	f.rule("allow ", s, " ", t, ":", class, " ", perms, ";")
}

func (f *fedora) roles() {
	for _, r := range f.roleNames() {
		f.rule("role ", r, ";")
	}
	f.rule("role system_r types domain;")
	f.rule("role unconfined_r types { unconfined_t unconfined_domain_type application_domain_type };")
	for _, r := range []string{"sysadm", "staff", "user", "guest", "xguest", "auditadm", "secadm"} {
		f.rule("role ", r, "_r types { ", r, "_t };")
		for _, s := range f.services {
			if !s.daemon && f.chance(30) {
				f.rule("role ", r, "_r types ", s.domain, ";")
			}
		}
	}
	roles := f.roleNames()
	for _, from := range []string{"sysadm_r", "staff_r", "unconfined_r", "system_r"} {
		for _, to := range roles {
			if from != to {
				f.rule("allow ", from, " ", to, ";")
			}
		}
	}
	for _, s := range f.services {
		if s.initrc != "" && f.chance(80) {
			f.rule("role_transition sysadm_r ", s.initrc, ":process system_r;")
			f.rule("role_transition unconfined_r ", s.initrc, " system_r;")
		}
	}
}

func (f *fedora) roleNames() []string {
	return []string{"system_r", "unconfined_r", "sysadm_r", "staff_r", "user_r", "guest_r", "xguest_r", "auditadm_r",
		"secadm_r", "dbadm_r", "logadm_r", "webadm_r", "nx_server_r"}
}

// attributeRules are the rules that every domain, and groups of domains, share.
func (f *fedora) attributeRules() {
	f.allow("domain", "self", "process", "{ fork getsched sigchld signal signull }")
	f.allow("domain", "self", "fd", "use")
	f.allow("domain", "init_t", "process", "sigchld")
	f.allow("domain", "init_t", "fd", "use")
	for _, t := range []string{"root_t", "etc_t", "usr_t", "lib_t", "bin_t", "var_t", "locale_t", "ld_so_t"} {
		f.allow("domain", t, "dir", dirList)
		f.allow("domain", t, "file", fileRead)
		f.allow("domain", t, "lnk_file", lnkRead)
	}
	f.allow("domain", "null_device_t", "chr_file", devRW)
	for _, class := range strings.Fields("file dir lnk_file chr_file blk_file sock_file fifo_file") {
		all := parseClasses().allPerms(class)
		f.allow("unconfined_domain_type", "file_type", class, set(all))
	}
	for _, class := range strings.Fields("tcp_socket udp_socket rawip_socket") {
		f.allow("unconfined_domain_type", "port_type", class,
			"{ name_bind "+map[string]string{"tcp_socket": "name_connect "}[class]+"}")
		f.allow("unconfined_domain_type", "node_type", class, "node_bind")
	}
	f.allow("domain", "netif_type", "netif", "{ egress ingress }")
	f.allow("domain", "node_type", "node", "{ recvfrom sendto }")
	f.allow("domain", "unlabeled_t", "packet", "{ recv send }")
	f.allow("domain", "netlabel_peer_t", "peer", "recv")
	f.allow("nsswitch_domain", "self", "tcp_socket", tcpServer)
	f.allow("nsswitch_domain", "self", "udp_socket", udpSelf)
	for _, t := range f.portTypes[:6] {
		f.allow("nsswitch_domain", t, "tcp_socket", "name_connect")
	}
	f.allow("corenet_unconfined_type", "port_type", "tcp_socket", "{ name_bind name_connect }")
	for _, a := range f.attrs {
		if strings.HasPrefix(a, "no_members") {
			f.allow(a, "etc_t", "file", fileRead)
			continue
		}
		for range 4 + f.rng.IntN(20) {
			f.interfaceCall(a)
		}
	}
	for range 170 {
		f.rule("auditallow ", pick(f.rng, f.services).domain, " ", pick(f.rng, f.baseTypes), ":file { write append };")
	}
	for range 18 {
		f.rule("permissive ", pick(f.rng, f.services).domain, ";")
	}
}

// serviceRules are the rules of one service.
func (f *fedora) serviceRules(s *service) {
	d := s.domain
	f.allow(d, "self", "fifo_file", fifoRW)
	f.allow(d, "self", "unix_stream_socket", streamSelf)
	f.allow(d, "self", "unix_dgram_socket", dgramSelf)
	f.allow(d, "self", "process",
		set(some(f.rng,
			strings.Fields("setsched getcap setcap setpgid setrlimit execmem getattr sigkill sigstop setexec"),
			1+f.rng.IntN(4))))
	if f.chance(70) {
		f.allow(d, "self", "capability", set(some(f.rng,
			strings.Fields("chown dac_override dac_read_search fowner fsetid kill setgid setuid net_bind_service "+
				"net_admin net_raw sys_admin sys_chroot sys_nice sys_resource"), 1+f.rng.IntN(6))))
	}
	if f.chance(60) {
		f.allow(d, "self", "tcp_socket", tcpServer)
		f.allow(d, "node_t", "tcp_socket", "node_bind")
	}
	if f.chance(60) {
		f.allow(d, "self", "udp_socket", udpSelf)
		f.allow(d, "node_t", "udp_socket", "node_bind")
	}
	if f.chance(40) {
		f.allow(d, "self", "netlink_route_socket", netlinkNl)
	}
	if f.chance(20) {
		f.allow(d, "self", "{ shm sem }",
			"{ associate create destroy getattr read setattr unix_read unix_write write }")
	}
	f.allow(d, s.exec, "file", "{ entrypoint execute getattr ioctl lock map open read }")
	for _, t := range s.files {
		f.allow(d, t, "dir", dirManage)
		f.allow(d, t, "file", fileManage)
		f.allow(d, t, "lnk_file", lnkManage)
		if t == s.runtime || f.chance(20) {
			f.allow(d, t, "{ sock_file fifo_file }", sockManage)
		}
		f.allow(t, "fs_t", "filesystem", "associate")
		f.allow(t, "tmpfs_t", "filesystem", "associate")
	}
	if s.port != "" {
		for _, class := range some(f.rng, []string{"tcp_socket", "udp_socket"}, 1+f.rng.IntN(2)) {
			f.allow(d, s.port, class, "name_bind")
		}
		f.allow(d, s.name+"_server_packet_t", "packet", "{ recv send }")
	}
	for range 2 + f.rng.IntN(8) {
		f.portRule(d)
	}
	for range 8 + f.rng.IntN(32) {
		f.interfaceCall(d)
	}
	for range 4 + f.rng.IntN(8) {
		f.dontaudit(d)
	}
}

// portRule lets d connect to, or bind, a port type.
func (f *fedora) portRule(d string) {
	t := pick(f.rng, f.portTypes)
	switch f.rng.IntN(6) {
	case 0:
		f.allow(d, t, "tcp_socket", "name_bind")
	case 1:
		f.allow(d, t, "udp_socket", "name_bind")
	case 2:
		f.allow(d, strings.TrimSuffix(t, "_port_t")+"_client_packet_t", "packet", "{ recv send }")
	default:
		f.allow(d, t, "tcp_socket", "name_connect")
	}
}

// interfaceCall writes the rules of one random interface for the source d, as
// the interfaces of a policy source would expand.
func (f *fedora) interfaceCall(d string) {
	s := pick(f.rng, f.services)
	t := pick(f.rng, f.baseTypes)
	if len(s.files) > 0 && f.chance(60) {
		t = pick(f.rng, s.files)
	}
	switch f.rng.IntN(14) {
	case 0, 1:
		f.allow(d, t, "dir", dirList)
		f.allow(d, t, "file", fileRead)
		f.allow(d, t, "lnk_file", lnkRead)
	case 2:
		f.allow(d, t, "dir", dirSearch)
		f.allow(d, t, "file", fileAppend)
	case 3:
		f.allow(d, t, "dir", dirManage)
		f.allow(d, t, "{ file lnk_file }", fileManage)
	case 4, 5:
		if s.runtime != "" {
			f.allow(d, s.runtime, "dir", dirSearch)
			f.allow(d, s.runtime, "sock_file", "{ getattr open write }")
		}
		f.allow(d, s.domain, "unix_stream_socket", "connectto")
	case 6:
		f.allow(d, s.domain, "dbus", "send_msg")
		f.allow(s.domain, d, "dbus", "send_msg")
	case 7:
		f.allow(d, s.domain, "process", pick(f.rng, []string{"signal", "signull", "sigkill", "{ getattr ptrace }",
			"noatsecure"}))
	case 8:
		f.allow(d, s.exec, "file", fileExec)
		f.allow(d, s.domain, "process", "transition")
		f.allow(s.domain, d, "fd", "use")
		f.allow(s.domain, d, "fifo_file", fifoRW)
		f.allow(s.domain, d, "process", "sigchld")
	case 9:
		f.allow(d, t, "{ dir file }", "getattr")
	case 10:
		f.allow(d, pick(f.rng, []string{"tmpfs_t", "fs_t", "security_t"}), "filesystem", "getattr")
		f.allow(d, t, "dir", dirSearch)
	case 11:
		f.allow(d, t, "chr_file", devRW)
	case 12:
		f.allow(d, s.domain, "{ dir file }", "{ getattr open read }")
	case 13:
		f.allow(d, s.domain, "unix_dgram_socket", "sendto")
		f.allow(d, s.domain, "fd", "use")
	}
}

func (f *fedora) dontaudit(d string) {
	s := pick(f.rng, f.services)
	switch f.rng.IntN(4) {
	case 0:
		f.rule("dontaudit ", d, " ", pick(f.rng, f.baseTypes), ":dir { getattr search write };")
	case 1:
		f.rule("dontaudit ", d, " ", pick(f.rng, f.baseTypes), ":file { getattr read write };")
	case 2:
		f.rule("dontaudit ", d, " ", s.domain, ":{ unix_stream_socket tcp_socket } { read write };")
	case 3:
		f.rule("dontaudit ", d, " ", pick(f.rng, f.portTypes), ":tcp_socket name_bind;")
	}
}

// conditionals writes n if-blocks over the booleans. Duplicates of an
// expression are left to the compiler, which joins them.
func (f *fedora) conditionals(n int) {
	for i := range n {
		b := f.bools[i%len(f.bools)]
		expr := b
		switch f.rng.IntN(12) {
		case 0:
			expr = b + " && " + pick(f.rng, f.bools)
		case 1:
			expr = b + " || " + pick(f.rng, f.bools)
		case 2:
			expr = "!" + b
		case 3:
			expr = b + " && !" + pick(f.rng, f.bools)
		}
		f.rule("if (", expr, ") {")
		f.conditionalRules(4 + f.rng.IntN(36))
		if f.chance(25) {
			f.rule("} else {")
			f.conditionalRules(1 + f.rng.IntN(6))
		}
		f.rule("}")
	}
}

func (f *fedora) conditionalRules(calls int) {
	d := pick(f.rng, f.services).domain
	for range calls {
		switch f.rng.IntN(8) {
		case 0:
			d = pick(f.rng, f.services).domain
		case 1:
			f.dontaudit(d)
		case 2, 3:
			f.portRule(d)
		}
		f.interfaceCall(d)
	}
	if f.chance(8) {
		f.allow(d, "port_type", "tcp_socket", "{ name_bind name_connect }")
	}
}

// transitions are the type and range transitions without names.
func (f *fedora) transitions() {
	f.attr("mcs_ranged_source")
	f.typ("init_t", "mcs_ranged_source")
	for _, i := range f.rng.Perm(len(f.services))[:7] {
		f.typ(f.services[i].domain, "mcs_ranged_source")
	}
	for _, s := range f.services {
		if s.daemon {
			f.rule("type_transition initrc_domain ", s.exec, ":process ", s.domain, ";")
			to := "s0"
			if f.chance(15) {
				to = "s0 - s0:c0.c1023"
			}
			f.rule("range_transition mcs_ranged_source ", s.exec, ":process ", to, ";")
		} else {
			f.rule("type_transition userdomain ", s.exec, ":process ", s.domain, ";")
		}
		for _, t := range s.files {
			for _, parent := range []string{"tmp", "var_run", "var_lib", "tmpfs", "spool"} {
				if strings.HasSuffix(t, "_"+parent+"_t") {
					dir := parent + "_t"
					if parent == "spool" {
						dir = "var_spool_t"
					}
					f.rule("type_transition ", s.domain, " ", dir, ":{ dir file sock_file } ", t, ";")
				}
			}
		}
	}
	for _, u := range []string{"staff", "user", "sysadm", "unconfined"} {
		for _, i := range f.rng.Perm(len(f.services))[:20] {
			f.rule("type_change ", u, "_t ", f.services[i].exec, ":chr_file null_device_t;")
		}
		for _, t := range some(f.rng, f.baseTypes, 9) {
			f.rule("type_member ", u, "_t ", t, ":dir tmp_t;")
		}
	}
}

// namedTransitions writes transitions for shared keys (target, class, name) of
// all the members of filetrans_named_domain, for single keys of one domain
// each, and for a few of all domains.
func (f *fedora) namedTransitions(shared, single int) {
	names := unique(f.rng, fileHeads, fileTails, (shared+single)/2)
	targets := slices.Concat(f.baseTypes[:24], []string{"proc_type_dir_t"})
	f.typ("proc_type_dir_t", "file_type")
	classes := []string{"file", "file", "file", "dir", "dir", "lnk_file", "sock_file", "fifo_file", "chr_file"}
	seen := make(map[string]bool)
	for n := 0; n < shared+single; {
		source, target := "filetrans_named_domain", pick(f.rng, targets)
		s := pick(f.rng, f.services)
		if n >= shared {
			source, target = s.domain, pick(f.rng, f.baseTypes)
		}
		class, name := pick(f.rng, classes), pick(f.rng, names)
		key := target + ":" + class + " " + name
		if len(s.files) == 0 || seen[key] {
			continue
		}
		seen[key] = true
		f.rule("type_transition ", source, " ", target, ":", class, " ", pick(f.rng, s.files), " \"", name, "\";")
		n++
	}
	for _, name := range []string{"[userfaultfd]", "[secretmem]", "[io_uring]", "[eventfd]", "[timerfd]",
		"[perf_event]", "[inotify]", "[fanotify]"} {
		f.rule("type_transition domain unlabeled_t:anon_inode null_device_t \"", name, "\";")
	}
}
