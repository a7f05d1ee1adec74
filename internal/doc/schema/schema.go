// Package schema has the JSON Schemas of the documents in package doc, as they are
// generated from its types. They are part of the program's file, and read when they
// are asked for.
//
// Start here: [Names] and [Read].
package schema

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.json
var files embed.FS

// Names returns the names of the documents, such as senet.can/1, in order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // it is part of the program
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		document, version, _ := strings.Cut(strings.TrimSuffix(e.Name(), ".json"), ".")
		names[i] = "senet." + document + "/" + version
	}
	return names
}

// File returns the name of the file for a document, such as can.1.json for
// senet.can/1.
func File(name string) string {
	document, version, _ := strings.Cut(strings.TrimPrefix(name, "senet."), "/")
	return document + "." + version + ".json"
}

// Read returns the schema of a document. A name may be short: can is the last
// version of senet.can.
func Read(name string) ([]byte, error) {
	if !strings.Contains(name, "/") {
		for _, full := range Names() {
			if document, _, _ := strings.Cut(full, "/"); document == "senet."+strings.TrimPrefix(name, "senet.") {
				name = full
			}
		}
	}
	text, err := files.ReadFile(File(name))
	if err != nil {
		return nil, fmt.Errorf("no document is called %q", name)
	}
	return text, nil
}
