# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the benchmarks that count instructions share: running a program under callgrind, figures, and their limits."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def count(command, watched=None):
    """Runs a program; gives its instructions (those of one function where it is named), and what it printed.

    The profile is kept where AMSEL_CALLGRIND_OUT says.
    """
    if shutil.which("valgrind") is None:
        print("valgrind is not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as folder:
        profile = os.environ.get("AMSEL_CALLGRIND_OUT", pathlib.Path(folder, "out"))
        result = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}",
             *([f"--toggle-collect={watched}"] if watched else []), *map(str, command)],
            capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{command}: status {result.returncode}\n{result.stderr}")
    return int(re.search(r"Collected\s*:\s*(\d+)", result.stderr).group(1)), result.stdout


def figure(name, value, limit=None):
    """Prints a number of instructions; the benchmark fails where it is above its limit."""
    print(f"{name} {value:.0f} instructions", flush=True)
    if limit is not None and value > limit:
        sys.exit(f"{name} is {value:.0f}: at most {limit} are allowed")
