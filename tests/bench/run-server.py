#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server of terminals under load: 2,000 simulated terminals of 10 meters each, one collection round.

usage: run-server.py AMSEL [N_TERMINALS]

Prints what one connected idle terminal costs the server in memory (resident set, after the round, when everything was
used once), how long the round took from the first connection to the last record in the store, its processor time,
and the server's descriptors. The terminals run in this process, on the same machine."""

import os
import pathlib
import socket
import sqlite3
import sys
import time

from measure import Place, figure, read_kb, used_ticks, wait_idle
from program import wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from ftpserver import free_port  # noqa: E402
from terminals import Terminal, Terminals, ams  # noqa: E402

N_METERS = 10
T0 = 1467365701

CONFIG = """
store: {{file: "${{AMSEL_STATE}}/server.db", durability: normal}}
services:
  - name: server
    kind: smartcom
    port: {port}
    password: !env AMSEL_PASSWORD
    state: "${{AMSEL_STATE}}/terminals.ini"
    interval: 1h
    terminals: [{{from: terminals.csv}}]
"""

def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def count_records(place):
    with sqlite3.connect(f"file:{place.path / 'server.db'}?mode=ro", uri=True, timeout=30) as store:
        return store.execute("SELECT count(*) FROM readout").fetchone()[0]


def make_terminal(number):
    """A terminal with a record of each of its meters: the water meter's telegram under ten numbers."""
    table = [f'2,"MBUS","*{number:06}{meter:02}@2400","1H"' for meter in range(N_METERS)]
    records = [ams(T0 + meter, meter + 1, index=meter + 1) for meter in range(N_METERS)]
    return Terminal(f"50-{number // 10000:04}-{number % 10000:04}", table=table, records=records)


def measure(place, n_terminals):
    port = free_port()
    place.env["AMSEL_PASSWORD"] = "1234"
    terminals = [make_terminal(number) for number in range(n_terminals)]
    place.write("terminals.csv", "serial\n" + "".join(f"{t.serial}\n" for t in terminals))
    child = place.start("run", place.write("server.yaml", CONFIG.format(port=port)))
    os.set_blocking(child.stderr.fileno(), False)
    wait_until(lambda: listens(port), "the server listens")
    wait_idle(child.pid)
    empty_kb, ticks, begin = read_kb(child.pid, "status", "VmRSS"), used_ticks(child.pid), time.monotonic()
    crowd = Terminals()
    for terminal in terminals:
        crowd.keep(terminal, port)
    while count_records(place) < n_terminals * N_METERS:
        child.stderr.read1()
        time.sleep(0.05)
        assert time.monotonic() - begin < 300, "the round does not end"
    took = time.monotonic() - begin
    while any(terminal.records for terminal in terminals):
        child.stderr.read1()
        time.sleep(0.05)
    wait_idle(child.pid)
    figure("server_terminal_kb", (read_kb(child.pid, "status", "VmRSS") - empty_kb) / n_terminals, "kB")
    figure("server_round_s", took, "s")
    figure("server_round_cpu_s", (used_ticks(child.pid) - ticks) / os.sysconf("SC_CLK_TCK"), "s")
    figure("server_rss_mb", read_kb(child.pid, "status", "VmRSS") / 1024, "MB")
    figure("server_descriptors", len(os.listdir(f"/proc/{child.pid}/fd")), "descriptors")
    assert count_records(place) == n_terminals * N_METERS
    crowd.close()


def main():
    place = Place()
    try:
        measure(place, int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
    finally:
        place.close()


if len(sys.argv) not in (2, 3):
    sys.exit(__doc__)
main()
