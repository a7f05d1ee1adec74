package fcontext_test

import (
	"fmt"

	"github.com/senet-selinux/senet/fcontext"
)

// The last pattern that matches decides, and one without metacharacters goes before
// all others.
func ExampleTable_Lookup() {
	table, err := fcontext.Parse([]byte(`/srv(/.*)?          system_u:object_r:var_t:s0
/srv/web(/.*)?      system_u:object_r:httpd_sys_content_t:s0
/srv/web/log     -d system_u:object_r:httpd_log_t:s0
`), "file_contexts")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/srv/x", "/srv/web/index.html", "/srv/web/log"} {
		m, err := table.Lookup(path, 'd')
		fmt.Println(path, m.Context, m.Line, err)
	}
	// Output:
	// /srv/x system_u:object_r:var_t:s0 1 <nil>
	// /srv/web/index.html system_u:object_r:httpd_sys_content_t:s0 2 <nil>
	// /srv/web/log system_u:object_r:httpd_log_t:s0 3 <nil>
}
