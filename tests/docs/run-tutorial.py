#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the shell blocks of a page of the documentation, one after the other, in one shell and a folder of their own.

usage: run-tutorial.py AMSEL PAGE WANTED...

The output has to contain every WANTED. A page that speaks of AMSEL_FTP gets an FTP server."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from ftpserver import FtpServer  # noqa: E402

amsel, page = map(pathlib.Path, sys.argv[1:3])
text = page.read_text(encoding="utf-8")
blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
if not blocks:
    sys.exit(f"{page}: no shell block to run")



def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(folder, more):
    script = "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + "\n".join(blocks)
    env = dict(os.environ, PATH=f"{amsel.resolve().parent}:{os.environ['PATH']}", **more)
    path = pathlib.Path(folder, "output")
    with open(path, "wb") as output:
        shell = subprocess.Popen(["sh", "-c", script], cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT,
                                 stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            status = shell.wait(timeout=120)
        finally:
            # with what the page left running
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
    printed = path.read_bytes().decode("utf-8", "replace")
    print(printed)
    if status != 0:
        sys.exit(f"{page.name}: ended with status {status}")
    for wanted in sys.argv[3:]:
        if wanted not in printed:
            sys.exit(f"{page.name}: did not print “{wanted}”")


with tempfile.TemporaryDirectory(prefix="amsel-tutorial-") as folder:
    if "AMSEL_FTP" not in text:
        run(folder, {})
    elif not FtpServer.is_there():
        print("vsftpd is not installed")
        sys.exit(77)
    else:
        with FtpServer(pathlib.Path(folder, "ftp-server")) as server:
            run(folder, {"CONFIG": str(page.resolve().parents[1] / "config"), "AMSEL_FTP": server.url,
                         "AMSEL_LISTEN": free_port(), "AMSEL_AT_PORT": free_port()})
