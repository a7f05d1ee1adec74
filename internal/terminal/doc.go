// Package terminal knows what the terminal of a person can do: whether there is one, how wide it is, and whether it
// takes colours; and shows there what takes long.
package terminal
