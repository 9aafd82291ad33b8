#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""“amsel check” and “amsel inspect” as a user calls them: output, where it goes, and the exit status.

usage: check-commands.py AMSEL

Prints TAP."""

import json
import pathlib
import subprocess
import sys
import tempfile

GOOD = """
store: {file: readings.db}
lines: [{name: a, transport: {kind: serial, device: /dev/ttyS0}}]
pipelines:
  - {name: p, line: a, protocol: {kind: mbus}, schedule: {every: 15m}, exporters: [x],
     meters: [{address: 5}, {from: meters.csv}]}
exporters: [{name: x, kind: csv, directory: out}]
"""

results = []
amsel = sys.argv[1]


def run(*args):
    return subprocess.run([amsel, *args], capture_output=True, text=True)


def expect(name, outcome, status, stdout=None, stderr=None):
    """stdout and stderr are parts that must stand there; an empty text means that nothing may."""
    fault = None
    if outcome.returncode != status:
        fault = f"status {outcome.returncode} instead of {status}"
    for what, text, part in (("stdout", outcome.stdout, stdout), ("stderr", outcome.stderr, stderr)):
        if part == "" and text != "" or part and part not in text:
            fault = f"{what} is: {text}"
    results.append(fault is None)
    print(f"{'ok' if fault is None else 'not ok'} {len(results)} {name}")
    for line in (fault or "").splitlines():
        print(f"# {line}")


def check_json(name, outcome, test):
    try:
        good = outcome.returncode == 0 and test(json.loads(outcome.stdout))
    except (ValueError, KeyError) as error:
        good = False
        outcome.stderr += str(error)
    results.append(good)
    print(f"{'ok' if good else 'not ok'} {len(results)} {name}")


with tempfile.TemporaryDirectory() as folder:
    good = pathlib.Path(folder, "good.yaml")
    good.write_text(GOOD)
    rows = "".join(f"flat-{i},{i:08}\n" for i in range(300))
    pathlib.Path(folder, "meters.csv").write_text("name,address\n" + rows)
    bad = pathlib.Path(folder, "bad.yaml")
    bad.write_text(GOOD.replace("device:", "devise:").replace("15m", "soon"))
    expect("check: good", run("check", str(good)), 0,
           "good: 1 line, 1 pipeline, 301 meters, 1 exporter\n", "")
    expect("check: quiet", run("check", "--quiet", str(good)), 0, "", "")
    expect("check: bad", run("check", str(bad)), 2, "",
           f"{bad}:3:45: error: the transport “serial” has no key “devise”\n    3 | lines:")
    expect("check: all errors", run("check", str(bad)), 2, "", "“every” cannot be “soon”")
    expect("check: counts", run("check", str(bad)), 2, "", "amsel: 3 errors, 0 warnings")
    expect("check: no file", run("check", "/nowhere.yaml"), 2, "", "/nowhere.yaml: error: cannot open")
    expect("check: nothing given", run("check"), 2, "", "expected one file")
    expect("check: wrong option", run("check", "--banana"), 2, "", "--banana")
    expect("check: writes nothing", run("check", str(good)), 0)
    assert sorted(p.name for p in pathlib.Path(folder).iterdir()) == ["bad.yaml", "good.yaml", "meters.csv"]

expect("inspect: list", run("inspect"), 0, "serial")
expect("inspect: one kind", run("inspect", "serial"), 0, "baud ")
expect("inspect: a word of two stages", run("inspect", "mbus"), 0, "simulator “mbus”")
expect("inspect: a section", run("inspect", "schedule"), 0, "every ")
expect("inspect: unknown", run("inspect", "serail"), 2, "", "did you mean “serial”?")
expect("inspect: too much", run("inspect", "a", "b"), 2, "")
check_json("inspect: json", run("inspect", "--json"),
           lambda topics: {"serial", "mbus", "csv", "store"} <= {t["kind"] for t in topics})
check_json("inspect: json of one", run("inspect", "mbus", "--json"),
           lambda topics: [t["stage"] for t in topics] == ["protocol", "simulator"]
           and any(s["name"] == "address" and s["required"] for s in topics[0]["meter"]))
check_json("inspect: schema", run("inspect", "--schema"), lambda schema: "pipelines" in schema["properties"])
print(f"1..{len(results)}")
