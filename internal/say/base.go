package say

import (
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/words"
)

// BaseDifference says in what the state of a store differs from the one that a plan was made for.
func BaseDifference(planned, now change.Base) string {
	switch {
	case planned.Store != now.Store:
		return words.Sprintf("it was for %.40q, this is %q", planned.Store, now.Store)
	case planned.Commit != now.Commit:
		return words.Sprintf("it was for transaction %d, the store is at %d", planned.Commit, now.Commit)
	}
	return "the policy is another"
}
