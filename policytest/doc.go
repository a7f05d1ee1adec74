// Package policytest holds a policy against expectations that a file writes down: who
// may and who may not, which ports exactly, neverallow rules.
//
//	states:
//	  - {name: as shipped}
//	  - {name: with the database, booleans: {httpd_can_network_connect_db: on}}
//	tests:
//	  - {name: backends, may: [haproxy_t connect tcp/443, haproxy_t connect tcp/80]}
//	  - {may_not: httpd_t bind tcp/22}
//	  - {only: [sshd_t, unconfined_domain_type], may_do: bind tcp/22}
//	  - {listens_only: postgresql_t}
//	  - {exactly: haproxy_t, may_do: bind tcp, ports: "80, 443, 8080-8090"}
//	  - {nobody_but: [haproxy_t, httpd_t], may_do: bind sctp}
//	  - {neverallow: "{ domain -init_t } shadow_t : file { read open };"}
//	  - {empty: polyparent}
//
// Each test holds in each state. A domain stands for a type, an attribute for all its
// members. The file is YAML or JSON.
//
// Start here: Read, then Run.
package policytest
