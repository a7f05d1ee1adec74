package cil_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/test/cilgen"
)

func TestLayout(t *testing.T) {
	const source = `; head

(type   a) ; one


(block b(type x)  ; of x
; before
 (allow x a (file (read write))))
(optional o
(allow a a (file (read getattr open ioctl lock map append write create unlink link rename setattr))))(optional empty)
(allow a a
  ; why
  (file (read)))
(macro m ((type t)(role r)) (allow t t (file (read))))
(in after b (type y))
(booleanif (and x y) (true (allow a a (file (read)))) (false (allow a a (file (write)))))
;;* lmx 3 /src/a.te
  (neverallow a a (file (write)))
;;* lme
`
	const want = `; head

(type a) ; one

(block b
    (type x) ; of x
    ; before
    (allow x a (file (read write)))
)
(optional o
    (allow a a
        (file
            (read getattr open ioctl lock map append write create unlink link
                rename setattr)))
)
(optional empty)
(allow a a
    ; why
    (file (read)))
(macro m ((type t) (role r))
    (allow t t (file (read)))
)
(in after b
    (type y)
)
(booleanif (and x y)
    (true
        (allow a a (file (read)))
    )
    (false
        (allow a a (file (write)))
    )
)
;;* lmx 3 /src/a.te
(neverallow a a (file (write)))
;;* lme
`
	got, err := cil.Layout(source)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	sameLayout(t, source)
	sameLayout(t, cilgen.Base)
}

// sameLayout: the layout of a source has its statements and comments, and is its
// own layout.
func sameLayout(t *testing.T, source string) {
	t.Helper()
	once, err := cil.Layout(source)
	if err != nil {
		t.Fatal(err)
	}
	before, err := cil.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	after, err := cil.Parse(once)
	if err != nil {
		t.Fatalf("%v in the layout:\n%s", err, once)
	}
	if d := cmp.Diff(before, after, cmpopts.IgnoreFields(cil.Node{}, "Pos"), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("the layout means something else: %s\n%s", d, once)
	}
	twice, err := cil.Layout(once)
	if err != nil {
		t.Fatal(err)
	}
	if once != twice {
		t.Errorf("the layout has another layout: %s", cmp.Diff(once, twice))
	}
}

func FuzzLayout(f *testing.F) {
	f.Add("(block a ; c\n (type b))")
	f.Add(";;* lms 1 f\n(a b)\n;;* lme\n; end")
	f.Add("(a ;b\n) ;c\n\n\n(in x (y))")
	f.Fuzz(func(t *testing.T, source string) {
		if _, err := cil.Layout(source); err != nil || strings.ContainsRune(source, '\r') {
			return
		}
		sameLayout(t, source)
	})
}
