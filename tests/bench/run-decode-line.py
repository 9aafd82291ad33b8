#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What “amsel decode --format json” takes for one line more: instructions of the whole program.

usage: run-decode-line.py AMSEL BENCH_WMBUS CASE LIMIT

The line is a telegram of the case of bench-wmbus. Once its protocol is named, and once it is found out; more instructions
than LIMIT are a failure in both.
"""

import pathlib
import subprocess
import sys
import tempfile

import callgrind

COUNTED = (200, 1200)


def count_instructions(folder, program, protocol, line, n_lines):
    """Decodes a file of so many equal lines under callgrind."""
    file = folder / "lines.hex"
    file.write_text(line * n_lines, encoding="ascii")
    instructions, printed = callgrind.count(
        [program, "decode", "--format", "json", "--protocol", protocol, file])
    assert printed.count('"ok":true') == printed.count('"driver":') == n_lines, printed[:1000]
    return instructions


def main():
    program, bench, case, limit = sys.argv[1:]
    line = subprocess.run([bench, case, "hex"], capture_output=True, text=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        for protocol in ("wmbus", "auto"):
            few, more = (count_instructions(pathlib.Path(folder), program, protocol, line, n) for n in COUNTED)
            callgrind.figure(f"decode_line_{case}_{protocol}_instructions", (more - few) / (COUNTED[1] - COUNTED[0]),
                             int(limit))


main()
