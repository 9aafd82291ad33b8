#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What amsel run does when the world around it is not kind: killed, told to stop at any moment, watched by systemd, folders and
disks that fail, garbage on the line, garbage as configuration, store or plugin."""

import csv
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tty

from program import Skip, read_line, run, wait_until

TWO_METERS = """
kind: mbus
meters:
  - {generate: water, id: "60000001", address: 1}
  - {generate: heat, id: "70000001", address: 2, parts: 3}
"""

CONFIG = """
store: {file: "${AMSEL_STATE}/readings.db"}
lines:
  - {name: cellar, transport: {kind: serial, device: "${AMSEL_LINE}", baud: 2400, parity: even}}
pipelines:
  - name: house
    line: cellar
    protocol: {kind: mbus}
    schedule: {every: 100ms, zone: UTC}
    suspend-after: 0
    meters: [{name: water, address: 1}, {name: heat, address: 70000001}]
    exporters: [reports]
exporters:
  - {name: reports, kind: csv, directory: "${AMSEL_STATE}/csv", columns: [sequence, meter, quantity, value, quality]}
"""

ROUNDS_KILLED = 100
ROUNDS_TERMINATED = 15


def read_csv(place):
    """All rows; a torn one fails."""
    rows = []
    for path in sorted((place.path / "csv").glob("*.csv*")):
        text = path.read_bytes().decode()
        if not text:
            continue
        assert text.endswith("\r\n"), text[-80:]
        for row in csv.DictReader(text.splitlines()):
            assert None not in row and None not in row.values(), row
            rows.append(row)
    return rows


def stored(place):
    with sqlite3.connect(f"file:{place.path}/readings.db?mode=ro", uri=True) as store:
        tables = [r[0] for r in store.execute("select name from sqlite_master where type='table'")]
        table = next(t for t in tables if "readout" in t or "reading" in t)
        return [r[0] for r in store.execute(f"select sequence from {table} order by 1")]


def check_complete(place):
    """Every stored readout has its rows, each once, in order."""
    rows = read_csv(place)
    sequences = [int(r["sequence"]) for r in rows]
    assert sequences == sorted(sequences), "rows out of order"
    known = stored(place)
    assert known and sorted(set(sequences)) == known, (len(known), known[-3:], sequences[-3:])
    keys = [(r["sequence"], r["meter"], r["quantity"], r["value"]) for r in rows]
    per_meter = {}
    for sequence in known:
        own = [k for k, n in zip(keys, sequences) if n == sequence]
        if own[0][2]:
            per_meter.setdefault((own[0][1]), set()).add(len(own))
    assert all(len(counts) == 1 for counts in per_meter.values()), per_meter


def go_on(child, seconds):
    """Lets a program work for a while; it must not end meanwhile."""
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError(child.stderr.read().decode())


def test_killed(place):
    """kill -9 at any moment: nothing that was stored is lost, doubled or torn in the files."""
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", CONFIG)
    dice = random.Random(1)
    for _ in range(ROUNDS_KILLED):
        child = place.start("run", config)
        # most moments at work, some while it starts
        go_on(child, dice.uniform(0.01, 0.35))
        child.kill()
        child.wait()
    last = place.run("run", config, "--once")
    assert last.returncode == 0, last
    check_complete(place)
    assert len(stored(place)) > ROUNDS_KILLED


def test_terminated(place):
    """TERM and HUP at any moment end or reload it, and nothing is lost."""
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", CONFIG)
    dice = random.Random(2)
    for n in range(ROUNDS_TERMINATED):
        child = place.start("run", config)
        read_line(child.stderr, "line cellar: open")
        for _ in range(n % 3):
            child.send_signal(signal.SIGHUP)
            go_on(child, dice.uniform(0, 0.1))
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=20) == 0, child.stderr.read().decode()
    assert place.run("run", config, "--once").returncode == 0
    check_complete(place)


def test_terminated_once(place):
    """A stop while everything is to be read once is no success."""
    place.simulate("kind: mbus\nmeters:\n  - {generate: water, id: '60000001', address: 1}\n")
    config = CONFIG.replace("[{name: water, address: 1}, ", "[" + ", ".join(
        f"{{name: dead{n}, address: {n}}}" for n in range(2, 250)) + ", ")
    child = place.start("run", place.write("a.yaml", config), "--once")
    read_line(child.stderr, "line cellar: open")
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=20) == 1
    assert b"stopped before every meter was read" in child.stderr.read()


def test_reload_impossible(place):
    """A new configuration that is right but cannot be run: the old one goes on."""
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", CONFIG)
    child = place.start("run", config)
    read_line(child.stderr, "line cellar: open")
    place.write("a.yaml", CONFIG.replace("${AMSEL_STATE}/readings", "/proc/nosuch/readings"))
    child.send_signal(signal.SIGHUP)
    read_line(child.stderr, "/proc/nosuch")
    read_line(child.stderr, "the old one goes on")
    before = len(stored(place))
    wait_until(lambda: len(stored(place)) > before, "a reading after the refusal")
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=20) == 0


def test_systemd(place):
    """READY, the watchdog, a reload and the end are told."""
    place.simulate(TWO_METERS)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
        service.bind(str(place.path / "notify"))
        service.settimeout(30)
        place.env.update(NOTIFY_SOCKET=str(place.path / "notify"), WATCHDOG_USEC="200000")

        def expect(wanted):
            for _ in range(1000):
                text = service.recv(1000).decode()
                if text.startswith(wanted):
                    return
                assert text == "WATCHDOG=1", text
            raise AssertionError(wanted)

        child = place.start("run", place.write("a.yaml", CONFIG))
        expect("READY=1")
        expect("WATCHDOG=1")
        child.send_signal(signal.SIGHUP)
        expect("RELOADING=1\nMONOTONIC_USEC=")
        expect("READY=1")
        expect("WATCHDOG=1")
        child.send_signal(signal.SIGTERM)
        expect("STOPPING=1")
        assert child.wait(timeout=20) == 0


def test_exporter_folder(place):
    """A folder that cannot be written is told while it is waited for, and what was read stays in the store."""
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", CONFIG.replace("${AMSEL_STATE}/csv", "/proc/nosuch"))
    child = place.start("run", config, "--once")
    read_line(child.stderr, "problem: exporter reports")
    wait_until(lambda: len(stored(place)) == 2, "both readings in the store")
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=20) == 1
    assert b"the rest stays in the store" in child.stderr.read()
    place.write("a.yaml", CONFIG)
    assert place.run("run", config, "--once").returncode == 0
    check_complete(place)


def test_listen_without_line(place):
    """A recording that is not there: an end, not a wait for ever."""
    config = CONFIG.replace('kind: serial, device: "${AMSEL_LINE}", baud: 2400, parity: even',
                            'kind: replay, file: "${AMSEL_STATE}/absent.txt"')
    config = config.replace("schedule: {every: 100ms, zone: UTC}", "listen: true")
    result = place.run("run", place.write("a.yaml", config), "--once")
    assert result.returncode == 1, result
    assert "absent.txt" in result.stderr, result.stderr


def test_two_on_one(place):
    """Two programs on one store or one port: the second says so."""
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", CONFIG)
    first = place.start("run", config)
    read_line(first.stderr, "line cellar: open")
    second = place.run("run", config, "--once")
    assert second.returncode == 1 and "readings.db" in second.stderr, second
    second = place.run("run", place.write("b.yaml", CONFIG.replace("readings.db", "other.db").replace("/csv", "/other")), "--once")
    assert second.returncode == 1 and "line cellar" in second.stderr, second
    wait_until(lambda: stored(place), "a stored reading of the first")
    first.send_signal(signal.SIGTERM)
    assert first.wait(timeout=20) == 0
    check_complete(place)


def test_garbage_store(place):
    place.simulate(TWO_METERS)
    (place.path / "readings.db").write_bytes(random.Random(3).randbytes(100000))
    result = place.run("run", place.write("a.yaml", CONFIG), "--once")
    assert result.returncode == 0 and "readings.db" in result.stderr, result
    check_complete(place)


def test_flood(place):
    """A line that talks without end, in bytes that begin a frame, or are one: every slot still gets its record."""
    for pattern in (b"\x68", b"\xe5"):
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        config = CONFIG.replace("${AMSEL_LINE}", os.ttyname(slave))
        child = place.start("run", place.write("a.yaml", config), "--once")
        while child.poll() is None:
            try:
                os.write(master, pattern * 256)
                os.read(master, 65536)
            except BlockingIOError:
                pass
        assert child.returncode == 1, child.stderr.read().decode()
        text = child.stdout.read()
        assert b"2 meters read, 0 good" in text, text
        os.close(master)
        os.close(slave)


class SmallDisk:
    """A file system of its own with few bytes, which can be filled up and relieved."""

    def __init__(self, place):
        self.path = place.path / "disk"
        self.path.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", self.path], capture_output=True, check=False)
        if made.returncode != 0:
            raise Skip("mounting needs root")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)

    def fill(self):
        with open(self.path / "filler", "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def relieve(self):
        (self.path / "filler").unlink()


def run_on_full_disk(place, disk, config, problem, recovery):
    child = place.start("run", place.write("a.yaml", config))
    read_line(child.stderr, "line cellar: open")
    wait_until(lambda: list(place.path.glob("**/*.csv*")), "a first row")
    disk.fill()
    read_line(child.stderr, problem)
    go_on(child, 0.6)  # some slots go by
    disk.relieve()
    said = ""
    while recovery not in said or problem in said.splitlines()[-1]:
        said += read_line(child.stderr)
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 0
    said += child.stderr.read().decode()
    assert problem not in said and not re.search(r"\b[1-9]\d* were lost", said), said


def test_full_disk_of_store(place):
    """Told once; what is read meanwhile waits in memory and is stored when there is room again."""
    place.simulate(TWO_METERS)
    with SmallDisk(place) as disk:
        config = CONFIG.replace("${AMSEL_STATE}/readings", f"{disk.path}/readings")
        run_on_full_disk(place, disk, config, "problem: store", "store: ")
        os.symlink(disk.path / "readings.db", place.path / "readings.db")
        assert place.run("run", place.path / "a.yaml", "--once").returncode == 0
        shutil.copy(disk.path / "readings.db", place.path / "copy.db")
        (place.path / "readings.db").unlink()
        os.rename(place.path / "copy.db", place.path / "readings.db")
        check_complete(place)


def test_full_disk_of_csv(place):
    """Told once; the rows are written when there is room again, each once."""
    place.simulate(TWO_METERS)
    with SmallDisk(place) as disk:
        config = CONFIG.replace("${AMSEL_STATE}/csv", f"{disk.path}/csv")
        run_on_full_disk(place, disk, config, "problem: exporter reports", "exporter reports: ")
        assert place.run("run", place.path / "a.yaml", "--once").returncode == 0
        shutil.copytree(disk.path / "csv", place.path / "csv")
        check_complete(place)


def test_torn_port(place):
    """A pty that goes away in the middle of a frame."""
    master, slave = os.openpty()
    tty.setraw(slave)
    config = CONFIG.replace("${AMSEL_LINE}", os.ttyname(slave))
    child = place.start("run", place.write("a.yaml", config), "--once")
    os.read(master, 5)
    os.write(master, bytes.fromhex("681F1F680801"))
    os.close(slave)
    os.close(master)
    assert child.wait(timeout=30) == 1
    assert b"line cellar" in child.stderr.read()
    assert len(read_csv(place)) == 2


def test_garbage_configuration(place):
    """Whatever a file holds, it is refused with its name, or read; never a crash, never a long wait."""
    dice = random.Random(4)
    for n in range(50):
        path = place.path / "a.yaml"
        if n % 2:
            text = bytearray(CONFIG.encode())
            for _ in range(dice.randrange(1, 10)):
                text[dice.randrange(len(text))] = dice.randrange(256)
            path.write_bytes(text)
        else:
            path.write_bytes(dice.randbytes(dice.randrange(2000)))
        result = subprocess.run([place.amsel, "check", str(path)], capture_output=True, timeout=20, env=place.env, check=False)
        assert result.returncode in (0, 2), result
        assert result.returncode == 0 or b"a.yaml" in result.stderr, result
    (place.path / "a.yaml").write_bytes(b"# " + b"x" * 10_000_000)
    result = place.run("check", place.path / "a.yaml")
    assert result.returncode == 2 and "a.yaml" in result.stderr, result


def test_wrong_options(place):
    """Numbers that make no sense are refused with a sentence, and nothing of the library below is heard."""
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", CONFIG)
    line = place.env["AMSEL_LINE"]
    for args in (["read", "--line", line, "1", "--baud", "-5"], ["read", "--line", line, "1", "--baud", "1"],
                 ["read", "--line", line, "1", "--baud", "2000000000"], ["read", "--line", ":5", "1"],
                 ["run", config, "--for", "0s"], ["simulate", place.path / "simulated.yaml", "--tcp", "-1"], ["run", config, "--for", "-1s"], ["run", config, "--for", "1s", "--once"]):
        result = place.run(*args)
        assert result.returncode == 2, (args, result)
        assert result.stderr.startswith("amsel: ") and "WARNING" not in result.stderr, (args, result.stderr)


def test_full_output(place):
    """Results that cannot be written are no success."""
    with open("/dev/full", "wb") as full:
        for args in (["help"], ["inspect"], ["inspect", "--schema"]):
            result = subprocess.run([place.amsel, *args], stdout=full, stderr=subprocess.PIPE, env=place.env, timeout=20,
                                    check=False)
            assert result.returncode == 1 and b"cannot write the results" in result.stderr, (args, result)


def test_plugins(place):
    """Files that are no plugins of this version are refused with a sentence each; the others work."""
    if shutil.which("cc") is None:
        raise Skip("needs a C compiler")
    folder = place.path / "plugins"
    folder.mkdir()
    (folder / "empty.so").write_bytes(b"")
    (folder / "text.so").write_text("no plugin")
    source = ("struct { unsigned abi, size; const char *name, *version, *license; const void *kinds; void *load, *more[8]; }"
              " amsel_plugin_desc = { ABI, SIZE, \"x\", \"x\", \"x\" };")
    for name, abi, size in (("abi", "4711", "64"), ("size", "1", "4711")):
        made = subprocess.run(["cc", "-shared", "-fPIC", f"-DABI={abi}", f"-DSIZE={size}", "-xc", "-", "-o",
                               str(folder / f"{name}.so")], input=source, text=True, capture_output=True, check=False)
        assert made.returncode == 0, made
    subprocess.run(["cc", "-shared", "-fPIC", "-xc", "-", "-o", str(folder / "other.so")], input="int nothing;", text=True,
                   check=True)
    before = place.run("inspect")
    place.env["AMSEL_PLUGINS"] = f"{folder}:{place.path}/absent:" + place.env["AMSEL_PLUGINS"]
    result = place.run("inspect")
    assert result.returncode == 0 and result.stdout == before.stdout, result
    for name in ("empty.so", "text.so", "abi.so", "size.so", "other.so", "absent"):
        assert result.stderr.count(f"/{name}") >= 1, (name, result.stderr)
    assert len(result.stderr.splitlines()) == 6, result.stderr
    # also where a kind is missing, which one of them may have had
    result = place.run("run", place.write("a.yaml", "lines: [{name: a, transport: {kind: pigeon}}]"))
    assert result.returncode == 2 and "pigeon" in result.stderr, result
    assert all(f"/{name}" in result.stderr for name in ("empty.so", "absent")), result.stderr


if __name__ == "__main__":
    run(globals())
