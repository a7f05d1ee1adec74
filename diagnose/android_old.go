package diagnose

import (
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// treble is the first version of Android whose policy has an attribute for the domains and files of the system and of
// vendors each.
const treble = 8

// beforeTreble reports whether a log is from Android 4 to 7: by the text, or by its date. Clocks that were never set
// have an earlier one.
func (g *Diagnoser) beforeTreble(e *audit.Event) bool {
	if v := g.prose.Android; v != 0 {
		return v < treble
	}
	first, released := time.Date(2013, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2017, 8, 21, 0, 0, 0, 0, time.UTC)
	return !e.YearAssumed && e.Time.After(first) && e.Time.Before(released)
}

// beforeTreble leaves out the attributes that policies before Android 8 do not have.
func (c *ImageChange) beforeTreble() {
	c.System = false
	c.Attributes = slices.DeleteFunc(slices.Clone(c.Attributes), func(name string) bool {
		return slices.Contains([]string{"system_file_type", "vendor_file_type", "core_data_file_type"}, name)
	})
}

// mountedOver reports whether a file is on a file system that is mounted over that of the image, as modules do whose
// files are in an image of their own, in a tmpfs or in an overlay; packages of the system (/apex) are in images too.
func mountedOver(a *audit.AVC) bool {
	return (strings.HasPrefix(a.Dev, "loop") || a.Dev == "overlay" || a.Dev == "tmpfs") &&
		slices.ContainsFunc([]string{"/system/", "/vendor/", "/product/", "/system_ext/", "/odm/", "/sbin/",
			"/data/adb/"}, func(dir string) bool { return strings.HasPrefix(a.Path, dir) })
}
