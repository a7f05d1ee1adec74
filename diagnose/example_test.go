package diagnose_test

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// What a denial means under the policy of today.
func ExampleDiagnoser_AVC() {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		panic(err)
	}
	events, _ := audit.Parse(`avc:  denied  { name_connect } for  pid=812 comm="haproxy" dest=5601 `+
		`scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket`,
		audit.Options{})
	machine := network.Question{Machine: network.Machine{Host: host.Standard()}}
	d := diagnose.New(access.NewDecider(policy.New(db)), machine).AVC(events[0], &events[0].AVCs[0])
	fmt.Println(d.Operation, d.Protocol, d.Port, d.Verdict, d.Layer)
	// Output:
	// connect tcp 5601 denied port
}
