# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the benchmarks of the whole program share: configurations of many meters, figures, spread."""

import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

# after its folder is known, since the benchmarks start the program as its tests do
from program import Place  # noqa: E402

N_METERS = 300

# what tests set to find faults costs time and memory
for setting in ("G_DEBUG", "MALLOC_PERTURB_"):
    os.environ.pop(setting, None)

POLLED = """
store: {{file: "${{AMSEL_STATE}}/readings.db", durability: normal}}
lines:
  - {{name: cellar, transport: {{kind: serial, device: "${{AMSEL_LINE}}", baud: 2400, parity: even}}}}
pipelines:
  - name: house
    line: cellar
    protocol: {{kind: mbus}}
    schedule: {{every: {every}, zone: UTC}}
    meters:
      - {{from: meters.csv}}
    exporters: [reports]
exporters:
  - {{name: reports, kind: csv, directory: "${{AMSEL_STATE}}/csv"}}
"""


def figure(name, value, unit):
    """Prints one figure."""
    print(f"{name} {value:.1f} {unit}" if value < 1000 else f"{name} {value:.0f} {unit}", flush=True)


def spread(name, values, unit, best=min):
    """Prints the median of several runs, and the best of them."""
    figure(name, statistics.median(values), unit)
    figure(name + "_best", best(values), unit)


def write_meters(place):
    """A list of meters with secondary addresses, as a configuration names it."""
    rows = [f"flat-{n},{60000000 + n:08d}" for n in range(1, N_METERS + 1)]
    return place.write("meters.csv", "\n".join(["name,address", *rows]) + "\n")


def write_polled(place, every="15m"):
    """A configuration that reads so many meters on a serial line."""
    write_meters(place)
    return place.write("bench.yaml", POLLED.format(every=every))


# it is idle when it has used no processor time for so long
QUIET_S = 1.0


def read_kb(pid, file, name):
    """A line of a file in /proc, in kB."""
    for line in pathlib.Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise AssertionError(f"no {name} in /proc/{pid}/{file}")


def used_ticks(pid):
    """Processor time of a process."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def wait_idle(pid):
    """Waits until the process rests."""
    used, since = used_ticks(pid), time.monotonic()
    while time.monotonic() - since < QUIET_S:
        time.sleep(0.05)
        if used_ticks(pid) != used:
            used, since = used_ticks(pid), time.monotonic()
