# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the program share: starting it, simulated lines, TAP output.

A test program calls run(globals()); every function test_* is a test, which gets a Place: a folder of its own in which it
starts programs. Whatever a test started is stopped when it ends."""

import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

SOURCE_ROOT = pathlib.Path(__file__).resolve().parents[2]

# No test waits for time to pass; this bounds how long it waits for something that has to happen.
PATIENCE_S = 60


class Skip(Exception):
    """Raised by a test that cannot run here; its text says why."""


class Place:
    """A temporary folder, and the programs started in it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="amsel-test-"))
        self.amsel = sys.argv[1]
        self.env = dict(os.environ, AMSEL_STATE=str(self.path), AMSEL_LINE=str(self.path / "line"))
        self.children = []

    def write(self, name, text):
        (self.path / name).write_text(text, encoding="utf-8")
        return self.path / name

    def run(self, *args, **kw):
        """Runs a command to its end."""
        return subprocess.run([self.amsel, *map(str, args)], capture_output=True, text=True, timeout=PATIENCE_S,
                              env=self.env, stdin=subprocess.DEVNULL, check=False, **kw)

    def start(self, *args, **kw):
        """Starts a command that goes on."""
        child = subprocess.Popen([self.amsel, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=self.env, stdin=subprocess.DEVNULL, **kw)
        self.children.append(child)
        return child

    def simulate(self, text=None, file=None, *options):
        """Puts simulated meters on AMSEL_LINE and waits until they are there."""
        if file is None:
            file = self.write("simulated.yaml", text)
        child = self.start("simulate", file, "--pty", self.env["AMSEL_LINE"], "--speed", "fast", *options)
        line = read_line(child.stdout)
        assert line.startswith("ready:"), (line, child.stderr.read1())
        return child

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()
            child.stdout.close()
            child.stderr.close()
        shutil.rmtree(self.path, ignore_errors=True)


def read_line(stream, wanted=""):
    """The next line of a running program that contains wanted; fails where it does not come."""
    end = time.monotonic() + PATIENCE_S
    buffer = b""
    while time.monotonic() < end:
        if not select.select([stream], [], [], end - time.monotonic())[0]:
            break
        byte = os.read(stream.fileno(), 1)
        if not byte:
            break
        buffer += byte
        if byte == b"\n":
            line = buffer.decode("utf-8", "replace")
            buffer = b""
            if wanted in line:
                return line
    raise AssertionError(f"no line with “{wanted}” came; the last was {buffer!r}")


def wait_until(condition, what):
    """Waits for something another process does. It polls, since the file system tells nobody."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not happen: {what}")
        select.select([], [], [], 0.01)


def run(names):
    tests = [(n, f) for n, f in names.items() if n.startswith("test_") and callable(f)]
    print(f"1..{len(tests)}")
    failed = False
    for number, (name, function) in enumerate(tests, 1):
        place = Place()
        try:
            function(place)
            print(f"ok {number} {name}")
        except Skip as skip:
            print(f"ok {number} {name} # SKIP {skip}")
        except Exception:  # whatever goes wrong is a failed test
            failed = True
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} {name}")
        finally:
            place.close()
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
