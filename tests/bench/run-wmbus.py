#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures wireless telegrams to JSON: instructions of one, and how many a second of one processor makes.

usage: run-wmbus.py BENCH_WMBUS CASE

Prints one line for each figure: name, value, unit. The best of several runs counts for the seconds, since others use the
machine too; instructions do not vary.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
RUNS = 5

# bytes of an expanded AES key for one direction (struct aes128_ctx)
KEY_SCHEDULE = 176

# rounds of a run, so that it takes some tenths of a second
ROUNDS = {"mix241": 20, "mix100000": 20}


def run(command):
    """Runs a program; gives the numbers that it prints, and its messages."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{command}: status {result.returncode}\n{result.stderr}")
    return [float(word) for word in result.stdout.split()], result.stderr


def main():
    program, case = sys.argv[1:]
    if shutil.which("valgrind") is None:
        print("valgrind is not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        (telegrams, *_), messages = run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=bench_measured",
             f"--callgrind-out-file={pathlib.Path(folder, 'out')}", program, case])
    instructions = int(re.search(r"Collected\s*:\s*(\d+)", messages).group(1))
    print(f"wmbus_{case}_instructions {instructions / telegrams:.0f} instructions")
    runs = [run([program, case, str(ROUNDS.get(case, 300))])[0] for _ in range(RUNS)]
    print(f"wmbus_{case}_per_s {max(rate for _, _, rate, _ in runs):.0f} telegrams/s")
    if case == "mix100000":
        print(f"wmbus_{case}_bytes_per_meter {runs[0][3] - KEY_SCHEDULE:.0f} bytes")
        print(f"wmbus_{case}_mb {runs[0][3] * 100000 / 1e6:.1f} MB")


main()
