package meaning

import "strings"

func serviceUses() map[string]string {
	return map[string]string{
		"start": "start or restart units", "stop": "stop units", "status": "see the state of units",
		"reload": "reload units or systemd itself", "enable": "enable units", "disable": "disable units",
		"reboot": "restart the machine", "halt": "stop the machine", "undefined": "do what systemd has no name for",
	}
}

// systemd says what the permissions are for that systemd asks: its own classes service
// and system (src/core/selinux-access.c).
func (a *Access) systemd() []string {
	text := a.list(serviceUses())
	switch {
	case a.Class == "service" && strings.Contains(a.Target, "unit"):
		text = "systemd asks, by the label of the unit's file: " + text
	case a.Class == "service" && strings.HasSuffix(a.Target, "_exec_t"): // unit_label_path: the source comes first
		text = "systemd asks, by the label of the init script that the unit is made from: " + text
	case a.Class == "service" && (a.Target == "init_t" || strings.HasSuffix(a.Target, "_systemd_t") ||
		a.Target == "unconfined_t" || a.Target == "kernel_t" || a.Target == "initrc_t"):
		text = "systemd asks, by its own label since the unit has no file: " + text
	case a.Class == "service":
		text = "systemd asks, by the label of the file that describes the unit: " + text
	case a.ofKernel():
		return nil
	default:
		text = "systemd asks: " + text
	}
	list := []string{text}
	if a.Person() {
		list = append(list, "a person needs a role for administrators: sudo -r sysadm_r, or a mapping to sysadm_u or "+
			"unconfined_u (semanage login); polkit is another check beside it")
	}
	return list
}

// ofKernel reports whether the kernel asks for the permissions of class system, and not systemd.
func (a *Access) ofKernel() bool {
	return a.has("ipc_info", "syslog_read", "syslog_mod", "syslog_console", "module_load", "firmware_load",
		"kexec_image_load", "kexec_initramfs_load", "policy_load", "x509_certificate_load", "module_request")
}

// Person reports whether a person without a role for administrators asks systemd.
func (a *Access) Person() bool {
	switch a.Source {
	case "staff_t", "user_t", "guest_t", "xguest_t":
		return a.Class == "service" || a.Class == "system" && !a.ofKernel()
	}
	return false
}

// android says what the classes of Android's service managers are for.
func (a *Access) android() []string {
	switch a.Class {
	case "service_manager", "hwservice_manager":
		return []string{"the service manager of Android asks, not the kernel: " + a.list(map[string]string{
			"find": "look a service up", "add": "register a service", "list": "list services",
		})}
	case "binder":
		return []string{"binder: " + a.list(map[string]string{
			"call": "call the other process", "transfer": "pass it an object", "impersonate": "act for it",
			"set_context_mgr": "be the service manager",
		})}
	case "property_service":
		return []string{"Android's init asks, not the kernel: a system property is set"}
	}
	return nil
}
