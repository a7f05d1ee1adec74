package diagnose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/diagnose"
)

// TestImageChanges: the change in the source of an image, a case for each rule. Names, attributes and macros are those
// of AOSP's policy (te_macros, service.te, app_neverallows.te).
func TestImageChanges(t *testing.T) {
	of := func(perm, fields, source, target, class string) string {
		context := func(name, role string) string {
			if strings.Contains(name, ":") {
				return name
			}
			return "u:" + role + ":" + name + ":s0"
		}
		return line(perm, fields, context(source, "r"), context(target, "object_r"), class)
	}
	for _, c := range []struct{ rule, log, want string }{
		{"a service without a line", of("add", "service=acme.lamp", "lampd", "default_android_service",
			"service_manager"), "service_contexts acme.lamp acme_lamp_service [service_manager_type] " +
			"add_service(lampd, acme_lamp_service)"},
		{"its name ends in _service", of("add", "service=lamp_service", "lampd", "default_android_service",
			"service_manager"), "service_contexts lamp_service lamp_service [service_manager_type] " +
			"add_service(lampd, lamp_service)"},
		{"the service of a HAL", of("find", "service=android.hardware.lamp.ILamp/default", "lampd",
			"default_android_service", "service_manager"), "service_contexts " +
			"android.hardware.lamp.ILamp/default hal_lamp_service [service_manager_type] " +
			"allow lampd hal_lamp_service:service_manager find"},
		{"a service of vendors", of("find", "service=lamp", "lampd", "default_android_vndservice",
			"service_manager"), "vndservice_contexts lamp lamp_service [vndservice_manager_type] " +
			"allow lampd lamp_service:service_manager find"},
		{"a HIDL service: the line has no version", of("find", "interface=vendor.acme.lamp@1.0::ILamp", "lampd",
			"default_android_hwservice", "hwservice_manager"), "hwservice_contexts vendor.acme.lamp::ILamp " +
			"hal_acme_lamp_hwservice [hwservice_manager_type] allow lampd " +
			"hal_acme_lamp_hwservice:hwservice_manager find"},
		{"an app finds", of("find", "service=lamp", "untrusted_app_30", "default_android_service",
			"service_manager"), "service_contexts lamp lamp_service [app_api_service service_manager_type]"},
		{"an app of the system finds", of("find", "service=lamp", "priv_app", "default_android_service",
			"service_manager"), "service_contexts lamp lamp_service [system_api_service service_manager_type]"},
		{"a service with a type", of("find", "service=lamp", "untrusted_app", "lamp_service", "service_manager"),
			"lamp_service [app_api_service] allow untrusted_app lamp_service:service_manager find"},
		{"a registration with a type", of("add", "interface=a.b::IC", "lampd", "hal_lamp_hwservice",
			"hwservice_manager"), "add_hwservice(lampd, hal_lamp_hwservice)"},
		{"isolated apps find nothing new", of("find", "service=lamp", "isolated_app", "default_android_service",
			"service_manager"), "sealed"},
		{"apps register nothing", of("add", "service=lamp", "untrusted_app", "default_android_service",
			"service_manager"), "sealed"},
		{"apps have no vndbinder", of("find", "service=lamp", "untrusted_app", "default_android_vndservice",
			"service_manager"), "sealed"},
		{"apps and files", of("read", `name="x" dev="sysfs"`, "untrusted_app", "sysfs", "file"), "sealed"},
		{"a property without a line", of("set", "property=persist.acme.lamp.color", "lampd", "default_prop",
			"property_service"), "property_contexts persist.acme.lamp.color acme_lamp_prop [] " +
			"set_prop(lampd, acme_lamp_prop)"},
		{"a vendor's property, set by a vendor", of("set", "property=vendor.lamp.color", "lampd",
			"vendor_default_prop", "property_service"), "property_contexts vendor.lamp.color vendor_lamp_prop [] " +
			"set_prop(lampd, vendor_lamp_prop) vendor_internal_prop(vendor_lamp_prop)"},
		{"set by the system", of("set", "property=ro.vendor.lamp.color", "system_server", "vendor_default_prop",
			"property_service"), "property_contexts ro.vendor.lamp.color vendor_lamp_prop [] " +
			"set_prop(system_server, vendor_lamp_prop) vendor_public_prop(vendor_lamp_prop)"},
		{"the file of properties", of("read", `name="u:object_r:lamp_prop:s0" dev="tmpfs"`, "lampd", "lamp_prop",
			"file"), "get_prop(lampd, lamp_prop)"},
		{"the file of those without a line", of("open", `path="/dev/__properties__/u:object_r:vendor_default_prop:s0"`,
			"shell", "vendor_default_prop", "file"), "property_contexts  vendor_NAME_prop [] " +
			"get_prop(shell, vendor_NAME_prop) vendor_restricted_prop(vendor_NAME_prop)"},
		{"a program that init starts", of("execute_no_trans", `path="/system/xbin/lamp.sh"`, "init", "system_file",
			"file"), `file_contexts /system/xbin/lamp\.sh lamp_exec [exec_type system_file_type file_type]  ` +
			"domain lamp"},
		{"the HAL of a vendor", of("execute", `path="/vendor/bin/hw/vendor.acme.hardware.lamp@1.0-service"`, "init",
			"vendor_file", "file"), `file_contexts ` +
			`/(vendor|system/vendor)/bin/hw/vendor\.acme\.hardware\.lamp@1\.0-service hal_acme_lamp_default_exec ` +
			"[exec_type vendor_file_type file_type]  domain hal_acme_lamp_default"},
		{"a HAL of AOSP", of("execute", `name="android.hardware.lamp-service.acme"`, "init", "vendor_file", "file"),
			"file_contexts  hal_lamp_default_exec [exec_type vendor_file_type file_type]  " +
				"domain hal_lamp_default usual"},
		{"a program that has a domain", of("execute", `name="lampd"`, "init", "lampd_exec", "file"),
			"init_daemon_domain(lampd)"},
		{"the entry of a domain", of("entrypoint", `path="/vendor/bin/lamp"`, "lampd", "vendor_file", "file"),
			`file_contexts /(vendor|system/vendor)/bin/lamp lampd_exec [exec_type vendor_file_type file_type]  ` +
				"domain lampd usual"},
		{"another domain runs it", of("execute_no_trans", `name="sh"`, "lampd", "vendor_file", "file"),
			"allow lampd vendor_file:file execute_no_trans"},
		{"init runs what was written", of("execute", `path="/data/lamp"`, "init", "system_data_file", "file"),
			"sealed"},
		{"a file of sysfs", of("{ write open }", `path="/sys/class/lamp/color" dev="sysfs"`, "lampd", "sysfs", "file"),
			"genfs_contexts /class/lamp/color sysfs_color [fs_type sysfs_type] " +
				"allow lampd sysfs_color:file { write open }"},
		{"the root of a file system", of("search", `name="/" dev="debugfs"`, "lampd", "debugfs", "dir"),
			"allow lampd debugfs:dir search optional"},
		{"a mount", of("mounton", `path="/sys/x" dev="sysfs"`, "init", "sysfs", "dir"), "allow init sysfs:dir mounton"},
		{"a label on a file system", of("associate", `name="x" dev="sysfs"`, "u:object_r:sysfs_x:s0", "sysfs",
			"filesystem"), "sysfs_x [sysfs_type]"},
		{"a device", of("read", `path="/dev/lamp"`, "lampd", "device", "chr_file"),
			"file_contexts /dev/lamp lamp_device [dev_type] allow lampd lamp_device:chr_file read"},
		{"a partition: its number changes", of("read", `path="/dev/block/sda7"`, "lampd", "block_device", "blk_file"),
			"file_contexts /dev/block/by-name/PARTITION PARTITION_block_device [dev_type] " +
				"allow lampd PARTITION_block_device:blk_file read"},
		{"a directory", of("search", `path="/data/lamp"`, "lampd", "system_data_file", "dir"),
			"file_contexts /data/lamp(/.*)? lamp_data_file [file_type data_file_type core_data_file_type] " +
				"allow lampd lamp_data_file:dir search optional"},
		{"a library of a vendor", of("execute", `path="/vendor/lib64/liblamp.so"`, "platform_app", "vendor_file",
			"file"), `file_contexts /(vendor|system/vendor)/lib64/liblamp\.so same_process_hal_file []`},
		{"a file without a label", of("read", `name="x"`, "lampd", "unlabeled", "file"), "relabel"},
		{"a lock on what all read", of("lock", `path="/system/x"`, "lampd", "system_file", "file"), "harmless"},
		{"a file in /proc/PID", of("read", "", "lampd", "u:r:surfaceflinger:s0", "file"),
			"r_dir_file(lampd, surfaceflinger) optional"},
		{"anything else", of("{ read open }", `name="x"`, "lampd", "lamp_file", "file"),
			"allow lampd lamp_file:file { read open }"},
		{"of itself", of("sys_admin", "capability=21", "lampd", "u:r:lampd:s0", "capability"),
			"allow lampd self:capability sys_admin"},
		{"CIL in an image", line("write", `name="x"`, "u:r:lamp.subj", "u:r:etc.file", "file"),
			"(allow lamp.subj etc.file (file (write)))"},
		{"CIL in an image, without a label", line("write", `name="x"`, "u:r:lamp.subj", "u:r:unlabeled", "file"),
			"relabel"},
		{"another policy without levels", line("write", `name="x"`, "u:r:lamp_t", "u:r:etc_t", "file"), "none"},
	} {
		log := strings.NewReplacer("{ { ", "{ ", " } }", " }").Replace(c.log)
		if got := changeText(avc(t, newDiagnoser(t), log)); got != c.want {
			t.Errorf("%s:\n %s, want\n %s", c.rule, got, c.want)
		}
	}
}

// changeText is a change in one line.
func changeText(d *diagnose.Diagnosis) string {
	c := d.Change
	switch {
	case d.Harmless:
		return "harmless"
	case d.Sealed:
		return "sealed"
	case c == nil:
		return "none"
	case c.Relabel:
		return "relabel"
	}
	text := c.Rule
	if c.File != "" {
		text = fmt.Sprintf("%s %s %s %v %s", c.File, c.Name, c.Type, c.Attributes, c.Rule)
	} else if c.Type != "" {
		text = fmt.Sprintf("%s %v %s", c.Type, c.Attributes, c.Rule)
	}
	for _, more := range []struct {
		has  bool
		text string
	}{{c.Declare != "", c.Declare}, {c.Domain != "", "domain " + c.Domain}, {c.Usual, "usual"},
		{d.Optional, "optional"}} {
		if more.has {
			text += " " + more.text
		}
	}
	return strings.TrimRight(text, " ")
}

// TestImageNotes: one note says who asked, and none of Android is made of another policy.
func TestImageNotes(t *testing.T) {
	d := avc(t, newDiagnoser(t), line("set", "property=a.b", "u:r:a:s0", "u:object_r:default_prop:s0",
		"property_service"))
	asked := 0
	for _, n := range d.Notes {
		if n.Code == diagnose.NoteUserspace || strings.Contains(n.Text, "asks, not the kernel") {
			asked++
		}
	}
	if asked != 1 || !d.Android || !d.Noted(diagnose.NoteAndroid) {
		t.Errorf("%d notes of who asked: %v", asked, d.Notes)
	}
	d = avc(t, newDiagnoser(t), line("write", "", "u:r:a.subj", "u:r:b.file", "file"))
	if d.Android || d.Noted(diagnose.NoteAndroid) || !d.Noted(diagnose.NoteImage) {
		t.Errorf("CIL: %v", d.Notes)
	}
	d = avc(t, newDiagnoser(t).Patcher("Magisk"), line("read", "", "u:r:a:s0", "u:object_r:b:s0", "file"))
	if slices.ContainsFunc(d.Notes, func(n diagnose.Note) bool {
		return strings.Contains(n.Text, "nothing is installed")
	}) {
		t.Errorf("Magisk: %v", d.Notes)
	}
}
