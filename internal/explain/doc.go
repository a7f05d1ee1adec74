// Package explain holds the pages of senet explain: what a reason's code, an
// assumption, a permission, a layer or a name that people meet in policies
// means, in plain words.
//
// What is always true stands in the text files below pages, which can be edited
// without touching code; their README.md says how. What depends on a policy or a
// host, such as which checks are live or how many rules grant a permission, is
// computed from package network and the policy and comes with the page as
// [Live].
package explain
