#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole way of a telegram through the program: recording, frames, decoder, store, CSV file.

usage: run-replay.py AMSEL TELEGRAMS

Makes a recording of telegrams (those of the file TELEGRAMS that are a whole frame, filled up to 13 values with volumes
of earlier months, under the identification numbers of 300 meters in turn), lets “amsel run --once” play it at full
speed, and sees that every value of every telegram is a row of the CSV file.

The figure is per second of processor time of the whole program, start and end included, while it has one core. Beside
it stand the figure by the clock, with all cores, which other work on the machine makes worse; the one of a recording
with 20,000 meters; and, where valgrind is installed, the instructions that one telegram more takes.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from measure import N_METERS, Place, figure, spread

N_TELEGRAMS = int(os.environ.get("AMSEL_BENCH_TELEGRAMS", "60000"))
N_RUNS = int(os.environ.get("AMSEL_BENCH_RUNS", "3"))

CONFIG = """
store: {file: "${AMSEL_STATE}/readings.db", durability: normal}
lines:
  - {name: cellar, transport: {kind: replay, file: "${AMSEL_STATE}/cellar.rec", speed: fast}}
pipelines:
  - {name: house, line: cellar, protocol: {kind: mbus}, listen: true, exporters: [reports]}
exporters:
  - {name: reports, kind: csv, directory: "${AMSEL_STATE}/csv", file: "{pipeline}.csv", unfinished-suffix: ""}
"""

# offsets in a long frame: start, length twice, start, then what the checksum covers; records follow the header
COVERED, IDENTITY, RECORDS = 4, 7, 19

# as many as a telegram of the goal has: 20,000 telegrams, 250,000 values
N_VALUES = 13

# as many as a receiver of a town hears
N_SENDERS = 20000

# telegrams of two runs under callgrind: their difference is free of what starting costs
COUNTED = 1000, 4000


def load_frames(path):
    """The telegrams that are a whole long frame."""
    frames = []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        digits = re.sub(r"\s", "", line.split("#")[0])
        if digits.startswith("68"):
            frames.append(bytes.fromhex(digits))
    return frames


def close_frame(body):
    """The long frame around what the checksum covers."""
    return bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) & 0xFF, 0x16])


def fill(frame, n_values):
    """The same telegram with so many values more: volumes (VIF 13) of the storages 2, 4, 6 ... in 32 bits."""
    added = b"".join(bytes([0x84, n, 0x13]) + (n * 76543).to_bytes(4, "little") for n in range(1, n_values + 1))
    return close_frame(frame[COVERED:RECORDS] + added + frame[RECORDS:-2])


def set_identity(frame, number):
    """The same telegram of another meter."""
    return close_frame(frame[COVERED:IDENTITY] + bytes.fromhex(f"{number:08d}")[::-1] + frame[IDENTITY + 4:-2])


def count_values(place, frames):
    """How many values the decoder finds in each telegram."""
    text = place.write("frames.hex", "".join(frame.hex() + "\n" for frame in frames))
    decoded = place.run("decode", "--format", "json", text)
    assert decoded.returncode == 0, decoded.stderr
    return [len(json.loads(line)["records"]) for line in decoded.stdout.splitlines()]


def write_recording(place, frames, n_meters, n_telegrams):
    """A recording of nothing but what was received."""
    with open(place.path / "cellar.rec", "w", encoding="ascii") as out:
        for n in range(n_telegrams):
            frame = set_identity(frames[n % len(frames)], 60000001 + n // len(frames) % n_meters)
            out.write(f"< {n / 1000:.6f} {frame.hex().upper()}\n")


def play(place, config, cores):
    """Runs the program; gives its processor time, its time by the clock, and its largest size in kB."""
    before = time.monotonic()
    child = subprocess.Popen([place.amsel, "run", config, "--once"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, env=place.env,
                             preexec_fn=lambda: os.sched_setaffinity(0, cores))
    said = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - before
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    assert child.returncode == 0 and f" {N_TELEGRAMS} good, 0 without" in said, (child.returncode, said)
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss


def check_rows(place, n_values):
    """Every value of every telegram is a row."""
    with open(place.path / "csv" / "house.csv", "rb") as file:
        n_rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1
    assert n_rows == n_values, f"{n_rows} rows of {n_values} values"


def count_instructions(place, config):
    """Runs the program under callgrind; gives the instructions of all its threads."""
    result = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={place.path}/callgrind",
                             place.amsel, "run", config, "--once"],
                            capture_output=True, text=True, env=place.env, check=True)
    return int(re.search(r"Collected\s*:\s*(\d+)", result.stderr).group(1))


def run(published, n_telegrams, n_meters, measure):
    """One run in a folder of its own; gives what measure (place, configuration) does."""
    place = Place()
    try:
        frames = [fill(frame, N_VALUES - n) for frame, n in zip(published, count_values(place, published))]
        assert count_values(place, frames) == [N_VALUES] * len(frames)
        write_recording(place, frames, n_meters, n_telegrams)
        measured = measure(place, place.write("bench.yaml", CONFIG))
        check_rows(place, n_telegrams * N_VALUES)
        return measured
    finally:
        place.close()


def main():
    frames = load_frames(sys.argv[2])
    cores = os.sched_getaffinity(0)
    one = {min(cores)}
    on_one = [run(frames, N_TELEGRAMS, N_METERS, lambda *at: play(*at, one)) for _ in range(N_RUNS)]
    on_all = [run(frames, N_TELEGRAMS, N_METERS, lambda *at: play(*at, cores)) for _ in range(N_RUNS)]
    many = run(frames, N_TELEGRAMS, N_SENDERS, lambda *at: play(*at, one))
    spread("replay_to_csv_telegrams_per_s", [N_TELEGRAMS / cpu for cpu, _, _ in on_one], "1/s", max)
    spread("replay_to_csv_values_per_s", [N_TELEGRAMS * N_VALUES / cpu for cpu, _, _ in on_one], "1/s", max)
    spread("replay_to_csv_wall_telegrams_per_s", [N_TELEGRAMS / wall for _, wall, _ in on_all], "1/s", max)
    figure("replay_to_csv_rss_mb", max(rss for _, _, rss in on_one + on_all) / 1024, "MB")
    figure(f"replay_of_{N_SENDERS}_meters_telegrams_per_s", N_TELEGRAMS / many[0], "1/s")
    if shutil.which("valgrind") is not None:
        few, more = (run(frames, n, N_METERS, count_instructions) for n in COUNTED)
        figure("replay_to_csv_instructions", (more - few) / (COUNTED[1] - COUNTED[0]), "instructions")


main()
