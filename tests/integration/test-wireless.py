#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Wireless meters as a user has them. usage: test-wireless.py AMSEL

A pseudo terminal is the receiver: what is written to it are the lines that it sends."""

import json
import os
import pty
import re
import sqlite3
import subprocess
import tty

from program import SOURCE_ROOT, run, wait_until

# The example of the Open Metering System for security profile A, and its key.
GAS = "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3"
KEY = "0102030405060708090A0B0C0D0E0F11"


def water(meter, access_number, records="0C1378563412"):
    """A plain telegram of a water meter."""
    body = f"44B305{meter:08X}0107" + f"7A{access_number:02X}000000" + records
    return f"{len(body) // 2:02X}{body}"


class Receiver:
    """A pseudo terminal at AMSEL_LINE."""

    def __init__(self, place):
        self.fd, slave = pty.openpty()
        tty.setraw(slave)
        os.symlink(os.ttyname(slave), place.env["AMSEL_LINE"])

    def send(self, *lines):
        os.write(self.fd, "".join(line + "\n" for line in lines).encode())


def test_example(place):
    """config/wireless.yaml reads an encrypted gas meter and a plain water meter into its CSV file."""
    receiver = Receiver(place)
    place.start("run", SOURCE_ROOT / "config/wireless.yaml")
    csv = place.path / "csv" / "flats.csv"

    def has_both():
        # sent again until the line is open; copies are left out
        receiver.send(GAS, water(0x11112222, 1))
        text = csv.read_text() if csv.exists() else ""
        return "28504.27" in text and "12345.678" in text

    wait_until(has_both, "both meters are in the CSV file")
    assert csv.read_text().count("28504.27") == 1, csv.read_text()


# Two kinds of telegrams: the present volume, and that of the end of the month with its date.
SHORT = "0C1378563412"
LONG = "4C1300000012426C1F3C"


def start_complete(place, receiver):
    """Runs config/complete.yaml until it has read a telegram of another meter, so that its line is open."""
    program = place.start("run", SOURCE_ROOT / "config/complete.yaml")
    table = place.path / "csv" / "flats.csv"
    before = len(rows(table, "99999999"))
    wait_until(lambda: receiver.send(water(0x99999999, 1)) or len(rows(table, "99999999")) > before, "the line is open")
    return program, table


def rows(path, number):
    """The rows of a meter in a CSV file."""
    return [line for line in path.read_text().splitlines() if line.startswith(number)] if path.exists() else []


def test_complete(place):
    """config/complete.yaml joins the telegrams of a meter, also with those of an earlier run; each is stored once."""
    receiver = Receiver(place)
    meter = 0x11112222
    program, table = start_complete(place, receiver)
    for number, records in enumerate((SHORT, LONG, SHORT.replace("78", "79")), 1):
        receiver.send(water(meter, number, records))
        wait_until(lambda n=number: len(rows(table, "22221111")) == n, "a readout of each telegram")
    assert rows(table, "22221111") == ["22221111,12345.678,,", "22221111,12345.678,12000.000,2024-12-31",
                                       "22221111,12345.679,12000.000,2024-12-31"], table.read_text()
    header = table.read_text().splitlines()[0]
    shown = "\n".join([header, *rows(table, "22221111")])
    assert shown in (SOURCE_ROOT / "docs/wireless.md").read_text(encoding="utf-8"), shown
    values = [line.split(",") for line in (place.path / "csv" / "flats-values.csv").read_text().splitlines()
              if ",22221111," in line]
    assert len(values) == 1 + 3 + 3, values
    first, second, third = (values[i][0] for i in (0, 1, 4))
    assert [received for _, received, *_ in values] == [first, second, second, first, third, second, second], values

    program.terminate()
    program.wait()
    program, _ = start_complete(place, receiver)
    receiver.send(water(meter, 4, SHORT.replace("78", "80")))
    wait_until(lambda: len(rows(table, "22221111")) == 4, "a readout of the second run")
    assert rows(table, "22221111")[3] == "22221111,12345.680,12000.000,2024-12-31", table.read_text()
    program.terminate()
    program.wait()
    again = place.run("decode", "--from-store", place.path / "readings.db", "--format", "json")
    decoded = [json.loads(line) for line in again.stdout.splitlines()]
    assert [t["access_number"] for t in decoded if t["meter"]["id"] == "22221111"] == [1, 2, 3, 4], again.stdout


def test_complete_settings(place):
    """Where joining makes no sense is an error with a reason."""
    good = CONFIG.replace("    listen: true\n", "    listen: true\n    join-time: 1h\n")
    for text, reason in ((good, None), (good.replace("listen: true", "listen: false"), "listen"),
                         (good.replace("join-time: 1h", "join-time: 1h\n    split: true"), "split")):
        result = place.run("check", place.write("a.yaml", text))
        assert (result.returncode == 0) == (reason is None) and (reason is None or reason in result.stderr), result


CONFIG = """
store: {file: "${AMSEL_STATE}/readings.db"}
lines: [{name: antenna, transport: {kind: serial, device: "${AMSEL_LINE}"}}]
pipelines:
  - name: flats
    line: antenna
    protocol: {kind: wmbus, receiver: hex}
    listen: true
    meters: [{name: gas, address: "12345678"}]
"""


def test_from_store(place):
    """A telegram whose key was missing is in the store, and read when the key has come."""
    receiver = Receiver(place)
    program = place.start("run", place.write("a.yaml", CONFIG))
    wait_until(lambda: receiver.send(GAS) or has_readout(place), "the telegram is stored")
    program.terminate()
    program.wait()
    closed = place.run("decode", "--from-store", place.path / "readings.db", "--format", "json")
    assert closed.returncode == 1, closed
    assert json.loads(closed.stdout.splitlines()[0])["error"]["name"] == "no-key", closed.stdout
    opened = place.run("decode", "--from-store", place.path / "readings.db", "--format", "json", "--key", KEY)
    assert opened.returncode == 0, opened
    telegram = json.loads(opened.stdout.splitlines()[0])
    assert telegram["ok"] and telegram["records"][0]["value"] == 28504.27, telegram


def has_readout(place):
    """Whether the store has a readout."""
    path = place.path / "readings.db"
    if not path.exists():
        return False
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
            return store.execute("SELECT count(*) FROM readout").fetchone()[0] > 0
    except sqlite3.Error:
        return False


def test_inventory(place):
    """Who is heard is listed, known or not, and strangers come out as a list of meters."""
    receiver = Receiver(place)
    config = place.write("a.yaml", CONFIG)
    for form in ("table", "csv"):
        child = place.start("inventory", config, "--for", "2s", "--format", form)
        number = 0
        while child.poll() is None:
            number += 1
            receiver.send(GAS, water(0x11112222, number % 256))
            try:
                child.wait(0.2)
            except subprocess.TimeoutExpired:
                pass
        out = child.stdout.read().decode()
        assert child.returncode == 0, child.stderr.read()
        if form == "table":
            assert re.search(r"^12345678.ELS.33.03 +gas .* no-key +gas$", out, re.M), out
            assert re.search(r"^22221111\S* +water .*not in the list", out, re.M), out
        else:
            assert re.search(r"^22221111,22221111\.", out, re.M) and "12345678" not in out, out


def test_inventory_damaged(place):
    """What is heard and is no telegram is counted by name; a line that is not there is a failure."""
    config = place.write("a.yaml", CONFIG)
    result = place.run("inventory", config, "--for", "10ms")
    assert result.returncode == 1 and "there is no such device" in result.stderr, result
    receiver = Receiver(place)
    child = place.start("inventory", config, "--for", "2s")
    while child.poll() is None:
        receiver.send("what is this?", water(0x11112222, 1))
        try:
            child.wait(0.2)
        except subprocess.TimeoutExpired:
            pass
    errors = child.stderr.read().decode()
    assert child.returncode == 0 and errors.count("expected a hexadecimal digit") == 1, errors
    assert re.search(r"line antenna: heard \d+ telegrams, wrong-digit \d+", errors), errors


def test_also_lines(place):
    """A line that is named for a second receiver has to be there."""
    good = CONFIG.replace("lines: [{", "lines: [{name: yard, transport: {kind: tcp, host: localhost, port: 9}}, {")
    good = good.replace("    listen: true\n", "    listen: true\n    also-lines: [yard]\n")
    result = place.run("check", place.write("good.yaml", good))
    assert result.returncode == 0, result
    result = place.run("check", place.write("bad.yaml", good.replace("[yard]", "[yart]")))
    assert result.returncode == 2 and "yard" in result.stderr, result


def test_also_receivers(place):
    """The example of the page is right; what does not fit its lines is an error."""
    page = (SOURCE_ROOT / "docs/wireless.md").read_text(encoding="utf-8")
    pipelines = re.search(r"^```yaml\n(pipelines:\n.*?)^```$", page, re.M | re.S).group(1)
    lines = ", ".join(f"{{name: {name}, transport: {{kind: tcp, host: localhost, port: 9}}}}" for name in ("roof", "cellar", "gate"))
    good = f"store: {{file: a.db}}\nlines: [{lines}]\n{pipelines}"
    for text, reason in ((good, None), (good.replace("[cul, auto]", "[cul]"), "names 1, and “also-lines” has 2"),
                         (good.replace("[cul, auto]", "[cul, im]"), "there is no receiver of kind “im”; expected one of"),
                         (good.replace("im871a,", "im871a, counters: a,"), "refuse-replays")):
        result = place.run("check", place.write("a.yaml", text))
        assert (result.returncode == 0) == (reason is None) and (reason or "") in result.stderr, result


def test_key_options(place):
    """Keys that cannot be used end the program before anything is decoded, and are not shown."""
    for options in (["--key", "5ECRE7"], ["--keys", place.path / "missing"], ["--keys", place.write("bad", "12345678;5ECRE7")]):
        for protocol in ("auto", "wmbus"):
            result = place.run("decode", "--protocol", protocol, *options, "/dev/null")
            assert result.returncode == 2, (options, result)
            assert result.stderr and "5ECRE7" not in result.stderr, result


def test_page(place):
    """The commands of docs/wireless.md print what stands there."""
    text = (SOURCE_ROOT / "docs/wireless.md").read_text(encoding="utf-8")
    env = dict(place.env, PATH=f"{os.path.dirname(os.path.abspath(place.amsel))}:{place.env['PATH']}")
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S)
    assert len(blocks) >= 3
    for block in blocks:
        commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
        expected = "".join(line + "\n" for line in block.splitlines() if not line.startswith("$ "))
        result = subprocess.run(["sh", "-c", "\n".join(commands)], env=env, cwd=place.path, capture_output=True, text=True,
                                timeout=60, check=False)
        assert result.stdout == expected, (commands, result.stdout, result.stderr)


run(globals())
