package doc_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/doc/schema"
	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/statefile"
)

var update = flag.Bool("update", false, "write the schemas anew")

// documents are the documents and the types that make them: several, where commands
// with one schema answer differently.
func documents() map[string][]any {
	record := []any{doc.Change{}, doc.RecordList{}, doc.Export{}}
	return map[string][]any{
		"senet.access/1":         {doc.Access{}},
		"senet.access-line/1":    {doc.AccessLine{}},
		"senet.bool/1":           {doc.Change{}, doc.BoolList{}, doc.Export{}},
		"senet.access-fix/1":     {doc.AccessFixes{}},
		"senet.access-plan/1":    {doc.AccessPlan{}},
		"senet.can/1":            {doc.Can{}},
		"senet.check/1":          {doc.Check{}},
		"senet.compile/1":        {doc.Compile{}},
		"senet.diff/1":           {doc.Diff{}},
		"senet.format/1":         {doc.Format{}},
		"senet.error/1":          {doc.Error{}},
		"senet.explain/1":        {doc.Explain{}},
		"senet.explain-topics/1": {doc.Topics{}},
		"senet.facts/1":          {savedFacts{}},
		"senet.fix/1":            {doc.Fixes{}},
		"senet.fix-plan/1":       {doc.FixPlan{}},
		"senet.host/1":           {doc.Host{}},
		"senet.info/1":           {setools.InfoDocument{}},
		"senet.interface/1":      record,
		"senet.log/1":            {doc.Log{}},
		"senet.node/1":           record,
		"senet.plan/1":           {doc.Plan{}},
		"senet.port/1":           {doc.Change{}, doc.PortList{}, doc.Export{}},
		"senet.ports/1":          {doc.Ports{}},
		"senet.ps/1":             {doc.Processes{}},
		"senet.refpolicy/1":      {doc.RefpolicyList{}, doc.RefpolicyExpand{}, doc.RefpolicySearch{}},
		"senet.schemas/1":        {doc.Schemas{}},
		"senet.search/1":         {setools.SearchResult{}},
		"senet.module/1": {doc.ModuleChange{}, doc.ModuleList{}, doc.ModuleBuild{}, doc.ModuleExtract{},
			doc.ModuleNew{}, doc.ModuleLint{}},
		"senet.state/1":       {statefile.State{}},
		"senet.status/1":      {doc.Status{}},
		"senet.store-check/1": {doc.StoreCheck{}},
		"senet.undo/1":        {doc.Undo{}},
		"senet.version/1":     {doc.Version{}},
		"senet.test/1":        {doc.Tests{}},
		"senet.who/1":         {doc.Who{}},
		"senet.why/1":         {doc.Why{}},
	}
}

// savedFacts is the file that senet host --save writes.
type savedFacts struct {
	Schema string     `json:"schema"`
	Facts  host.Facts `json:"facts"`
}

// TestSchemas holds the schemas that are committed against the types.
func TestSchemas(t *testing.T) {
	var names []string
	sources := newComments()
	for name, types := range documents() {
		names = append(names, name)
		want, err := newGenerator(t, sources).document(name, types)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("schema", schema.File(name))
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the types say: go generate ./internal/doc (%v)", file, err)
		}
	}
	slices.Sort(names)
	if got := slices.Sorted(slices.Values(schema.Names())); !*update && !slices.Equal(got, names) {
		t.Errorf("there are schemas of %v, and documents %v", got, names)
	}
}

// TestGenerator shows what each rule of the generator makes.
func TestGenerator(t *testing.T) {
	type inner struct {
		A int `json:"a"`
	}
	type all struct {
		inner
		Text    string          `json:"text"`
		Missing string          `json:"missing,omitempty"`
		Null    *inner          `json:"null"`
		List    []uint16        `json:"list"`
		Map     map[string]bool `json:"map"`
		Hidden  int             `json:"-"`
	}
	got, err := json.Marshal(newGenerator(t, newComments()).object(reflect.TypeFor[all]()))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"object","properties":{"a":{"type":"integer"},` +
		`"text":{"type":"string"},"missing":{"type":"string"},` +
		`"null":{"anyOf":[{"$ref":"#/$defs/doc_test.inner"},{"type":"null"}]},` +
		`"list":{"type":"array","items":{"type":"integer","minimum":0,"maximum":65535}},` +
		`"map":{"type":"object","additionalProperties":{"type":"boolean"}}},` +
		`"required":["a","text","null","list","map"]}`
	if string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
