#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of config/ load without a problem and agree with the schema that editors get.

usage: check-examples.py AMSEL SCHEMA FOLDER

Prints TAP. What needs a Python module that is not installed is skipped visibly."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as error:
    jsonschema = None
    MISSING = str(error)

ENVIRONMENT = {
    "AMSEL_LINE": "/dev/ttyS0",
    "AMSEL_AT_PORT": "2000",
    "AMSEL_SERVER": "localhost:2001",
    "AMSEL_LISTEN": "2001",
    "AMSEL_FTP": "ftp://localhost/",
}

# Right and wrong texts, so that the schema is known to refuse something.
GOOD = """
store: {file: "${AMSEL_STATE}/a.db", max-size: 1G}
lines: [{name: a, transport: {kind: serial, device: /dev/ttyS0, baud: "${BAUD}"}, gap: 5ms}]
pipelines:
  - {name: p, line: a, protocol: {kind: mbus}, schedule: {every: 15m}, meters: [{address: 5}, {from: a.csv}]}
exporters:
services: []
x-mine: 5
"""
BAD = {
    "unknown section": "line: []",
    "unknown key": "lines: [{name: a, transport: {kind: serial, device: x}, speed: 5}]",
    "unknown key of a kind": "lines: [{name: a, transport: {kind: serial, device: x, host: y}}]",
    "unknown kind": "lines: [{name: a, transport: {kind: banana}}]",
    "missing key": "lines: [{name: a}]",
    "wrong type": "lines: [{name: a, transport: {kind: serial, device: x, baud: fast}}]",
    "out of range": "lines: [{name: a, transport: {kind: serial, device: x, baud: 0}}]",
    "duration": "lines: [{name: a, transport: {kind: serial, device: x}, gap: soon}]",
    "key of a meter": "pipelines: [{name: p, line: a, protocol: {kind: mbus}, meters: [{adress: 5}]}]",
}

results = []


def report(name, fault):
    results.append(fault is None)
    print(f"{'ok' if fault is None else 'not ok'} {len(results)} {name}")
    for line in (fault or "").splitlines():
        print(f"# {line}")


def load(text):
    class Loader(yaml.SafeLoader):
        pass

    for tag in ("!file", "!env", "!credential"):
        Loader.add_constructor(tag, lambda loader, node: node.value)
    return yaml.load(text, Loader)


def find_fault(validator, text):
    for error in validator.iter_errors(load(text)):
        return f"{'/'.join(str(p) for p in error.path)}: {error.message}"
    return None


def check_schema(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    report("schema: a good text", find_fault(validator, GOOD))
    for name, text in BAD.items():
        report(f"schema refuses: {name}", "it was taken" if find_fault(validator, text) is None else None)
    return validator


def main():
    amsel, schema_path, folder = sys.argv[1:4]
    schema = json.loads(pathlib.Path(schema_path).read_text(encoding="utf-8"))
    validator = None
    if hasattr(jsonschema, "Draft202012Validator"):
        validator = check_schema(schema)
    else:
        print(f"ok 1 schema # SKIP {MISSING if jsonschema is None else 'python3-jsonschema is too old'}")
        results.append(True)
    with tempfile.TemporaryDirectory() as state:
        environment = dict(os.environ, AMSEL_STATE=state, **ENVIRONMENT)
        for path in sorted(pathlib.Path(folder).glob("*.yaml")):
            run = subprocess.run([amsel, "check", str(path)], env=environment, capture_output=True, text=True)
            report(f"{path.name} loads", None if run.returncode == 0 else run.stderr)
            if validator is not None:
                report(f"{path.name} agrees with the schema", find_fault(validator, path.read_text(encoding="utf-8")))
        report("nothing was written", None if not os.listdir(state) else str(os.listdir(state)))
    print(f"1..{len(results)}")


main()
