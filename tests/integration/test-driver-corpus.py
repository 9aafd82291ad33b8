#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Telegrams of real meters with payloads of their own, and the numbers that others read from them.

The collection is not part of this project. It is taken from $AMSEL_CORPUS, or from ../shared/corpus beside the source
tree; without it the test is skipped. A field of the same name must have the same number or none, and of all expected
numbers nearly all must be there. usage: test-driver-corpus.py AMSEL SOURCE_ROOT"""

import json
import os
import pathlib
import re
import subprocess
import sys

SKIPPED = 77
SHARE = 0.97

DRIVERS = ("apator08 apator162 apator172 apatoreitn apatorna1 bfw240radio compact5 fhkvdataiii gwfwater hydroclimav2 "
           "hydrodigit hydrus izarv2 mkradio3 mkradio3a mkradio4 qcaloric qheatv2 qwater qwaterv2 rfmtx1 sharky tsd2 "
           "vario451 zenner0b").split()

# Expected numbers that are not right, each with the reason. "_delta_" are the months of Qundis: the expectation takes
# "no value" for a number, and has volumes ten times too small, which the differences of the stored values show.
FAULTS = re.compile(r".*_delta_\d+_(kwh|m3)")


def load(corpus):
    path = corpus / "wireless" / "telegrams.jsonl"
    if not path.is_file():
        print(f"skipped: no collection of telegrams at {path}: set AMSEL_CORPUS")
        sys.exit(SKIPPED)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row for row in rows
            if row["driver"] in DRIVERS and row.get("expected") and row["frame"] == "wmbus"
            and re.fullmatch("([0-9A-Fa-f]{2})+", row["telegram_hex"])]


def decode(amsel, root, rows):
    keys = [row["key"] if re.fullmatch("[0-9A-Fa-f]{32}", row.get("key") or "") else None for row in rows]
    lines = [row["telegram_hex"] + (";" + key if key else "") for row, key in zip(rows, keys)]
    env = dict(os.environ, AMSEL_DRIVERS=str(pathlib.Path(root) / "plugins" / "drivers" / "files"))
    result = subprocess.run([amsel, "decode", "--protocol", "wmbus", "--decrypted", "--format", "json"],
                            input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=60, check=False, env=env)
    decoded = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(decoded) == len(rows), result.stderr
    return decoded


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def near(a, b):
    return abs(a - b) <= 1e-9 + 2e-6 * max(abs(a), abs(b))


def numbers_of(telegram):
    """All numbers of a telegram, of records also in thousands, as the usual fields have them."""
    numbers = [value for value in (telegram.get("fields") or {}).values() if is_number(value)]
    for record in telegram.get("records") or []:
        if is_number(record["value"]):
            numbers += [record["value"], record["value"] / 1000, record["value"] / 3600]
    return numbers


def main():
    amsel, root = sys.argv[1:]
    corpus = os.environ.get("AMSEL_CORPUS")
    rows = load(pathlib.Path(corpus) if corpus else pathlib.Path(root).parent / "shared" / "corpus")
    n_expected = n_found = 0
    wrong, missing = [], []
    for row, telegram in zip(rows, decode(amsel, root, rows)):
        fields = telegram.get("fields") or {}
        for name, expected in row["expected"].items():
            if not is_number(expected) or name == "rssi_dbm" or FAULTS.fullmatch(name):
                continue
            n_expected += 1
            value = fields.get(name)
            if is_number(value) and not near(value, expected):
                wrong.append((row["driver"], row["id"], name, value, expected))
            elif any(near(number, expected) for number in numbers_of(telegram)):
                n_found += 1
            else:
                missing.append((row["driver"], row["id"], name, expected))
    for fault in wrong:
        print("wrong:", *fault)
    for fault in missing:
        print("missing:", *fault)
    print(f"{n_found} of {n_expected} numbers in {len(rows)} telegrams")
    return 1 if wrong or n_found < SHARE * n_expected else 0


if __name__ == "__main__":
    sys.exit(main())
