#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
"""The module senet.selinux.apply: senet plan and senet apply for Ansible."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: apply
short_description: Make an SELinux policy store be as a state says
description:
  - Ports, booleans, nodes, interfaces, users, logins, file contexts, equivalences, permissive
    domains and modules, in one transaction of the policy store.
  - Applied a second time, a state changes nothing. What a state does not name stays as it is.
  - It runs C(senet) on the host, which has to be installed there.
options:
  state:
    description:
      - The state, as senet.yaml(5) describes it.
      - Files of modules are on the host; give their names with the whole path.
    type: dict
  src:
    description:
      - A file on the host with the state. Files of modules lie beside it.
    type: path
  root:
    description:
      - The system under this directory, such as an image that is being made.
    type: path
  store:
    description:
      - The policy store, if it is not the configured one.
    type: str
  host:
    description:
      - A file on the host with saved facts of a machine, for the effects that are told.
    type: path
  reload:
    description:
      - Whether the kernel is given the new policy.
    type: bool
    default: true
  executable:
    description:
      - The program senet, if it is not on the path.
    type: path
attributes:
  check_mode:
    support: full
    description: Says what would change.
  diff_mode:
    support: full
    description: Shows records and modules before and after.
author:
  - The senet maintainers
"""

EXAMPLES = r"""
- name: A port and a boolean
  senet.selinux.apply:
    state:
      ports:
        - {type: http_port_t, proto: tcp, port: 8081}
      booleans:
        httpd_can_network_connect: true

- name: No local port but those of the file
  senet.selinux.apply:
    src: /etc/senet/ports.yaml

- name: An image
  senet.selinux.apply:
    root: /mnt/image
    state:
      permissive:
        - {type: httpd_t}
"""

RETURN = r"""
store:
  description: The name of the policy store.
  returned: success
  type: str
changes:
  description: What changed, or would change, each with its kind, key, and the record before and after.
  returned: success
  type: list
  elements: dict
effects:
  description: Which domains gain and lose which ports by it.
  returned: success
  type: list
  elements: dict
summary:
  description: "The same as lines, such as C(gain connect tcp: haproxy_t)."
  returned: success
  type: list
  elements: str
cmd:
  description: The command that ran.
  returned: always
  type: list
  elements: str
"""

import json

from ansible.module_utils.basic import AnsibleModule

# The exit status of a plan that would change something.
PENDING = 2


def command(module, senet):
    """Return the command line and its standard input."""
    p = module.params
    line = [senet, "plan" if module.check_mode else "apply"]
    line.append(p["src"] if p["src"] else "-")
    line.append("--json")
    for flag in ("root", "store", "host"):
        if p[flag]:
            line += ["--" + flag, p[flag]]
    if not module.check_mode:
        line.append("--yes")
        if not p["reload"]:
            line.append("--noreload")
    return line, None if p["src"] else json.dumps(p["state"])


def describe(record):
    """Return a record in one line, without what its key says already."""
    words = []
    for name in sorted(record):
        if name in ("key", "local", "protocol", "low", "high", "name", "address", "mask"):
            continue
        if name == "context" and "type" in record:
            continue
        value = record[name]
        words.append("%s=%s" % (name, json.dumps(value) if isinstance(value, bool) else value))
    return " ".join(words)


def difference(changes, store):
    """Return the changes as Ansible shows them: a text before and one after."""
    sides = {"before": [], "after": []}
    for change in changes:
        title = "%s %s" % (change["kind"], change["key"])
        for side, without in (("before", ("add", "enable")), ("after", ("delete", "disable"))):
            if side in change:
                sides[side].append("%s %s" % (title, describe(change[side])))
            elif "before" not in change and "after" not in change and change["action"] not in without:
                # A module has no record.
                sides[side].append("%s %s" % (title, "new" if side == "after" and change["action"] == "change" else ""))
    return dict(
        before="".join(line.rstrip() + "\n" for line in sides["before"]),
        after="".join(line.rstrip() + "\n" for line in sides["after"]),
        before_header="store " + store,
        after_header="store " + store,
    )


def summary(effects):
    """Return the effects as lines: who gains and who loses what."""
    lines = []
    for side in ("gain", "lose"):
        for effect in effects:
            domains = ", ".join(one["domain"] for one in effect[side])
            if domains:
                lines.append("%s %s %s: %s" % (side, effect["action"], effect["protocol"], domains))
    return lines


def main():
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="dict"),
            src=dict(type="path"),
            root=dict(type="path"),
            store=dict(type="str"),
            host=dict(type="path"),
            reload=dict(type="bool", default=True),
            executable=dict(type="path"),
        ),
        mutually_exclusive=[("state", "src")],
        required_one_of=[("state", "src")],
        supports_check_mode=True,
    )
    senet = module.get_bin_path(module.params["executable"] or "senet", required=True)
    line, stdin = command(module, senet)
    status, out, err = module.run_command(line, data=stdin)
    try:
        answer = json.loads(out)
    except ValueError:
        message = "senet did not answer, exit status %d: %s" % (status, (err or out).strip())
        module.fail_json(msg=message, rc=status, cmd=line)
    if status not in (0, PENDING) or answer.get("schema") != "senet.plan/1":
        message = answer.get("error", "senet failed")
        if answer.get("hint"):
            message += " (%s)" % answer["hint"]
        module.fail_json(msg=message, rc=status, cmd=line)
    changes = answer["changes"]
    effects = answer["effects"]
    result = dict(changed=bool(changes), store=answer["store"], changes=changes, effects=effects,
                  summary=summary(effects), cmd=line)
    if changes and not module.check_mode and not answer["applied"]:
        module.fail_json(msg="senet made no change", rc=status, **result)
    if module._diff:
        result["diff"] = difference(changes, answer["store"])
    module.exit_json(**result)


if __name__ == "__main__":
    main()
