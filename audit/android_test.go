package audit_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// TestAndroidVersion: which version of Android a text names, also by the number of a system that is made of it.
func TestAndroidVersion(t *testing.T) {
	for text, want := range map[string]int{
		"# cm-13: no sound":                        6,
		"CyanogenMod 12.1 nightly":                 5,
		"branch lineage-14.1":                      7,
		"LineageOS 18.1 on a tablet":               11,
		"Android 7.1.2 (Nougat)":                   7,
		"from Marshmallow to Android 10":           10,
		"it is 13 cm-25 wide":                      0,
		"adb shell getprop, com.acmandroid 7 lost": 0,
		"android 2024-05-01":                       0,
		"the android phone":                        0,
		"lollipop":                                 5,
	} {
		r := audit.NewReader(strings.NewReader(text+"\n"), audit.Options{})
		for range r.Events() {
		}
		if got := r.Prose().Android; got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
