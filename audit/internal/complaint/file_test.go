package complaint

import "testing"

// TestException: the name of an exception behind a time is no program.
func TestException(t *testing.T) {
	const line = "[Errno 13] Permission denied: '/srv/x'"
	for program, want := range map[string]string{"PermissionError": "? file /srv/x",
		"gunicorn":            "gunicorn ? file /srv/x",
		"java.io.IOException": "? file /srv/x"} {
		if got := text(Read(line, program, 0)); got != want {
			t.Errorf("%s: %s, want %s", program, got, want)
		}
	}
}

// TestFiles has the messages of many programs about files, in the form the program writes; the files are our own. The
// first of each group has the comment that says which rule it is for.
func TestFiles(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		// The word of the operation, the file in quotes, the refusal behind it.
		{`2025/10/09 09:13:22 [crit] 900#900: *3 open() "/srv/www/index.html" failed (13: Permission denied), ` +
			`client: ` +
			`10.9.9.9, server: _, request: "GET /x HTTP/1.1", host: "x"`, "nginx open file /srv/www/index.html"},
		{`nginx: [emerg] mkdir() "/data/cache/body" failed (13: Permission denied)`,
			"nginx mkdir file /data/cache/body"},
		{`[error] 9#9: *1 "/srv/www/index.html" is forbidden (13: Permission denied), client: ::1, server: _`,
			"nginx ? file /srv/www/index.html"},
		{`[crit] 9#9: *1 rename() "/data/cache/1" to "/data/cache/a/1" failed (13: Permission denied)`,
			"nginx rename file /data/cache/1"},
		{`nginx: [emerg] cannot load certificate "/home/u/x.pem": BIO_new_file() failed (SSL: error:0200100D:system ` +
			`library:fopen:Permission denied:fopen('/home/u/x.pem','r') error:2006D002:BIO ` +
			`routines:BIO_new_file:system lib)`,
			"nginx open file /home/u/x.pem"},
		{`nginx: [alert] could not open error log file: open() "/data/log/error.log" failed (13: Permission denied)`,
			"nginx write file /data/log/error.log"},
		// vsftpd does not say the reason.
		{"500 OOPS: cannot change directory:/home/u", "vsftpd chdir file /home/u"},
		{"500 OOPS: cannot change directory:", "vsftpd chdir file"},
		// Apache has the refusal first, and in the older form the path of the URL before that of the file.
		{"(13)Permission denied: AH00091: httpd: could not open error log file /etc/httpd/logs/error_log.",
			"httpd write file /etc/httpd/logs/error_log"},
		{"[core:error] [pid 7:tid 8] (13)Permission denied: [client 10.0.0.9:40000] AH00132: file permissions deny " +
			"server access: /srv/www/index.html", "httpd read file /srv/www/index.html"},
		{"[core:error] [pid 7:tid 8] (13)Permission denied: [client 10.0.0.9:40000] AH00035: access to " +
			"/~u/index.html " +
			"denied (filesystem path '/home/u/public_html') because search permissions are missing on a component of " +
			"the path", "httpd search file /home/u/public_html"},
		{"[core:crit] [pid 7] (13)Permission denied: [client ::1:4] AH00529: /srv/www/.htaccess pcfg_openfile: " +
			"unable " +
			"to check htaccess file, ensure it is readable and that '/srv/www/' is executable",
			"httpd read file /srv/www/.htaccess"},
		{"(13)Permission denied: AH00099: could not create /run/httpd/httpd.pid.X", "httpd create file " +
			"/run/httpd/httpd.pid.X"},
		// The file behind the refusal: Python, Node.js, Ruby, Deno.
		{"PermissionError: [Errno 13] Permission denied: '/srv/app/x.log'", "? file /srv/app/x.log"},
		{"PermissionError: [Errno 13] Permission denied: /srv/app/x.log", "? file /srv/app/x.log"},
		{"IOError: [Errno 13] Permission denied: u'/srv/app/x.log'", "? file /srv/app/x.log"},
		{"PermissionError: [Errno 13] Permission denied: 'x.log'", "? file x.log"},
		{"Error: '/srv/x.log' isn't writable [PermissionError(13, 'Permission denied')]", "write file /srv/x.log"},
		{"Error: EACCES: permission denied, open '/srv/app/x.json'", "open file /srv/app/x.json"},
		{"Error: EACCES: permission denied, scandir '/srv/app'", "list file /srv/app"},
		{"Error: EACCES: permission denied, rename '/srv/a' -> '/srv/b'", "rename file /srv/a"},
		{"Error: spawn /opt/app/run EACCES", "execute file /opt/app/run"},
		{"Errno::EACCES: Permission denied @ rb_sysopen - /srv/app/log/production.log",
			"open file /srv/app/log/production.log"},
		{"Permission denied @ dir_s_mkdir - /srv/app/tmp (Errno::EACCES)", "mkdir file /srv/app/tmp"},
		{"error: Uncaught (in promise) PermissionDenied: Permission denied (os error 13): open '/srv/x'",
			"open file /srv/x"},
		// Go: the call, the file with its blanks, the refusal.
		{"open /etc/x.conf: permission denied", "open file /etc/x.conf"},
		{"open /srv/http/server.conf: permission denied", "open file /srv/http/server.conf"},
		{"open /srv/my data/x: permission denied", "open file /srv/my data/x"},
		{`level=error err="open DB in /data/tsdb: mkdir /data/tsdb/wal: permission denied"`,
			"mkdir file /data/tsdb/wal"},
		{"fork/exec /opt/app/run: permission denied", "execute file /opt/app/run"},
		{"rename /srv/a /srv/b: permission denied", "rename file /srv/a"},
		{"unlinkat /srv/a: permission denied", "unlink file /srv/a"},
		// Java, .NET
		{"java.io.FileNotFoundException: /srv/app/x.log (Permission denied)", "? file /srv/app/x.log"},
		{"Caused by: java.nio.file.AccessDeniedException: /srv/app/data", "? file /srv/app/data"},
		{"nested: AccessDeniedException[/srv/es/nodes]; nested", "? file /srv/es/nodes"},
		{"Unhandled exception. System.UnauthorizedAccessException: Access to the path '/srv/app/x' is denied.",
			"? file /srv/app/x"},
		// Rust
		{"Error: failed to open `/srv/app/x.toml`: Permission denied (os error 13)", "open file /srv/app/x.toml"},
		{`failed to open "/srv/x": Os { code: 13, kind: PermissionDenied, message: "Permission denied" }`,
			"open file /srv/x"},
		// MySQL, MariaDB: the number alone, and beside the words
		{"mysqld: Can't create/write to file '/data/tmp/ibX1' (Errcode: 13 - Permission denied)",
			"mysqld write file /data/tmp/ibX1"},
		{"mysqld: Can't create/write to file '/data/tmp/ibX1' (Errcode: 13)", "mysqld write file /data/tmp/ibX1"},
		{"[ERROR] mysqld: File '/data/mysql/binlog.index' not found (OS errno 13 - Permission denied)",
			"mysqld ? file /data/mysql/binlog.index"},
		{"mysqld: Can't find file: './mysql/plugin.frm' (errno: 13 - Permission denied)",
			"mysqld ? file ./mysql/plugin.frm"},
		{"mysqld: Can't change dir to '/data/mysql/' (Errcode: 13 - Permission denied)",
			"mysqld chdir file /data/mysql/"},
		{"[ERROR] [MY-010187] [Server] Could not open file '/data/log/error.log' for error logging: Permission denied",
			"write file /data/log/error.log"},
		{"[ERROR] [MY-012592] [InnoDB] Operating system error number 13 in a file operation.", "mysqld ? file"},
		{"[ERROR] InnoDB: Unable to lock ./ibdata1 error: 13", "mysqld open file ./ibdata1"},
		{"0 [Warning] Can't create test file /data/tables/n1.lower-test", "mysqld write file /data/tables"},
		{"[Warning] mariadbd: Can't create test file '/data/tables/n1.lower-test' (Errcode: 13 \"Permission denied\")",
			"mysqld write file /data/tables"},
		// PostgreSQL: names within its directory
		{`FATAL:  could not open file "base/1/16384": Permission denied`, "postgres open file base/1/16384"},
		{`FATAL:  could not open log file "/data/log/pg.log": Permission denied`,
			"postgres write file /data/log/pg.log"},
		{`FATAL:  could not create lock file "/run/postgresql/.s.PGSQL.5432.lock": Permission denied`,
			"postgres create file /run/postgresql/.s.PGSQL.5432.lock"},
		{`could not change directory to "/root": Permission denied`, "chdir file /root"},
		{`could not load server certificate file "/x/server.crt": Permission denied`, "read file /x/server.crt"},
		{`FATAL:  could not access directory "/data/pg": Permission denied`, "postgres stat file /data/pg"},
		// PHP: the script and its line are none of the refused file.
		{"nginx: Failed to open file: /var/log/x.log Permission is denied.", "nginx open file /var/log/x.log"},
		{"PHP Warning:  fopen(/srv/x.txt): failed to open stream: Permission denied in /var/www/x.php on line 3",
			"php open file /srv/x.txt"},
		{"PHP Warning:  file_put_contents(/srv/x.txt): Failed to open stream: Permission denied in /var/www/x.php on " +
			"line 3", "php write file /srv/x.txt"},
		{"PHP Warning:  mkdir(): Permission denied in /var/www/x.php on line 3", "php mkdir file"},
		{"PHP Warning:  session_start(): open(/data/sess/sess_1, O_RDWR) failed: Permission denied (13) in " +
			"/var/www/x.php on line 3", "php write file /data/sess/sess_1"},
		{`The stream or file "/srv/www/storage/logs/laravel.log" could not be opened in append mode: Failed to open ` +
			`stream: Permission denied`, "php write file /srv/www/storage/logs/laravel.log"},
		{"PHP Warning:  Unknown: failed to open stream: Permission denied in Unknown on line 0", "php open file"},
		// sshd: another name stands in quotes before the file.
		{"Could not open user 'u' authorized keys '/data/home/u/.ssh/authorized_keys': Permission denied",
			"sshd open file /data/home/u/.ssh/authorized_keys"},
		{"Could not open authorized keys '/data/home/u/.ssh/authorized_keys': Permission denied",
			"sshd open file /data/home/u/.ssh/authorized_keys"},
		{`Unable to load host key "/data/ssh/ssh_host_rsa_key": Permission denied`,
			"sshd read file /data/ssh/ssh_host_rsa_key"},
		{"Could not chdir to home directory /data/home/u: Permission denied", "chdir file /data/home/u"},
		// named: bare, small letters, and a configuration's line before it
		{"open: /etc/named.conf: permission denied", "open file /etc/named.conf"},
		{"/etc/named.conf:10: open: /data/named/x.conf: permission denied", "open file /data/named/x.conf"},
		{"zone x.example/IN: loading from master file /data/x.db failed: permission denied", "read file /data/x.db"},
		{"dumping master file: tmp-X1: open: permission denied", "open file"},
		// haproxy: a bind line is quoted before the file.
		{"[ALERT]    (1) : config : parsing [/etc/haproxy/haproxy.cfg:29] : 'bind *:443' in section 'frontend' : " +
			"unable " +
			"to load SSL certificate from file '/home/u/x.pem': Permission denied", "haproxy read file /home/u/x.pem"},
		{"[ALERT]    (1) : Cannot open configuration file/directory /srv/haproxy.cfg : Permission denied",
			"haproxy open file /srv/haproxy.cfg"},
		// others
		{"file '/data/log/x.log': open error: Permission denied [v8.37.0 try http://www.rsyslog.com/e/2433 ]",
			"rsyslogd open file /data/log/x.log"},
		{"omfile: creating parent directories for file  '/data/log/x.log' failed: Permission denied [v8 try " +
			"http://www.rsyslog.com/e/2207 ]", "rsyslogd mkdir file /data/log/x.log"},
		{"error: error opening /data/log/x.log: Permission denied", "open file /data/log/x.log"},
		{"error: stat of /data/log/x.log failed: Permission denied", "stat file /data/log/x.log"},
		{"error: unable to open /data/log/x.log for copying: Permission denied", "open file /data/log/x.log"},
		{"fatal: open /etc/postfix/main.cf: Permission denied", "open file /etc/postfix/main.cf"},
		{"Error: mkdir(/data/mail/u) failed: Permission denied (euid=1000(u) egid=1000(u) missing +w perm: " +
			"/data/mail, " +
			"dir owned by 0:0 mode=0755)", "mkdir file /data/mail/u"},
		{"chdir_current_service: vfs_ChDir(/srv/share) failed: Permission denied. Current token: uid=1000, gid=1000",
			"smbd chdir file /srv/share"},
		{"Could not open /data/chrony/drift : Permission denied", "open file /data/chrony/drift"},
		{"Can't open the log file: Permission denied", "redis-server write file"},
		{"Failed opening the RDB file dump.rdb (in server root dir /data/redis) for saving: Permission denied",
			"redis-server write file /data/redis/dump.rdb"},
		{"Fatal error, can't open config file '/srv/redis.conf': Permission denied", "open file /srv/redis.conf"},
		{"cannot open \"/data/log/zabbix.log\": [13] Permission denied", "open file /data/log/zabbix.log"},
		{"error while loading shared libraries: /opt/app/libx.so.1: cannot open shared object file: Permission denied",
			"read file /opt/app/libx.so.1"}, // the loader did not get so far as to map it
		// The last part of a chain says what was refused.
		{"httpd: Cannot load /srv/m/x.so into server: /srv/m/x.so: failed to map segment from shared object: " +
			"Permission denied", "httpd map file /srv/m/x.so"},
		{"ImportError: /srv/v/lib/y.so: failed to map segment from shared object: Permission denied",
			"map file /srv/v/lib/y.so"},
		{"libz.so.1: cannot enable executable stack as shared object requires: Permission denied", "execstack file"},
		{"Error writing layer: Error processing archive: error unmounting root: permission denied", "unmount file"},
		{"/opt/app/libx.so.1: cannot restore segment prot after reloc: Permission denied",
			"execmod file /opt/app/libx.so.1"},
		{"open(\"/data/log/uwsgi.log\"): Permission denied [core/logging.c line 288]", "open file /data/log/uwsgi.log"},
		{"Can't open '/srv/x': Permission denied at /usr/local/bin/x.pl line 3.", "open file /srv/x"},
		{"rsync: [sender] opendir \"/srv/x\" failed: Permission denied (13)", "rsync list file /srv/x"},
		// shells and what people run in them
		{"cat: /etc/shadow: Permission denied", "cat read file /etc/shadow"},
		{"bash: ./x.sh: Permission denied", "bash ? file ./x.sh"},
		{"-bash: /srv/x: Permission denied", "bash ? file /srv/x"},
		{"bash: cd: /root: Permission denied", "bash chdir file /root"},
		{"/bin/sh: 1: /srv/x: Permission denied", "sh ? file /srv/x"},
		{"/bin/bash: /srv/my script.sh: Permission denied", "bash ? file /srv/my script.sh"},
		{"/usr/bin/x.sh: Permission denied", "? file /usr/bin/x.sh"},
		{"cp: impossible d'ouvrir \u00ab/srv/x\u00bb en lecture: Permission non accord\u00e9e", "cp ? file /srv/x"},
		{"zsh: permission denied: /srv/x", "zsh ? file /srv/x"},
		{"mkdir: cannot create directory '/srv/x': Permission denied", "mkdir mkdir file /srv/x"},
		{"mkdir: cannot create directory \u2018/srv/x\u2019: Permission denied", "mkdir mkdir file /srv/x"},
		{"cp: cannot create regular file '/srv/x': Permission denied", "cp create file /srv/x"},
		{"cp: cannot open '/srv/x' for reading: Permission denied", "cp read file /srv/x"},
		{"mv: cannot move '/srv/a' to '/srv/b': Permission denied", "mv rename file /srv/a"},
		{"ls: cannot open directory '/srv/x': Permission denied", "ls list file /srv/x"},
		{"ls: cannot access '/srv/x': Permission denied", "ls stat file /srv/x"},
		{"tee: /srv/x: Permission denied", "tee write file /srv/x"},
		{"touch: cannot touch '/srv/x': Permission denied", "touch create file /srv/x"},
		{"touch: x: Permission denied", "touch create file x"},
		{"rm: cannot remove 'x': Permission denied", "rm unlink file x"},
		{"cannot create directory 'port': Permission denied", "mkdir file port"},
		{"find: \u2018/srv/x\u2019: Permission denied", "find search file /srv/x"},
		{"tar: /srv/x: Cannot open: Permission denied", "tar open file /srv/x"},
		{"sudo: unable to execute /srv/x: Permission denied", "sudo execute file /srv/x"},
		// strace: the flags tell for what.
		{`openat(AT_FDCWD, "/srv/x", O_RDONLY|O_CLOEXEC) = -1 EACCES (Permission denied)`, "read file /srv/x"},
		{`[pid 812] openat(3</srv/app>, "x.log", O_WRONLY|O_CREAT|O_APPEND, 0644) = -1 EACCES (Permission denied)`,
			"create file /srv/app/x.log"},
		{`openat(AT_FDCWD, "/srv", O_RDONLY|O_NONBLOCK|O_DIRECTORY) = -1 EACCES (Permission denied)`, "list file /srv"},
		{`execve("/opt/app/run", ["run"], 0x7ffd /* 20 vars */) = -1 EACCES (Permission denied)`,
			"execute file /opt/app/run"},
		{`unlinkat(AT_FDCWD, "/srv/d", AT_REMOVEDIR) = -1 EACCES (Permission denied)`, "rmdir file /srv/d"},
		{`access("/srv/x", R_OK) = -1 EACCES (Permission denied)`, "stat file /srv/x"},
		{`symlinkat("/srv/a", AT_FDCWD, "/srv/b") = -1 EACCES (Permission denied)`, "link file /srv/b"},
		{`prctl(PR_SET_NAME, "x") = -1 EACCES (Permission denied)`, "none"},
		// systemd: the file of a step that it names, and none where the path is the program's.
		{"app.service: Failed to locate executable /home/bob/app: Permission denied",
			"systemd execute file /home/bob/app"},
		{"app.service: Failed at step STATE_DIRECTORY spawning /usr/bin/app: Permission denied", "systemd ? file"},
		{"app.service: Failed to set up mount namespacing: /run/x/tls: Permission denied", "systemd ? file"},
		{`req:3 'up' [eth0]: Failed to execute child process "/etc/x/50-vpn" (Permission denied)`,
			"execute file /etc/x/50-vpn"},
		{"fatal: unable to access '/data/git/x.git/config': Permission denied: /usr/lib/git-core/git-http-backend",
			"stat file /data/git/x.git/config"},
		{`status=bounced (Command died with status 89: "/usr/libexec/x-lda". Command output: doveconf: Fatal: ` +
			`Failed to open /etc/x.conf: Permission denied )`, "doveconf open file /etc/x.conf"},
		{"type=SYSCALL arch=aarch64 syscall=openat success=no exit=EACCES(Permission denied) comm=x", "none"},
		{"app.service: Failed at step CHDIR spawning /usr/bin/app: Permission denied", "systemd chdir file"},
		{"app.service: Changing to the requested working directory failed: Permission denied", "systemd chdir file"},
		{"app.service: Can't open PID file /run/app.pid (yet?) after start: Permission denied",
			"systemd write file /run/app.pid"},
		// nginx passes on what PHP says; the upstream is another matter.
		{`[error] 1#1: *1 FastCGI sent in stderr: "PHP message: PHP Warning:  mkdir(): Permission denied in ` +
			`/srv/www/a.php ` +
			`on line 3" while reading response header from upstream, client: 192.0.2.9, upstream: ` +
			`"fastcgi://unix:/run/php-fpm/www.sock:", host: "x"`, "php mkdir file"},
		{`FastCGI sent in stderr: "Unable to open primary script: /srv/www/index.php (Permission denied)" while ` +
			`reading`,
			"php-fpm open file /srv/www/index.php"},
		// JSON: the fields tell, no other word in quotes does.
		{`{"level":"error","err":{"errno":-13,"code":"EACCES","syscall":"open","path":"/srv/x.json"}}`,
			"open file /srv/x.json"},
		{`{"attr":{"error":13,"message":"__posix_open_file:812:/data/mongo/WiredTiger.wt: handle-open: open: ` +
			`Permission ` +
			`denied"}}`, "mongod open file /data/mongo/WiredTiger.wt"},
		{`{"level": "error", "msg": "could not write: permission denied"}`, "write file"},
		{"modprobe: ERROR: could not insert 'x': Permission denied", "none"},
		// A directory in brackets behind a program, an operation's name in a file's
		{`java.io.IOException: Cannot run program "/opt/x.sh" (in directory "/opt"): error=13, Permission denied`,
			"execute file /opt/x.sh"},
		{"java.io.FileNotFoundException: /data/x y.log (Permission denied)", "? file /data/x y.log"},
		{"zone x.example/IN: loading from master file x.bind failed: permission denied", "read file"},
		{"OpenSSL: error:8000000D:system library::Permission denied:calling fopen(/home/u/x.key, r)",
			"open file /home/u/x.key"},
		{"'/srv/share' does not exist or permission denied when connecting to [share] Error was " +
			"NT_STATUS_ACCESS_DENIED",
			"smbd ? file /srv/share"},
		// An exception without more is counted; the lines behind it may tell.
		{"java.io.IOException: Permission denied", "?"},
		{"PermissionError(13, 'Permission denied')", "?"},
		// A UNIX socket is none, though the line has a path.
		{"connect: Permission denied: '/run/app.sock'", "connect unix /run/app.sock"},
		{"cannot connect to /run/app/ctl: Permission denied", "connect unix /run/app/ctl"},
		{"dial unix /run/docker.sock: connect: permission denied", "connect unix /run/docker.sock"},
		// Logins, and rights within a database, are no complaints.
		{"u@10.0.0.7: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).", "none"},
		{"Permission denied, please try again.", "none"},
		{"ERROR:  permission denied for table accounts", "none"},
		{"ERROR:  permission denied to create database", "none"},
		{"org.springframework.security.access.AccessDeniedException: Access is denied", "none"},
		{"Access to the path '/srv/x' is granted.", "none"},
		{"session 13 opened for /srv/x (13)", "none"},
	} {
		got := "none"
		if Interesting([]byte(c.line)) {
			got = text(Read(c.line, "", 0))
		}
		if got != c.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", c.line, got, c.want)
		}
	}
}

// TestSorted: the words of operations are sorted, as startingWith needs them.
func TestSorted(t *testing.T) {
	for _, list := range [][]operationWord{fileOperations[:], operationWords[:]} {
		for i := 1; i < len(list); i++ {
			if list[i-1].word >= list[i].word {
				t.Errorf("%q before %q", list[i-1].word, list[i].word)
			}
		}
	}
}
