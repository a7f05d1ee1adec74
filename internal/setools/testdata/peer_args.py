"""Parses command lines with the parser of an installed tool of SETools.

The argument is the path of the tool, a Python script. Its text up to the parsing of the command line is executed once, the
checks between that and the set-up of logging after every parse. Every line of standard input is a JSON list of words; one JSON
object with the namespace or the error is written for each.
"""
import argparse
import enum
import json
import os
import sys


class Refused(Exception):
    pass


def error(self, message):
    raise Refused(message)


def leave(self, status=0, message=None):
    raise Refused("exit %d" % status)


argparse.ArgumentParser.error = error
argparse.ArgumentParser.exit = leave
argparse.ArgumentParser._print_message = lambda self, message, file=None: None

with open(sys.argv[1], encoding="utf-8") as script:
    head, rest = script.read().split("args = parser.parse_args()", 1)
checks = rest.split("if args.debug:", 1)[0]
sys.argv[0] = os.path.basename(sys.argv[1])
scope = {"__name__": "peer"}
exec(compile(head, "head", "exec"), scope)
checks = compile(checks, "checks", "exec")


def plain(value):
    if isinstance(value, enum.Enum):
        return type(value).__name__ + "." + value.name
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return os.fsencode(value).hex()
    return value


for line in sys.stdin:
    words = [os.fsdecode(bytes.fromhex(word)) for word in json.loads(line)]
    answer = {"args": None, "error": ""}
    try:
        scope["args"] = scope["parser"].parse_args(words)
        exec(checks, scope)
        answer["args"] = {key: plain(value) for key, value in vars(scope["args"]).items()}
    except Refused as refusal:
        answer["error"] = str(refusal).encode("utf-8", "backslashreplace").hex()
    print(json.dumps(answer))
