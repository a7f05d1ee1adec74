package cli

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
)

func (a *fixAnswer) appliedJSON(done *senet.Done, kernel *senet.Answer) doc.Fixes {
	out := a.json()
	out.Apply(done, kernel)
	return out
}

func (a *fixAnswer) planJSON(n int, plan *senet.Plan) doc.FixPlan {
	var base *change.Base
	if a.store != nil {
		base = &plan.Base
	}
	return doc.FixPlanOf(a.said(), n-1, doc.QuestionOf(a.asked.Lasting()), plan.Change, base, a.deployment())
}
