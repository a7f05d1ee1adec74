"""Runs semanage(8) on the system under a root, one command a line of input.

Input is a JSON object with argv and, for an import, stdin; output one with rc
and err. A command runs in a process of its own, forked after all imports.
An argv of ["raw-ibpkey", PREFIX, LOW, HIGH, CONTEXT] or ["raw-ibendport",
DEVICE, PORT, CONTEXT] goes to libsemanage directly, because semanage wants
attributes that the reference policy does not have.
"""
import importlib.machinery
import importlib.util
import io
import json
import os
import sys
import threading

root, store = sys.argv[1:3]
import selinux
import semanage

semanage.semanage_set_root(root)
# What libselinux reads and seobject.py writes itself: seusers, file_contexts.subs, logins.
selinux.selinux_path = lambda: root + "/etc/selinux/"
selinux.selinux_set_policy_root(root + "/etc/selinux/" + store)
import sepolicy

rc, local = selinux.selinux_getpolicytype()
if store != local:
    sepolicy.load_store_policy(store)
sepolicy.info(sepolicy.ATTRIBUTE, "port_type")
sepolicy.load_store_policy = lambda store: None

loader = importlib.machinery.SourceFileLoader("semanage_cli", "/usr/sbin/semanage")
spec = importlib.util.spec_from_loader("semanage_cli", loader)
cli = importlib.util.module_from_spec(spec)
sys.argv = ["semanage"]
loader.exec_module(cli)


def raw(argv):
    sh = semanage.semanage_handle_create()
    semanage.semanage_select_store(sh, store, semanage.SEMANAGE_CON_DIRECT)
    semanage.semanage_connect(sh)
    semanage.semanage_set_reload(sh, 0)
    semanage.semanage_begin_transaction(sh)
    rc, con = semanage.semanage_context_from_string(sh, argv[-1])
    if argv[0] == "raw-ibpkey":
        low, high = int(argv[2]), int(argv[3])
        rc, k = semanage.semanage_ibpkey_key_create(sh, argv[1], low, high)
        rc, r = semanage.semanage_ibpkey_create(sh)
        semanage.semanage_ibpkey_set_subnet_prefix(sh, r, argv[1])
        semanage.semanage_ibpkey_set_range(r, low, high)
        semanage.semanage_ibpkey_set_con(sh, r, con)
        semanage.semanage_ibpkey_modify_local(sh, k, r)
    else:
        rc, k = semanage.semanage_ibendport_key_create(sh, argv[1], int(argv[2]))
        rc, r = semanage.semanage_ibendport_create(sh)
        semanage.semanage_ibendport_set_ibdev_name(sh, r, argv[1])
        semanage.semanage_ibendport_set_port(r, int(argv[2]))
        semanage.semanage_ibendport_set_con(sh, r, con)
        semanage.semanage_ibendport_modify_local(sh, k, r)
    if semanage.semanage_commit(sh) < 0:
        raise ValueError("commit")


def run(cmd):
    if cmd["argv"] and cmd["argv"][0].startswith("raw-"):
        return raw(cmd["argv"])
    sys.argv = ["semanage"] + cmd["argv"]
    sys.stdin = io.StringIO(cmd.get("stdin", ""))
    cli.do_parser()


print(json.dumps({"rc": 0, "err": ""}), flush=True)
for line in sys.stdin:
    cmd = json.loads(line)
    r, w = os.pipe()
    or_, ow = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        os.close(or_)
        os.dup2(w, 2)
        os.dup2(ow, 1)
        code = 1
        try:
            run(cmd)
            code = 0
        except SystemExit as e:
            code = e.code or 0
        except BaseException as e:
            sys.stderr.write("%s: %s\n" % (e.__class__.__name__, e))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)
    os.close(w)
    os.close(ow)
    texts = {}

    def collect(name, fd):
        texts[name] = os.fdopen(fd, errors="replace").read()

    # Both at once: a list is longer than a pipe holds.
    reader = threading.Thread(target=collect, args=("err", r))
    reader.start()
    collect("out", or_)
    reader.join()
    err, out = texts["err"], texts["out"]
    _, status = os.waitpid(pid, 0)
    print(json.dumps({"rc": os.waitstatus_to_exitcode(status), "err": err, "out": out}), flush=True)
