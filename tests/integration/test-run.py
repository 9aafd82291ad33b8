#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""amsel run and amsel read as a user meets them: good runs, dead meters, signals, wrong configurations, lost ports,
folders that cannot be written."""

import csv
import os
import signal

from program import SOURCE_ROOT, read_line, run, wait_until

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
    schedule: {every: 1s, zone: UTC}
    suspend-after: 0
    meters: METERS
    exporters: [reports]
exporters:
  - {name: reports, kind: csv, directory: "${AMSEL_STATE}/csv",
     columns: [sequence, slot, meter, quantity, storage, value, unit, quality, error]}
"""

GOOD = CONFIG.replace("METERS", "[{name: water, address: 1}, {name: heat, address: 70000001}]")


def read_csv(place):
    rows = []
    for path in sorted((place.path / "csv").glob("*.csv*")):
        with open(path, newline="", encoding="utf-8") as file:
            rows += list(csv.DictReader(file))
    return rows


def test_once(place):
    place.simulate(TWO_METERS)
    result = place.run("run", place.write("a.yaml", GOOD), "--once")
    assert result.returncode == 0, result.stderr
    assert "2 meters read, 2 good" in result.stdout, result.stdout
    rows = read_csv(place)
    assert {r["meter"] for r in rows} == {"water", "heat"}, rows
    assert all(r["quality"] == "good" for r in rows)
    assert any(r["quantity"] == "volume" and r["unit"] == "m3" for r in rows)


def test_once_twice_doubles_nothing(place):
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", GOOD)
    for _ in range(2):
        assert place.run("run", config, "--once").returncode == 0
    rows = read_csv(place)
    assert {r["sequence"] for r in rows} == {"1", "2", "3", "4"}, {r["sequence"] for r in rows}
    counts = [sum(r["sequence"] == str(n) for r in rows) for n in (1, 2, 3, 4)]
    assert counts[:2] == counts[2:], counts


def test_dead_meter(place):
    place.simulate(TWO_METERS + "  - {dead: true, id: '00000001', address: 9}\n")
    config = CONFIG.replace("METERS", "[{name: dead, address: 9}, {name: water, address: 1}]")
    result = place.run("run", place.write("a.yaml", config), "--once")
    assert result.returncode == 1, result.stderr
    assert "house/dead: no-reading" in result.stderr, result.stderr
    assert "2 meters read, 1 good, 1 without a good reading" in result.stdout, result.stdout
    rows = read_csv(place)
    assert any(r["meter"] == "dead" and r["quality"] == "no-reading" for r in rows), rows
    assert any(r["meter"] == "water" and r["quality"] == "good" for r in rows)


def test_wrong_configuration(place):
    result = place.run("run", place.write("a.yaml", GOOD.replace("baud: 2400", "baud: fast")), "--once")
    assert result.returncode == 2
    assert "a.yaml:4:" in result.stderr and "baud" in result.stderr, result.stderr
    assert not (place.path / "readings.db").exists()


def test_wrong_usage(place):
    for args in (["run"], ["run", "a", "b"], ["run", "x.yaml", "--for", "banana"], ["run", "--nosuch"],
                 ["run", place.path / "absent.yaml"]):
        result = place.run(*args)
        assert result.returncode == 2, (args, result)
        assert result.stderr.startswith("amsel: ") or "absent.yaml" in result.stderr, result.stderr


def test_no_port(place):
    """A device that is not there: reported, every meter has its record, status 1."""
    result = place.run("run", place.write("a.yaml", GOOD), "--once")
    assert result.returncode == 1, result
    assert "line cellar" in result.stderr, result.stderr
    rows = read_csv(place)
    assert len(rows) == 2 and all(r["quality"] == "no-reading" for r in rows), rows


def test_unwritable_folder(place):
    if os.geteuid() == 0:
        # root may write anywhere but here
        folder = "/proc/nosuch"
    else:
        folder = "/nosuch"
    place.simulate(TWO_METERS)
    result = place.run("run", place.write("a.yaml", GOOD.replace("${AMSEL_STATE}/readings", folder + "/readings")),
                       "--once")
    assert result.returncode == 1, result
    assert folder in result.stderr, result.stderr


def test_term(place):
    """TERM stores and delivers what was read, and ends with status 0."""
    place.simulate(TWO_METERS)
    child = place.start("run", place.write("a.yaml", GOOD))
    read_line(child.stderr, "line cellar: open")
    wait_until(lambda: (place.path / "csv").exists() and len(read_csv(place)) > 5, "readings in the CSV files")
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 0
    rows = read_csv(place)
    sequences = sorted({int(r["sequence"]) for r in rows})
    assert sequences == list(range(1, sequences[-1] + 1)), sequences


def test_plugins_in_use(place):
    """Plugins that the configuration does not use take no memory."""
    place.simulate(TWO_METERS)
    child = place.start("run", place.write("a.yaml", GOOD))
    read_line(child.stderr, "line cellar: open")
    with open(f"/proc/{child.pid}/maps", encoding="utf-8") as maps:
        loaded = {os.path.basename(line.split()[-1]) for line in maps if "/libamsel-" in line}
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 0
    plugins = {name for name in loaded if not name.startswith("libamsel-1")}
    assert plugins == {f"libamsel-{name}.so" for name in ("exporter-csv", "protocol-mbus", "transport-serial")}, plugins


def test_port_vanishes(place):
    """The port goes away while it is read, and comes back: one message each, and readings go on."""
    simulated = place.simulate(TWO_METERS)
    child = place.start("run", place.write("a.yaml", GOOD))
    read_line(child.stderr, "line cellar: open")
    wait_until(lambda: (place.path / "csv").exists() and read_csv(place), "a first reading")
    simulated.kill()
    simulated.wait()
    read_line(child.stderr, "problem: line cellar")
    place.simulate(TWO_METERS)
    read_line(child.stderr, "line cellar: open")
    before = max(int(r["sequence"]) for r in read_csv(place) if r["quality"] == "good")
    wait_until(lambda: any(r["quality"] == "good" and int(r["sequence"]) > before for r in read_csv(place)),
               "a good reading after the port came back")
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 0


def test_hup(place):
    """A wrong new configuration is refused and the old one goes on; a right one replaces it."""
    place.simulate(TWO_METERS)
    config = place.write("a.yaml", GOOD)
    child = place.start("run", config)
    read_line(child.stderr, "line cellar: open")
    place.write("a.yaml", GOOD.replace("pipelines:", "pipelimes:"))
    child.send_signal(signal.SIGHUP)
    read_line(child.stderr, "the old one goes on")
    place.write("a.yaml", GOOD.replace("name: water", "name: renamed"))
    child.send_signal(signal.SIGHUP)
    read_line(child.stderr, "configuration read again")
    wait_until(lambda: any(r["meter"] == "renamed" and r["quality"] == "good" for r in read_csv(place)),
               "a reading under the new name")
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=30) == 0


def test_for(place):
    place.simulate(TWO_METERS)
    result = place.run("run", place.write("a.yaml", GOOD), "--for", "100ms")
    assert result.returncode == 0, result


def test_read(place):
    place.simulate(TWO_METERS)
    result = place.run("read", "--line", place.env["AMSEL_LINE"], "1", "70000001", "--format", "json")
    assert result.returncode == 0, result
    lines = result.stdout.splitlines()
    assert len(lines) == 4, lines  # the heat meter has three telegrams
    assert '"id":"60000001"' in lines[0], lines[0]
    result = place.run("read", place.write("a.yaml", GOOD), "water", "house/heat")
    assert result.returncode == 0, result
    assert "60000001" in result.stdout and "70000001" in result.stdout, result.stdout
    result = place.run("read", "--line", place.env["AMSEL_LINE"], "77")
    assert result.returncode == 1 and "meter 77" in result.stderr, result
    for args in (["read"], ["read", "--line", "nowhere", "1"], ["read", "--line", place.env["AMSEL_LINE"], "banana"],
                 ["read", place.path / "a.yaml", "nosuch"]):
        assert place.run(*args).returncode == 2, args


def test_record_and_replay(place):
    """What a line said is recorded, and the recording read again gives the same values."""
    place.simulate(TWO_METERS)
    recording = place.path / "traffic.txt"
    config = GOOD.replace("parity: even", f"parity: even, record: {recording}")
    assert place.run("run", place.write("a.yaml", config), "--once").returncode == 0
    first = [(r["meter"], r["quantity"], r["storage"], r["value"]) for r in read_csv(place)]
    replayed = GOOD.replace('kind: serial, device: "${AMSEL_LINE}", baud: 2400, parity: even',
                            f"kind: replay, file: {recording}, speed: fast").replace("/csv", "/again")
    replayed = replayed.replace("readings.db", "again.db")
    result = place.run("run", place.write("b.yaml", replayed), "--once")
    assert result.returncode == 0, result
    os.rename(place.path / "csv", place.path / "first")
    os.rename(place.path / "again", place.path / "csv")
    assert first == [(r["meter"], r["quantity"], r["storage"], r["value"]) for r in read_csv(place)]


def test_demo(place):
    """The configuration that “bootstrap demo” runs, on the building that it simulates."""
    place.simulate(None, SOURCE_ROOT / "config/simulate/building.yaml")
    result = place.run("run", SOURCE_ROOT / "config/demo.yaml", "--once")
    assert result.returncode == 1, result  # one meter is dead on purpose
    assert result.stderr.count("no-reading") == 1, result.stderr
    assert any(r["meter"] == "gas" and r["quantity"] == "volume" for r in read_csv(place))


if __name__ == "__main__":
    run(globals())
