package head

import (
	"strings"
	"testing"
)

// TestEngineOf has one case for each form of a command, and for what looks like one.
func TestEngineOf(t *testing.T) {
	for command, want := range map[string]string{
		"docker run -ti ubuntu /bin/bash":         "docker",
		"sudo podman exec -it web sh":             "podman",
		"/usr/bin/docker --log-level debug run x": "docker",
		"docker compose exec web sh":              "docker",
		"docker container run x":                  "docker",
		"kubectl -n apps exec -it web-0 -- sh":    "kubectl",
		"kubectl --namespace=apps logs web-0":     "kubectl",
		"DOCKER_BUILDKIT=1 docker build .":        "docker",
		"docker ps":                               "",
		"docker -d -H fd:// -g /data/docker":      "",
		"docker 1.2.0 can run images":             "",
		"kubectl get pods":                        "",
		"ls /var/lib/docker run":                  "",
		"":                                        "",
		"sudo -i":                                 "",
	} {
		if got := EngineOf(command); got != want {
			t.Errorf("%q: %q, want %q", command, got, want)
		}
	}
}

// TestStorageOf has one case for each way to set the storage of an engine.
func TestStorageOf(t *testing.T) {
	for line, want := range map[string]string{
		"/usr/bin/docker -d -H fd:// --selinux-enabled -g /data/docker": "/data/docker",
		"dockerd --data-root=/data/docker":                              "/data/docker",
		"dockerd --data-root /data/docker/ --debug":                     "/data/docker",
		"docker daemon --graph=/data/docker":                            "/data/docker",
		`  "data-root": "/data/docker",`:                                "/data/docker",
		`graphroot = "/data/containers"`:                                "/data/containers",
		"  graphRoot: /data/containers":                                 "/data/containers",
		"useradd -g /data/docker":                                       "",
		"docker run -g users x":                                         "",
		"a photograph of it":                                            "",
		"--data-root=/":                                                 "",
		"--data-root=/a$(b)":                                            "",
	} {
		got, engine := StorageOf(line)
		if got != want || (engine == "podman") != strings.Contains(strings.ToLower(line), "graphroot") {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
