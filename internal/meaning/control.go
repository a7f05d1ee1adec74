package meaning

import "strings"

// A control is a socket or fifo by which programs speak to a service of the system.
type control struct {
	path string   // the beginning of its path
	name string   // its name, for records without a path
	typs []string // its types, where they or a name tell: see is
	text string   // what it is for, and what fails without
	// spare says that programs do without it.
	spare bool
}

// controls are the sockets and fifos of systemd, of the bus and of the caches of names. /var/run is /run.
func controls() []control {
	ofInit := []string{"init_var_run_t", "init_runtime_t", "systemd_runtime_t"}
	return []control{
		{"/run/systemd/notify", "notify", append(ofInit, "systemd_runtime_notify_t"), "by this socket a unit of " +
			"Type=notify tells systemd that it is ready (sd_notify): without it systemd waits until TimeoutStartSec= " +
			"ends, and then calls the start failed", false},
		{"/run/systemd/private", "private", ofInit, "by this socket systemctl of root speaks to systemd: without it " +
			"systemctl takes the bus, or fails", false},
		{"/run/systemd/journal/", "", nil, "by this socket programs write to the journal: what they log is lost " +
			"without it, and some services do not start", false},
		{"/run/systemd/io.systemd.Login", "io.systemd.Login", []string{"systemd_logind_"}, "by this socket " +
			"pam_systemd tells systemd-logind of a session: without it there is no session of logind, and the " +
			"program goes on as a rule", false},
		{"/run/systemd/resolve/io.systemd.", "", nil, "by this socket programs ask systemd-resolved for names of " +
			"hosts: without it those are not found, or asked for elsewhere (nsswitch.conf)", false},
		{"/run/systemd/userdb/", "", nil, "by this socket programs ask systemd for names of users and groups " +
			"(nss-systemd): without it those of systemd (DynamicUser=, homed) have no names", false},
		{"/run/systemd/io.systemd.", "io.systemd.", nil, "by this socket programs ask a service of systemd " +
			"(varlink): without it the call fails", false},
		{"/run/dbus/system_bus_socket", "system_bus_socket", []string{"system_dbusd_"}, "it is the socket of the " +
			"system bus: without it the program reaches no service there (systemd, logind, polkit)", false},
		{"/run/nscd/socket", "socket", []string{"nscd_"}, "by this socket the C library asks nscd for users, groups " +
			"and hosts that it has in its cache: without it the library looks them up itself", true},
		{"/var/lib/sss/pipes/", "", []string{"sssd_var_lib_t"}, "by this socket programs ask sssd for users and " +
			"groups of a directory, and PAM for their passwords: without it those are not known to the program",
			false},
		{"/run/systemd/sessions/", "", nil, "by this fifo systemd-logind sees when a session ends: without it the " +
			"session of the login is not kept", false},
		{"/run/systemd/inhibit/", "", nil, "by this fifo a program keeps systemd-logind from suspend or shutdown: " +
			"without it the machine does not wait for the program", false},
	}
}

// control returns what the object is by which programs speak to a service, nil for others.
func (a *Access) control() *control {
	switch a.Class {
	case "sock_file", "unix_stream_socket", "unix_dgram_socket", "fifo_file":
	default:
		return nil
	}
	name := strings.TrimPrefix(a.Path, "/var")
	if !strings.HasPrefix(name, "/run/") {
		name = a.Path
	}
	list := controls()
	for i := range list {
		if list[i].is(a, name) {
			return &list[i]
		}
	}
	return nil
}

// is reports whether the object of an access is this one: by its path, else by its name and type. A socket of varlink
// has a name of its own.
func (c *control) is(a *Access, path string) bool {
	if path != "" {
		return strings.HasPrefix(path, c.path)
	}
	if a.Class != "sock_file" || a.Name == "" {
		return false
	}
	if strings.HasPrefix(c.name, "io.systemd.") {
		return strings.HasPrefix(a.Name, c.name)
	}
	if c.name != "" && a.Name != c.name {
		return false
	}
	for _, typ := range c.typs {
		if strings.HasPrefix(a.Target, typ) {
			return true
		}
	}
	return false
}

// Control reports whether the object is a socket or fifo by which programs speak to a service, and which they look at
// because they are about to use it.
func (a *Access) Control() bool {
	c := a.control()
	return c != nil && !c.spare
}
