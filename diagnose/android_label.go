package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// isVendorService reports whether a type is one of services of vndservicemanager.
func isVendorService(typ string) bool { return strings.Contains(typ, "vndservice") }

// changeOfService finds the change for a service that a service manager of Android knows by its name; nil for other
// objects.
func changeOfService(a *audit.AVC) *ImageChange {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	c := &ImageChange{Name: field(a, "service")}
	kind, add := "", "add_service"
	switch {
	case a.TClass == "hwservice_manager":
		c.File, kind, add = "hwservice_contexts", "hwservice", "add_hwservice"
		c.Name, _, _ = strings.Cut(field(a, "interface"), "/")
		if name, after, ok := strings.Cut(c.Name, "@"); ok { // the line has no version
			_, iface, _ := strings.Cut(after, "::")
			c.Name = name + "::" + iface
		}
		c.Attributes = []string{"hwservice_manager_type"}
	case a.TClass != "service_manager":
		return nil
	case isVendorService(target):
		c.File, kind, c.Attributes = "vndservice_contexts", "service", []string{"vndservice_manager_type"}
	default:
		c.File, kind, c.Attributes = "service_contexts", "service", []string{"service_manager_type"}
	}
	api := ""
	if a.TClass == "service_manager" && !isVendorService(target) {
		switch {
		case strings.HasPrefix(source, "ephemeral_app"):
			api = "ephemeral_app_api_service"
		case isApp(source):
			api = "app_api_service"
		case source == "platform_app" || source == "priv_app":
			api = "system_api_service"
		}
	}
	if !strings.HasPrefix(target, "default_android_") {
		c = &ImageChange{Rule: rule(a)}
		switch {
		case a.Has("add"):
			c.Rule = fmt.Sprintf("%s(%s, %s)", add, source, target)
		case api != "":
			c.Type, c.Attributes = target, []string{api}
		}
		return c
	}
	c.Type = serviceType(c.Name, kind)
	switch {
	case a.Has("add"):
		c.Rule = fmt.Sprintf("%s(%s, %s)", add, source, c.Type)
	case api != "" && only(a, "find"):
		c.Attributes = append([]string{api}, c.Attributes...)
	default:
		x := *a
		x.TContext = "u:object_r:" + c.Type + ":s0"
		c.Rule = rule(&x)
	}
	return c
}

// serviceType makes a type for a service: that of a HAL goes by its package, as in AOSP.
func serviceType(name, kind string) string {
	name, _, _ = strings.Cut(name, "/")
	i := strings.LastIndexAny(name, ".:")
	if last := name[i+1:]; i > 0 && len(last) > 1 && last[0] == 'I' && last[1] >= 'A' && last[1] <= 'Z' {
		name = halName(name[:i])
	}
	return strings.TrimSuffix(identifier(name), "_service") + "_" + kind
}

// isDefaultProperty reports whether a type is the label of properties that nobody has labelled.
func isDefaultProperty(typ string) bool { return typ == "default_prop" || typ == "vendor_default_prop" }

// isPropertyFile reports whether a denial is about the file with the values of all properties of one type, which has
// the name of the label.
func isPropertyFile(a *audit.AVC) bool {
	name := a.Name
	if name == "" {
		name = path.Base(a.Path)
	}
	return a.TClass == "file" && strings.HasPrefix(name, "u:object_r:")
}

// changeOfProperty finds the change for a property; nil for other objects.
func changeOfProperty(a *audit.AVC) *ImageChange {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	macro := "get_prop"
	switch {
	case a.TClass == "property_service":
		macro = "set_prop"
	case !isPropertyFile(a):
		return nil
	}
	c := &ImageChange{Rule: fmt.Sprintf("%s(%s, %s)", macro, source, target)}
	if !isDefaultProperty(target) {
		return c
	}
	c.File, c.Name = "property_contexts", field(a, "property")
	parts := strings.Split(c.Name, ".")
	if len(parts) > 1 && (parts[0] == "persist" || parts[0] == "ro") {
		parts = parts[1:]
	}
	c.Type = identifier(strings.Join(parts[:min(len(parts), 2)], "_")) + "_prop"
	if target == "vendor_default_prop" && !strings.HasPrefix(c.Type, "vendor_") {
		c.Type = "vendor_" + c.Type
	}
	c.Rule = fmt.Sprintf("%s(%s, %s)", macro, source, c.Type)
	switch {
	case target != "vendor_default_prop":
	case !ofSystem(source):
		c.Declare = "vendor_internal_prop(" + c.Type + ")"
	case macro == "set_prop":
		c.Declare = "vendor_public_prop(" + c.Type + ")"
	default:
		c.Declare = "vendor_restricted_prop(" + c.Type + ")"
	}
	return c
}

// ofSystem reports whether a domain is known as one of the system, not of a vendor.
func ofSystem(domain string) bool {
	return isApp(domain) || slices.Contains([]string{"system_app", "platform_app", "priv_app", "system_server", "radio",
		"shell", "surfaceflinger", "zygote", "cameraserver", "audioserver", "mediaserver", "bluetooth", "nfc",
		"bootanim", "vold", "netd"}, domain)
}

// changeOfFileSystem finds the change for a whole file system or its root, whose label is right; nil for other objects.
func changeOfFileSystem(a *audit.AVC) *ImageChange {
	if a.Has("associate") {
		c := &ImageChange{Rule: rule(a)}
		if attr := fileSystemAttribute(audit.ContextType(a.TContext)); attr != "" {
			c = &ImageChange{Type: audit.ContextType(a.SContext), Attributes: []string{attr}}
		}
		return c
	}
	if a.TClass == "filesystem" || a.Has("mounton") || a.Has("relabelto") || a.Has("relabelfrom") || rootOfMount(a) ||
		slices.Contains([]string{"/", "/sys", "/proc", "/dev", "/sys/kernel/debug", "/sys/kernel/tracing"}, a.Path) {
		return &ImageChange{Rule: rule(a)}
	}
	return nil
}

// fileSystemAttribute returns the attribute of the labels that AOSP allows on a file system; "" where it has none.
func fileSystemAttribute(typ string) string {
	switch typ {
	case "sysfs", "proc", "debugfs":
		return typ + "_type"
	case "labeledfs":
		return "file_type"
	}
	return ""
}

// changeOfObject finds the change for a file whose label is that of what nobody has labelled; nil for other objects.
func changeOfObject(a *audit.AVC) *ImageChange {
	target := audit.ContextType(a.TContext)
	base := a.Name
	if a.Path != "" {
		base = path.Base(a.Path)
	}
	if a.TClass == "file" && ofPlaceOnAndroid(target) && temporaryName(base) {
		return &ImageChange{Temporary: true}
	}
	name := strings.TrimPrefix(identifier(base), "lib")
	c := &ImageChange{File: "file_contexts"}
	switch target {
	case "sysfs", "proc", "debugfs":
		c.File, c.Kind, c.Type = "genfs_contexts", target, target+"_"+name
		c.Attributes = []string{"fs_type", target + "_type"}
		root := map[string]string{"sysfs": "/sys", "proc": "/proc", "debugfs": "/sys/kernel/debug"}[target]
		if rest, ok := strings.CutPrefix(a.Path, root+"/"); ok {
			c.Name = "/" + rest
		}
	case "device", "socket_device":
		c.Type, c.Attributes = name+"_device", []string{"dev_type"}
	case "block_device":
		c.Type, c.Attributes = name+"_block_device", []string{"dev_type"}
		if strings.HasPrefix(a.Path, "/dev/block/") && !strings.Contains(a.Path, "/by-name/") { // its number may change
			c.Name, c.Type = "/dev/block/by-name/PARTITION", "PARTITION_block_device"
		}
	case "system_data_file":
		c.Type, c.Attributes = name+"_data_file", []string{"file_type", "data_file_type", "core_data_file_type"}
	case "vendor_data_file":
		c.Type, c.Attributes = name+"_vendor_data_file", []string{"file_type", "data_file_type"}
	case "vendor_file":
		if a.Has("execute_no_trans") {
			return nil
		}
		c.Type, c.Attributes = name+"_vendor_file", []string{"vendor_file_type", "file_type"}
		if strings.HasSuffix(base, ".so") { // a library that processes of the system load
			c.Type, c.Attributes = "same_process_hal_file", nil
		}
	case "unlabeled":
		c := &ImageChange{Relabel: true, Name: a.Path, Module: mountedOver(a)}
		if c.Module {
			c.Type = "system_file"
			if strings.HasPrefix(a.Path, "/vendor/") || strings.HasPrefix(a.Path, "/system/vendor/") ||
				strings.HasPrefix(a.Path, "/odm/") {
				c.Type = "vendor_file"
			}
		}
		return c
	default:
		return nil
	}
	if c.File == "file_contexts" && c.Name == "" && strings.HasPrefix(a.Path, "/") {
		c.Name = pattern(a.Path, a.TClass)
	}
	if c.Type != "same_process_hal_file" {
		x := *a
		x.TContext = "u:object_r:" + c.Type + ":s0"
		c.Rule = rule(&x)
	}
	return c
}
