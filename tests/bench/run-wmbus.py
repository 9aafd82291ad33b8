#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures wireless telegrams to JSON: instructions of one, and how many a second of one processor makes.

usage: run-wmbus.py BENCH_WMBUS CASE LIMIT DRIVER_FILES COMPILED_TELEGRAMS

The test telegrams of the driver files and of the compiled drivers are those of the mixtures; a case may also be the name
of a driver. Prints one line for each figure: name, value, unit. More instructions than LIMIT are a failure, and so are
more bytes for a meter than are allowed. The best of several runs counts for the seconds, since others use the machine
too; instructions do not vary.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import callgrind

RUNS = 5

# long frames of wired meters are no part of it
WIRED = re.compile(r"68(\w\w)(\1)68", re.IGNORECASE)

# bytes of an expanded AES key for one direction (struct aes128_ctx)
KEY_SCHEDULE = 176

# what a known meter may take beyond that
METER_BYTES_MAX = 400

# rounds of a run, so that it takes some tenths of a second
ROUNDS = {"mix241": 20, "mix100000": 20}


def run(command):
    """Runs a program; gives the numbers that it prints."""
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in result.stdout.split()]


def write_samples(path, files, compiled):
    """Lines of a driver's name and a telegram."""
    lines = compiled.read_text(encoding="utf-8").splitlines()
    for file in sorted(files.glob("*.yaml")):
        for telegram in re.findall(r'telegram: "(\w+)"', file.read_text(encoding="utf-8")):
            if not WIRED.match(telegram):
                lines.append(f"{file.stem} {telegram}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    program, case, limit, files, compiled = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        samples = pathlib.Path(folder, "samples")
        write_samples(samples, pathlib.Path(files), pathlib.Path(compiled))
        instructions, printed = callgrind.count([program, case, "1", samples], "bench_measured")
        runs = [run([program, case, str(ROUNDS.get(case, 300)), samples]) for _ in range(RUNS)]
    print(f"wmbus_{case}_per_s {max(rate for _, _, rate, _ in runs):.0f} telegrams/s")
    if case == "mix100000":
        bytes_per_meter = runs[0][3] - KEY_SCHEDULE
        print(f"wmbus_{case}_bytes_per_meter {bytes_per_meter:.0f} bytes")
        print(f"wmbus_{case}_mb {runs[0][3] * 100000 / 1e6:.1f} MB")
        if bytes_per_meter > METER_BYTES_MAX:
            sys.exit(f"a meter takes {bytes_per_meter:.0f} bytes: at most {METER_BYTES_MAX} are allowed")
    callgrind.figure(f"wmbus_{case}_instructions", instructions / int(printed.split()[0]), int(limit))


main()
