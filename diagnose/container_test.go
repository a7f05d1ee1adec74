package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/diagnose"
)

// TestContainerNotes: what a container is refused is told apart, also under a policy that has no
// containers.
func TestContainerNotes(t *testing.T) {
	const container, other = "system_u:system_r:container_t:s0:c1,c2", "system_u:object_r:container_file_t:s0:c3,c4"
	for _, c := range []struct{ name, line, want string }{
		{"another container's file", line("open", `path="/d"`, container, other, "file"), "level:s0:c3,c4"},
		{"its own file", line("open", `path="/d"`, container,
			"system_u:object_r:container_file_t:s0:c1,c2", "file"), ""},
		{"a shared file", line("open", `path="/d"`, container, "system_u:object_r:container_file_t:s0", "file"), ""},
		{"a device", line("open", `path="/dev/dri/card0"`, container, "system_u:object_r:dri_device_t:s0", "chr_file"),
			"container_use_devices"},
		{"the runtime's socket", line("connectto", `path="/run/docker.sock"`, container,
			"system_u:system_r:container_runtime_t:s0", "unix_stream_socket"), "label=type:spc_t"},
		{"the file of the runtime's socket", line("write", `name="docker.sock"`, container,
			"system_u:object_r:container_var_run_t:s0", "sock_file"), "label=type:spc_t"},
		{"another socket", line("connectto", `path="/run/x"`, container, "system_u:system_r:httpd_t:s0",
			"unix_stream_socket"), "all of them use the socket of httpd_t"},
		{"no container", line("open", `path="/dev/dri/card0"`, "system_u:system_r:httpd_t:s0",
			"system_u:object_r:dri_device_t:s0", "chr_file"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := ""
			for _, n := range avc(t, newDiagnoser(t), c.line).Notes {
				if n.Code == diagnose.NoteVolume {
					text += n.Text
				}
			}
			if (text != "") != (c.want != "") || !strings.Contains(text, c.want) {
				t.Errorf("got %q, want %q in it", text, c.want)
			}
		})
	}
}
