#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the instructions that decoding takes, mean of a telegram.

usage: run-decode.py BENCH_DECODE records|json NAME [TELEGRAMS...]

The telegrams are those of AMSEL_CORPUS (a folder with wired/test-frames/*.hex) where it is set, else the files given.
Prints one line for each figure: name, value, unit. Seconds are not measured: they vary from machine to machine,
instructions do not.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def find_telegrams(given):
    """The telegrams of the corpus, sorted, or those given."""
    corpus = os.environ.get("AMSEL_CORPUS")
    if corpus:
        found = sorted(pathlib.Path(corpus, "wired", "test-frames").glob("*.hex"))
        if found:
            return found
    return [pathlib.Path(name) for name in given]


def join_lines(telegrams, folder):
    """A file of the corpus is one telegram over several lines: makes it one line."""
    joined = pathlib.Path(folder, "telegrams.hex")
    with joined.open("w") as out:
        for path in telegrams:
            text = path.read_text(errors="replace")
            out.write(text + "\n" if "#" in text else re.sub(r"\s", "", text) + "\n")
    return joined


def count(program, mode, telegrams):
    """Runs the program under callgrind; gives instructions, telegrams, records and allocations."""
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=bench_measured",
             f"--callgrind-out-file={os.environ.get('AMSEL_CALLGRIND_OUT', folder + '/out')}",
             program, mode, str(join_lines(telegrams, folder))],
            capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{program}: status {result.returncode}\n{result.stderr}")
    instructions = re.search(r"Collected\s*:\s*(\d+)", result.stderr)
    return int(instructions.group(1)), *(int(word) for word in result.stdout.split())


def main():
    program, mode, name, *given = sys.argv[1:]
    if shutil.which("valgrind") is None:
        print("valgrind is not installed")
        sys.exit(SKIPPED)
    instructions, telegrams, records, allocations = count(program, mode, find_telegrams(given))
    if telegrams == 0:
        sys.exit("no telegrams to decode")
    print(f"{name} {instructions / telegrams:.0f} instructions")
    group = name.removesuffix("_instructions")
    print(f"{group}_records {records / telegrams:.1f} records")
    print(f"{group}_allocations {allocations / telegrams:.2f} allocations")


main()
