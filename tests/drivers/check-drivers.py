#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""“amsel driver” as a user calls it, and every driver file that is installed: it is read without a fault, its own
tests hold, and a draft made of each of its telegrams loads and names every record.

usage: check-drivers.py AMSEL FOLDER SOURCES

Prints TAP."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

amsel, folder = sys.argv[1], pathlib.Path(sys.argv[2])
files = sorted(folder.glob("*.yaml"))
results = []


def run(*args, **variables):
    env = dict(os.environ, AMSEL_DRIVERS=str(folder), **variables)
    return subprocess.run([amsel, "driver", *args], capture_output=True, text=True, env=env)


def check(name, good, note=""):
    results.append(good)
    print(f"{'ok' if good else 'not ok'} {len(results)} {name}")
    for line in note.splitlines() if not good else ():
        print(f"# {line}")


def check_files():
    outcome = run("test", *map(str, files))
    check("the tests of all files", outcome.returncode == 0, outcome.stderr + outcome.stdout)
    untested = [line for line in outcome.stdout.splitlines() if line.endswith(" 0 tests")]
    check("every file has a test", not untested, "\n".join(untested))
    outcome = run("list", "--meters")
    names = {line.split()[0] for line in outcome.stdout.splitlines() if not line.startswith(" ")}
    wanted = {re.search(r"^driver: (\S+)", f.read_text(), re.M)[1] for f in files}
    check("the list names them all", outcome.returncode == 0 and wanted <= names, str(wanted - names))
    wrong = [f.name for f in files if f.stem not in wanted]
    check("a file is called like its driver", not wrong, str(wrong))


def check_compiled():
    """Every compiled driver with a name takes the telegrams that lie beside it."""
    names = {line.split()[0] for line in run("list").stdout.splitlines() if line.split()[1] == "compiled"} - {"-"}
    lines = pathlib.Path(sys.argv[3], "plugins", "drivers", "tests", "compiled.txt").read_text().splitlines()
    wanted = [line.split() for line in lines if not line.startswith("#")]
    missing = names - {name for name, _ in wanted}
    check("every compiled driver has a telegram", names and not missing, str(missing))
    command = [amsel, "decode", "--decrypted", "--format", "json"]
    outcome = subprocess.run(command, input="\n".join(t for _, t in wanted), capture_output=True, text=True)
    found = [json.loads(line) for line in outcome.stdout.splitlines()]
    wrong = [w for w, f in zip(wanted, found) if f.get("driver") != w[0] or set(f["fields"].values()) <= {None}]
    check("they take them", len(found) == len(wanted) and not wrong, str(wrong) + outcome.stderr)


def check_schema():
    """The schema knows every key that the files have, and its words."""
    schema = json.loads(run("schema").stdout)
    fields = schema["properties"]["fields"]["items"]["properties"]
    text = "".join(f.read_text() for f in files)
    used = {key for line in re.findall(r"^  - \{(name:.*)\}$", text, re.M) for key in re.findall(r"(\w+): ", line)}
    words = {key for line in re.findall(r"(?:words|bits): \{(.*?)\}", text) for key in re.findall(r"(\w+): ", line)}
    check("the schema has every key", used - words <= set(fields), str(used - words - set(fields)))
    check("the schema has the quantities", "volume" in fields["quantity"]["enum"])
    wrong = [key for key in fields if "has no key" in load_key(key)]
    check("every key of the schema can be read", not wrong, str(wrong))


def check_show():
    outcome = run("show", "ime_conto", "--json")
    fields = {field["name"]: field for field in json.loads(outcome.stdout)["fields"]}
    total = {"name": "total_kwh", "unit": "Wh", "exponent": 3, "seconds": 1, "quantity": "energy", "role": "counter"}
    check("a field with its unit and role", fields["total_kwh"] == total, outcome.stdout)
    check("ranges are written out", "tariff_2_kwh" in fields and fields["running_h"]["seconds"] == 3600)
    outcome = run("show", "generic")
    check("as text", any(line.split() == ["total_m3", "counter", "volume"] for line in outcome.stdout.splitlines()))
    check("a driver that is not there", run("show", "nobody").returncode == 2)


def load_key(key):
    with tempfile.TemporaryDirectory() as own:
        path = pathlib.Path(own, "x.yaml")
        path.write_text(f"driver: x\ntitle: x\nmeters: any\nfields:\n  - {{{key}: 1}}\n")
        return run("test", str(path)).stderr


def check_drafts():
    faults = []
    with tempfile.TemporaryDirectory() as own:
        path = pathlib.Path(own, "draft.yaml")  # one at a time, since several may be for one meter
        for file in files:
            for telegram in re.findall(r'telegram: "(\w+)"', file.read_text()):
                outcome = run("new", telegram)
                path.write_text(outcome.stdout)
                outcome = run("test", str(path)) if outcome.returncode == 0 else outcome
                if outcome.returncode != 0:
                    faults.append(f"{file.name}: {outcome.stderr}")
    check("a draft of every telegram loads, and does what its test says", not faults, "\n".join(faults))


def check_faults():
    with tempfile.TemporaryDirectory() as own:
        path = pathlib.Path(own, "bad.yaml")
        path.write_text("driver: bad\ntitle: x\nmeters: any\nfields:\n  - {name: a_m3, quantity: volum}\n")
        outcome = run("test", str(path))
        good = outcome.returncode == 1 and f"{path}:5:28" in outcome.stderr and "volume" in outcome.stderr
        check("a fault with line and column", good, outcome.stderr)
        text = pathlib.Path(folder, "kamstrup_pressure.yaml").read_text()
        path.write_text(text.replace("max_pressure_bar: 1.03", "max_pressure_bar: 7"))
        outcome = run("test", str(path))
        check("a value that differs", outcome.returncode == 1 and "expected 7" in outcome.stderr, outcome.stderr)
    command = [amsel, "decode", "--drivers", "/nonexistent"]
    outcome = subprocess.run(command, input="00", capture_output=True, text=True)
    check("no folder", outcome.returncode == 2 and "there is no folder" in outcome.stderr, outcome.stderr)
    env = dict(os.environ, AMSEL_DRIVERS=f"/nonexistent:{folder}")
    outcome = subprocess.run([amsel, "driver", "list"], capture_output=True, text=True, env=env)
    good = "/nonexistent: error: " in outcome.stderr and "kamstrup_multical_water" in outcome.stdout
    check("no folder among others", good, outcome.stderr)
    check("no file", run("test").returncode == 2)
    check("no telegram", run("new").returncode == 2)
    outcome = run("new", "2C4443047856341222077A010010050102030405060708090A0B0C0D0E0F101112131415161718192021222324")
    check("no key", outcome.returncode == 1 and "there is no key" in outcome.stderr, outcome.stderr)
    check("no hexadecimal digits", run("new", "xyz").returncode == 1)
    check("no such command", run("frobnicate").returncode == 2)


def check_tutorial():
    """The commands of the guide, as they stand there, one after the other."""
    guide = pathlib.Path(sys.argv[3], "docs", "drivers.md").read_text()
    commands = re.search(r"<!-- from a telegram to a driver -->\n```\n(.*?)```", guide, re.S)[1]
    path = f"{pathlib.Path(amsel).resolve().parent}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as own:
        env = dict(os.environ, AMSEL_DRIVERS=str(folder), PATH=path)
        outcome = subprocess.run(["sh", "-ec", commands], cwd=own, capture_output=True, text=True, env=env)
        good = outcome.returncode == 0 and "drivers/my_meter.yaml: good, 1 tests" in outcome.stdout
        check("the commands of the guide", good, outcome.stderr + outcome.stdout)
        draft = pathlib.Path(own, "drivers", "my_meter.yaml")
        tested = re.search(r"    fields:\n(.*)", draft.read_text(), re.S)[1]
        check("a draft tests what it gives", "total_m3: 2.002" in tested and "flow_m3h" in tested, tested)
        draft.write_text(draft.read_text().replace("total_m3: 2.002", "total_m3: 2.003"))
        outcome = run("test", str(draft))
        check("so a value that changes is seen", outcome.returncode == 1 and "expected 2.003" in outcome.stderr)


def check_guide():
    """The file that the guide shows, by its own test, and a telegram that is explained with it."""
    guide = pathlib.Path(sys.argv[3], "docs", "drivers.md").read_text()
    text = re.search(r"<!-- drivers/my_meter.yaml -->\n```yaml\n(.*?)```", guide, re.S)[1]
    telegram = re.search(r'telegram: "(\w+)"', text)[1]
    with tempfile.TemporaryDirectory() as own:
        path = pathlib.Path(own, "my_meter.yaml")
        path.write_text(text)
        outcome = run("test", str(path))
        check("the driver of the guide", outcome.returncode == 0 and "1 tests" in outcome.stdout, outcome.stderr)
        command = [amsel, "decode", "--drivers", own, "--explain"]
        outcome = subprocess.run(command, input=telegram, capture_output=True, text=True)
        lines = outcome.stdout.splitlines()
        explained = "".join(re.findall(r"^ +\d+  ([0-9A-F]+)", outcome.stdout, re.M))
        check("every byte is explained", explained == telegram, outcome.stdout)
        good = any("volume 2.002 m3 -> total_m3" in line for line in lines)
        check("a record with its field", good, outcome.stdout)
        check("what is understood", lines[-2].strip() == "30 of 30 bytes of the content are understood", outcome.stdout)


check_files()
check_compiled()
check_tutorial()
check_guide()
check_schema()
check_show()
check_drafts()
check_faults()
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
