package check

import (
	"fmt"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/network"
)

// TestRange: the port that decides for a range is the one that a question for each port finds.
func TestRange(t *testing.T) {
	for _, domain := range []string{"httpd_t", "haproxy_t", "init_t", "sshd_t"} {
		c := checker(t, system(t, image(nil)), Options{Domain: domain})
		for _, e := range []daemonconf.Endpoint{
			{Low: 0, High: 65535}, {Low: 80, High: 81}, {Low: 1020, High: 1030}, {Low: 32760, High: 32770},
			{Low: 60990, High: 65535}, {Low: 8000, High: 9100}, {Low: 443, High: 443}, {Low: 65535, High: 65535},
		} {
			for _, protocol := range []string{"tcp", "udp"} {
				for _, op := range []daemonconf.Operation{daemonconf.Bind, daemonconf.Connect} {
					e.Protocol, e.Op = protocol, op
					item, err := c.item(&Service{Subject: *c.domain}, e)
					if err != nil {
						t.Fatal(err)
					}
					worst, port := network.Allowed, e.Low
					judge, err := network.NewJudge(c.d, item.Question)
					if err != nil {
						t.Fatal(err)
					}
					kind, _ := network.SocketOf(network.Protocol(protocol))
					for p := int(e.Low); p <= int(e.High) && worst != network.Denied; p++ {
						v := judge.Port(uint16(p), c.Policy().PortLabel(kind.PortProtocol, uint16(p)).Context)
						if v == network.Denied || v == network.Depends && worst == network.Allowed {
							worst, port = v, uint16(p)
						}
					}
					if item.Question.Port != port || item.Verdict != worst {
						t.Errorf("%s %s %s/%d-%d: %d %s, want %d %s", domain, op, protocol, e.Low, e.High,
							item.Question.Port, item.Verdict, port, worst)
					}
				}
			}
		}
	}
}

// TestRangeMany: thousands of ranges of all ports do not take minutes.
func TestRangeMany(t *testing.T) {
	const ranges = 2000
	config := "frontend a\n"
	for i := range ranges {
		config += fmt.Sprintf(" bind 10.0.%d.%d:1-65535\n", i/256, i%256)
	}
	dir := system(t, image(map[string]string{"etc/haproxy/haproxy.cfg": config}))
	c := checker(t, dir, Options{Domain: "init_t"})
	began := time.Now()
	s, err := c.File("/etc/haproxy/haproxy.cfg", "haproxy")
	if err != nil {
		t.Fatal(err)
	}
	// One port after the other took half a minute.
	if took := time.Since(began); took > 4*time.Second || len(s.Items) != ranges {
		t.Errorf("%d ranges took %s", len(s.Items), took)
	}
}
