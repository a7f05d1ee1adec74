// Package statefile reads a file that lists the local records that a policy store should have, and
// changes a store accordingly:
//
//	ports:
//	  - {type: http_port_t, proto: tcp, port: 5601}
//	  - {type: myapp_port_t, proto: tcp, port: 8000-8010, range: s0}
//	  - {proto: tcp, port: 9000, state: absent}
//	booleans:
//	  httpd_can_network_connect: on
//	nodes:
//	  - {type: node_t, address: 10.0.0.0/8}
//	interfaces:
//	  - {type: netif_t, name: eth1}
//	users:
//	  - {name: web_u, roles: user_r staff_r, range: s0-s0:c0.c9}
//	logins:
//	  - {name: ann, user: web_u}
//	fcontexts:
//	  - {path: "/srv/web(/.*)?", type: httpd_sys_content_t}
//	equivalences:
//	  - {path: /srv/www, like: /var/www}
//	permissive:
//	  - {type: web_t}
//	modules:
//	  - {name: web, file: web.te}
//	  - {name: games, state: disabled}
//	exclusive: [port]
//
// in YAML or in JSON. "absent" means no local record: the policy's own label of a port then applies
// again. Records that the file does not name stay as they are, except local records of the kinds
// under exclusive, which are deleted. A file may be bound to a state of the store (see [Base]):
// such a file is a plan.
package statefile
