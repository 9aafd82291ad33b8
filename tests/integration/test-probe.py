#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A radio stick as a user meets it: amsel probe says which one it is, and amsel run stores what it hears.

usage: test-probe.py AMSEL EXAMPLES"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

AMSEL, EXAMPLES = sys.argv[1:3]
LIMIT_S = 60

CONFIG = """
store: {{file: {state}/a.db}}
lines: [{{name: air, transport: {{kind: serial, device: {link}, baud: 57600}}}}]
pipelines: [{{name: air, line: air, protocol: {{kind: wmbus, receiver: auto}}, listen: true, exporters: [out]}}]
exporters: [{{name: out, kind: csv, directory: {state}, file: out.csv, unfinished-suffix: ""}}]
"""


class Stick:
    """A simulated stick on a pseudo-terminal."""

    def __init__(self, receiver, folder, *options):
        text = pathlib.Path(EXAMPLES, "radio.yaml").read_text(encoding="utf-8")
        self.file = pathlib.Path(folder, f"{receiver}.yaml")
        self.file.write_text(text.replace("receiver: im871a", f"receiver: {receiver}"), encoding="utf-8")
        self.link = f"{folder}/{receiver}"
        self.process = subprocess.Popen(
            [AMSEL, "simulate", self.file, "--pty", self.link, *options], stdout=subprocess.PIPE, text=True
        )
        self.process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()


def run(*words):
    return subprocess.run([AMSEL, *words], capture_output=True, text=True, timeout=LIMIT_S, check=False)


class ProbeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_found(self):
        for receiver in "im871a", "amb8465", "cul":
            with self.subTest(receiver), Stick(receiver, self.folder.name) as stick:
                result = run("probe", stick.link)
                self.assertEqual((result.stdout, result.returncode), (f"{receiver}\n", 0), result.stderr)

    def test_nobody(self):
        with Stick("rtl-wmbus", self.folder.name) as stick:
            result = run("probe", stick.link)
            self.assertEqual((result.stdout, result.returncode), ("", 1))
            self.assertIn("no radio receiver answers", result.stderr)

    def test_usage(self):
        self.assertEqual(run("probe").returncode, 2)
        self.assertEqual(run("probe", "nowhere").returncode, 2)

    def test_no_port(self):
        result = run("probe", "/dev/there-is-none")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/dev/there-is-none", result.stderr)

    def test_run(self):
        config = pathlib.Path(self.folder.name, "config.yaml")
        with Stick("im871a", self.folder.name, "--speed", "fast") as stick:
            config.write_text(CONFIG.format(state=self.folder.name, link=stick.link), encoding="utf-8")
            result = run("run", config, "--for", "4s")
        self.assertEqual(result.returncode, 0, result.stderr)
        text = pathlib.Path(self.folder.name, "out.csv").read_text(encoding="utf-8")
        self.assertIn("14166346", text)
        self.assertIn("0.005", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
