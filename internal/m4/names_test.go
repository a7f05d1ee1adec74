package m4

import (
	"fmt"
	"testing"
)

// TestNames: a name is found in the engine that has it, in the order of the forks, whatever the filters say of others.
func TestNames(t *testing.T) {
	base := New(Options{})
	for i := range 20_000 { // so many that filters let other names pass
		base.Define(fmt.Sprintf("name%d", 2*i), "base")
	}
	fork := base.Fork()
	fork.Define("name2", "fork")
	if _, err := fork.Expand("", "undefine(`name4')undefine(`name5')"); err != nil {
		t.Fatal(err)
	}
	for i := range 40_002 {
		name := fmt.Sprintf("name%d", i)
		want := "base"
		switch {
		case i == 2:
			want = "fork"
		case i%2 == 1, i == 4, i >= 40_000:
			want = ""
		}
		if got, ok := fork.Text(name); got != want || ok != (want != "") {
			t.Fatalf("%s is %q, %v; want %q", name, got, ok, want)
		}
	}
	if text, _ := base.Text("name4"); text != "base" {
		t.Errorf("a fork changed its base: %q", text)
	}
}
