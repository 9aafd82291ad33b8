#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the shell blocks of a page of the documentation, one after the other, in one shell and a folder of their own.

usage: run-tutorial.py AMSEL PAGE"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

amsel, page = map(pathlib.Path, sys.argv[1:])
text = page.read_text(encoding="utf-8")
blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
if not blocks:
    sys.exit(f"{page}: no shell block to run")

script = "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + "\n".join(blocks)
with tempfile.TemporaryDirectory(prefix="amsel-tutorial-") as folder:
    env = dict(os.environ, PATH=f"{amsel.resolve().parent}:{os.environ['PATH']}")
    result = subprocess.run(["sh", "-c", script], cwd=folder, env=env, timeout=120, check=False, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(result.stdout)
    if result.returncode != 0:
        sys.exit(f"{page.name}: ended with status {result.returncode}")
    for wanted in ("2.002", "60000002", "good: 1 line, 1 pipeline, 5 meters, 1 exporter", "5 good", '"value":2790'):
        if wanted not in result.stdout:
            sys.exit(f"{page.name}: did not print “{wanted}”")
