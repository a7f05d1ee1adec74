package diagnose

import "testing"

func TestPlaceInRoot(t *testing.T) {
	t.Parallel()
	for name, inside := range map[string]string{
		"/var/lib/docker/overlay2/0f/merged/var/run/x.sock":               "/var/run/x.sock",
		"/home/a/.local/share/containers/storage/overlay/0f/merged/etc/x": "/etc/x",
		"/var/lib/docker/overlay2/0f/diff/etc/x":                          "/etc/x",
		"/run/containerd/io.containerd.runtime.v2.task/k8s.io/c/rootfs/a": "/a",
		"/var/lib/docker/devicemapper/mnt/0f/rootfs/a":                    "/a",
		"/var/lib/kubelet/pods/0f/volumes/secret/a":                       "/var/lib/kubelet/pods/0f/volumes/secret/a",
		"/var/lib/docker/overlay2/0f/merged":                              "",
		"/srv/merged/a":                                                   "",
		"/srv/rootfs/a":                                                   "",
		"/var/lib/docker/volumes/data/_data/a":                            "",
		"":                                                                "",
	} {
		if place, ok := placeInRoot(name); place.inside != inside || ok != (inside != "") {
			t.Errorf("%s: %q, %t", name, place.inside, ok)
		}
	}
}
