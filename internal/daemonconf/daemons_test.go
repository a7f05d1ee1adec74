package daemonconf

import (
	"strings"
	"testing"
)

// One rule of a program's configuration in each case of testdata/PROGRAM.txt; what the
// daemons themselves do is compared in oracle_test.go.
func TestDaemons(t *testing.T) {
	for _, tt := range []struct {
		program, file, argv string
		files               tree
	}{
		{"nginx", "/etc/nginx/nginx.conf", "nginx", tree{"/etc/nginx/conf.d/a.conf": "server { listen 81; }"}},
		{"sshd", "/etc/ssh/sshd_config", "sshd -D", tree{"/etc/ssh/inc.conf": "Port 2022\nMatch User x\nPort 1\n"}},
		{"redis", "/etc/redis/redis.conf", "redis-server /etc/redis/redis.conf",
			tree{"/etc/redis/more1.conf": "port 1\n", "/etc/redis/more2.conf": "port 2\n"}},
		{"unbound", "/etc/unbound/unbound.conf", "unbound -d",
			tree{"/etc/unbound/conf.d/a.conf": "server: interface: 10.0.0.1\n"}},
		{"named", "/etc/named.conf", "named -u named", nil},
		{"httpd", "/etc/httpd/conf/httpd.conf", "httpd", tree{"/etc/httpd/conf.d/a.conf": "Listen 81\n"}},
		{"squid", "/etc/squid/squid.conf", "squid", tree{"/etc/squid/conf.d/a.conf": "http_port 81\n"}},
		{"postgresql", "/data/postgresql.conf", "postgres -D /data", tree{"/data/conf.d/a.conf": "port = 81\n"}},
		{"prometheus", "/etc/p.yml", "prometheus --config.file=/etc/p.yml",
			tree{"/etc/sd/a.json": `[{"targets": ["h3:9101"]}]`}},
		{"compose", "/srv/compose.yaml", "docker-compose -f /srv/compose.yaml up", tree{"/srv/.env": "KNOWN=8083\n"}},
		{"quadlet", "/srv/x.container", "quadlet /srv/x.container", nil},
		{"kibana", "/etc/kibana/kibana.yml", "kibana", nil},
		{"elasticsearch", "/etc/elasticsearch/elasticsearch.yml", "elasticsearch", nil},
		{"mariadb", "/etc/my.cnf", "mariadbd", tree{"/etc/my.cnf.d/a.cnf": "[mysqld]\nport=81\n"}},
		{"postfix", "/etc/postfix/master.cf", "postfix start", tree{"/etc/postfix/main.cf": "# nothing\n"}},
		{"dovecot", "/etc/dovecot/dovecot.conf", "dovecot -F",
			tree{"/etc/dovecot/conf.d/a.conf": "log_path = /var/log/dovecot.log\n"}},
		{"php-fpm", "/etc/php/8.2/fpm/php-fpm.conf", "php-fpm8.2 --nodaemonize",
			tree{"/etc/php/8.2/fpm/pool.d/a.conf": "[sock]\nlisten = /run/php/sock\n"}},
		{"rabbitmq", "/etc/rabbitmq/rabbitmq.conf", "rabbitmq-server", nil},
		{"grafana", "/etc/grafana/grafana.ini", "grafana server", tree{
			"/etc/grafana/provisioning/datasources/a.yaml": "datasources: [{type: x, url: 'http://prom:9090'}]\n",
			"/etc/grafana/provisioning/datasources/b.yml":  "datasources:\n- {type: mysql, url: db}\n"}},
		{"zabbix_server", "/etc/zabbix/zabbix_server.conf", "zabbix_server",
			tree{"/etc/zabbix/z.d/a.conf": "JavaGatewayPort=10053\n"}},
		{"zabbix_agentd", "/etc/zabbix/zabbix_agentd.conf", "zabbix_agentd -f", nil},
		{"kube", "/srv/kube.yaml", "podman /srv/kube.yaml", nil},
	} {
		cases(t, tt.program, tt.file, tt.files, Start{Argv: strings.Fields(tt.argv), Pos: Pos{File: "unit"}})
	}
}

// TestPostfixMain has cases of main.cf, beside a master.cf with the usual services.
func TestPostfixMain(t *testing.T) {
	const services = "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\nlmtp unix - - y - - lmtp\n"
	casesOf(t, "postfix", "postfix-main", "/etc/postfix/main.cf", tree{"/etc/postfix/master.cf": services},
		Start{Argv: []string{"postfix", "start"}, Pos: Pos{File: "unit"}})
}

// What stands on the command line, or in files that it names, comes last or first.
func TestCommandLines(t *testing.T) {
	for _, tt := range []struct {
		argv, want string
		files      tree
	}{
		{"redis-server /r.conf --port 7000 --bind 127.0.0.1 ::1", "0 listen tcp/7000 127.0.0.1|0 listen tcp/7000 ::1",
			tree{"/r.conf": "port 1\n"}},
		{"redis-sentinel /s.conf --port 2", "0 listen tcp/2|0 listen tcp/2 ::|1 connect tcp/6379 h",
			tree{"/s.conf": "sentinel monitor m h 6379 1\n"}},
		{"sshd -f /c -p 2022 -oX11Forwarding=no", "0 listen tcp/2022|0 listen tcp/2022 ::",
			tree{"/c": "Port 22\nX11Forwarding yes\n"}},
		{"sshd -i -f /c", "", tree{"/c": "Port 22\n"}},
		{"nginx -p /srv -c n.conf -g pid=/x;", "1 listen tcp/1", tree{"/srv/n.conf": "http { server { listen 1; } }"}},
		{"postgres -D /data -p 5433 --listen-addresses=::1", "0 listen tcp/5433 ::1",
			tree{"/data/postgresql.conf": "port = 1\n", "/data/postgresql.auto.conf": "port = 2\n"}},
		{"pg_ctlcluster --skip-systemctl-redirect 15-main start", "1 listen tcp/5434 localhost",
			tree{"/etc/postgresql/15/main/postgresql.conf": "port = 5434\n"}},
		{"mariadbd --defaults-file=/m.cnf --port=3307 --bind-address=::1", "0 listen tcp/3307 ::1",
			tree{"/m.cnf": "[mysqld]\nport=1\n", "/etc/my.cnf": "[mysqld]\nextra_port=9\n"}},
		{"apache2 -D X", "2 listen tcp/81 ::", tree{"/etc/apache2/envvars": "export P=81\nexport Q=$(id)\n",
			"/etc/apache2/apache2.conf": "<IfDefine X>\nListen ${P}\n</IfDefine>\n"}},
		{"prometheus --web.listen-address=127.0.0.1:1 --web.listen-address :2 --config.file /p",
			"0 listen tcp/1 127.0.0.1|0 listen tcp/2 ::", tree{"/p": "global: {}\n"}},
		{"prometheus-node-exporter --web.listen-address=[::1]:9101", "0 listen tcp/9101 ::1", nil},
		{"node_exporter", "0 listen tcp/9100 ::", nil},
		{"alertmanager --cluster.peer=h:1",
			"0 listen tcp/9093 ::|0 listen tcp/9094 ::|0 bind udp/9094 ::|0 connect tcp/1 h", nil},
		{"podman run -d -p 8080:80 --publish=127.0.0.1:53:53/udp -p 90 --name x image", "0 listen tcp/8080|" +
			"0 bind udp/53 127.0.0.1", nil},
		{"named -4 -p 54 -c /n", "0 listen tcp/54|0 bind udp/54|0 listen tcp/953 127.0.0.1",
			tree{"/n": "options { port 1; };"}},
	} {
		argv := strings.Fields(tt.argv)
		if got := read(t, tt.files, argv[0], Start{Argv: argv, Pos: Pos{File: "unit"}}); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.argv, got, tt.want)
		}
	}
}

// Files that include one another without end, and lines without end, are problems with
// their file and line.
func TestBounds(t *testing.T) {
	deep := tree{}
	for i := range 50 {
		deep["/n"+strings.Repeat("x", i)] = "include /n" + strings.Repeat("x", i+1) + ";"
	}
	for _, tt := range []struct {
		name, argv, want string
		files            tree
	}{
		{"circle", "nginx -c /a", "2: /a includes itself", tree{"/a": "include /b;", "/b": "\ninclude /a;"}},
		{"deep", "nginx -c /n", "files include one another more than 20 deep", deep},
		{"a file of 100 MB", "sshd -f /s", "2: /big cannot be read: file is too large",
			tree{"/s": "Port 1\nInclude /big\n", "/big": strings.Repeat("x", 100<<20)}},
		{"blocks", "named -c /n", "blocks are more than 64 deep", tree{"/n": strings.Repeat("a {", 100_000)}},
		{"binary", "haproxy -f /h", "a quote is not closed", tree{"/h": "\x00\xff\"\x01\n"}},
	} {
		argv := strings.Fields(tt.argv)
		if got := read(t, tt.files, argv[0], Start{Argv: argv}); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %.300s, want %s", tt.name, got, tt.want)
		}
	}
}
