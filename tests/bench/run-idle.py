#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The memory of a program that has 300 meters on a serial line, and nothing to do.

usage: run-idle.py AMSEL

The figure is the resident set (VmRSS) of “amsel run” between two readings, shared libraries included. A second
figure is taken after all meters were read, when everything has been used once.
"""

import os
import pathlib
import sys

from measure import N_METERS, Place, figure, read_kb, wait_idle, write_polled
from program import read_line, wait_until

LIMIT_MB = 10

SIMULATED = f"""
kind: mbus
meters:
  - {{generate: water, id: "60000001", address: 1, count: {N_METERS}}}
"""


def count_rows(place):
    """How many rows were written."""
    return sum(path.read_bytes().count(b"\n") - 1 for path in (place.path / "csv").glob("*.csv*"))


def measure(place):
    place.simulate(SIMULATED)
    child = place.start("run", write_polled(place, "1d"))
    read_line(child.stderr, "line cellar: open")
    wait_idle(child.pid)
    rss_mb = read_kb(child.pid, "status", "VmRSS") / 1024
    figure("idle_rss_mb", rss_mb, "MB")
    if rss_mb > LIMIT_MB:
        sys.exit(f"at most {LIMIT_MB} MB are allowed")
    figure("idle_private_mb", read_kb(child.pid, "smaps_rollup", "Private_Dirty") / 1024, "MB")
    if "AMSEL_BENCH_SMAPS" in os.environ:
        pathlib.Path(os.environ["AMSEL_BENCH_SMAPS"]).write_text(
            pathlib.Path(f"/proc/{child.pid}/smaps").read_text(encoding="utf-8"), encoding="utf-8")
    child.terminate()
    assert child.wait(timeout=30) == 0
    child = place.start("run", write_polled(place, "10s"))
    wait_until(lambda: count_rows(place) >= N_METERS, "a row of each meter")
    wait_idle(child.pid)
    figure("idle_after_reading_rss_mb", read_kb(child.pid, "status", "VmRSS") / 1024, "MB")


def main():
    place = Place()
    try:
        measure(place)
    finally:
        place.close()


if len(sys.argv) != 2:
    sys.exit(__doc__)
main()
