#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What “amsel decode --format json” takes for one line more: instructions of the whole program.

usage: run-decode-line.py AMSEL BENCH_WMBUS CASE

The line is a telegram of the case of bench-wmbus. Once its protocol is named, and once it is found out.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
COUNTED = (200, 1200)


def count_instructions(folder, program, protocol, line, n_lines):
    """Decodes a file of so many equal lines under callgrind."""
    file = folder / "lines.hex"
    file.write_text(line * n_lines, encoding="ascii")
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder / 'out'}",
         program, "decode", "--format", "json", "--protocol", protocol, file],
        capture_output=True, text=True, check=True)
    assert result.stdout.count('"ok":true') == result.stdout.count('"driver":') == n_lines, result.stdout[:1000]
    return int(re.search(r"Collected\s*:\s*(\d+)", result.stderr).group(1))


def main():
    program, bench, case = sys.argv[1:]
    if shutil.which("valgrind") is None:
        print("valgrind is not installed")
        sys.exit(SKIPPED)
    line = subprocess.run([bench, case, "hex"], capture_output=True, text=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        for protocol in ("wmbus", "auto"):
            few, more = (count_instructions(pathlib.Path(folder), program, protocol, line, n) for n in COUNTED)
            print(f"decode_line_{case}_{protocol}_instructions {(more - few) / (COUNTED[1] - COUNTED[0]):.0f} instructions")


main()
