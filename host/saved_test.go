package host

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
)

func TestSaveAndLoad(t *testing.T) {
	f, err := fixture(t, enforcingHost()).read("")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "web1.json")
	for range 2 { // the second time over the first
		if err := Save(file, f); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, f) {
		t.Errorf("loaded %+v\nsaved  %+v", got, f)
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("Save leaves files behind: %v, %v", entries, err)
	}
	if err := Save(filepath.Join(t.TempDir(), "no", "such"), f); err == nil {
		t.Error("saved into a directory that does not exist")
	}
	if s := f.Summary(); s.Sysctls != nil || s.SELinux.Booleans != nil || s.LocalPorts != f.LocalPorts ||
		f.SELinux.Booleans == nil {
		t.Errorf("summary %+v", s)
	}
}

// Decode refuses texts that Encode does not write.
func TestDecodeStrict(t *testing.T) {
	good, err := Encode(Standard())
	if err != nil {
		t.Fatal(err)
	}
	if f, err := Decode(good); err != nil || !reflect.DeepEqual(f, Standard()) {
		t.Fatalf("%+v, %v", f, err)
	}
	text := string(good)
	for name, bad := range map[string]string{
		"empty":             "",
		"other schema":      strings.Replace(text, savedSchema, "senet.facts/2", 1),
		"no schema":         strings.Replace(text, `"schema"`, `"scheme"`, 1),
		"unknown member":    strings.Replace(text, `"source"`, `"extra": 1, "source"`, 1),
		"a second value":    text + "{}",
		"port too large":    strings.Replace(text, "60999", "70000", 1),
		"range upside down": strings.Replace(text, "60999", "5", 1),
		"wrong type":        strings.Replace(text, `"enforcing": true`, `"enforcing": "yes"`, 1),
		"no source":         strings.Replace(text, `"standard host"`, `""`, 1),
		"answer of --json":  `{"schema": "senet.host/1", "host": {}}`,
	} {
		if f, err := Decode([]byte(bad)); !errors.Is(err, ErrNotFacts) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	if _, err := Decode(make([]byte, maxSaved+1)); !errors.Is(err, sysroot.ErrTooLarge) {
		t.Errorf("a file that is too large: %v", err)
	}
}
