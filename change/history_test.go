package change_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/change"
)

func (d *directory) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(d.path("../"+name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestForeignFiles: a history that is not one, or that a newer version wrote, stops
// every change and stays as it is.
func TestForeignFiles(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"senet.history", `{"schema":"senet.history/99","at":1,"entries":[]}`, change.ErrNewer},
		{"senet.history", `{"schema":"senet.history/1","at":1,"entries":[],"more":1}`, change.ErrDamaged},
		{"senet.history", `{"schema":"senet.history/1","at":1,"entries":[]} {}`, change.ErrDamaged},
		{"senet.history", "", change.ErrDamaged},
		{"senet.fix.journal", `{"schema":"senet.fix.undo/2"}`, change.ErrNewer},
		{"senet.fix.undo", `{"schema":"senet.fix.undo/2"}`, change.ErrNewer},
		{"senet.fix.undo", `{"schema":"senet.fix.undo/1","after":3}`, change.ErrDamaged},
	} {
		s, d := scratch(t)
		d.write(t, c.name, c.text)
		_, err := s.Apply(context.Background(), -1, records(port(8050, 8050, "http_port_t")), change.About{})
		wantError(t, err, c.want, change.Unchanged)
		if !strings.Contains(err.Error(), c.name) {
			t.Errorf("%v: which file?", err)
		}
		if _, err := s.Last(); !errors.Is(err, c.want) {
			t.Error(err)
		}
		if _, err := s.Undo(context.Background(), 1); !errors.Is(err, c.want) {
			t.Error(err)
		}
		text, err := os.ReadFile(d.path("../" + c.name))
		if err != nil || string(text) != c.text {
			t.Errorf("%s is %q: %v", c.name, text, err)
		}
	}
	// A pipe is no history, nor is it waited for. Nor is a link, which is left alone.
	s, d := scratch(t)
	if err := syscall.Mkfifo(d.path("../senet.history"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Last(); err == nil || errors.Is(err, change.ErrNothing) {
		t.Error(err)
	}
	victim := t.TempDir() + "/victim"
	if err := errors.Join(os.Remove(d.path("../senet.history")), os.WriteFile(victim, []byte("mine"), 0o600),
		os.Symlink(victim, d.path("../senet.history"))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(context.Background(), -1, records(port(8050, 8050, "http_port_t")),
		change.About{}); change.StateOf(err) != change.Unchanged {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "mine" {
		t.Fatalf("%q %v", text, err)
	}
}

// legacyText is the file that version 0.1 left of a fix with these records.
func legacyText(undoing bool, module string, records []string, before, after int) string {
	var steps []string
	for _, line := range records {
		action := "set"
		if rest, is := strings.CutPrefix(line, "-"); is {
			action, line = "delete", rest
		}
		steps = append(steps, fmt.Sprintf(`{"action":%q,"kind":"port","line":%q}`, action, line))
	}
	m := ""
	if module != "" {
		m = fmt.Sprintf(`"module":{"name":%q,"cil":"(type x)\n"},`, module)
	}
	return fmt.Sprintf(
		`{"schema":"senet.fix.undo/1","undoing":%v,"question":{"subject":"a_t","action":"bind",`+
			`"target":"tcp/5432"},"change":"own port type","steps":{%s"records":[%s]},"before":%d,"after":%`+
			`d,"effects":[]}`,
		undoing, m, strings.Join(steps, ","), before, after)
}

const webLine = "portcon tcp 5432 system_u:object_r:http_port_t:s0"

// TestLegacyUndo: what an older version made is taken back.
func TestLegacyUndo(t *testing.T) {
	for _, module := range []string{"", "web"} {
		s, d := scratch(t)
		after := 2
		if module != "" {
			if err := errors.Join(os.MkdirAll(d.path("modules/400/"+module), 0o700), d.transaction()); err != nil {
				t.Fatal(err)
			}
			after++
		}
		tx, err := s.Records().Begin()
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Set(port(5432, 5432, "http_port_t")); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		d.write(t, "senet.fix.undo", legacyText(false, module, []string{webLine}, 1, after))
		e, err := s.Last()
		if err != nil || e.ID != after || e.About.Title != "own port type" || e.Adopted {
			t.Fatalf("%+v %v", e, err)
		}
		if _, err := s.Undo(context.Background(), e.ID); err != nil {
			t.Fatal(err)
		}
		wantLocal(t, s, "")
		if hasModule(d) {
			t.Fatal("the module is still there")
		}
		if _, err := os.Stat(d.path("../senet.fix.undo")); !errors.Is(err, os.ErrNotExist) {
			t.Fatal("the old file is still there")
		}
		if _, err := s.Last(); !errors.Is(err, change.ErrNothing) {
			t.Fatal(err)
		}
	}
}

// TestLegacyHalf: a fix that an older version left half done is completed or taken
// out.
func TestLegacyHalf(t *testing.T) {
	for _, resume := range []bool{true, false} {
		s, d := scratch(t)
		if err := os.MkdirAll(d.path("modules/400/web"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := d.transaction(); err != nil {
			t.Fatal(err)
		}
		d.write(t, "senet.fix.journal", legacyText(false, "web", []string{webLine}, 1, 0))
		_, err := s.Begin(context.Background())
		var half *change.UnfinishedError
		if !errors.As(err, &half) {
			t.Fatal(err)
		}
		if resume {
			if _, err := s.Resume(context.Background()); err != nil {
				t.Fatal(err)
			}
			wantLocal(t, s, "tcp/5432 http_port_t")
			continue
		}
		if _, err := s.Undo(context.Background(), half.Entry.ID); err != nil {
			t.Fatal(err)
		}
		if hasModule(d) {
			t.Fatal("the module is still there")
		}
	}
}

// TestReplacedStore: a store that was made anew, with a lower number, has no history.
func TestReplacedStore(t *testing.T) {
	s, d := scratch(t)
	for i := range 3 {
		mustApply(t, s, records(port(8050+uint16(i), 8050+uint16(i), "http_port_t")))
	}
	if err := errors.Join(os.WriteFile(d.path("commit_num"), []byte("1"), 0o600),
		os.Remove(d.path("ports.local"))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Last(); !errors.Is(err, change.ErrNothing) {
		t.Fatal(err)
	}
	done := mustApply(t, s, records(port(9000, 9000, "http_port_t")))
	list, err := s.History()
	if err != nil || len(list) != 1 || list[0].ID != done.Entry.ID {
		t.Fatal(list, err)
	}
}

// TestBounded: the history does not grow for ever; the newest changes stay.
func TestBounded(t *testing.T) {
	s, d := scratch(t)
	var entries []string
	for id := 101; id <= 1100; id++ {
		entries = append(entries, fmt.Sprintf(`{"id":%d,"from":%d,"status":"made","records":[{"kind":"boolean",`+
			`"after":{"name":"b","on":true}}]}`, id, id-1))
	}
	d.write(t, "senet.history",
		`{"schema":"senet.history/1","at":1100,"entries":[`+strings.Join(entries, ",")+`]}`)
	d.write(t, "active/commit_num", "1100")
	last := mustApply(t, s, records(port(8050, 8050, "http_port_t"))).Entry.ID
	list, err := s.History()
	if err != nil || len(list) != 1000 || list[0].ID != 102 || list[999].ID != last {
		t.Fatal(len(list), err)
	}
}

// FuzzHistory: the files of a store may come from anybody. What is taken leads nowhere else,
// and is written as it was read.
func FuzzHistory(f *testing.F) {
	f.Add(`{"schema":"senet.history/1","at":3,"entries":[{"id":3,"from":1,"status":"made","time":"2026-01-02T03:04:05Z","title":"own port type","question":["a_t","bind","tcp/1"],"module":{"name":"m","after":"(type x)"},"records":[{"kind":"port","after":{"protocol":"tcp","low":1,"high":1,"context":{"user":"u","role":"r","type":"t","range":"s0"}}}]}]}`)
	f.Add(`{"schema":"senet.history/1","at":2,"entries":[{"id":2,"from":1,"status":"made","records":[{"kind":"boolean","before":{"name":"b"},"after":{"name":"b","on":true}},{"kind":"node","index":4,"before":{"address":"10.0.0.0","mask":"255.0.0.0","context":{"user":"u","role":"r","type":"t"}}}]}]}`)
	f.Add(`{"schema":"senet.history/1","at":2,"entries":[{"id":2,"from":1,"status":"begun","module":{"name":"../x","before":"x"}}]}`)
	f.Add(`{"schema":"senet.history/1","at":2,"entries":[{"id":2,"from":1,"status":"void","undone_by":9,"records":[{"kind":"interface","before":{"name":"e\n","context":{"user":"u","role":"r","type":"t"}}}]}]}`)
	f.Add(legacyText(true, "m", []string{webLine, "-" + webLine}, 1, 3))
	f.Add(strings.Repeat("[", 20000))
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "senet.fix.undo") {
			change.ParseLegacyForTest([]byte(text))
			return
		}
		list, again, err := change.RecodeHistoryForTest([]byte(text))
		if err != nil {
			if !errors.Is(err, change.ErrDamaged) && !errors.Is(err, change.ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		for i := range list {
			e := &list[i]
			if m := e.Module; m != nil && (strings.ContainsAny(m.Name, "/. \x00") || m.Name[0] == '-') {
				t.Fatalf("module %q", m.Name)
			}
			for _, r := range e.Content().Records {
				if strings.ContainsAny(r.Record().String(), "\n\x00") {
					t.Fatalf("record %q", r.Record())
				}
			}
		}
		_, twice, err := change.RecodeHistoryForTest(again)
		if err != nil || string(again) != string(twice) {
			t.Fatalf("%s became %s: %v", again, twice, err)
		}
		if !json.Valid(again) {
			t.Fatalf("no JSON: %s", again)
		}
	})
}
