package setools

import "regexp"

func compilePattern(text string) (*regexp.Regexp, error) { return regexp.Compile(text) }
