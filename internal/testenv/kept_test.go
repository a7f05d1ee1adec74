package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestKept: what is kept is made once for each key.
func TestKept(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	made := 0
	ask := func(key, want string) {
		t.Helper()
		got := Kept(t, "kept", key, func() []byte {
			made++
			return []byte(key + "!")
		})
		if string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	ask("a", "a!")
	ask("b", "b!")
	ask("a", "a!")
	if made != 2 {
		t.Errorf("made %d times", made)
	}
}

// TestProgram: the text for a program changes with the program, and with a library that it is
// linked with.
func TestProgram(t *testing.T) {
	Need(t, "cc")
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("LD_LIBRARY_PATH", dir)
	build := func(name, source string, args ...string) {
		t.Helper()
		file := filepath.Join(dir, "source.c")
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{"-o", filepath.Join(dir, name), file}, args...)
		if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
			t.Fatalf("cc: %v: %s", err, out)
		}
	}
	library := func(answer string) {
		build("libanswer.so", "int answer(void) { return "+answer+"; }", "-shared", "-fPIC")
	}
	program := func(code string) {
		build("asks", "int answer(void); int main(void) { return answer() + "+code+"; }", "-L"+dir, "-lanswer")
	}
	library("1")
	program("1")
	first := Program(t, "asks")
	if first != Program(t, "asks") {
		t.Error("two texts for one program")
	}
	library("2")
	second := Program(t, "asks")
	program("2")
	if third := Program(t, "asks"); first == second || second == third || first == third {
		t.Error("the text stays when the library or the program changes")
	}
}
