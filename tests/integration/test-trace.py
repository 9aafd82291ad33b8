#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""amsel trace as a user runs it: on a recording written by hand, and on one that `amsel run` makes and plays.

usage: test-trace.py AMSEL"""

import re

import program

RECORDING = """# recorded from 2026-11-22T08:00:00Z
> 0.000000 10 40 05 45 16
< 0.042119 E5
> 0.051200 10 7B 05 80 16
< 0.120400 68 15 15 68 08 05 72 78 56 34 12
< 0.131017 25 4D 01 07 40 00 00 00 0C 13 27 04 85 02 1E 16
> 0.500000 68 0B 0B 68 53 FD 52 78 56 34 12 FF FF FF FF B2 16
! 0.600000 FE
< 0.610000 68 13 13
> 2.000000 68 03 03 68 53 05 BD 15 16
# recorded from 2026-11-22T09:00:00Z
> 0.000000 10 5B FD 58 16
"""

LINES = [
    (">", "SND_NKE to 5"),
    ("<", "acknowledged"),
    (">", "REQ_UD2 to 5, FCB 1"),
    ("<", "RSP_UD from 5: SIE 12345678 water, 1 records"),
    (">", "selection of 12345678"),
    ("!", "wrong parity or stop bit"),
    ("<", "no frame: it ends too early"),
    (">", "SND_UD to 5, FCB 0: change to 9600 Bd"),
    (">", "REQ_UD2 to the selected meter, FCB 0"),
]

CONFIG = """
store: {{file: "${{AMSEL_STATE}}/{name}.db"}}
lines: [{{name: l, transport: {transport}}}]
pipelines:
  - name: p
    line: l
    protocol: {{kind: mbus}}
    schedule: {{every: 1h}}
    meters: [{{address: 0}}, {{address: 1}}]
    exporters: [e]
exporters: [{{name: e, kind: csv, directory: "${{AMSEL_STATE}}", file: {name}.csv, unfinished-suffix: ""}}]
"""


def texts(out):
    """Direction and text of each line; behind two blanks are the bytes."""
    return [re.match(r" *[\d.]+ +[+-][\d.]+ (.) (.*?)  +[0-9A-F]{2}\b", line).groups()
            for line in out.splitlines() if line]


def test_lines(place):
    result = place.run("trace", place.write("a.rec", RECORDING))
    assert result.returncode == 0, result.stderr
    assert texts(result.stdout) == LINES, texts(result.stdout)
    assert "    0.120400  +0.069200 < " in result.stdout, result.stdout


def test_document(place):
    """The recording of the documentation looks as the documentation says."""
    blocks = (program.SOURCE_ROOT / "docs" / "recordings.md").read_text(encoding="utf-8").split("```\n")
    recording = next(block for block in blocks if block.startswith("# recorded"))
    shown = next(block for block in blocks if "$ amsel trace" in block).splitlines()[1:]
    lines = place.run("trace", place.write("cellar.rec", recording)).stdout.splitlines()
    assert len(lines) == len(shown) == 5, lines
    for line, expected in zip(lines, shown):
        assert line.startswith(expected.rstrip(" …")), (line, expected)


def test_follow(place):
    recording = place.write("a.rec", "> 0.000000 10 40 05 45 16\n")
    child = place.start("trace", "--follow", recording)
    program.read_line(child.stdout, "SND_NKE to 5")
    with open(recording, "a", encoding="utf-8") as file:
        file.write("< 0.042119 E5\n")
    program.read_line(child.stdout, "acknowledged")
    child.terminate()
    assert child.wait(program.PATIENCE_S) == 0


def test_bad_recordings(place):
    result = place.run("trace", place.write("bad.rec", "> 0.0 10\nwhat\n"))
    assert result.returncode == 1 and "bad.rec:2:1" in result.stderr, result
    result = place.run("trace", place.path / "none.rec")
    assert result.returncode == 1 and "none.rec" in result.stderr, result
    assert place.run("trace").returncode == 2
    assert place.run("trace", "--protocol", "morse", "x").returncode == 2


def read_once(place, name, transport):
    """Reads two meters once; gives the values that were exported, without times."""
    config = place.write(name + ".yaml", CONFIG.format(name=name, transport=transport))
    result = place.run("run", config, "--once")
    assert result.returncode == 0, result.stderr
    rows = (place.path / (name + ".csv")).read_text(encoding="utf-8").splitlines()
    return [re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+\S*?(?=[;,])", "", row) for row in rows]


def test_recording_is_replayed(place):
    """What a run records is what a trace shows and what a replay plays."""
    place.simulate(None, program.SOURCE_ROOT / "config" / "simulate" / "two-meters.yaml")
    recording = place.path / "line.rec"
    first = read_once(place, "first", f'{{kind: serial, device: "${{AMSEL_LINE}}", record: "{recording}"}}')
    second = read_once(place, "second", f'{{kind: replay, file: "{recording}", speed: fast}}')
    assert len(first) > 10 and len(first) == len(second), (first, second)
    result = place.run("trace", recording)
    assert result.returncode == 0, result.stderr
    seen = texts(result.stdout)
    assert (">", "SND_NKE to 0") in seen, seen
    assert ("<", "RSP_UD from 0: LSE 08031768 hot-water, 11 records") in seen, seen
    assert any(text.startswith("RSP_UD from 1: INE 15020416 ") for _, text in seen) or \
        any(text.startswith("RSP_UD from 1: ") for _, text in seen), seen


program.run(globals())
