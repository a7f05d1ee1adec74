package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/doc/schema"
	"github.com/senet-selinux/senet/internal/words"
)

const schemaLong = `Print the JSON Schema of a document that a command prints with --json, or that
it writes to a file: can, or senet.can/1. Without a name the documents are
listed. The field "schema" of a document is its name. Under one name fields may
be added; none is renamed or removed.

Exit status: 0 printed, 64 there is no such document.`

const schemaExamples = `  senet schema
  senet schema can > can.json`

func newSchema(streams ioStreams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "schema [NAME]",
		Long:    schemaLong,
		Example: schemaExamples,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return writeSchemas(streams, asJSON)
			}
			text, err := schema.Read(args[0])
			if err != nil {
				return usage(err, "senet schema lists the documents")
			}
			_, err = streams.stdout.Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON; a schema is JSON")
	return cmd
}

func writeSchemas(streams ioStreams, asJSON bool) error {
	names := schema.Names()
	if asJSON {
		return writeJSON(streams.stdout, doc.Schemas{Schema: "senet.schemas/1", Names: names})
	}
	_, err := words.Fprintf(streams.stdout, "%s\n", words.Escape(strings.Join(names, "\n")))
	return err
}
