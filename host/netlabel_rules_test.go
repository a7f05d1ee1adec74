package host

import (
	"fmt"
	"reflect"
	"testing"
)

// A rules file has commands of netlabelctl, which start from the kernel's default map.
func TestNetLabelRules(t *testing.T) {
	standard := DomainMap{Protocol: "unlabelled"}
	for rules, want := range map[string]NetLabel{
		"":             {AcceptUnlabelled: true, Domains: []DomainMap{standard}},
		"# a comment":  {AcceptUnlabelled: true, Domains: []DomainMap{standard}},
		"unlbl accept": {AcceptUnlabelled: true, Domains: []DomainMap{standard}},
		"unlbl accept off\nunlbl add interface:lo address:127.0.0.1 label:u:r:t:s0\nunlbl add default " +
			"address:10.1.2.3/8 label:u:r:o:s0": {
			Domains: []DomainMap{standard},
			Static:  []StaticLabel{{"lo", "127.0.0.1/32", "u:r:t:s0"}, {"", "10.0.0.0/8", "u:r:o:s0"}}},
		"unlbl add interface:eth0 address:::1 label:u:r:t:s0\nunlbl del interface:eth0 address:::1/128": {
			AcceptUnlabelled: true, Domains: []DomainMap{standard}, Static: []StaticLabel{}},
		"cipsov4 add trans doi:3 tags:1 levels:0=5,1=6 categories:0=7\nmap add domain:x_t address:10.0.0.0/8 " +
			"protocol:cipsov4,3": {
			AcceptUnlabelled: true, CIPSO: []uint32{3},
			Definitions: []CIPSODefinition{{DOI: 3, Map: "trans", Tags: []int{1}, Levels: [][2]uint32{{0, 5}, {1,
				6}}, Categories: [][2]uint32{{0, 7}}}},
			Domains: []DomainMap{standard, {Domain: "x_t", Protocol: "cipso", DOI: 3, Family: "ip",
				Addresses: "10.0.0.0/8"}}},
		"cipsov4 add local doi:1\nmap del default\nmap add default protocol:cipsov4,1\nmap add default " +
			"address:::/0 protocol:unlbl": {
			AcceptUnlabelled: true, CIPSO: []uint32{1}, Definitions: []CIPSODefinition{{DOI: 1, Map: "local",
				Tags: []int{128}}},
			Domains: []DomainMap{{Protocol: "cipso", DOI: 1, Family: "ip"}, {Protocol: "unlabelled", Family: "ip6",
				Addresses: "::/0"}}},
		"calipso add pass doi:2\nmap add domain:y_t protocol:calipso,2\ncalipso add pass doi:4\ncalipso del doi:4": {
			AcceptUnlabelled: true, CALIPSO: []uint32{2}, Domains: []DomainMap{standard, {Domain: "y_t",
				Protocol: "calipso", DOI: 2, Family: "ip6"}}},
		"map add domain:x_t protocol:ripso\nmap add domain:x_t protocol:cipsov4\nmap add": {AcceptUnlabelled: true,
			Domains: []DomainMap{standard}},
	} {
		want.Supported = true
		got := parseNetLabelRules([]byte(rules))
		if fmt.Sprint(*got) != fmt.Sprint(want) || !reflect.DeepEqual(got.Definitions, want.Definitions) {
			t.Errorf("%q:\n%+v, want\n%+v", rules, *got, want)
		}
	}
}
