package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// allowed are the directories below which files are opened, without links in them.
type allowed []string

func (a *allowed) add(dir string) error {
	real, err := real(dir)
	if err == nil {
		*a = append(*a, real)
	}
	return err
}

// real is the absolute path behind all links.
func real(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(name)
}

var errNotAllowed = errors.New("not below a directory that --allow-path names")

// path checks a path that the client names and returns what it stands for, with all
// links followed. What is not allowed and what is not there are told alike, so that the
// client does not learn which files exist.
func (a allowed) path(name string) (string, error) {
	file, err := real(name)
	if err == nil {
		for _, dir := range a {
			if file == dir || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/") {
				return file, nil
			}
		}
	}
	return "", fmt.Errorf("%q: %w", name, errNotAllowed)
}

// policy checks the name of a policy: a word that senet knows, or a path.
func (a allowed) policy(name string, words ...string) (string, error) {
	for _, w := range words {
		if name == w {
			return name, nil
		}
	}
	return a.path(name)
}
