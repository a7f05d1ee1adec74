package doc

import (
	"github.com/senet-selinux/senet/audit"
)

func avcOf(in *audit.AVC) AVC {
	return AVC{
		Result:       in.Result,
		User:         in.User,
		Permissions:  in.Permissions,
		SContext:     in.SContext,
		TContext:     in.TContext,
		TClass:       in.TClass,
		Permissive:   in.Permissive,
		SRawContext:  in.SRawContext,
		TRawContext:  in.TRawContext,
		PID:          in.PID,
		Comm:         in.Comm,
		Exe:          in.Exe,
		Path:         in.Path,
		Name:         in.Name,
		Dev:          in.Dev,
		Ino:          in.Ino,
		LAddr:        in.LAddr,
		LPort:        in.LPort,
		FAddr:        in.FAddr,
		FPort:        in.FPort,
		SAddr:        in.SAddr,
		Src:          in.Src,
		DAddr:        in.DAddr,
		Dest:         in.Dest,
		Netif:        in.Netif,
		Capability:   in.Capability,
		KMod:         in.KMod,
		IoctlCmd:     in.IoctlCmd,
		NlmsgType:    in.NlmsgType,
		Fields:       list(in.Fields, fieldOf),
		Inferred:     list(in.Inferred, inferenceOf),
		UnknownNames: in.UnknownNames,
		Text:         in.Text,
	}
}

func changeRecordOf(in *audit.Change) ChangeRecord {
	return ChangeRecord{
		Type:     in.Type,
		Op:       in.Op,
		Boolean:  in.Boolean,
		Value:    in.Value,
		OldValue: in.OldValue,
		Success:  in.Success,
		Fields:   list(in.Fields, fieldOf),
		Text:     in.Text,
	}
}

func containerOf(in *audit.Container) Container { return Container(*in) }

// EventOf returns the document of an event of a log.
func EventOf(in *audit.Event) Event {
	return Event{
		Time:        in.Time,
		YearAssumed: in.YearAssumed,
		Serial:      in.Serial,
		Node:        in.Node,
		Container:   ptr(in.Container, containerOf),
		Format:      in.Format,
		Line:        in.Line,
		AVCs:        list(in.AVCs, avcOf),
		Errors:      list(in.Errors, selinuxErrorOf),
		Changes:     list(in.Changes, changeRecordOf),
		Report:      ptr(in.Report, sealertReportOf),
		Symptom:     ptr(in.Symptom, symptomOf),
		Rule:        ptr(in.Rule, loggedRuleOf),
		Syscall:     ptr(in.Syscall, syscallOf),
		Sockaddr:    ptr(in.Sockaddr, sockaddrOf),
		Proctitle:   in.Proctitle,
		CWD:         in.CWD,
		Paths:       list(in.Paths, filePathOf),
		Argv:        in.Argv,
	}
}

func fieldOf(in *audit.Field) Field { return Field(*in) }

func filePathOf(in *audit.FilePath) FilePath { return FilePath(*in) }

func inferenceOf(in *audit.Inference) Inference {
	return Inference{Field: in.Field, Logged: in.Logged, Taken: in.Taken, Cut: in.Cut}
}

func loggedRuleOf(in *audit.Rule) LoggedRule {
	return LoggedRule{in.SourceType, in.TargetType, in.Class, in.Permissions, in.Path, in.Constraint, in.Text}
}

func malformedOf(in *audit.Malformed) Malformed {
	return Malformed{in.Kind, in.Count, in.Line, in.Sample, list(in.Has, fieldOf)}
}

func sealertReportOf(in *audit.Report) SealertReport { return SealertReport(*in) }

func selinuxErrorOf(in *audit.SELinuxError) SELinuxError {
	return SELinuxError{
		User:           in.User,
		Op:             in.Op,
		Reason:         in.Reason,
		Permissions:    in.Permissions,
		SContext:       in.SContext,
		TContext:       in.TContext,
		TClass:         in.TClass,
		InvalidContext: in.InvalidContext,
		OldContext:     in.OldContext,
		NewContext:     in.NewContext,
		TaskContext:    in.TaskContext,
		Fields:         list(in.Fields, fieldOf),
		Text:           in.Text,
	}
}

func denialSignatureOf(in *audit.Signature) DenialSignature { return DenialSignature(*in) }

func sockaddrOf(in *audit.Sockaddr) Sockaddr { return Sockaddr(*in) }

// LogStatsOf returns the document of the statistics of a log.
func LogStatsOf(in *audit.Stats) LogStats {
	return LogStats{
		Lines:        in.Lines,
		Bytes:        in.Bytes,
		Events:       in.Events,
		Denied:       in.Denied,
		Granted:      in.Granted,
		Errors:       in.Errors,
		Changes:      in.Changes,
		Reports:      in.Reports,
		Symptoms:     in.Symptoms,
		Unlogged:     in.Unlogged,
		Rules:        in.Rules,
		Other:        in.Other,
		Foreign:      in.Foreign,
		Duplicates:   in.Duplicates,
		Early:        in.Early,
		Listed:       in.Listed,
		Unrecognised: in.Unrecognised,
		Lost:         in.Lost,
		LostRecords:  in.LostRecords,
		Malformed:    list(in.Malformed, malformedOf),
	}
}

func symptomOf(in *audit.Symptom) Symptom {
	return Symptom{
		Program:     in.Program,
		PID:         in.PID,
		Operation:   in.Operation,
		Protocol:    in.Protocol,
		Addr:        in.Addr,
		Host:        in.Host,
		Port:        in.Port,
		PortDefault: in.PortDefault,
		Service:     in.Service,
		Path:        in.Path,
		Asked:       in.Asked,
		Class:       in.Class,
		Domain:      in.Domain,
		Step:        in.Step,
		Call:        in.Call,
		Backend:     in.Backend,
		Server:      in.Server,
		Frontend:    in.Frontend,
		Errno:       in.Errno,
		Text:        in.Text,
	}
}

func syscallOf(in *audit.Syscall) Syscall {
	return Syscall{
		Arch:    in.Arch,
		Number:  in.Number,
		Name:    in.Name,
		URing:   in.URing,
		Success: in.Success,
		Exit:    in.Exit,
		Errno:   in.Errno,
		Args:    in.Args,
		PPID:    in.PPID,
		PID:     in.PID,
		AUID:    in.AUID,
		UID:     in.UID,
		GID:     in.GID,
		EUID:    in.EUID,
		TTY:     in.TTY,
		Ses:     in.Ses,
		Comm:    in.Comm,
		Exe:     in.Exe,
		Subj:    in.Subj,
		Key:     in.Key,
		Names:   list(in.Names, fieldOf),
	}
}
