package policies

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// fedoraSeed fixes what FedoraSize generates.
const fedoraSeed = 20240511

// FedoraSize returns the path of a binary policy of our own with the size and
// shape of Fedora's targeted policy: policy version 33, MCS, about 5,000 types,
// 350 attributes, 100,000 rules and 250,000 named type transitions, most of
// them from the hundred members of one attribute.
func FedoraSize() (string, error) {
	return Compile(FedoraSizeSource(), Options{Version: 33, MLS: true, HandleUnknown: "allow"})
}

// FedoraSizeSource returns the policy.conf that FedoraSize compiles; always the
// same text.
func FedoraSizeSource() []byte {
	f := &fedora{
		rng:   rand.New(rand.NewPCG(fedoraSeed, 0)),
		types: make(map[string][]string, 6000),
	}
	f.declare()
	var w strings.Builder
	w.Grow(16 << 20)
	parseClasses().write(&w)
	f.writeMLS(&w)
	f.writeTypes(&w)
	w.WriteString(f.rules.String())
	f.writeConstraints(&w)
	f.writeContexts(&w)
	return []byte(w.String())
}

// fedora is the state of one generation.
type fedora struct {
	rng *rand.Rand

	types     map[string][]string // attributes of each type, in the order of declaration
	typeNames []string            // in the order of declaration
	attrs     []string            // in the order of declaration

	services  []service
	portTypes []string
	baseTypes []string // system files, devices, kernel interfaces
	bools     []string

	rules strings.Builder // roles, rules and users
}

// service is a program with a domain and types of its own.
type service struct {
	name    string
	domain  string
	exec    string
	initrc  string   // "" if there is none
	files   []string // types of its own files
	runtime string   // type of its sockets and pid files, "" if there is none
	port    string   // its port type, "" if there is none
	daemon  bool     // started by init; else by users
}

// attr declares an attribute.
func (f *fedora) attr(names ...string) {
	f.attrs = append(f.attrs, names...)
}

// typ declares a type with attributes and returns its name.
func (f *fedora) typ(name string, attrs ...string) string {
	if _, ok := f.types[name]; !ok {
		f.typeNames = append(f.typeNames, name)
	}
	f.types[name] = append(f.types[name], attrs...)
	return name
}

// rule adds one line to the rules.
func (f *fedora) rule(parts ...string) { line(&f.rules, parts...) }

// chance is true in percent of 100 cases.
func (f *fedora) chance(percent int) bool { return f.rng.IntN(100) < percent }

func (f *fedora) declare() {
	f.declareBase()
	f.declareServices(870)
	f.declarePorts(225)
	f.declareGroups(302)
	f.declareBools(330)
	f.roles()
	f.attributeRules()
	for i := range f.services {
		f.serviceRules(&f.services[i])
	}
	f.conditionals(400)
	f.transitions()
	f.namedTransitions(2500, 3000)
}

// Attributes that rules are written on, with the names the field knows.
const baseAttrs = `domain file_type exec_type entry_type port_type reserved_port_type unreserved_port_type
	node_type netif_type packet_type client_packet_type server_packet_type filesystem_type device_node
	proc_type sysctl_type daemon initrc_domain init_script_file_type pidfile logfile configfile lockfile
	tmpfile tmpfsfile non_security_file_type security_file_type unconfined_domain_type filetrans_named_domain
	nsswitch_domain userdomain unpriv_userdomain login_userdomain systemprocess mcs_constrained_type
	mcs_override can_change_object_identity process_user_target unlabeled_peer systemd_unit_file_type
	user_home_type kernel_system_state_reader corenet_unconfined_type can_load_policy syslog_client_type
	kerberos_client pam_domain random_reader fixed_disk_raw_read application_domain_type no_members_a no_members_b`

func (f *fedora) declareBase() {
	f.attr(strings.Fields(baseAttrs)...)
	f.typ("kernel_t", "domain", "unconfined_domain_type", "filetrans_named_domain", "mcs_override", "can_load_policy")
	f.typ("init_t", "domain", "daemon", "initrc_domain", "mcs_override", "nsswitch_domain")
	f.typ("initrc_t", "domain", "initrc_domain", "unconfined_domain_type", "filetrans_named_domain")
	f.typ("unconfined_t", "domain", "userdomain", "login_userdomain", "unconfined_domain_type",
		"filetrans_named_domain", "initrc_domain", "mcs_override", "nsswitch_domain")
	for _, user := range []string{"sysadm_t", "staff_t", "user_t", "guest_t", "xguest_t", "auditadm_t", "secadm_t"} {
		f.typ(user, "domain", "userdomain", "login_userdomain", "nsswitch_domain")
		if user != "sysadm_t" {
			f.typ(user, "unpriv_userdomain", "mcs_constrained_type")
		}
	}
	f.typ("unlabeled_t")
	f.typ("security_t", "filesystem_type")
	f.typ("port_t", "port_type")
	f.typ("reserved_port_t", "port_type", "reserved_port_type")
	f.typ("hi_reserved_port_t", "port_type", "reserved_port_type")
	f.typ("ephemeral_port_t", "port_type", "unreserved_port_type")
	f.typ("unreserved_port_t", "port_type", "unreserved_port_type")
	f.typ("node_t", "node_type")
	f.typ("lo_node_t", "node_type")
	f.typ("netif_t", "netif_type")
	f.typ("lo_netif_t", "netif_type")
	f.typ("netlabel_peer_t")
	f.typ("packet_t", "packet_type")
	f.typ("null_device_t", "device_node")
	f.typ("fs_t", "filesystem_type")
	for _, dir := range strings.Fields(`root etc etc_runtime usr lib bin shell_exec var var_lib var_run var_log var_spool
		tmp tmpfs home_root user_home_dir user_home boot mnt mail_spool cert locale ld_so man src modules_object`) {
		f.baseTypes = append(f.baseTypes, f.typ(dir+"_t", "file_type", "non_security_file_type"))
	}
	for _, name := range unique(f.rng, serviceHeads, "-", 140) {
		f.baseTypes = append(f.baseTypes, f.typ(name+"_device_t", "device_node", "file_type"))
	}
	for _, name := range unique(f.rng, serviceHeads, "fs", 60) {
		f.typ(name+"_t", "filesystem_type", "file_type")
	}
	for _, name := range unique(f.rng, serviceHeads, "-", 45) {
		f.baseTypes = append(f.baseTypes, f.typ("sysctl_"+name+"_t", "sysctl_type"))
	}
	for _, name := range unique(f.rng, serviceHeads, "-", 40) {
		f.baseTypes = append(f.baseTypes, f.typ("proc_"+name+"_t", "proc_type"))
	}
}

func (f *fedora) declareServices(n int) {
	for _, name := range unique(f.rng, serviceHeads, serviceTails, n) {
		s := service{name: name, daemon: f.chance(80)}
		s.domain = f.typ(name+"_t", "domain")
		s.exec = f.typ(name+"_exec_t", "file_type", "exec_type", "entry_type", "non_security_file_type")
		if s.daemon {
			f.typ(s.domain, "daemon")
		} else {
			f.typ(s.domain, "application_domain_type")
		}
		for _, a := range []struct {
			attr    string
			percent int
		}{
			{"nsswitch_domain", 35}, {"syslog_client_type", 50}, {"kerberos_client", 12}, {"pam_domain", 8},
			{"random_reader", 40}, {"mcs_constrained_type", 20}, {"kernel_system_state_reader", 30},
			{"unconfined_domain_type", 9}, {"initrc_domain", 2}, {"fixed_disk_raw_read", 3},
			{"corenet_unconfined_type", 3},
		} {
			if f.chance(a.percent) {
				f.typ(s.domain, a.attr)
			}
		}
		own := func(suffix string, percent int, attrs ...string) string {
			if !f.chance(percent) {
				return ""
			}
			t := f.typ(name+suffix, append(attrs, "file_type", "non_security_file_type")...)
			s.files = append(s.files, t)
			return t
		}
		own("_conf_t", 26, "configfile")
		own("_log_t", 26, "logfile")
		s.runtime = own("_var_run_t", 48, "pidfile")
		own("_var_lib_t", 30)
		own("_tmp_t", 26, "tmpfile")
		own("_tmpfs_t", 8, "tmpfsfile")
		own("_cache_t", 11)
		own("_lock_t", 9, "lockfile")
		own("_spool_t", 8)
		own("_home_t", 6, "user_home_type")
		own("_key_t", 4, "security_file_type")
		if s.daemon && f.chance(38) {
			s.initrc = f.typ(name+"_initrc_exec_t", "file_type", "init_script_file_type", "entry_type")
		}
		if s.daemon && f.chance(38) {
			f.typ(name+"_unit_file_t", "file_type", "systemd_unit_file_type")
		}
		f.services = append(f.services, s)
	}
	// About a hundred domains name the files they create.
	for _, i := range f.rng.Perm(n / 2)[:93] {
		f.typ(f.services[i].domain, "filetrans_named_domain")
	}
}

func (f *fedora) declarePorts(n int) {
	daemons := f.rng.Perm(len(f.services))
	for _, i := range daemons[:n] {
		s := &f.services[i]
		s.port = f.typ(s.name+"_port_t", "port_type")
		if f.chance(25) {
			f.typ(s.port, "reserved_port_type")
		} else {
			f.typ(s.port, "unreserved_port_type")
		}
		f.portTypes = append(f.portTypes, s.port)
		f.typ(s.name+"_client_packet_t", "packet_type", "client_packet_type")
		f.typ(s.name+"_server_packet_t", "packet_type", "server_packet_type")
	}
}

// declareGroups adds attributes of the sizes that policies have: most with
// fewer than ten members, a few with hundreds.
func (f *fedora) declareGroups(n int) {
	for i, name := range unique(f.rng, serviceHeads, serviceTails, n) {
		a := name + []string{"_domain", "_type", "_content_type", "_client"}[f.rng.IntN(4)]
		if slices.Contains(f.attrs, a) {
			continue
		}
		f.attr(a)
		size := 1 + f.rng.IntN(6)
		switch {
		case i%20 == 0:
			size = 100 + f.rng.IntN(400)
		case i%4 == 0:
			size = 10 + f.rng.IntN(50)
		}
		for range size {
			s := &f.services[f.rng.IntN(len(f.services))]
			member := s.domain
			if strings.HasSuffix(a, "_content_type") {
				member = pick(f.rng, f.typeNames)
			}
			if !slices.Contains(f.types[member], a) {
				f.typ(member, a)
			}
		}
	}
}

func (f *fedora) declareBools(n int) {
	uses := []string{"_can_network", "_can_network_connect", "_use_nfs", "_use_cifs", "_enable_homedirs",
		"_manage_home",
		"_execmem", "_write_all", "_read_all_files", "_connect_any", "_anon_write", "_use_fusefs", "_run_unconfined"}
	seen := make(map[string]bool)
	for len(f.bools) < n {
		name := pick(f.rng, f.services).name + pick(f.rng, uses)
		if !seen[name] {
			seen[name] = true
			f.bools = append(f.bools, name)
		}
	}
}

func (f *fedora) writeMLS(w *strings.Builder) {
	line(w, "default_range { file dir } target low;")
	line(w, "sensitivity s0;")
	line(w, "dominance { s0 }")
	for i := range 1024 {
		line(w, "category c", strconv.Itoa(i), ";")
	}
	line(w, "level s0:c0.c1023;")
	files := "{ file lnk_file fifo_file }"
	for _, perms := range []string{"read", "write", "append", "{ getattr execute }", "{ unlink rename }"} {
		line(w, "mlsconstrain ", files, " ", perms, " (h1 dom h2 or t1 != mcs_constrained_type);")
	}
	line(w, "mlsconstrain dir { search read write add_name remove_name } (h1 dom h2 or t1 != mcs_constrained_type);")
	line(w, "mlsconstrain { file dir lnk_file } { create relabelto } (l2 == h2 or t1 == mcs_override);")
	line(w, "mlsconstrain process { signal sigkill sigstop ptrace } (h1 dom h2 or t1 != mcs_constrained_type);")
	line(w, "mlsconstrain process { transition dyntransition } (h1 dom h2 or t1 == mcs_override);")
	for _, class := range []string{"tcp_socket", "udp_socket", "rawip_socket", "unix_stream_socket",
		"unix_dgram_socket", "packet_socket"} {
		line(w, "mlsconstrain ", class,
			" { read write getattr setattr } (h1 dom h2 or t1 != mcs_constrained_type or t2 != domain);")
	}
	line(w, "mlsconstrain netif { ingress egress } (l1 domby l2 or t1 != mcs_constrained_type);")
	line(w, "mlsconstrain node { recvfrom sendto } (l1 domby l2 or t1 != mcs_constrained_type);")
	for _, c := range []string{"network_peer_controls", "open_perms", "extended_socket_class", "cgroup_seclabel",
		"nnp_nosuid_transition"} {
		line(w, "policycap ", c, ";")
	}
}

func (f *fedora) writeTypes(w *strings.Builder) {
	for _, a := range f.attrs {
		line(w, "attribute ", a, ";")
	}
	for i, name := range f.typeNames {
		text := "type " + name
		if i%9 == 4 {
			text += " alias old_" + name
		}
		for _, a := range f.types[name] {
			text += ", " + a
		}
		line(w, text, ";")
	}
	for i, b := range f.bools {
		line(w, "bool ", b, " ", strconv.FormatBool(i%5 == 0), ";")
	}
}
