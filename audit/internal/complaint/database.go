package complaint

import "strings"

// database reads the errors of database clients and servers:
//
//	2003:Can't connect to MySQL server on '192.0.2.54' (13)
//	ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/lib/mysql/mysql.sock' (13)
//	SQLSTATE[HY000] [2002] Permission denied
//	connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: Permission denied
//	could not connect to server: Permission denied
func (s *Symptom) database(m string, e *endpoint) bool {
	small := asciiLower(m)
	mysql := strings.Contains(small, "mysql") || strings.Contains(small, "mariadb") ||
		strings.Contains(m, "[2002]") || strings.Contains(m, "/2002)") || strings.Contains(m, "[2003]")
	switch {
	case strings.Contains(small, "can't connect to ") && strings.Contains(small, "through socket"):
		s.Operation, s.Protocol, s.Service = "connect", "unix", "mysql"
		*e = nearest(m, strings.Index(small, "through socket"), true)
	case strings.Contains(small, "can't connect to mysql server") ||
		strings.Contains(small, "can't connect to server on '"), strings.Contains(small,
		"can't connect to mariadb server"):
		s.Operation, s.Protocol, s.Service = "connect", "tcp", "mysql"
		*e = quotedHost(m[strings.Index(small, "can't connect to ")+len("can't connect to "):])
	case mysql && (strings.Contains(m, "[2002]") || strings.Contains(m, "/2002)") || strings.Contains(m, "[2003]") ||
		strings.Contains(m, "mysqli_connect") || strings.Contains(m, "mysql_connect")):
		s.Operation, s.Protocol, s.Service = "connect", "tcp", "mysql"
		if *e = numbered(m); e.host == "localhost" && e.port == 0 {
			s.Protocol, e.host = "unix", "" // as the client library has it
		}
	case strings.Contains(m, "RedisException: Permission denied"), strings.Contains(m,
		"Predis\\Connection\\ConnectionException"):
		s.Operation, s.Protocol, s.Service = "connect", "tcp", "redis"
		*e = nearest(m, 0, false)
	case strings.Contains(m, "Bind on unix socket"):
		s.Operation, s.Protocol = "bind", "unix"
		*e = nearest(m, 0, true)
	case strings.Contains(m, "onnection to server on socket \""), strings.Contains(m,
		"could not bind Unix address"), strings.Contains(m, "could not bind Unix socket"):
		s.Operation, s.Protocol = "connect", "unix"
		if strings.Contains(m, "bind") {
			s.Operation = "bind"
		} else {
			s.Service = "postgresql"
		}
		*e = nearest(m, 0, true)
	case strings.Contains(m, "could not connect to server: "):
		// The next lines give the address: see Follow. Some programs write them on one.
		s.Operation, s.Service = "connect", "postgresql"
		s.Follow(m)
		*e = endpoint{addr: s.Addr, host: s.Host, port: s.Port, path: s.Path}
		if s.Protocol == "" && e.path == "" && e.port != 0 {
			s.Protocol = "tcp"
		}
	default:
		return false
	}
	return true
}

// numbered reads the endpoint beside a number of MySQL's: behind the words for it, else what is written as an address
// alone: not the client's, nor what is in the statement.
//
//	SQLSTATE[HY000] [2002] Permission denied (Connection: mysql, Host: 192.0.2.54, Port: 3307, SQL: select ...)
//	connection 'mysql:host=192.0.2.54;port=3307' failed: SQLSTATE[HY000] [2002] Permission denied
//	Connection to mysql at 192.0.2.54 failed with message: SQLSTATE[HY000] [2002] Permission denied
func numbered(m string) endpoint {
	small := asciiLower(m)
	for _, end := range [...]string{", sql: ", "(sql: ", " statement: ", " query: ", "stack trace:"} {
		if i := strings.Index(small, end); i >= 0 {
			m, small = m[:i], small[:i]
		}
	}
	if i := strings.Index(small, "[client "); i >= 0 {
		if _, after, ok := strings.Cut(m[i:], "]"); ok {
			m = after
		}
	}
	if e := keyed(m); !e.zero() {
		return e
	}
	e := nearest(m, 0, false)
	if e.addr.IsValid() || e.port != 0 {
		return e
	}
	return endpoint{}
}

// quotedHost reads 'HOST', 'HOST:PORT' or HOST in quotes of either kind.
func quotedHost(s string) endpoint {
	i := strings.IndexAny(s, "'\"")
	if i < 0 {
		return nearest(s, 0, false)
	}
	text := word(s[i+1:], "'\"")
	if a, ok := address(text); ok {
		return endpoint{addr: a}
	}
	if e := hostPort(text); !e.zero() {
		return e
	}
	if isName(text) {
		return endpoint{host: text}
	}
	return endpoint{}
}

// servicePort is the usual port of a service, 0 for none.
func servicePort(service string) uint16 {
	switch service {
	case "mysql":
		return 3306
	case "postgresql":
		return 5432
	case "redis":
		return 6379
	}
	return 0
}
