package modstore

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// FuzzCache reads a file of texts that anybody may have written: what it gives are
// parts of the file whose checksums are right, and what is added then is found.
func FuzzCache(f *testing.F) {
	var good bytes.Buffer
	good.WriteString(cacheMagic)
	appendEntry(&good, sha256.Sum256([]byte("a")), []byte("(allow a b (c (d)))"))
	f.Add(good.Bytes())
	f.Add(good.Bytes()[:good.Len()-1])
	f.Add([]byte(cacheMagic))
	f.Add([]byte("BZh9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, cacheName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		root, err := sysroot.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		open := func() *textCache {
			c := &textCache{root: root, name: "/" + cacheName, at: map[[sha256.Size]byte]place{}}
			c.read()
			return c
		}
		c := open()
		for key := range c.at {
			if _, ok := c.get(key); !ok {
				t.Error("an entry is not found")
			}
		}
		want, key := []byte("(type fresh)"), sha256.Sum256([]byte("fresh"))
		kept := len(c.at)
		delete(c.at, key)
		c.keep(map[[sha256.Size]byte][]byte{key: want})
		again := open()
		if text, ok := again.get(key); !ok || !bytes.Equal(text, want) {
			t.Errorf("what was added is %q", text)
		}
		if len(again.at) < kept {
			t.Errorf("%d entries of %d are left", len(again.at), kept)
		}
	})
}

// FuzzHomes makes home contexts of any template, users and groups.
func FuzzHomes(f *testing.F) {
	f.Add("HOME_DIR\t-d\tsystem_u:object_r:user_home_dir_t:s0\nHOME_ROOT\t-d\tsystem_u:object_r:home_root_t:s0\n",
		"ann:x:1000:1000::/srv/homes/ann:/bin/bash\n", "staff:x:1000:bob\n",
		"ann:unconfined_u:s0\n%staff:unconfined_u:s0\n")
	f.Add("/run/user/%{USERID}\t-d\tsystem_u:object_r:user_home_dir_t:s0\n/tmp/USER\t<<none>>\n", "a:x:1:1:::\n", "", "")
	f.Add("HOME_DIR", "", "", "__default__:nobody_u\n")
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, template, passwd, group, seusers string) {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "etc"), 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"passwd": passwd, "group": group} {
			if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		root, err := sysroot.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		m := &semanage.Merged{Policy: db}
		for line := range strings.Lines(seusers) {
			if name, user, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name != "" {
				m.Logins = append(m.Logins, semanage.Login{Name: name, User: user})
			}
		}
		h := homes{
			merged: m, checker: semanage.NewContextChecker(db), template: []byte(template),
			config: semanage.BuildConfig{UsePasswd: true}, system: system{root: root},
		}
		text, err := h.text()
		if err == nil && len(text) > 0 && !strings.HasPrefix(string(text), homesHeader) {
			t.Errorf("%q", text)
		}
	})
}
