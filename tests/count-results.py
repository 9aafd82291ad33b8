#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts the results of a run of `meson test`: prints how many tests passed, failed and were skipped.

A TAP test counts by its subtests, since one program may hold a hundred of them."""

import json
import re
import sys


def count(log):
    passed = failed = skipped = 0
    for line in open(log, encoding="utf-8"):
        test = json.loads(line)
        result = test["result"]
        text = test.get("stdout", "") or ""
        points = re.findall(r"^(not ok|ok) \d+.*$", text, re.M)
        lines = re.findall(r"^(?:not ok|ok) \d+.*$", text, re.M)
        if result == "SKIP":
            skipped += 1
        elif points:
            skips = sum(1 for l in lines if re.search(r"#\s*SKIP", l, re.I))
            bad = sum(1 for p in points if p == "not ok")
            passed += len(points) - bad - skips
            skipped += skips
            # a program that dies after its last point has failed as well
            failed += max(bad, 0 if result in ("OK", "EXPECTEDFAIL") else 1)
        elif result in ("OK", "EXPECTEDFAIL"):
            passed += 1
        else:
            failed += 1
    return passed, failed, skipped


if __name__ == "__main__":
    print(*count(sys.argv[1]))
