package cli

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/words"
)

const logLong = `List the changes that senet made in the policy store, the newest first: the
number of its transaction, which senet undo takes, the time, and what it was
for. The last transaction of semanage as a personality of senet is listed too;
what other programs changed is not known.

Exit status: 0 changes are listed, 1 there are none, 65 the store cannot be
read.`

const logExamples = `  senet log
  senet log --json`

func newLog(streams ioStreams) *cobra.Command {
	var flags writeFlags
	var output outputFlags
	cmd := &cobra.Command{
		Use:     "log",
		Long:    logLong,
		Example: logExamples,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s, err := flags.openChange(streams)
			if err != nil {
				return err
			}
			list, err := s.History()
			if err != nil {
				return flags.changeProblem(err)
			}
			slices.Reverse(list)
			if err := output.emit(streams.stdout, func() any { return newLogJSON(s.Records().Name(), list) },
				func(w io.Writer) error { return writeLog(w, list) }); err != nil {
				return err
			}
			if len(list) == 0 {
				return errNo
			}
			return nil
		},
	}
	flags.storeFlags.register(cmd.Flags())
	output.register(cmd.Flags())
	return cmd
}

func writeLog(w io.Writer, list []change.Entry) error {
	var b words.Page
	for i := range list {
		e := &list[i]
		name := entryName(e)
		if e.Undoes != 0 {
			name = words.Sprintf("taking %d back", e.Undoes)
		}
		b.Printf("%-5d %-16s  %s\n", e.ID, logTime(e.Time), words.Wrap(name, 24))
		if status := entryStatus(e); status != "" {
			b.Printf("%24s%s\n", "", status)
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// entryStatus says what became of a change, "" where it stands.
func entryStatus(e *change.Entry) string {
	switch {
	case e.Status == change.Begun:
		return "not complete"
	case e.Status == change.Void:
		return "it failed, and was taken out"
	case e.UndoneBy != 0:
		return words.Sprintf("taken back by %d", e.UndoneBy)
	}
	return ""
}

func newLogJSON(store string, list []change.Entry) doc.Log {
	out := doc.Log{Schema: "senet.log/1", Store: store, Changes: []doc.LogEntry{}}
	for i := range list {
		e := &list[i]
		one := doc.LogEntry{Transaction: e.ID, Status: e.Status, Undoes: e.Undoes, UndoneBy: e.UndoneBy}
		one.Entry = newEntryJSON(e.About.Title, e.About.Question, e.About.Command)
		one.Changes = []doc.PlanChange{}
		if !e.Time.IsZero() {
			one.Time = &e.Time
		}
		if e.Module != nil {
			one.Module = e.Module.Name
		}
		for _, d := range e.Content().Records {
			one.Changes = append(one.Changes, differenceJSON(d))
		}
		out.Changes = append(out.Changes, one)
	}
	return out
}
