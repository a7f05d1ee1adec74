package incident_test

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A log is read, and the policy is asked what it says of it today.
func Example() {
	log, err := incident.Read(
		strings.NewReader(
			`type=AVC msg=audit(1795161600.000:100): avc:  denied  { name_connect } for  pid=812 comm="haproxy" `+
				`dest=5601 `+
				`scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 `+
				`tclass=tcp_socket permissive=0`), audit.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		fmt.Println(err)
		return
	}
	d := access.NewDecider(policy.New(db))
	report := incident.Explain(d, log, incident.Options{Machine: network.Question{
		Machine: network.Machine{Host: host.Standard()}}, Costs: incident.AllCosts})
	for _, f := range report.Findings {
		fmt.Println(f.Count, f.Commands, f.Denial.Operation, f.Denial.Port, f.Verdict())
		fmt.Println(f.Fix.Way, f.Fix.Best.Kind, f.Fix.Best.Applicability)
	}
	// Output:
	// 1 [haproxy] connect 5601 denied
	// port-type own-type safe
}
