package audit_test

import (
	"fmt"

	"github.com/senet-selinux/senet/audit"
)

// A denial from a line of a log.
func ExampleParse() {
	events, stats := audit.Parse(`type=AVC msg=audit(1795347001.000:42): avc:  denied  { name_connect } for  pid=812 `+
		`comm="haproxy" dest=5601 scontext=system_u:system_r:haproxy_t:s0 `+
		`tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0`, audit.Options{})
	for _, e := range events {
		fmt.Println(e.Serial, e.Comm(), e.AVCs[0].TClass, e.AVCs[0].Permissions)
	}
	fmt.Println(stats.Lines, "line")
	// Output:
	// 42 haproxy tcp_socket [name_connect]
	// 1 line
}
