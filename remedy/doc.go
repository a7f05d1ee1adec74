// Package remedy proposes changes that make a refused operation succeed, and computes for
// each the exact cost over the whole policy: which other domains gain or lose access to
// which ports, and how many ports the subject itself gains.
//
// Nothing is estimated. A change of labels or booleans is the same policy with other
// labels or booleans; a new type or rule is an edited copy of the policy. Both the old
// and the new policy answer the same questions, for every domain whose answer can differ:
// if rules change, those are the domains that the sources of the rules apply to.
//
// [Find] returns all fixes, [Best] the first of them in far less time, and [Elsewhere]
// other possible causes if SELinux does not refuse the operation.
//
// Start here: [Find].
package remedy
