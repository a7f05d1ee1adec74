// Package say turns values of the library into words for people: numbers, rules, labels,
// records, changes, findings and fixes. Its functions read no file, know no flag and
// decide nothing; package words writes what they return.
package say
