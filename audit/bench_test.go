package audit

import (
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"strings"
	"testing"
)

// generate writes an audit log of about size bytes in which one event in every has a denial. It has the events of a
// busy host, with their records in auditd's order.
func generate(size, every int) []byte {
	r := rand.New(rand.NewSource(1))
	var b bytes.Buffer
	b.Grow(size + 4096)
	for serial := 1; b.Len() < size; serial++ {
		id := fmt.Sprintf("audit(%d.%03d:%d)", 1760000000+serial/50, serial%1000, serial)
		pid := 1000 + r.Intn(30000)
		switch {
		case serial%every == 0:
			fmt.Fprintf(&b,
				"type=AVC msg=%s: avc:  denied  { name_connect } for  pid=%d comm=\"haproxy\" dest=%d "+
					"scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 "+
					"tclass=tcp_socket permissive=0\n", id, pid, 5600+r.Intn(20))
			fmt.Fprintf(&b,
				"type=SYSCALL msg=%s: arch=c000003e syscall=42 success=no exit=-13 a0=b a1=7ffd1c3a8e10 a2=10 a3=0 "+
					"items=0 ppid=810 pid=%d auid=4294967295 uid=991 gid=988 euid=991 suid=991 fsuid=991 egid=988 "+
					"sgid=988 fsgid=988 tty=(none) ses=4294967295 comm=\"haproxy\" exe=\"/usr/sbin/haproxy\" "+
					"subj=system_u:system_r:haproxy_t:s0 key=(null)\n", id, pid)
			fmt.Fprintf(&b, "type=SOCKADDR msg=%s: saddr=020015E10A0000070000000000000000\n", id)
			fmt.Fprintf(&b, "type=PROCTITLE msg=%s: proctitle=2F7573722F7362696E2F686170726F7879002D5773\n", id)
		case serial%3 == 0:
			fmt.Fprintf(&b,
				"type=SYSCALL msg=%s: arch=c000003e syscall=59 success=yes exit=0 a0=55d0a8 a1=55d0b0 a2=55d0c0 "+
					"a3=8 items=2 ppid=%d pid=%d auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 "+
					"tty=pts0 ses=3 comm=\"ls\" exe=\"/usr/bin/ls\" "+
					"subj=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023 key=\"exec\"\n", id, pid-1, pid)
			fmt.Fprintf(&b, "type=EXECVE msg=%s: argc=2 a0=\"ls\" a1=\"-l\"\n", id)
			fmt.Fprintf(&b, "type=CWD msg=%s: cwd=\"/root\"\n", id)
			fmt.Fprintf(&b,
				"type=PATH msg=%s: item=0 name=\"/usr/bin/ls\" inode=131 dev=fd:00 mode=0100755 ouid=0 ogid=0 "+
					"rdev=00:00 obj=system_u:object_r:bin_t:s0 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 "+
					"cap_frootid=0\n", id)
			fmt.Fprintf(&b, "type=PROCTITLE msg=%s: proctitle=6C73002D6C\n", id)
		default:
			fmt.Fprintf(&b,
				"type=USER_ACCT msg=%s: pid=%d uid=0 auid=4294967295 ses=4294967295 "+
					"subj=system_u:system_r:crond_t:s0-s0:c0.c1023 msg='op=PAM:accounting "+
					"grantors=pam_access,pam_unix acct=\"root\" exe=\"/usr/sbin/crond\" hostname=? addr=? "+
					"terminal=cron res=success'\n", id, pid)
		}
	}
	return b.Bytes()
}

// generateDenials writes a log of n events, each with a denial.
func generateDenials(n int) []byte {
	log := generate(n*1200, 1)
	end := bytes.Index(log, fmt.Appendf(nil, ":%d): avc", n+1))
	return log[:bytes.LastIndexByte(log[:end], '\n')+1]
}

func benchmarkLog(b *testing.B, log []byte) {
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(bytes.NewReader(log), Options{})
		for _, err := range r.Events() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkLog reads 64 MB of audit.log, one event in twenty a denial.
func BenchmarkLog(b *testing.B) { benchmarkLog(b, generate(64<<20, 20)) }

// BenchmarkDenials reads and folds 10,000 denials, each with its system call,
// address and title, event by event.
func BenchmarkDenials(b *testing.B) {
	log := generateDenials(10_000)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		f := newFolder(0)
		for e, err := range NewReader(bytes.NewReader(log), Options{}).Events() {
			if err != nil {
				b.Fatal(err)
			}
			f.Add(e)
		}
	}
}

// BenchmarkFold does the same with Fold, which parses equal denials once.
func BenchmarkFold(b *testing.B) { benchmarkFold(b, generateDenials(10_000)) }

// BenchmarkFoldPorts folds 10,000 denials of as many ports.
func BenchmarkFoldPorts(b *testing.B) {
	var log bytes.Buffer
	for i := range 10_000 {
		fmt.Fprintf(&log, "type=AVC msg=audit(%d.%03d:%d): %s\n", 1760000000+i/7, i%1000, i+1,
			strings.Replace(denial, "dest=81", fmt.Sprintf("dest=%d", 20_000+i), 1))
	}
	benchmarkFold(b, log.Bytes())
}

// BenchmarkFoldEvents folds 10,000 denials of as many ports, each with its system
// call, address and title.
func BenchmarkFoldEvents(b *testing.B) {
	var log bytes.Buffer
	for i := range 10_000 {
		id := fmt.Sprintf("audit(%d.%03d:%d)", 1760000000+i/7, i%1000, i+1)
		fmt.Fprintf(&log, "type=AVC msg=%s: %s\n", id,
			strings.Replace(denial, "dest=81", fmt.Sprintf("dest=%d", 20_000+i*7919%40_000), 1))
		fmt.Fprintf(&log,
			"type=SYSCALL msg=%s: arch=c000003e syscall=42 success=no exit=-13 a0=b a1=7ffd1c%06x a2=10 items=0 "+
				"ppid=1 pid=%d auid=4294967295 uid=48 gid=48 comm=\"x\" exe=\"/usr/sbin/x\" subj=a:b:c_t:s0 "+
				"key=(null)\n", id, i*4099&0xffffff, 1000+i)
		fmt.Fprintf(&log, "type=SOCKADDR msg=%s: saddr=0200%04X0A0000070000000000000000\n", id, 20_000+i)
		fmt.Fprintf(&log, "type=PROCTITLE msg=%s: proctitle=2F7573722F7362696E2F78\n", id)
	}
	benchmarkFold(b, log.Bytes())
}

// BenchmarkFoldFiles folds 10,000 denials that differ only in fields that no signature has.
func BenchmarkFoldFiles(b *testing.B) {
	var log bytes.Buffer
	for i := range 10_000 {
		fmt.Fprintf(&log, "type=AVC msg=audit(%d.%03d:%d): %s\n", 1760000000+i/7, i%1000, i+1,
			strings.Replace(denial, "dest=81", fmt.Sprintf(`name="x" dev="vda1" ino=%d`, 20_000+i), 1))
	}
	benchmarkFold(b, log.Bytes())
}

func benchmarkFold(b *testing.B, log []byte) {
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		for range NewReader(bytes.NewReader(log), Options{}).Fold(newFolder(0)) {
			b.Fatal("an error, or an event that is no denial")
		}
	}
}

// BenchmarkSkipped reads records that do not concern SELinux. They must not allocate.
func BenchmarkSkipped(b *testing.B) { benchmarkLog(b, generate(16<<20, 1<<30)) }

// BenchmarkSyslog reads a syslog in which almost no line is of interest.
func BenchmarkSyslog(b *testing.B) {
	var log bytes.Buffer
	for i := 0; log.Len() < 16<<20; i++ {
		fmt.Fprintf(&log,
			"Oct  9 09:13:%02d web1 sshd[%d]: Accepted publickey for deploy from 10.0.%d.%d port %d ssh2: ED25519 "+
				"SHA256:abcdefghijklmnop\n", i%60, i%30000, i%255, i%253, 1024+i%60000)
	}
	benchmarkLog(b, log.Bytes())
}

// BenchmarkLongLine skips a line of 64 MB.
func BenchmarkLongLine(b *testing.B) {
	const size = 64 << 20
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(io.LimitReader(endless{}, size), Options{})
		for range r.Events() {
			b.Fatal("an event in a line of nothing")
		}
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}
