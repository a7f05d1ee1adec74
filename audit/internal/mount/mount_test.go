package mount

import (
	"slices"
	"strings"
	"testing"
)

// TestMounts: each form in which a text has a mount.
func TestMounts(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []Mount
	}{
		{"run", "$ sudo podman run -d -v /srv/a:/data:ro -v named:/x --volume=./b:/b/ img\n", []Mount{
			{"/srv/a", "/data", "ro", Run, 1}, {"./b", "/b", "", Run, 1}}},
		{"run in lines", "docker run --rm \\\n  -v \"/srv/a:/data:Z\" \\\n  img\n -v /no:/no\n", []Mount{
			{"/srv/a", "/data", "Z", Run, 1}}},
		{"mount", "podman run --mount type=bind,source=/srv/a,target=/b,ro,relabel=shared x\n", []Mount{
			{"/srv/a", "/b", "ro,z", Option, 1}}},
		{"no engine", "rsync -v /a:/b c\n", nil},
		{"compose", "services:\n  a:\n    volumes:\n      - /srv/a:/x\n    devices:\n      - /dev/a:/dev/b\n  b:\n" +
			"    volumes:\n    - \"/srv/a:/y:ro\" # c\n", []Mount{
			{"/srv/a", "/x", "", Compose, 1}, {"/srv/a", "/y", "ro", Compose, 2}}},
		{"long", "volumes:\n  - type: bind\n    source: /srv/a\n    target: /x\n    read_only: true\n    bind:\n" +
			"      selinux: z\n", []Mount{{"/srv/a", "/x", "ro,z", Long, 1}}},
		{"quadlet", "[Container]\nVolume=/srv/a:/b:Z,U\nVolume=data:/c\n", []Mount{
			{"/srv/a", "/b", "Z,U", Quadlet, 1}}},
		{"pod", "volumeMounts:\n- mountPath: /in\n  name: d\nvolumes:\n- name: d\n  hostPath:\n    path: /srv/d\n",
			[]Mount{{"/srv/d", "/in", "", Pod, 0}}},
		{"pod the other way", "- name: d\n  hostPath:\n    path: /srv/d\n    type: Directory\n- name: d\n  " +
			"mountPath: /in\n",
			[]Mount{{"/srv/d", "/in", "", Pod, 0}}},
	} {
		var s Scanner
		for _, line := range strings.Split(c.text, "\n") {
			s.Line(line)
		}
		if got := s.Mounts(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestWithin: a path in a container on the host.
func TestWithin(t *testing.T) {
	m := Mount{Host: "/srv/a", Container: "/x"}
	for name, want := range map[string]string{"/x": "/srv/a", "/x/b/c": "/srv/a/b/c", "/xy": ""} {
		if got, ok := m.Within(name); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
