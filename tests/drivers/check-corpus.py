#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Telegrams of real meters, where the collection is at hand: how many of the numbers that others read in them are
among the records and fields, and that no field of a name that both use has another value.

What the collection cannot ask for is counted apart: telegrams without the key that they need, or that fail their own
check (cut short, or a compact frame whose CRC is not that of its values), and numbers that are the standard's mark of
a value that is not available, which here is no value.

usage: check-corpus.py AMSEL SOURCES DRIVERS

Skipped without $AMSEL_CORPUS or ../shared/corpus beside the checkout."""

import json
import os
import pathlib
import re
import subprocess
import sys

FAILS_ITSELF = {"no-key", "truncated", "wrong-full-frame-crc"}
# of the numbers that can be had
SHARE = 0.97
SKIPPED = 77
# the last word of a name: unit of a record, and how many of the name's unit one of the record's is
UNITS = {
    "kwh": [("Wh", 1e-3)], "kvarh": [("varh", 1e-3)], "kvah": [("VAh", 1e-3)], "kw": [("W", 1e-3)],
    "gj": [("J", 1e-9)], "mj": [("J", 1e-6)], "m3": [("m3", 1)], "l": [("m3", 1e3)], "m3h": [("m3/h", 1)],
    "lh": [("m3/h", 1e3)], "c": [("Cel", 1)], "h": [("s", 1 / 3600)], "min": [("s", 1 / 60)], "s": [("s", 1)],
    "d": [("s", 1 / 86400)], "v": [("V", 1)], "a": [("A", 1)], "hz": [("Hz", 1)], "bar": [("bar", 1)],
}  # fmt: skip


# the lowest integers of 8 to 32 bits, however they are scaled: not available (EN 13757-3, type B)
MARKS = {"128", "32768", "8388608", "2147483648"}


def is_mark(number):
    digits = f"{-number:f}".replace(".", "").strip("0") if number < 0 else ""
    return digits in MARKS


def find_corpus(source_root):
    for folder in (os.environ.get("AMSEL_CORPUS"), source_root.parent / "shared" / "corpus"):
        path = pathlib.Path(folder or "", "wireless", "telegrams.jsonl")
        if folder and path.exists():
            return path
    return None


def near(a, b):
    return abs(a - b) <= 1e-9 + 2e-6 * max(abs(a), abs(b))


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def decode(amsel, drivers, rows):
    def key(row):
        return ";" + row["key"] if re.fullmatch("[0-9A-Fa-f]{32}", row["key"] or "") else ""

    text = "".join(row["telegram_hex"] + key(row) + "\n" for row in rows)
    command = [amsel, "decode", "--protocol", "auto", "--decrypted", "--format", "json"]
    env = dict(os.environ, AMSEL_DRIVERS=drivers)
    outcome = subprocess.run(command, input=text, capture_output=True, text=True, env=env)
    return [json.loads(line) for line in outcome.stdout.splitlines()]


def has_number(telegram, name, number):
    if any(is_number(value) and near(value, number) for value in telegram.get("fields", {}).values()):
        return True
    for record in telegram.get("records", []):
        value, unit = record["value"], record["unit"]
        if is_number(value):
            factors = [f for u, f in UNITS.get(name.rsplit("_", 1)[-1], []) if u == unit] or [1]
            if any(near(value * factor, number) for factor in factors):
                return True
    return False


def main():
    amsel, source_root = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    path = find_corpus(source_root)
    if path is None:
        print("there is no collection of telegrams: set AMSEL_CORPUS")
        return SKIPPED
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows = [row for row in rows if row["expected"] and re.fullmatch("(?:[0-9A-Fa-f]{2})+", row["telegram_hex"])]
    telegrams = decode(amsel, sys.argv[3], rows)
    if len(telegrams) != len(rows):
        print(f"{len(telegrams)} answers for {len(rows)} telegrams")
        return 1
    found = total = not_there = 0
    wrong = []
    for row, telegram in zip(rows, telegrams):
        numbers = {name: n for name, n in row["expected"].items() if is_number(n) and name != "rssi_dbm"}
        fails = telegram.get("error", {}).get("name") in FAILS_ITSELF
        for name, number in numbers.items():
            total += 1
            there = has_number(telegram, name, number)
            found += there
            not_there += not there and (fails or is_mark(number))
            value = telegram.get("fields", {}).get(name)
            # another meaning of the name gives another number of the same telegram
            if is_number(value) and not any(abs(value - n) <= 1e-3 * abs(n) for n in numbers.values()):
                wrong.append(f"{row['driver']} {name}: {value}, expected {number}: {row['telegram_hex'][:40]}")
    share = found / (total - not_there)
    print(f"{found} of {total} numbers are there: {100 * found / total:.1f} %; {not_there} cannot be; {100 * share:.1f} %")
    print(f"fields with a wrong value: {len(wrong)}", *wrong, sep="\n")
    return 0 if share >= SHARE and not wrong else 1


sys.exit(main())
