package say

import (
	"path"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// engineSocket writes what a container is told that may not connect to the socket of the engine. It returns false for
// other complaints.
func (l *Log) engineSocket(b *words.Page, it *incident.Finding) bool {
	d, mounts := it.Symptom, l.Report.Log.Prose.Mounts
	if d.Verdict != diagnose.UnknownHere || d.Operation != network.Connect || !ofEngine(d.Path) {
		return false
	}
	mounted := slices.ContainsFunc(mounts, func(m audit.Mount) bool {
		_, ok := m.Within(path.Clean(d.Path))
		return ok
	})
	if it.Event.Container == nil && (!mounted || d.Program == "docker" || d.Program == "podman") {
		return false
	}
	b.Line("why", "a container (container_t as a rule) may not connect to the socket of the engine, on purpose: who "+
		"has that socket controls the engine, and by it the host (without root, all of its user); connect() asks for "+
		"write of the sock_file, and for unix_stream_socket connectto of the domain of the engine")
	hostRecord(b)
	b.Line("fix", "%s%s, if it is to have that control; or a proxy for the socket that lets through what the program "+
		"needs alone; z or Z on the socket is no fix, as connectto stays refused", unsure, l.withoutLabel(mounts))
	return true
}

// ofEngine reports whether a path is the one of the socket of an engine.
func ofEngine(name string) bool {
	switch path.Base(name) {
	case "docker.sock", "podman.sock", "containerd.sock", "crio.sock":
		return true
	}
	return false
}

// withoutLabel names the option that starts one container without a label, in the syntax of the text.
func (l *Log) withoutLabel(mounts []audit.Mount) string {
	prose := &l.Report.Log.Prose
	if onlyPods(mounts) {
		return "seLinuxOptions: {type: spc_t} in the securityContext of this container, which SELinux then does not " +
			"confine"
	}
	form := func(forms ...string) bool {
		return slices.ContainsFunc(mounts, func(m audit.Mount) bool { return slices.Contains(forms, string(m.Form)) })
	}
	option, narrower := "--security-opt label=disable for this container (in a compose file security_opt: "+
		"label:disable)", "--security-opt label=type:NAME.process"
	switch {
	case form(string(audit.MountQuadlet)):
		option, narrower = "SecurityLabelDisable=true in its [Container]", "SecurityLabelType=NAME.process"
	case form(string(audit.MountRun), string(audit.MountOption)):
	case form(string(audit.MountCompose), string(audit.MountLong)) || prose.Compose:
		option = "security_opt: [\"label=disable\"] of this service in the compose file"
		narrower = "security_opt: [\"label=type:NAME.process\"]"
	}
	if !prose.LabelOff {
		return option
	}
	return words.Sprintf("%s, as the text has it, which is the way for this one container; narrower is a policy of "+
		"its own, made by udica from podman inspect (the blocks home_container and log_container give homes and logs "+
		"to read), and then %s", option, narrower)
}
