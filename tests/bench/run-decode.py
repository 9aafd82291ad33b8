#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the instructions that decoding takes, mean of a telegram.

usage: run-decode.py BENCH_DECODE records|json NAME LIMIT [TELEGRAMS...]

The telegrams are those of AMSEL_CORPUS (a folder with wired/test-frames/*.hex) where it is set, else the files given.
Prints one line for each figure: name, value, unit; more instructions than LIMIT are a failure. Seconds are not measured:
they vary from machine to machine, instructions do not.
"""

import os
import pathlib
import re
import sys
import tempfile

import callgrind


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


def main():
    program, mode, name, limit, *given = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        file = join_lines(find_telegrams(given), folder)
        instructions, printed = callgrind.count([program, mode, file], "bench_measured")
    telegrams, records, allocations = (int(word) for word in printed.split())
    if telegrams == 0:
        sys.exit("no telegrams to decode")
    group = name.removesuffix("_instructions")
    print(f"{group}_records {records / telegrams:.1f} records")
    print(f"{group}_allocations {allocations / telegrams:.2f} allocations")
    callgrind.figure(name, instructions / telegrams, int(limit))


main()
