#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fuzzes for a time: each target, or each whose name has one of the words given, as a libFuzzer program with the address
and undefined-behaviour sanitizers, beginning with its seeds.

Needs clang and its runtime (Debian: clang, libclang-rt-dev). For each target, FOLDER/campaign/TARGET keeps the log, the
inputs that failed, and those that reached something new, with which the next campaign goes on. A line per target says how
it ended; the exit status is 1 when one failed."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
OPTIONS = ["-Dlibfuzzer=true", "-Db_sanitize=address,undefined", "-Db_lundef=false", "-Dbuildtype=debugoptimized",
           "-Dintrospection=disabled", "-Dpython=disabled", "-Ddocs=disabled"]


def set_up(folder):
    if not (folder / "build.ninja").exists():
        environment = {"CC": "clang", **os.environ}
        subprocess.run(["meson", "setup", folder, SOURCE, *OPTIONS], env=environment, check=True)
    subprocess.run(["ninja", "-C", folder, "--quiet", "build.ninja"], check=True)


def list_targets(folder, words):
    """The fuzz targets as {name: [program, seed...]}: in a folder set up for libFuzzer, the tests of this suite."""
    out = subprocess.run(["meson", "introspect", "--tests", folder], check=True, capture_output=True, text=True)
    return {test["name"]: [word for word in test["cmd"] if not word.startswith("-")]
            for test in json.loads(out.stdout)
            if "amsel:fuzz" in test["suite"] and (not words or any(word in test["name"] for word in words))}


def copy_seed(seed, corpus):
    seed = pathlib.Path(seed)
    for file in sorted(seed.iterdir()) if seed.is_dir() else [seed]:
        shutil.copyfile(file, corpus / f"seed-{file.name}")


def fuzz(name, program, seeds, home, seconds):
    corpus = home / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        copy_seed(seed, corpus)
    environment = {**os.environ, "LSAN_OPTIONS": f"suppressions={SOURCE / 'tests' / 'lsan.supp'}",
                   "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1", "G_DEBUG": "fatal-criticals,gc-friendly"}
    with open(home / "log", "w", encoding="utf-8") as log:
        code = subprocess.run([program, f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048",
                               "-print_final_stats=1", f"-artifact_prefix={home}/", corpus],
                              env=environment, stdout=log, stderr=log, check=False).returncode
    text = (home / "log").read_text(encoding="utf-8", errors="replace")
    runs = re.search(r"number_of_executed_units: *(\d+)", text)
    paths = re.findall(r"\bcov: (\d+)", text)
    print(f"{name}: {'clean' if code == 0 else f'FAILED, see {home}/log'}, {runs.group(1) if runs else '?'} inputs in "
          f"{seconds} s, {paths[-1] if paths else '?'} edges", flush=True)
    return code == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="for each target (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="targets at a time (%(default)s)")
    parser.add_argument("--folder", type=pathlib.Path, default="build-fuzz", help="build folder (%(default)s)")
    parser.add_argument("words", nargs="*", metavar="WORD", help="part of a target's name; none is all targets")
    options = parser.parse_args()

    set_up(options.folder)
    targets = list_targets(options.folder, options.words)
    if not targets:
        sys.exit(f"campaign: no fuzz target has {' or '.join(options.words)} in its name")
    folder = options.folder.resolve()
    subprocess.run(["ninja", "-C", folder, "--quiet", *(f"tests/{name}" for name in targets)], check=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(fuzz, name, command[0], command[1:], folder / "campaign" / name, int(options.minutes * 60))
                for name, command in targets.items()]
    sys.exit(0 if all(run.result() for run in runs) else 1)


if __name__ == "__main__":
    main()
