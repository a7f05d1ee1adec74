package daemonconf

import "testing"

func FuzzHAProxy(f *testing.F) {
	fuzz(f, "haproxy", "/h.cfg", []string{"-f", "/h.cfg"},
		"frontend a\n bind \":${X-80}\"\n.if defined(X)&&!(streq(a,b)||0)\nbackend b\n"+
			" server x h:+1 check port 1\n.endif\n",
		"peers p\n peer me :1\nresolvers r\n nameserver n udp@h:53\nglobal\n log h:1 l\n setenv A B\n")
}

func FuzzNginx(f *testing.F) {
	fuzz(f, "nginx", "/etc/nginx/nginx.conf", nil,
		"http{server{listen 80;location /{proxy_pass http://${x}:1;}}include other.conf;upstream a{server b;}}",
		"stream{server{listen 1-2 udp;proxy_pass \"a b\";}}mail{auth_http x;}resolver [::1]:53 valid=1;}")
}

func FuzzSSHD(f *testing.F) {
	fuzz(f, "sshd", "/etc/ssh/sshd_config", nil, "Port=1\nListenAddress [::1]:2\nInclude other.conf\nMatch all\n")
}

func FuzzRedis(f *testing.F) {
	fuzz(f, "redis", "/r.conf", []string{"/r.conf", "--port", "1"},
		"bind -::* \"a b\"\ncluster-enabled yes\ninclude /*.conf\nreplicaof h 1\nsentinel monitor a b 1 2\n")
}

func FuzzUnbound(f *testing.F) {
	fuzz(f, "unbound", "/u.conf", []string{"-c", "/u.conf"},
		"server: interface: a@1 # x\nforward-zone:\n forward-addr: b@2#c\ninclude: /*.conf\n")
}

func FuzzNamed(f *testing.F) {
	fuzz(f, "named", "/n.conf", []string{"-c", "/n.conf"},
		"options{listen-on port 1 tls x {any;!b;};forwarders{1 port 2;};};"+
			"controls{inet * port 1 allow{a;};};/* */ //\n")
}

func FuzzHTTPD(f *testing.F) {
	fuzz(f, "httpd", "/h.conf", []string{"-f", "/h.conf"},
		"Define A 1\nListen ${A}\n<IfModule !x>\nInclude /*.conf\n</IfModule>\nProxyPass / http://a:1/ \\\n b\n",
		"<IfVersion >= 2>\nListen [::]:1\nRewriteRule a http://b [P]\nSetHandler proxy:unix:/a|fcgi://b\n")
}

func FuzzSquid(f *testing.F) {
	fuzz(f, "squid", "/s.conf", []string{"-f", "/s.conf"},
		"if 1 = 1\nhttp_port [::1]:1\nelse\ninclude /*.conf\nendif\ncache_peer a b 1 2\nicap_service a b icap://c\n")
}

func FuzzPostgreSQL(f *testing.F) {
	fuzz(f, "postgresql", "/postgresql.conf", []string{"-D", "/"},
		"port = 1\nlisten_addresses 'a,''b'\ninclude_dir '/'\nprimary_conninfo='host=a port=1'\n")
}

func FuzzMariaDB(f *testing.F) {
	fuzz(f, "mariadb", "/m.cnf", []string{"--defaults-file=/m.cnf"},
		"[mysqld]\nport=1\n!includedir /\nbind-address=a,b\nwsrep_on\nwsrep_cluster_address=gcomm://a:1,b\n")
}

func FuzzPrometheus(f *testing.F) {
	fuzz(f, "prometheus", "/p.yml", []string{"--config.file=/p.yml"},
		"scrape_configs:\n- scheme: https\n  static_configs:\n  - targets: [a:1, b]\n  file_sd_configs:\n"+
			"  - files: [/*.conf]\nalerting: {alertmanagers: [{dns_sd_configs: []}]}\n"+
			"remote_write: [{url: http://a}]\n")
}

func FuzzCompose(f *testing.F) {
	fuzz(f, "compose", "/c.yml", []string{"-f", "/c.yml"},
		"services: {a: {ports: [\"${A:-1}:2/udp\", {target: 1, published: 2}]}}\n")
}

func FuzzQuadlet(f *testing.F) {
	fuzz(f, "quadlet", "/c.container", []string{"/c.container"}, "[Container]\nPublishPort=[::1]:%i:1-2/sctp\n")
}

func FuzzKibana(f *testing.F) {
	fuzz(f, "kibana", "/etc/kibana/kibana.yml", nil, "server: {port: 1}\nelasticsearch.hosts: [http://a:1]\n")
}
