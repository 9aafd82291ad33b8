#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""“amsel scan” as a user calls it: on a simulated line, in each format, into a configuration, interrupted and resumed."""

import json
import signal

from program import SOURCE_ROOT, run

TWO_METERS = SOURCE_ROOT / "config" / "simulate" / "two-meters.yaml"
# a rate at which nobody answers makes it long enough to be interrupted
LONG = ("--mask", "0803FFFF", "--bauds", "2400,4800")
ADDRESSES = {"08031768.LSE.99.06", "15020416.B092.01.02"}


def scan(place, *options):
    return place.run("scan", "--line", place.env["AMSEL_LINE"], *options)


def test_formats(place):
    place.simulate(file=TWO_METERS)
    done = scan(place, "--format", "json")
    meters = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done
    assert {m["address"] for m in meters} == ADDRESSES, meters
    assert {m["primary"] for m in meters} == {0, 1} and {m["medium"] for m in meters} == {"hot-water", "electricity"}, meters
    done = scan(place, "--format", "csv", "--strategy", "primary", "--last", "2")
    assert done.stdout.splitlines()[1].startswith("0,08031768,LSE,99,hot-water,0,2400,"), done.stdout


def test_expected_number(place):
    place.simulate(file=TWO_METERS)
    done = scan(place, "--expect", "3", "--strategy", "primary", "--last", "2")
    assert done.returncode == 1 and "65286" in done.stderr, done
    assert "15020416" in done.stdout, done.stdout


SLOW_AMONG_FAST = """kind: mbus
baud: 2400
meters:
  - {generate: water, id: "30000001", address: 1}
  - {generate: gas, id: "60000002", address: 2, latency-min: 600ms, latency-max: 600ms}
"""


def test_slow_among_fast(place):
    place.simulate(SLOW_AMONG_FAST, None, "--speed", "real")
    done = scan(place, "--timeout-extra", "1s", "--format", "json", "--strategy", "primary", "--first", "1", "--last", "2")
    assert done.returncode == 0, done
    assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == {"30000001", "60000002"}, done


def test_configuration(place):
    place.simulate(file=TWO_METERS)
    path = place.path / "found.yaml"
    assert scan(place, "--to-config", path).returncode == 0
    assert place.run("check", path).returncode == 0
    done = place.run("read", path, "08031768.LSE.99.06")
    assert done.returncode == 0 and "08031768" in done.stdout, done
    done = place.run("scan", "--verify", path)
    assert done.returncode == 0, done
    path.write_text(path.read_text().replace("15020416.B092", "15020417.B092"))
    done = place.run("scan", "--verify", path)
    assert done.returncode == 1 and "meter 15020417.B092.01.02: does not answer" in done.stderr, done
    assert scan(place, "--to-config", path, "--by-primary").returncode == 0
    text = path.read_text()
    assert 'address: 1, identity: "15020416.B092.01.02"' in text and 'address: "08031768.LSE.99.06"' in text, text
    assert place.run("check", path).returncode == 0
    done = place.run("scan", "--line", f"{path}:line", "--mask", "0803FFFF")
    assert done.returncode == 0 and "08031768" in done.stdout and "1502" not in done.stdout, done


def test_interrupted(place):
    """What was found until then is printed, and the next search goes on."""
    place.simulate(file=TWO_METERS)
    state = place.path / "state"
    child = place.start("scan", "--line", place.env["AMSEL_LINE"], "--resume", state, *LONG)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    if child.returncode == 1:  # else the signal came before it was waited for
        assert b"the search can go on from" in errors, errors
        assert state.read_text().startswith("amsel-mbus-search 1\n")
    done = scan(place, "--resume", state, *LONG)
    assert done.returncode == 0 and "08031768" in done.stdout, done
    assert not state.exists()


def test_orders(place):
    """A meter is given a primary address through its secondary one, and is read by it; its baud rate is changed."""
    place.simulate(file=TWO_METERS)
    line = ("--line", place.env["AMSEL_LINE"])
    done = place.run("read", *line, "--set-primary", "7", "--set-clock", "--application", "16", "15020416")
    assert done.returncode == 0 and "15020416" in done.stdout, done
    done = place.run("read", *line, "--set-primary", "7", "08031768")
    assert done.returncode == 1 and "address 7 is taken" in done.stderr, done
    done = place.run("read", *line, "--set-baud", "9600", "7")
    assert done.returncode == 0 and "15020416" in done.stdout, done
    for options in (("--set-primary", "251"), ("--set-baud", "2401"), ("--application", "256"), ("--send", "xyz")):
        done = place.run("read", *line, *options, "7")
        assert done.returncode == 2 and done.stderr.startswith("amsel: "), (options, done)


def test_wrong_usage(place):
    bad = place.write("bad", "nonsense")
    for options in (
        (),
        ("--line", "nowhere"),
        ("--line", "/dev/null", "--strategy", "magic"),
        ("--line", "/dev/null", "--format", "xml"),
        ("--line", "/dev/null", "--last", "251"),
        ("--line", "/dev/null", "--timeout-extra", "soon"),
        ("--line", "/dev/null", "--timeout-extra", "1h"),
        ("--line", "/dev/null", "--resume", bad),
        ("--verify", place.path / "missing.yaml"),
        ("--line", f"{bad}:line"),
    ):
        done = place.run("scan", *options)
        assert done.returncode == 2 and done.stderr.startswith(("amsel: ", "/", "bad")), (options, done)
    done = place.run("scan", "--line", "/nonexistent/tty")
    assert done.returncode == 1 and "/nonexistent/tty" in done.stderr, done


run(globals())
