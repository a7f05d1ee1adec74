package diagnose

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// changeOfProgram finds the change for a program that init is to start in a domain of its own; nil for other objects.
func changeOfProgram(a *audit.AVC) *ImageChange {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	entry := a.Has("entrypoint")
	if a.TClass != "file" || !entry && (source != "init" || !a.Has("execute") && !a.Has("execute_no_trans")) {
		return nil
	}
	if domain, ok := strings.CutSuffix(target, "_exec"); ok {
		switch {
		case !entry:
			return &ImageChange{Rule: "init_daemon_domain(" + domain + ")"}
		case domain != source:
			return nil
		}
	}
	base := a.Name
	if a.Path != "" {
		base = path.Base(a.Path)
	}
	c := &ImageChange{File: "file_contexts"}
	if strings.HasPrefix(a.Path, "/") {
		c.Name = pattern(a.Path, "file")
	}
	c.Domain, c.Usual = domainOfProgram(base)
	if entry {
		c.Domain, c.Usual = source, true
	}
	c.Type = c.Domain + "_exec"
	kind := "system_file_type"
	if !strings.HasPrefix(a.Path, "/system/") && (strings.HasPrefix(a.Path, "/vendor/") ||
		strings.HasPrefix(a.Path, "/odm/") || target == "vendor_file") || strings.HasPrefix(a.Path, "/system/vendor/") {
		kind = "vendor_file_type"
	}
	c.Attributes = []string{"exec_type", kind, "file_type"}
	c.System = kind == "system_file_type"
	return c
}

// domainOfProgram makes the name of a domain for a program. That of a HAL goes by its package, as in AOSP, which has
// the domain for its own HALs as a rule: usual.
//
//	android.hardware.light@2.0-service.acme  hal_light_default
//	vendor.acme.touch-service                hal_acme_touch_default
func domainOfProgram(base string) (domain string, usual bool) {
	name, _, isService := strings.Cut(base, "-service")
	name, _, _ = strings.Cut(name, "@")
	if isService && (strings.HasPrefix(name, "android.") || strings.HasPrefix(name, "vendor.")) {
		return halName(name) + "_default", strings.HasPrefix(name, "android.hardware.")
	}
	return identifier(strings.TrimSuffix(base, ".sh")), false
}

// halName is the name that AOSP gives a HAL by its package.
func halName(pkg string) string {
	for _, prefix := range []string{"android.hardware.", "android.", "vendor."} {
		if rest, ok := strings.CutPrefix(pkg, prefix); ok {
			pkg = rest
			break
		}
	}
	return "hal_" + identifier(strings.Replace(pkg, ".hardware.", ".", 1))
}
