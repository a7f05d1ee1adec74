package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// whyPairs are the runs of each log; audit2why takes a second or more for one.
const whyPairs = 10

// A denialLog is a log of 10,000 denials that audit2why reads as well.
type denialLog struct {
	name string
	text []byte
	// form is the way in which senet gets it: the file itself, through a pipe, as audit2why
	// does then too, or compressed, which audit2why cannot read and gets as it is.
	form string
}

const (
	formFile = "file"
	formPipe = "pipe"
	formGzip = "gzip"
)

// benchWhy times senet why beside audit2why: the same policy, the same log, the
// same run, whole processes in turn; by the clock, and by the time that the
// processors spent, which depends less on what else they do. senet reads the
// policy and the log at the same time.
func benchWhy(senet string) error {
	p := debianDefault()
	senet, err := filepath.Abs(senet)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "senet-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("\nsenet why beside audit2why on %s, 10,000 denials, %d paired runs, by the minima. Load before: "+
		"%s\n\n", p.name, whyPairs, loadAverage())
	fmt.Printf("%-44s %5s %6s %9s %9s %7s %9s %9s %7s %6s\n", "log", "form", "MB", "peer ms", "senet ms", "ratio",
		"peer CPU", "senet CPU", "ratio", "MiB")
	for i, l := range denialLogs() {
		file := filepath.Join(dir, fmt.Sprintf("%d.log", i))
		if err := os.WriteFile(file, l.text, 0o600); err != nil {
			return err
		}
		given := file
		if l.form == formGzip {
			given += ".gz"
			if err := writeGzip(given, l.text); err != nil {
				return err
			}
		}
		peer, own := measured{time: time.Hour, cpu: time.Hour}, measured{time: time.Hour, cpu: time.Hour}
		for range whyPairs {
			var a, b measured
			if l.form == formPipe {
				if a, err = measurePiped(file, "audit2why", "-p", p.path); err == nil {
					b, err = measurePiped(file, senet, "why", "--policy", p.path, "-")
				}
			} else {
				if a, err = measure("audit2why", []string{"-p", p.path, "-i", file}); err == nil {
					b, err = measure(senet, []string{"why", "--policy", p.path, given})
				}
			}
			if err != nil {
				return err
			}
			peer, own = peer.best(a), own.best(b)
		}
		fmt.Printf("%-44s %5s %6.1f %9.1f %9.2f %6.1fx %9.1f %9.2f %6.1fx %6.1f\n", l.name, l.form,
			float64(len(l.text))/1e6, ms(peer.time), ms(own.time),
			float64(peer.time)/float64(own.time), ms(peer.cpu), ms(own.cpu), float64(peer.cpu)/float64(own.cpu),
			float64(own.rss)/1024)
	}
	fmt.Printf("\nLoad after: %s\n", loadAverage())
	return nil
}

// measurePiped is measure with a file written into the command's standard input.
func measurePiped(file, name string, args ...string) (measured, error) {
	self, err := os.Executable()
	if err != nil {
		return measured{}, err
	}
	in, err := os.Open(file)
	if err != nil {
		return measured{}, err
	}
	defer in.Close()
	cmd := exec.Command(self, append([]string{runFlag, name}, args...)...)
	cmd.Stdin = io.MultiReader(in) // not a file, so that the command gets a pipe
	out, err := cmd.Output()
	if err != nil {
		return measured{}, fmt.Errorf("%s %v: %w", name, args, err)
	}
	var m measured
	_, err = fmt.Sscan(string(out), &m.time, &m.rss, &m.cpu)
	return m, err
}

func writeGzip(path string, text []byte) error {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	return strings.TrimSpace(string(b))
}

// denials is the number in each log.
const denials = 10_000

func denialLogs() []denialLog {
	plain := writeDenials(handful, recordsAVC)
	thousand := writeDenials(thousandKinds, recordsAVC)
	whole := writeDenials(handful, recordsAll)
	return []denialLog{
		{"five kinds, AVC alone", plain, formFile},
		{"five kinds, AVC alone", plain, formPipe},
		{"five kinds, AVC alone", plain, formGzip},
		{"a thousand kinds, AVC alone", thousand, formFile},
		{"a thousand kinds, AVC alone", thousand, formPipe},
		{"10,000 ports, AVC alone", writeDenials(everyPort, recordsAVC), formFile},
		{"five kinds, SYSCALL SOCKADDR PROCTITLE", whole, formFile},
		{"five kinds, SYSCALL SOCKADDR PROCTITLE", whole, formPipe},
		{"a thousand kinds, SYSCALL SOCKADDR PROCTITLE", writeDenials(thousandKinds, recordsAll), formFile},
		{"a thousand kinds, enriched", writeDenials(thousandKinds, recordsEnriched), formFile},
		{"a thousand kinds, policy loads, SELINUX_ERR", writeDenials(thousandKinds, recordsMixed), formFile},
		{"ports and domains at random, whole events", writeDenials(atRandom, recordsAll), formFile},
		{"10,000 names of files, AVC alone", writeDenials(everyFile, recordsAVC), formFile},
		{"five kinds, syslog", writeDenials(handful, recordsSyslog), formFile},
		{"10,000 ports, syslog", writeDenials(everyPort, recordsSyslog), formFile},
	}
}

// A denialKind is the part of a denial that tells one signature from another.
type denialKind struct {
	domain, label, perm, class string
	port                       int
	file                       string // in place of the port
}

// The domains and the labels are of Debian's policy, and of Fedora's.
var (
	benchDomains = strings.Fields("httpd_t sshd_t named_t squid_t mysqld_t ntpd_t cupsd_t postfix_master_t dhcpc_t " +
		"crond_t")
	benchFiles  = strings.Fields("etc_t user_home_t var_log_t tmp_t")
	benchLabels = strings.Fields("unreserved_port_t http_port_t dns_port_t smtp_port_t mysqld_port_t " +
		"transproxy_port_t ldap_port_t ssh_port_t reserved_port_t http_cache_port_t")
)

func handful(n int) denialKind {
	return denialKind{benchDomains[n%5], "unreserved_port_t", "name_connect", "tcp_socket", 3000 + n%5, ""}
}

func thousandKinds(n int) denialKind {
	n %= 1000
	perm := "name_connect"
	if n >= 500 {
		perm = "name_bind"
	}
	return denialKind{benchDomains[n%10], benchLabels[n/10%10], perm, "tcp_socket", 2000 + n/100, ""}
}

func everyPort(n int) denialKind {
	return denialKind{"httpd_t", "unreserved_port_t", "name_connect", "tcp_socket", 20_000 + n, ""}
}

// atRandom is the same each time.
func atRandom(n int) denialKind {
	r := rand.New(rand.NewPCG(5601, uint64(n)))
	return denialKind{benchDomains[r.IntN(10)], benchLabels[r.IntN(10)],
		[]string{"name_connect", "name_bind"}[r.IntN(2)], "tcp_socket", 1024 + r.IntN(60_000), ""}
}

func everyFile(n int) denialKind {
	return denialKind{benchDomains[n%10], benchFiles[n/10%4], "read", "file", 0, fmt.Sprintf("page%d.html", n)}
}

// A recordForm lists the records of an event.
type recordForm int

const (
	recordsAVC recordForm = iota
	recordsAll
	recordsEnriched // as recordsAll, with the names that auditd adds
	recordsMixed    // AVC, and now and then what is no denial
	recordsSyslog   // AVC as the kernel writes it to syslog
)

func writeDenials(kind func(int) denialKind, form recordForm) []byte {
	var b bytes.Buffer
	for n := range denials {
		k := kind(n)
		id := fmt.Sprintf("audit(%d.%03d:%d)", 1_760_000_000+n/7, n*37%1000, 24_000+n)
		pid, field, call := 1000+n*13%30_000, "dest", 42
		if k.perm == "name_bind" {
			field, call = "src", 49
		}
		what := fmt.Sprintf("%s=%d", field, k.port)
		if k.file != "" {
			what = fmt.Sprintf("name=\"%s\" dev=\"vda1\" ino=%d", k.file, 200+n*7)
		}
		if form == recordsSyslog {
			fmt.Fprintf(&b, "Nov 22 10:%02d:%02d web1 kernel: [%5d.%06d] audit: type=1400 ", n/60%60, n%60, 100+n/7,
				n*37%1000)
		} else {
			fmt.Fprint(&b, "type=AVC msg=")
		}
		fmt.Fprintf(&b,
			"%s: avc:  denied  { %s } for  pid=%d comm=\"%s\" %s scontext=system_u:system_r:%s:s0 "+
				"tcontext=system_u:object_r:%s:s0 tclass=%s permissive=0\n",
			id, k.perm, pid, strings.TrimSuffix(k.domain, "_t"), what, k.domain, k.label, k.class)
		switch form {
		case recordsMixed:
			if n%1000 == 500 {
				fmt.Fprintf(&b, "type=MAC_POLICY_LOAD msg=%s: auid=0 ses=1 lsm=selinux res=1\n", id)
				fmt.Fprintf(&b,
					"type=SELINUX_ERR msg=%s: op=security_compute_sid invalid_context=user_u:system_r:httpd_t:s0 "+
						"scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:system_r:httpd_t:s0 "+
						"tclass=tcp_socket\n", id)
			}
		case recordsAll, recordsEnriched:
			names, address, cwd := "", "", ""
			if form == recordsEnriched {
				names = "\x1dARCH=x86_64 SYSCALL=connect AUID=\"unset\" UID=\"apache\" GID=\"apache\" " +
					"EUID=\"apache\" SUID=\"apache\" FSUID=\"apache\" EGID=\"apache\" SGID=\"apache\" FSGID=\"apache\""
				address = fmt.Sprintf("\x1dSADDR={ saddr_fam=inet laddr=10.0.0.7 lport=%d }", k.port)
			}
			fmt.Fprintf(&b,
				"type=SYSCALL msg=%s: arch=c000003e syscall=%d success=no exit=-13 a0=b a1=7ffd1c%06x a2=10 a3=0 "+
					"items=0 ppid=810 pid=%d auid=4294967295 uid=48 gid=48 euid=48 suid=48 fsuid=48 egid=48 sgid=48 "+
					"fsgid=48 tty=(none) ses=4294967295 comm=\"%[5]s\" exe=\"/usr/sbin/%[5]s\" "+
					"subj=system_u:system_r:%[6]s:s0 key=(null)%[7]s\n",
				id, call, n*4099&0xffffff, pid, strings.TrimSuffix(k.domain, "_t"), k.domain, names)
			fmt.Fprintf(&b, "type=SOCKADDR msg=%s: saddr=0200%04X0A0000070000000000000000%s\n", id, k.port, address)
			if form == recordsEnriched {
				cwd = fmt.Sprintf("type=CWD msg=%s: cwd=\"/\"\n", id)
			}
			fmt.Fprintf(&b, "%stype=PROCTITLE msg=%s: proctitle=2F7573722F7362696E2F%X002D44\n", cwd, id, k.domain)
		}
	}
	return b.Bytes()
}
