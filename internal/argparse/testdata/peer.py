"""Answers parse requests with the real argparse.

The first line of standard input is a JSON list of tables of options, every other line a JSON object with the index of a table and
a command line, whose words are hexadecimal bytes. One JSON line is written for each.
"""
import argparse
import json
import os
import sys


class Refused(Exception):
    pass


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Refused(message)

    def exit(self, status=0, message=None):
        raise Refused("exit %d" % status)

    def print_help(self, file=None):
        raise Refused("help")


class Note(argparse.Action):
    """Logs every call, so that the order of actions is compared as well."""

    def __init__(self, flag=False, **kwargs):
        super().__init__(**kwargs)
        self.flag = flag

    def __call__(self, parser, namespace, values, option_string=None):
        if self.flag:
            values = self.const
        elif values is True or values == []:
            values = None
        elif isinstance(values, list):
            values = values[0]
        elif values is None:
            return
        namespace.log.append([self.dest, None if values is None else os.fsencode(values).hex()])


class Version(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        raise Refused("version")


def build(table):
    parser = Parser(prog="prog", add_help=False)
    for option in table["options"]:
        names = option["names"]
        if option["effect"] == "help":
            parser.add_argument(*names, action="help", dest=option["dest"])
        elif option["effect"] == "version":
            parser.add_argument(*names, action=Version, nargs=0, dest=option["dest"])
        else:
            nargs = {"flag": 0, "one": None, "optional": "?", "list": 1}[option["arity"]]
            flag = option["arity"] == "flag"
            parser.add_argument(*names, action=Note, nargs=nargs, flag=flag, dest=option["dest"],
                                const=option["const"] if flag else True)
    for dest in table["positionals"]:
        parser.add_argument(dest, nargs="?", action=Note)
    return parser


parsers = [build(table) for table in json.loads(sys.stdin.readline())]
for line in sys.stdin:
    request = json.loads(line)
    words = [os.fsdecode(bytes.fromhex(word)) for word in request["words"]]
    namespace = argparse.Namespace(log=[])
    answer = {"log": [], "error": ""}
    try:
        parsers[request["table"]].parse_args(words, namespace)
        answer["log"] = namespace.log
    except Refused as refusal:
        answer["error"] = os.fsencode(str(refusal)).hex()
    print(json.dumps(answer))
