package incident_test

import (
	"errors"
	"testing"
	"time"

	"github.com/senet-selinux/senet/incident"
)

func TestParseTime(t *testing.T) {
	zone := time.FixedZone("east", 2*3600)
	now := time.Date(2026, 11, 30, 8, 0, 0, 0, zone)
	for text, want := range map[string]string{
		"10m":                           "2026-11-30T07:50:00+02:00",
		"1h30m":                         "2026-11-30T06:30:00+02:00",
		"2d":                            "2026-11-28T08:00:00+02:00",
		"07:59":                         "2026-11-30T07:59:00+02:00",
		"08:00:00":                      "2026-11-30T08:00:00+02:00",
		"08:01":                         "2026-11-29T08:01:00+02:00", // of yesterday: today's is to come
		"2026-11-01":                    "2026-11-01T00:00:00+02:00",
		"2026-11-01 12:30":              "2026-11-01T12:30:00+02:00",
		"2026-11-01T12:30:05":           "2026-11-01T12:30:05+02:00",
		"2026-11-01T12:30:05Z":          "2026-11-01T14:30:05+02:00",
		"@1764482400":                   "2025-11-30T08:00:00+02:00",
		"@1764482400.25":                "2025-11-30T08:00:00.25+02:00",
		"audit(1764482400.250:17)":      "2025-11-30T08:00:00.25+02:00",
		"1764482400.250:17":             "2025-11-30T08:00:00.25+02:00",
		" 2026-11-01 ":                  "2026-11-01T00:00:00+02:00",
		"2026-11-01T12:30:05.123+02:00": "2026-11-01T12:30:05.123+02:00",
	} {
		got, err := incident.ParseTime(text, now)
		if err != nil || got.In(zone).Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v; want %s", text, got.In(zone).Format(time.RFC3339Nano), err, want)
		}
	}
	for _, text := range []string{"", "yesterday", "-5m", "5", "@", "@x", "@-1", "audit()", "25:00", "2026-13-01",
		"1764482400", "1764482400:17", "@99999999999999999999", "d", "-1d"} {
		if got, err := incident.ParseTime(text, now); !errors.Is(err, incident.ErrBadTime) {
			t.Errorf("%q: %v, %v; want ErrBadTime", text, got, err)
		}
	}
}
