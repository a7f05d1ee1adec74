// Package say turns values of the library into words for people: numbers, rules,
// labels, records, changes, findings and fixes. Its functions read no file, know no
// flag and decide nothing; what they return still goes out through package words.
package say
