// Package explain has the pages of senet explain: plain-language descriptions of reason
// codes, assumptions, permissions, layers and names in policies.
//
// General text is in the files below pages, which can be edited without changing code;
// their README.md describes the format. Facts that depend on a policy or a host, such as
// which checks are made or how many rules grant a permission, are computed from package
// network and the policy, and are in [Live].
package explain
