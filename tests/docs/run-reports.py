#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reports that docs/reports.md shows are those that config/reports.yaml makes of two simulated meters.

usage: run-reports.py AMSEL PAGE [--update]

Above each report stands <!-- report PROFILE NAME -->. What depends on the time of the run is compared as the time that
the page has. --update writes the page anew. Prints TAP."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^(<!-- report (\d{4}) (\S+) -->\n```text\n)(.*?)(^```$)", re.M | re.S)

amsel, page = sys.argv[1], pathlib.Path(sys.argv[2])
text = page.read_text(encoding="utf-8")


def freeze(line):
    """Times of the run become times of the page."""
    days = {time.strftime("%Y-%m-%d", time.gmtime(time.time() + h * 3600)) for h in (-12, 0, 12)}
    line = re.sub(r"(?<!\d)(" + "|".join(sorted(days)) + r") \d\d:\d\d:\d\d", "2016-06-06 16:26:14", line)
    line = re.sub(r"(?<!\d)(20\d{12})(?!\d)", "20160606162614", line)
    return re.sub(r"(?<!\d)20\d\d_\d\d(?!\d)", "2016_06", line)


def make(state, profile):
    """Gives name and text of all files that the example makes with a profile."""
    state.mkdir()
    config = (ROOT / "config/reports.yaml").read_text(encoding="utf-8")
    config = config[:config.index("  - name: away")].replace("[reports, away]", "[reports]")
    config = config.replace("profile: 3104", f"profile: {profile}")
    (state / "a.yaml").write_text(config, encoding="utf-8")
    env = dict(os.environ, AMSEL_STATE=str(state), AMSEL_LINE=str(state / "line"))
    meters = subprocess.Popen([amsel, "simulate", str(ROOT / "config/simulate/two-meters.yaml"), "--pty",
                               env["AMSEL_LINE"], "--speed", "fast"], stdout=subprocess.PIPE, env=env)
    try:
        assert meters.stdout.readline().startswith(b"ready:")
        subprocess.run([amsel, "run", str(state / "a.yaml"), "--once"], check=True, env=env, timeout=60,
                       capture_output=True)
    finally:
        meters.kill()
        meters.communicate()
    folder = state / "reports"
    return {freeze(str(p.relative_to(folder))): freeze(p.read_bytes().decode("iso-8859-1").replace("\r\n", "\n"))
            for p in folder.rglob("*") if p.is_file()}


def main():
    blocks = BLOCK.findall(text)
    made, results = {}, []
    with tempfile.TemporaryDirectory(prefix="amsel-reports-") as folder:
        for profile in sorted({block[1] for block in blocks}):
            made[profile] = make(pathlib.Path(folder) / profile, profile)
    if "--update" in sys.argv:
        page.write_text(BLOCK.sub(lambda m: m[1] + made[m[2]][m[3]] + m[5], text), encoding="utf-8")
        return
    print(f"1..{len(blocks) + 1}")
    for number, (_, profile, name, shown, _) in enumerate(blocks, 1):
        good = made[profile].get(name) == shown
        results.append(good)
        print(f"{'ok' if good else 'not ok'} {number} {name}")
        if not good:
            print(f"# made: {sorted(made[profile])}\n# {made[profile].get(name)!r}\n# shown: {shown!r}")
    rest = {name for files in made.values() for name in files} - {block[2] for block in blocks}
    print(f"{'not ok' if rest else 'ok'} {len(blocks) + 1} nothing else is made\n# {rest}")
    sys.exit(0 if blocks and all(results) and not rest else 1)


main()
