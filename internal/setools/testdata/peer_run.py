"""Runs the installed tools of SETools many times in one process.

Each line of standard input is a JSON list: the path of a tool, a Python script, and its arguments in hexadecimal. The answer is a
line with the exit code and the number of bytes that the tool printed on standard output, then these bytes. The scripts are
executed whole, as a process would; what is saved is the start of the interpreter and the loading of a policy, which several runs
share.
"""
import io
import json
import os
import sys

import setools

requests, answers = sys.stdin.buffer, sys.stdout.buffer
encoding, errors = sys.stdout.encoding, sys.stdout.errors
sys.stderr = open(os.devnull, "w")

load, loaded = setools.SELinuxPolicy, {}


def shared(path=None):
    if path is None:
        return load()
    if path not in loaded:
        fresh = load(path)
        if len(loaded) == 2:
            loaded.pop(next(iter(loaded)))
        loaded[path] = fresh
    return loaded[path]


setools.SELinuxPolicy = shared
compiled = {}


def answer(tool, arguments):
    if tool not in compiled:
        with open(tool, encoding="utf-8") as script:
            compiled[tool] = compile(script.read(), tool, "exec")
    sys.argv = [tool] + arguments
    printed = io.BytesIO()
    sys.stdout = io.TextIOWrapper(printed, encoding=encoding, errors=errors, newline="\n")
    code = 0
    try:
        exec(compiled[tool], {"__name__": "__main__"})
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else 0 if leave.code is None else 1
    except BaseException:
        code = 1
    sys.stdout.flush()
    return code, printed.getvalue()


for request in requests:
    tool, *words = json.loads(request)
    code, text = answer(tool, [os.fsdecode(bytes.fromhex(word)) for word in words])
    answers.write(b"%d %d\n" % (code, len(text)) + text)
    answers.flush()
