// Package remedy proposes changes that make a refused operation succeed, and
// computes for each, exactly and over the whole policy, what it costs: which
// other domains gain or lose access to which ports, and how many ports the
// subject itself gains.
//
// Nothing is estimated. A change of labels or booleans is a policy that differs
// in them; a new type or rule is an edited copy of the policy. Each is asked the
// same questions as the policy it comes from, of every domain whose answer can
// differ: where rules change, those that the sources of the rules are about.
//
// [Find] returns all fixes, [Best] the first of them at a fraction of the cost,
// and [Elsewhere] what to look for where SELinux does not refuse.
//
// Start here: [Find].
package remedy
