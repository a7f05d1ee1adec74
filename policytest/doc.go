// Package policytest checks a policy against the expectations in a file: who may do what, who may
// not, which ports exactly, neverallow rules.
//
//	for_each: {policies: [old/policy.33, new/policy.33], hosts: [edge.json, core.json]}
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
//	  - {may: httpd_t connect tcp/3306, in: with the database}
//
// Each test must pass in each state, for each policy and each machine; a test with the field in
// must pass in the states that it names. A name is a type, or an attribute for all its members. The
// file is YAML or JSON.
//
// Start here: Read, then Run.
package policytest
