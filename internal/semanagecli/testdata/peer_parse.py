"""Parses command lines as semanage does, one JSON list of words a line.

Answers are JSON: code, out and err where parsing or the rules of the action end
semanage; else args, the values by destination. Nothing is done with a store,
and no file is opened.
"""
import argparse
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import sys

loader = importlib.machinery.SourceFileLoader("semanage_cli", "/usr/sbin/semanage")
spec = importlib.util.spec_from_loader("semanage_cli", loader)
cli = importlib.util.module_from_spec(spec)
loader.exec_module(cli)


class Parsed(Exception):
    pass


class Keep(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)


def stop(args):
    raise Parsed(args)


class Import:
    def __init__(self, args):
        stop(args)


def export(args):
    stop(args)


cli.SetExportFile = Keep
cli.SetImportFile = Keep
cli.handleExport = export
cli.seobject.semanageRecords = Import
for name in cli.object_dict:
    cli.object_dict[name] = stop
cli.seobject.moduleRecords = Import


class Roles(argparse.Action):
    """Which roles there are is not the parser's business here."""

    def __call__(self, parser, namespace, value, option_string=None):
        setattr(namespace, self.dest, (getattr(namespace, self.dest) or []) + value.split())


cli.CheckRole = Roles

for line in sys.stdin:
    words = json.loads(line)
    sys.argv = ["semanage"] + words
    out, err = io.StringIO(), io.StringIO()
    answer = {}
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            args = cli.createCommandParser().parse_args(cli.make_args(sys.argv))
            args.func(args)
        except Parsed as e:
            args = vars(e.args[0])
            for k, v in args.items():
                if isinstance(v, list):
                    args[k] = " ".join(v)
            answer["args"] = {k: str(v) if k == "priority" else v for k, v in args.items()
                              if isinstance(v, (str, bool, int)) and k != "func"}
        except SystemExit as e:
            answer["code"] = e.code or 0
    answer["out"], answer["err"] = out.getvalue(), err.getvalue()
    print(json.dumps(answer))
