package mount

import "testing"

func TestWords(t *testing.T) {
	for text, want := range map[string][2]string{
		"The directory `/data` is mounted as hostPath from /srv/data.":   {"/srv/data", "/data"},
		"hostPath /srv/data is mounted at /data":                         {"/srv/data", "/data"},
		"with hostPath: /srv/data, mountPath: /data":                     {"/srv/data", "/data"},
		"the hostPath is /srv/data":                                      {"/srv/data", ""},
		"see hostPath in https://example.org/docs/volumes":               {},
		"hostPath and/or a volume":                                       {},
		"hostPath /srv/data at /srv/data":                                {},
		"/first, then /data is the mountPath, the hostPath is /srv/data": {"/srv/data", "/data"},
	} {
		var s Scanner
		s.Line(text)
		var got [2]string
		if list := s.Mounts(); len(list) == 1 && list[0].Form == Pod {
			got = [2]string{list[0].Host, list[0].Container}
		} else if hosts := s.HostPaths(); len(hosts) == 1 {
			got[0] = hosts[0]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
