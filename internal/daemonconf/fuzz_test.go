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

func FuzzPostfix(f *testing.F) {
	fuzz(f, "postfix", "/etc/postfix/master.cf", nil,
		"smtp inet n - y - - smtpd -o content_filter=a:[h]:1 -o { smtpd_milters = inet:h:1 }\na unix - - - - - smtp\n",
		"a = $b\nb=${a}$(a)$$\nrelayhost=[ipv6:::1]:1\ncheck_policy_service inet:h:1\n")
}

func FuzzDovecot(f *testing.F) {
	fuzz(f, "dovecot", "/etc/dovecot/dovecot.conf", nil,
		"protocols = imap lmtp\nservice imap-login {\n inet_listener imap {\n port = 1\n }\n}\n!include *.conf\n",
		"service auth {\n unix_listener /a {\n mode = 0\n }\n}\nssl_cert = </a\n")
}

func FuzzPHPFPM(f *testing.F) {
	fuzz(f, "php-fpm", "/etc/php-fpm.conf", nil,
		"include=/etc/*.conf\n[a]\nlisten = \"[::1]:1\" ; x\nslowlog=$pool\n")
}

func FuzzRabbitMQ(f *testing.F) {
	fuzz(f, "rabbitmq", "/etc/rabbitmq/rabbitmq.conf", nil,
		"listeners.tcp.1 = [::1]:1\nlisteners.ssl = none\ncluster_formation.classic_config.nodes.1 = a@b\n")
}

func FuzzGrafana(f *testing.F) {
	fuzz(f, "grafana", "/etc/grafana/grafana.ini", nil,
		"[server]\nprotocol=socket\nhttp_port=1\n[database]\nurl=mysql://a\n[remote_cache]\ntype=redis\n"+
			"connstr=addr=h:1\n")
}

func FuzzZabbix(f *testing.F) {
	fuzz(f, "zabbix_proxy", "/etc/zabbix/zabbix_proxy.conf", nil,
		"Include=/etc/zabbix/*.conf\nListenIP=a,b\nServer=a:1;b\nDBHost=h\nDBPort=1\nJavaGateway=x\n")
}

func FuzzKube(f *testing.F) {
	fuzz(f, "kube", "/k.yaml", []string{"/k.yaml"},
		"spec: {containers: [{ports: [{hostPort: 1, protocol: UDP}]}]}\n---\n"+
			"spec: {template: {spec: {hostNetwork: y}}}\n")
}
