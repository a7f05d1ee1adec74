package kin

import "testing"

// TestOf: a case for each rule.
func TestOf(t *testing.T) {
	for _, tt := range []struct {
		domain, name string
		want         Kinship
	}{
		{"sshd_t", "ssh_port_t", Namesake},                   // the d of a daemon
		{"tftpd_t", "tftpdir_t", Namesake},                   // the directory of a daemon
		{"postgresql_t", "postgresql_port_t", Namesake},      // the same
		{"zabbix_agent_t", "zabbix_agent_port_t", Namesake},  // more than one word
		{"zabbix_agent_t", "zabbix_port_t", Kindred},         // the first word
		{"httpd_t", "httpd_can_network_connect_db", Kindred}, // a boolean
		{"puppetmaster_t", "puppet_port_t", Kindred},         // a long beginning
		{"torrent_t", "tor_port_t", Stranger},                // a short one
		{"lpd_t", "lp_port_t", Stranger},                     // a short name keeps its d
		{"httpd_t", "ssh_port_t", Stranger},
		{"", "ssh_port_t", Stranger},
		{"_t", "_port_t", Stranger},
	} {
		if got := Of(tt.domain, tt.name); got != tt.want {
			t.Errorf("%s, %s: %d, want %d", tt.domain, tt.name, got, tt.want)
		}
	}
}
