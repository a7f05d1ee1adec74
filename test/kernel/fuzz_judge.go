package kernel

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A LoadVerdict says whether senet and a kernel accept a binary policy: "" where it is, else
// the class of the reason.
type LoadVerdict struct {
	// Senet is the error of policydb's Decode, or of Validate.
	Senet string
	// Kernel are the errno and the kernel's log, or the way it died.
	Kernel string
	Died   bool
}

// Agree reports whether both take the policy or both refuse it.
func (v *LoadVerdict) Agree() bool { return !v.Died && (v.Senet == "") == (v.Kernel == "") }

// Key is the same for all verdicts that differ for the same reason.
func (v *LoadVerdict) Key() string {
	text := func(s string) string {
		if s == "" {
			return "takes it"
		}
		return s
	}
	return "senet: " + text(v.Senet) + "; kernel: " + text(v.Kernel)
}

// senetTakes returns the class of senet's reason to refuse a policy, "" if it accepts it.
func senetTakes(image []byte) string {
	p, err := policydb.Decode(image)
	if err != nil {
		return "Decode: " + reasonClass(err.Error())
	}
	if err := p.Validate(); err != nil {
		return "Validate: " + reasonClass(err.Error())
	}
	return ""
}

// reasonClass returns a message without what differs between two that mean the
// same: numbers become N, names in quotes Q.
func reasonClass(text string) string {
	var b strings.Builder
	for text != "" {
		quoted, err := strconv.QuotedPrefix(text)
		switch {
		case text[0] == '"' && err == nil:
			b.WriteByte('Q')
			text = text[len(quoted):]
		case text[0] >= '0' && text[0] <= '9':
			b.WriteByte('N')
			text = strings.TrimLeft(text, "0123456789abcdefx")
		default:
			b.WriteByte(text[0])
			text = text[1:]
		}
	}
	return b.String()
}

// Judge asks senet and the kernel whether they take a policy. Afterwards base is
// in force. Where the kernel dies of it the machine is started anew.
func (vm *VM) Judge(ctx context.Context, image, base []byte) (LoadVerdict, error) {
	v := LoadVerdict{Senet: senetTakes(image)}
	reply, err := vm.call(wire.Request{Try: &wire.Try{Policy: image, Base: base}}, 30*time.Second)
	switch {
	case err != nil && vm.conn == nil:
		v.Died, v.Kernel = true, "dies: "+oopsClass(vm.console.from(0))
		return v, vm.Restart(ctx)
	case err != nil:
		return v, err
	case reply.Tried.Errno != 0:
		v.Kernel = syscall.Errno(reply.Tried.Errno).Error() + ": " + logClass(reply.Tried.Log)
	case reply.Tried.BaseErrno != 0:
		v.Died, v.Kernel = true, "takes it and then no other: "+syscall.Errno(reply.Tried.BaseErrno).Error()
		vm.stop()
		return v, vm.Restart(ctx)
	}
	return v, nil
}

// logClass returns the class of a kernel's log message about a refused policy.
func logClass(lines []string) string {
	var list []string
	unknown := false
	for _, line := range lines {
		text, ok := strings.CutPrefix(line, "SELinux:")
		if strings.Contains(text, "not defined in policy.") {
			unknown = true
			continue
		}
		if !ok || strings.Contains(text, "failed to load policy") || strings.Contains(text, "fs ocon") ||
			strings.Contains(text, "unknown classes and permissions will be") ||
			strings.Contains(text, "policy capability") || strings.Contains(text, "unsupported xperm") {
			continue
		}
		if class, _, ok := strings.Cut(text, "dup genfs"); ok {
			text = class + "dup genfs"
		}
		if list = append(list, reasonClass(strings.TrimSpace(text))); len(list) == 3 {
			break
		}
	}
	if len(list) == 0 && unknown {
		return rejectsUnknown
	}
	return strings.Join(list, " | ")
}

// rejectsUnknown is the class of the refusals of policies with handle_unknown
// reject that lack a class or permission.
const rejectsUnknown = "rejects unknown classes and permissions"

// oopsClass returns the class of the last words of a kernel.
func oopsClass(console string) string {
	var list []string
	for line := range strings.Lines(console) {
		_, text, ok := strings.Cut(strings.TrimSpace(line), "] ")
		if !ok {
			continue
		}
		if strings.HasPrefix(text, "BUG:") || strings.HasPrefix(text, "kernel BUG") ||
			strings.HasPrefix(text, "RIP: 0010:") || strings.HasPrefix(text, "Oops") ||
			strings.HasPrefix(text, "Kernel panic") {
			name, _, _ := strings.Cut(text, "+0x")
			list = append(list, reasonClass(name))
		}
		if len(list) == 3 {
			break
		}
	}
	if len(list) == 0 {
		return fmt.Sprintf("no last words in %d bytes", len(console))
	}
	return strings.Join(list, " | ")
}
