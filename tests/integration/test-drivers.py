#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drivers of one's own as a user has them: a folder that a configuration names. usage: test-drivers.py AMSEL

AMSEL_DRIVERS names what is delivered. A pseudo terminal is the receiver of the pipelines."""

import os
import pty
import signal
import tty

from program import read_line, run, wait_until

CONFIG = """store: {file: "${AMSEL_STATE}/readings.db"}
lines: [{name: antenna, transport: {kind: serial, device: "${AMSEL_LINE}"}}]
exporters: [{name: out, kind: csv, layout: json, directory: "${AMSEL_STATE}/out", file: all.jsonl,
             unfinished-suffix: ""}]
pipelines:
  - name: flats
    line: antenna
    protocol: {kind: wmbus, receiver: hex, drivers: mine}
    listen: true
    interval-min: 0
    duplicate-time: 0
    meters: [{name: kitchen, address: "12345678"}]
    exporters: [out]
"""
DRIVER = """driver: {name}
title: Meters of the allotment
meters:
  - {{manufacturer: {maker}}}
fields:
  - {{name: {field}, quantity: volume}}
"""
BROKEN = "driver: broken\ntitle: x\nmeters: any\nfields:\n  - {name: a_m3, quantity: volum}\n"
# A plain telegram of a meter ABC of version 27: 2.002 m3.
TELEGRAM = "1444430478563412" "1B077A01000000" "0413D2070000"


def write_drivers(place, **files):
    (place.path / "mine").mkdir(exist_ok=True)
    for name, text in files.items():
        place.write(f"mine/{name}.yaml", text)


def driver(name="mine", maker="ABC", field="taken_m3"):
    return DRIVER.format(name=name, maker=maker, field=field)


def check(place, text=CONFIG):
    result = place.run("check", place.write("a.yaml", text))
    return result.returncode, result.stderr


def test_good(place):
    write_drivers(place, mine=driver())
    status, messages = check(place)
    assert status == 0 and "/mine/" not in messages, messages


def test_broken(place):
    """A file with errors is named with its place; the configuration can be used without it."""
    write_drivers(place, broken=BROKEN, mine=driver())
    status, messages = check(place)
    assert status == 1, status
    assert f"{place.path}/mine/broken.yaml:5:28: error: expected the name of a quantity" in messages, messages
    assert messages.count("error:") == 1 and "did you mean “volume”?" in messages, messages


def test_no_folder(place):
    status, messages = check(place)
    line = CONFIG[:CONFIG.index("drivers: mine")].count("\n") + 1
    assert status == 2 and f"{place.path}/a.yaml:{line}:53: error: drivers: " in messages, messages


def test_others(place):
    """Who is in whose way is told: by name, by the same meters, and where a more particular line decides."""
    write_drivers(place, a=driver("generic"), b=driver("second"), c=driver("second"), d=driver("kam", "KAM"))
    status, messages = check(place)
    assert status == 0, messages
    told = [line.split("/mine/")[1] for line in messages.splitlines() if "warning:" in line]
    assert len(told) == 4, messages
    assert told[0].startswith("a.yaml:1:9: warning: it takes the place of the driver “generic”"), told
    assert told[1].startswith("b.yaml:4:5: warning: for these meters there is already the driver “generic”"), told
    assert told[2].startswith("c.yaml:1:9: warning: there is already the driver “second”"), told
    assert told[3].startswith("d.yaml:4:5: warning: for some of these meters there are more particular"), told


def test_delivered(place):
    """What is delivered is not in its own way."""
    delivered = place.env.pop("AMSEL_DRIVERS")
    status, messages = check(place, CONFIG.replace("drivers: mine", f"drivers: {delivered}"))
    assert status == 0 and delivered not in messages, messages


def test_variable(place):
    """Files of AMSEL_DRIVERS are checked, too."""
    write_drivers(place, broken=BROKEN)
    place.env["AMSEL_DRIVERS"] = f"{place.path}/mine:{place.env['AMSEL_DRIVERS']}"
    status, messages = check(place, CONFIG.replace(", drivers: mine", ""))
    assert status == 1 and "mine/broken.yaml:5:28: error:" in messages, messages


def test_run(place):
    """A broken file is named once and the rest works; files that have changed are read on SIGHUP."""
    fd, slave = pty.openpty()
    tty.setraw(slave)
    os.symlink(os.ttyname(slave), place.env["AMSEL_LINE"])
    out = place.path / "out" / "all.jsonl"

    def is_there(text):
        os.write(fd, f"{TELEGRAM}\n".encode())
        return any(text in line for line in (out.read_text().splitlines() if out.exists() else ()))

    write_drivers(place, broken=BROKEN, mine=driver())
    child = place.start("run", place.write("a.yaml", CONFIG))
    read_line(child.stderr, "mine/broken.yaml:5:28: error:")
    wait_until(lambda: is_there('"driver":"mine","fields":{"taken_m3":2.002}'), "a reading with the own field")
    write_drivers(place, broken=driver("particular", field="used_m3").replace("ABC", "ABC, version: 0x1B"))
    child.send_signal(signal.SIGHUP)
    read_line(child.stderr, "configuration read again")
    wait_until(lambda: is_there('"driver":"particular","fields":{"used_m3":2.002}'), "a reading of the new file")
    child.send_signal(signal.SIGTERM)
    rest = child.communicate()[1].decode()
    assert child.returncode == 0 and "broken.yaml" not in rest, rest


run(globals())
