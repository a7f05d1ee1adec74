package policies

import (
	"fmt"
	"strings"
)

func (f *fedora) writeConstraints(w *strings.Builder) {
	all := strings.Join(f.roleNames(), " ")
	line(w, "user system_u roles { system_r unconfined_r } level s0 range s0 - s0:c0.c1023;")
	line(w, "user unconfined_u roles { unconfined_r system_r } level s0 range s0 - s0:c0.c1023;")
	line(w, "user root roles { ", all, " } level s0 range s0 - s0:c0.c1023;")
	line(w, "user sysadm_u roles sysadm_r level s0 range s0 - s0:c0.c1023;")
	line(w, "user staff_u roles { staff_r sysadm_r system_r unconfined_r } level s0 range s0 - s0:c0.c1023;")
	line(w, "user user_u roles user_r level s0 range s0;")
	line(w, "user guest_u roles guest_r level s0 range s0;")
	line(w, "user xguest_u roles xguest_r level s0 range s0;")

	line(w, "constrain process { transition noatsecure siginh rlimitinh } (u1 == u2 or (t1 == "+
		"can_change_object_identity and t2 == process_user_target) or t1 == initrc_domain);")
	line(w, "constrain process { transition noatsecure siginh rlimitinh } (r1 == r2 or t1 == initrc_domain or (t1 "+
		"== login_userdomain and r2 == system_r));")
	line(w, "constrain process dyntransition (u1 == u2 and r1 == r2);")
	for _, class := range strings.Fields("file dir lnk_file chr_file blk_file sock_file fifo_file") {
		line(w, "constrain ", class,
			" { create relabelto relabelfrom } (u1 == u2 or t1 == can_change_object_identity or t1 == "+
				"unconfined_domain_type);")
	}
	for _, class := range strings.Fields(`socket tcp_socket udp_socket rawip_socket packet_socket key_socket unix_stream_socket unix_dgram_socket
		netlink_route_socket netlink_audit_socket netlink_kobject_uevent_socket appletalk_socket tun_socket`) {
		line(w, "constrain ", class,
			" { create relabelto relabelfrom } (u1 == u2 or t1 == can_change_object_identity);")
	}
}

func (f *fedora) writeContexts(w *strings.Builder) {
	sidTypes := map[string]string{"kernel": "kernel_t", "security": "security_t", "fs": "fs_t", "port": "port_t",
		"netif":  "netif_t",
		"netmsg": "netlabel_peer_t", "node": "node_t", "devnull": "null_device_t", "init": "init_t"}
	object := func(t string) string { return "system_u:object_r:" + t + ":s0" }
	for _, sid := range parseClasses().sids {
		t := sidTypes[sid]
		switch {
		case t == "":
			line(w, "sid ", sid, " ", object("unlabeled_t"))
		case sid == "kernel" || sid == "init":
			line(w, "sid ", sid, " system_u:system_r:", t, ":s0 - s0:c0.c1023")
		default:
			line(w, "sid ", sid, " ", object(t))
		}
	}
	for _, fs := range strings.Fields("ext2 ext3 ext4 xfs btrfs jfs f2fs gfs2 zfs erofs overlay squashfs ubifs " +
		"virtiofs ceph") {
		line(w, "fs_use_xattr ", fs, " ", object("fs_t"), ";")
	}
	line(w, "fs_use_task pipefs ", object("fs_t"), ";")
	line(w, "fs_use_task sockfs ", object("fs_t"), ";")
	line(w, "fs_use_task eventpollfs ", object("fs_t"), ";")
	for _, fs := range strings.Fields("devpts devtmpfs mqueue shm tmpfs hugetlbfs") {
		line(w, "fs_use_trans ", fs, " ", object("tmpfs_t"), ";")
	}
	genfs := []string{"/", "/sys", "/sys/kernel", "/sys/net", "/sys/vm", "/sys/fs", "/irq", "/kcore", "/mdstat",
		"/net", "/bus/pci"}
	for i, path := range genfs {
		line(w, "genfscon proc ", path, " ", object(f.baseTypes[i+170]))
	}
	for i := range 95 {
		line(w, fmt.Sprintf("genfscon sysfs /devices/%s/%d -- ", f.services[i].name, i), object(f.baseTypes[24+i]))
	}
	f.writePorts(w, object)
	line(w, "netifcon lo ", object("lo_netif_t"), " ", object("packet_t"))
	line(w, "nodecon 127.0.0.0 255.0.0.0 ", object("lo_node_t"))
	line(w, "nodecon ::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ", object("lo_node_t"))
	line(w, "nodecon 10.0.0.0 255.0.0.0 ", object("node_t"))
}

// writePorts labels 638 single ports and small ranges, then the wide ranges
// that catch the rest, as policies do: the first record that matches wins.
func (f *fedora) writePorts(w *strings.Builder, object func(string) string) {
	taken := make(map[string]bool)
	for n := 0; n < 638; {
		proto := pick(f.rng, []string{"tcp", "tcp", "udp", "udp", "sctp", "dccp"})
		t := f.portTypes[n%len(f.portTypes)]
		port := 1024 + f.rng.IntN(31000)
		for _, a := range f.types[t] {
			if a == "reserved_port_type" {
				port = 1 + f.rng.IntN(1023)
			}
		}
		high := port
		if f.chance(12) && port >= 1024 {
			high = port + 1 + f.rng.IntN(20)
		}
		free := true
		for p := port; p <= high; p++ {
			free = free && !taken[fmt.Sprint(proto, p)]
		}
		if !free {
			continue
		}
		for p := port; p <= high; p++ {
			taken[fmt.Sprint(proto, p)] = true
		}
		span := fmt.Sprint(port)
		if high > port {
			span = fmt.Sprint(port, "-", high)
		}
		line(w, "portcon ", proto, " ", span, " ", object(t))
		n++
	}
	for _, proto := range []string{"tcp", "udp", "sctp", "dccp"} {
		line(w, "portcon ", proto, " 512-1023 ", object("hi_reserved_port_t"))
		line(w, "portcon ", proto, " 1-511 ", object("reserved_port_t"))
		line(w, "portcon ", proto, " 32768-60999 ", object("ephemeral_port_t"))
		line(w, "portcon ", proto, " 1024-65535 ", object("unreserved_port_t"))
	}
}
