package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// runPlan prints the change of a fix, and writes it to a file.
func (f *fixFlags) runPlan(a *fixAnswer, streams ioStreams) error {
	steps, err := a.steps(&a.fixes[f.plan-1], a.store)
	if err != nil {
		return err
	}
	if f.out != "" {
		if a.store == nil {
			return unreadable(fmt.Errorf("a plan file is for a policy store: %w", a.storeErr), "without --out the plan is printed")
		}
		text, err := json.MarshalIndent(a.planJSON(f.plan, steps), "", "  ")
		if err != nil {
			return err
		}
		if err := sysroot.Save(f.out, append(text, '\n'), 0o600); err != nil {
			return unreadable(err, "")
		}
	}
	return f.output.emit(streams.stdout, func() any { return a.planJSON(f.plan, steps) }, page(func(b *words.Page) {
		a.writePlan(b, f.plan, steps, true)
		switch {
		case f.out != "":
			b.Command("next", shell.New("senet", "fix").Option("--apply", f.out).With(a.store.flags.repeat()))
		case a.store != nil && a.fixes[f.plan-1].Works:
			b.Command("next", a.question().command(a.can.repeat).Flag("--apply", strconv.Itoa(f.plan)))
		}
	}))
}

// maxPlanFile bounds the plan files that are read.
const maxPlanFile = 16 << 20

// readPlan reads a plan file.
func readPlan(path string) (*doc.FixPlan, error) {
	text, err := sysroot.ReadInput(path, maxPlanFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unreadable(err, "--apply takes the number of a fix, after its question, or a plan file")
	}
	if err != nil {
		return nil, unreadable(err, "")
	}
	p, err := parsePlan(text)
	if err != nil {
		return nil, unreadable(fmt.Errorf("%s is no plan: %w", path, err), "senet fix SUBJECT ACTION TARGET --plan N --out FILE writes one")
	}
	return p, nil
}

// parsePlan reads a plan and refuses what senet would not have written.
func parsePlan(text []byte) (*doc.FixPlan, error) {
	var p doc.FixPlan
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&p); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is something after it")
	}
	switch {
	case p.Schema != doc.FixPlanSchema:
		return nil, fmt.Errorf("its schema is %.40q, not %s", p.Schema, doc.FixPlanSchema)
	case p.Store == nil:
		return nil, errors.New("it names no policy store")
	}
	return &p, fixQuestion(p.Question).check()
}

// runPlanFile makes the change of a plan. The plan is not believed: its question
// is asked again, one of the fixes must take exactly its steps, and what it says of
// them, for those who read it, must be true.
func (f *fixFlags) runPlanFile(streams ioStreams) error {
	plan, err := readPlan(f.apply)
	if err != nil {
		return err
	}
	a, err := f.ask(fixQuestion(plan.Question).args(), streams)
	if err != nil {
		return err
	}
	if a.store == nil {
		return a.storeErr
	}
	if doc.StoreStateOf(a.store.base) != *plan.Store {
		if a.can.answer.Verdict != network.Denied {
			return f.nothing(a, streams)
		}
		return unreadable(fmt.Errorf("the store is not in the state that the plan was made for: %s",
			differenceOf(*plan.Store, doc.StoreStateOf(a.store.base))),
			words.Format("make the plan anew: %s", a.question().command(a.can.repeat)))
	}
	for i := range a.fixes {
		steps, err := a.steps(&a.fixes[i], a.store)
		if err != nil {
			continue
		}
		made := a.planJSON(i+1, steps)
		if !sameJSON(made.Steps, plan.Steps) {
			continue
		}
		if !sameJSON(made.Fix, plan.Fix) || !sameJSON(made.Commands, plan.Commands) {
			return unreadable(errors.New("the plan does not do what it says"), "it was changed, or made by another version")
		}
		return f.runApply(a, i+1, streams)
	}
	return unreadable(errors.New("the plan is none that this senet makes for this store and question"), "it was changed, or made by another version or for another machine")
}

func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	y, e := json.Marshal(b)
	return err == nil && e == nil && bytes.Equal(x, y)
}

func differenceOf(planned, now doc.StoreState) string {
	switch {
	case planned.Name != now.Name:
		return words.Sprintf("it was for %.40q, this is %q", planned.Name, now.Name)
	case planned.Commit != now.Commit:
		return words.Sprintf("it was for transaction %d, the store is at %d", planned.Commit, now.Commit)
	}
	return "the policy is another"
}
