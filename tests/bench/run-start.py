#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The time from the start of the program to its first request on the line, with 300 meters configured.

usage: run-start.py AMSEL

The line is a pseudo-terminal whose other end is held here: the clock runs from before the program is started until
its first byte is there. Before that the program loads all plugins, reads the configuration, opens the store and the
port.
"""

import os
import pty
import select
import subprocess
import sys
import time
import tty

from measure import Place, spread, write_polled

N_RUNS = 15
PATIENCE_S = 30


def start_once():
    """One start in a folder of its own, in milliseconds."""
    place = Place()
    ours, theirs = pty.openpty()
    try:
        tty.setraw(theirs)
        place.env["AMSEL_LINE"] = os.ttyname(theirs)
        config = write_polled(place)
        before = time.monotonic()
        child = subprocess.Popen([place.amsel, "run", str(config), "--once"], env=place.env,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        asked = select.select([ours], [], [], PATIENCE_S)[0]
        took = time.monotonic() - before
        child.kill()
        child.wait()
        assert asked and os.read(ours, 1) in (b"\x10", b"\x68"), "no request came"
        return took * 1000
    finally:
        os.close(ours)
        os.close(theirs)
        place.close()


def main():
    spread("start_ms", [start_once() for _ in range(N_RUNS)], "ms")


main()
