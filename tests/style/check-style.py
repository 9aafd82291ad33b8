#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what a compiler does not: licence lines, layers, forbidden functions, sizes, and the format.

usage: check-style.py SOURCE_ROOT

Prints one line per fault, "file:line: what is wrong", and exits with 1 where there is any."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

LAYERS = ["tools", "values", "stages", "wiring", "config", "cli"]
FUNCTION_MAX = 80
FILE_MAX = 900
NESTING_MAX = 6

# Each with what to use instead.
FORBIDDEN = {
    "sprintf": "g_snprintf",
    "strcpy": "g_strlcpy",
    "strcat": "g_strlcat",
    "gets": "fgets",
    "atoi": "g_ascii_string_to_signed",
    "atof": "g_ascii_strtod",
    "strtol": "g_ascii_strtoll",
    "sscanf": "AmselCursor",
    "usleep": "an alarm of AmselClock",
    "sleep": "an alarm of AmselClock",
    "g_usleep": "an alarm of AmselClock",
    "alloca": "g_malloc",
    "g_alloca": "g_malloc",
    "g_error": "GError",
    "g_assert": "g_return_if_fail, or g_assert_* in tests",
    "abort": "GError",
    "system": "GSubprocess",
}

COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
WITH_LICENCE = {".c", ".h", ".py", ".pyi", ".sh", ".yaml", ".build", ".md", ".in", ".css"}

faults = []


def fault(path, line, text):
    faults.append(f"{path}:{line}: {text}")


def list_files(root):
    try:
        out = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                             capture_output=True, check=True).stdout.decode()
        return [pathlib.Path(p) for p in out.split("\0") if p and (root / p).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return [p.relative_to(root) for p in root.rglob("*")
                if p.is_file() and not p.parts[len(root.parts)].startswith(("build", ".git"))]


def blank(text):
    """Takes comments and strings out, and keeps the lines where they are."""
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def check_licence(path, text):
    needs = path.suffix in WITH_LICENCE or text.startswith("#!")
    if needs and SPDX not in "\n".join(text.splitlines()[:3]):
        fault(path, 1, f"expected “{SPDX}” in the first lines")


def check_forbidden(path, code):
    if "tests" in path.parts:
        return
    for match in re.finditer(r"\b(" + "|".join(FORBIDDEN) + r")\s*\(", code):
        line = code.count("\n", 0, match.start()) + 1
        fault(path, line, f"{match.group(1)}() is not used here: {FORBIDDEN[match.group(1)]}")


def check_layers(path, text, layer_of):
    if path.parts[0] != "core" or len(path.parts) < 3 or path.parts[1] not in LAYERS:
        return
    own = LAYERS.index(path.parts[1])
    for match in INCLUDE.finditer(text):
        other = layer_of.get(match.group(1))
        if other is not None and LAYERS.index(other) > own:
            line = text.count("\n", 0, match.start()) + 1
            fault(path, line, f"a file of {path.parts[1]} includes {match.group(1)} of {other}, which is above it")


def check_plugin_includes(path, text, layer_of):
    if path.parts[0] != "plugins" or "tests" in path.parts:
        return
    for match in INCLUDE.finditer(text):
        if match.group(1).endswith("-private.h") and match.group(1) in layer_of:
            line = text.count("\n", 0, match.start()) + 1
            fault(path, line, f"a plugin includes {match.group(1)}, which is private to the core")


def check_sizes(path, code):
    lines = code.splitlines()
    if len(lines) > FILE_MAX:
        fault(path, 1, f"{len(lines)} lines: more than {FILE_MAX} are too much for one file")
    begin = None
    depth = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            begin, depth = number, 0
        if begin is None:
            continue
        depth += line.count("{") - line.count("}")
        if depth > NESTING_MAX:
            fault(path, number, f"nested deeper than {NESTING_MAX}")
            begin = None
        if line.startswith("}") and begin is not None:
            if number - begin > FUNCTION_MAX and "tests" not in path.parts and not line.startswith(("};", "} ")):
                fault(path, begin, f"a function of {number - begin} lines: more than {FUNCTION_MAX} are too much")
            begin = None


def check_format(root, sources):
    program = shutil.which("clang-format-14")
    if program is None:
        print("skipped: the format, since there is no clang-format-14")
        return
    out = subprocess.run([program, "--dry-run", *[str(root / s) for s in sources]], capture_output=True, text=True,
                         check=False).stderr
    for match in re.finditer(r"^(.*?):(\d+):\d+: warning: code should be clang-formatted", out, re.M):
        fault(os.path.relpath(match.group(1), root), match.group(2), "not formatted: run clang-format-14 -i")


def check_drawings(path, text):
    """The formatter breaks a line of a drawing or table in a comment that is too long, and joins what follows."""
    for match in re.finditer(r"/\*.*?\*/", text, re.S):
        for drawn in re.finditer(r"\n *\*   \S[^\n]*\n *\* [^\s@`]", match.group()):
            line = text.count("\n", 0, match.start() + drawn.end()) + 1
            fault(path, line, "text right behind a drawing: a line of it was too long, or a blank line is missing")


def check_script(root, path, text):
    if not text.startswith("#!/bin/sh"):
        return
    out = subprocess.run(["sh", "-n", str(root / path)], capture_output=True, text=True, check=False)
    if out.returncode != 0:
        fault(path, 1, "the shell does not understand it: " + out.stderr.strip())


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = list_files(root)
    layer_of = {p.name: p.parts[1] for p in files
                if p.suffix == ".h" and p.parts[0] == "core" and len(p.parts) == 3 and p.parts[1] in LAYERS}
    sources = [p for p in files if p.suffix in (".c", ".h")]
    for path in files:
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        check_licence(path, text)
        check_script(root, path, text)
        if path in sources:
            code = blank(text)
            check_forbidden(path, code)
            check_layers(path, text, layer_of)
            check_plugin_includes(path, text, layer_of)
            check_sizes(path, code)
            check_drawings(path, text)
    check_format(root, sources)
    for line in sorted(set(faults)):
        print(line)
    print(f"{len(files)} files, {len(set(faults))} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
