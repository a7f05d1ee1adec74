package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/internal/interfaces"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// interfacesPairs are few, as sepolgen-ifgen takes seconds.
const interfacesPairs = 3

// searches are the needs that are searched: one of a port, one that many interfaces grant, one of programs, one of the
// domain itself, and several at once.
func searches() [][]interfaces.Need {
	need := func(source, target, class string, perms ...string) interfaces.Need {
		return interfaces.Need{Source: source, Target: target, Class: class, Perms: perms}
	}
	several := []interfaces.Need{need("chronyd_t", "tmp_t", "dir", "search", "write", "add_name"),
		need("chronyd_t", "bin_t", "file", "read", "execute", "map"),
		need("chronyd_t", "chronyd_t", "process", "setsched", "execmem"),
		need("chronyd_t", "var_log_t", "file", "append", "open"),
		need("chronyd_t", "user_home_t", "file", "read", "open", "getattr")}
	return [][]interfaces.Need{{need("httpd_t", "postgresql_port_t", "tcp_socket", "name_connect")}, several[:1],
		several[1:2], several[2:3], several}
}

// benchInterfaces times an index of refpolicy's headers, the first search in it, and whole processes beside
// sepolgen-ifgen and audit2allow -R.
func benchInterfaces(senet string) error {
	h, err := refpolicy.OpenNamed("", "")
	if errors.Is(err, refpolicy.ErrNone) {
		fmt.Printf("\nsenet refpolicy search: not run: %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	image, err := os.ReadFile(debianDefault().path)
	if err != nil {
		return err
	}
	x, index, err := indexTime(h)
	if err != nil {
		return err
	}
	fmt.Printf("\nInterfaces of %s, processor time, the shortest of %d.\n\n", h.Dir, pairs)
	fmt.Printf("%-72s %10.1f\n", "index of all interfaces, ms", ms(index))
	for _, needs := range searches() {
		first, again, err := searchTimes(x, image, needs)
		if err != nil {
			return err
		}
		fmt.Printf("%-72s %10.2f %10.2f\n", "first search and the next, ms: "+questions(needs), ms(first), ms(again))
	}
	return benchSepolgen(senet)
}

func questions(needs []interfaces.Need) string {
	n := needs[0]
	text := fmt.Sprintf("%s %s:%s", n.Source, n.Target, n.Class)
	if len(needs) > 1 {
		text += fmt.Sprintf(" and %d more", len(needs)-1)
	}
	return text
}

// indexTime returns an index, and the shortest time to make one.
func indexTime(h *refpolicy.Headers) (x *refpolicy.Index, best time.Duration, err error) {
	best = time.Hour
	for range pairs {
		runtime.GC()
		before := processorTime()
		if x, err = h.Index(); err != nil {
			return nil, 0, err
		}
		best = min(best, processorTime()-before)
	}
	return x, best, nil
}

// searchTimes returns the shortest times of a search in a policy that nothing was asked of before, and of the same
// search again.
func searchTimes(x *refpolicy.Index, image []byte, needs []interfaces.Need) (first, again time.Duration, err error) {
	first, again = time.Hour, time.Hour
	for range pairs {
		db, err := policydb.Decode(image)
		if err != nil {
			return 0, 0, err
		}
		p := policy.New(db)
		runtime.GC()
		at := processorTime()
		f := interfaces.New(x, p)
		for _, best := range []*time.Duration{&first, &again} {
			if _, err := f.Find(needs); err != nil {
				return 0, 0, err
			}
			now := processorTime()
			*best, at = min(*best, now-at), now
		}
	}
	return first, again, nil
}

// processorTime returns the processor time of this process so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// interfacesDenial is the denial of the first search, as the kernel logs it.
const interfacesDenial = "type=AVC msg=audit(1700000000.000:1): avc:  denied  { name_connect } for  pid=1 " +
	"comm=\"httpd\" dest=5432 scontext=system_u:system_r:httpd_t:s0 " +
	"tcontext=system_u:object_r:postgresql_port_t:s0 tclass=tcp_socket permissive=0\n"

// benchSepolgen times sepolgen-ifgen and audit2allow -R on a denial, and senet on the same one.
func benchSepolgen(senet string) error {
	for _, name := range []string{"sepolgen-ifgen", "audit2allow"} {
		if _, err := exec.LookPath(name); err != nil {
			fmt.Printf("\nbeside sepolgen: not run: it needs %s\n", name)
			return nil
		}
	}
	dir, err := os.MkdirTemp("", "senet-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	info, log := filepath.Join(dir, "interface_info"), filepath.Join(dir, "log")
	if err := os.WriteFile(log, []byte(interfacesDenial), 0o600); err != nil {
		return err
	}
	policy := debianDefault().path
	make := []string{"-i", refpolicy.Dir + "/include", "-o", info, "-p", policy, "-d"}
	ask := []string{"-R", "--interface-info", info, "-i", log, "-p", policy}
	ours := []string{"why", "--allow=refpolicy", log, "--policy", policy}
	search := []string{"refpolicy", "search", "httpd_t", "postgresql_port_t", "tcp_socket", "name_connect", "--policy",
		policy}
	var peers, own [2]measured
	for i := range peers {
		peers[i], own[i] = measured{time: time.Hour, cpu: time.Hour}, measured{time: time.Hour, cpu: time.Hour}
	}
	for range interfacesPairs {
		for i, c := range []struct {
			name string
			args []string
			into *measured
		}{{"sepolgen-ifgen", make, &peers[0]}, {"audit2allow", ask, &peers[1]}, {senet, ours, &own[0]},
			{senet, search, &own[1]}} {
			m, err := measure(c.name, c.args)
			if err != nil {
				return fmt.Errorf("%d: %s: %w", i, c.name, err)
			}
			*c.into = c.into.best(m)
		}
	}
	fmt.Printf("\nBeside sepolgen on one denial, whole processes, %d runs, by the minima.\n\n", interfacesPairs)
	theirs := peers[0].cpu + peers[1].cpu
	fmt.Printf("%-44s %10.0f\n%-44s %10.0f\n", "sepolgen-ifgen, CPU ms", ms(peers[0].cpu), "audit2allow -R, CPU ms",
		ms(peers[1].cpu))
	fmt.Printf("%-44s %10.0f %7.1fx\n", "senet why --allow=refpolicy, CPU ms", ms(own[0].cpu),
		float64(theirs)/float64(own[0].cpu))
	fmt.Printf("%-44s %10.0f %7.1fx\n", "senet refpolicy search, CPU ms", ms(own[1].cpu),
		float64(theirs)/float64(own[1].cpu))
	return nil
}
