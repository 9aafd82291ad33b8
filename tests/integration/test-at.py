#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The terminal as it is used: by “amsel at” from a script, and through a pseudo terminal with the habits of terminal programs;
the examples of the AT reference; kill -9 at any moment; many and rude clients.

usage: test-at.py AMSEL"""

import os
import pathlib
import pty
import re
import select
import socket
import subprocess
import sys
import termios
import time
import tty

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import program

REFERENCE = program.SOURCE_ROOT / "docs" / "at-reference.md"
CONFIG = program.SOURCE_ROOT / "config" / "terminal.yaml"
TWO_METERS = program.SOURCE_ROOT / "config" / "simulate" / "two-meters.yaml"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_terminal(place, config=CONFIG, **env):
    """A terminal on the simulated line; waits until it listens."""
    place.env["AMSEL_AT_PORT"] = str(free_port())
    place.env.pop("AMSEL_SERVER", None)
    place.env.update(env)
    child = place.start("run", config)
    program.wait_until(lambda: can_connect(place), "the terminal listens")
    program.read_line(child.stderr, "line mbus: open")
    return child


def can_connect(place):
    try:
        connect(place).close()
        return True
    except OSError:
        return False


def connect(place):
    return socket.create_connection(("127.0.0.1", int(place.env["AMSEL_AT_PORT"])), timeout=program.PATIENCE_S)


class Client:
    """A program that types commands and reads the answers."""

    def __init__(self, fd, line_end=b"\r"):
        self.fd = fd
        self.line_end = line_end

    def read_until(self, pattern):
        data = b""
        end = time.monotonic() + program.PATIENCE_S
        while not re.search(pattern, data):
            assert time.monotonic() < end, data
            if select.select([self.fd], [], [], 1)[0]:
                chunk = os.read(self.fd, 65536)
                assert chunk, data
                data += chunk
        return data

    def ask(self, command):
        os.write(self.fd, command.encode() + self.line_end)
        return self.read_until(rb"\r\n(OK|ERROR)\r\n").decode()


def at(place, *commands, status=0, stdin=None):
    result = subprocess.run([place.amsel, "at", f"127.0.0.1:{place.env['AMSEL_AT_PORT']}", *commands], env=place.env,
                            capture_output=True, text=True, timeout=program.PATIENCE_S, check=False, input=stdin)
    assert result.returncode == status, (result.returncode, result.stdout, result.stderr)
    return result.stdout


def reference_blocks():
    text = REFERENCE.read_text(encoding="utf-8")
    for block in re.findall(r"^```at\n(.*?)^```", text, re.M | re.S):
        commands = []
        for line in block.splitlines():
            if re.match(r"at", line, re.I):
                commands.append((line, []))
            else:
                commands[-1][1].append(line)
        yield from commands


def test_reference(place):
    """Every block of the reference, in its order, on a line that takes its time."""
    place.start("simulate", TWO_METERS, "--pty", place.env["AMSEL_LINE"])
    program.wait_until(lambda: os.path.islink(place.env["AMSEL_LINE"]), "the line is there")
    start_terminal(place)
    n = 0
    for command, expected in reference_blocks():
        answer = at(place, command, status=1 if expected[-1] in ("ERROR", "NO CARRIER") else 0)
        pattern = "".join(re.escape(line).replace("…", ".*") + "\n" for line in expected)
        assert re.fullmatch(pattern, answer), (command, answer)
        n += 1
    assert n > 25, n


def test_script(place):
    """Commands from standard input; one that fails ends with 1, and the others are sent all the same."""
    place.simulate(None, TWO_METERS)
    start_terminal(place)
    answer = at(place, stdin='# comment\n\nATI4\nAT^SCAMS="DEV_ADD",2,2,"1@2400","1D"\nAT^SCDATA="MESS_CNT"')
    assert answer == '50-0663-0027\nOK\nOK\n^SCDATA: "MESS_CNT",0\nOK\n', answer
    answer = at(place, stdin="AT^NONSENSE\nATI4\n", status=1)
    assert answer == "ERROR\n50-0663-0027\nOK\n", answer
    for arguments in ([], ["nowhere"], ["127.0.0.1:0"]):
        assert place.run("at", *arguments).returncode == 2, arguments
    assert place.run("at", "127.0.0.1:1", "AT").returncode == 1


def test_person(place):
    """A person types letter by letter; the terminal echoes; Ctrl-] leads out, and his own terminal is as it was."""
    place.simulate(None, TWO_METERS)
    start_terminal(place)
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    child = subprocess.Popen([place.amsel, "at", f"127.0.0.1:{place.env['AMSEL_AT_PORT']}"], env=place.env, stdin=theirs,
                             stdout=theirs, stderr=subprocess.PIPE)
    place.children.append(child)
    child.stdout = child.stderr
    program.read_line(child.stderr, "Ctrl-] ends")
    client = Client(ours)
    for letter in "atX\bi4\r":
        os.write(ours, letter.encode())
    assert client.read_until(rb"OK\r\n") == b"atX\b \bi4\r\r\n50-0663-0027\r\nOK\r\n"
    os.write(ours, b"\x1d")
    assert child.wait(program.PATIENCE_S) == 0
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


def test_login(place):
    place.simulate(None, TWO_METERS)
    secret = place.write("secret", "2n pass\n")
    config = place.write("locked.yaml", CONFIG.read_text().replace(
        "    server: ", f"    password: !file {secret}\n    server: "))
    child = start_terminal(place, config)
    wrong = place.write("wrong", "nothing\n")
    assert at(place, "--login", "Admin", "--password-file", str(secret), "ATI4").endswith("OK\n50-0663-0027\nOK\n")
    at(place, "--login", "Admin", "--password-file", str(wrong), "ATI4", status=1)
    log = program.read_line(child.stderr, "wrong login or password")
    assert "pass" not in log.replace("password", ""), log


def test_pseudo_terminal(place):
    """At a serial port, as terminal programs use one: CR, CRLF, LF, with and without echo, typed letter by letter."""
    place.simulate(None, TWO_METERS)
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    config = place.write("console.yaml", CONFIG.read_text().replace(
        "    server: ", f"    console: {{kind: serial, device: {os.ttyname(theirs)}, baud: 115200}}\n    server: "))
    start_terminal(place, config)
    for line_end in (b"\r", b"\r\n", b"\n"):
        client = Client(ours, line_end)
        echo = line_end.replace(b"\r\n", b"\r").decode()
        assert client.ask("ATE1V1") .endswith("\r\nOK\r\n")
        assert client.ask("at+gsn") == f"at+gsn{echo}\r\n50-0663-0027\r\nOK\r\n"
        client.ask("ATE0")
        assert client.ask("at+gsn") == "\r\n50-0663-0027\r\nOK\r\n"
    client.ask("ATE1")
    for letter in "atX\bi4":
        os.write(ours, letter.encode())
    os.write(ours, b"\r")
    assert client.read_until(rb"OK\r\n") == b"atX\b \bi4\r\r\n50-0663-0027\r\nOK\r\n"
    os.close(ours)
    os.close(theirs)


def test_own_pseudo_terminal(place):
    """The terminal makes a pseudo terminal by itself, and a long answer comes whole."""
    place.simulate(None, TWO_METERS)
    console = place.path / "console"
    config = place.write("pty.yaml", CONFIG.read_text().replace(
        "    server: ", f"    console: {{kind: pty, link: {console}}}\n    server: "))
    start_terminal(place, config)
    program.wait_until(console.is_symlink, "the console is there")
    for i in range(64):
        at(place, f'AT^SCAMS="DEV_ADD",2,2,"{i}@2400","1D"')
    result = place.run("at", console, *["AT^SCAMS?"] * 8)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count('"63@2400"') == 8 and result.stdout.endswith("OK\n")


def test_kill(place):
    """kill -9 again and again while it reads and is commanded: what was listed is there, numbers rise, the table is whole."""
    place.simulate(None, TWO_METERS)
    seen = {}
    last = 0
    for round_ in range(5):
        child = start_terminal(place)
        client = Client(connect(place).detach())
        client.ask("ATE0")
        client.ask(f'AT^SCAMS="DEV_ADD",2,2,"{round_}@2400","1M"')
        assert f'"DEV_CNT",{round_ + 1}\r\n' in client.ask("AT^SCAMS?")
        records = dict(re.findall(r'\^SCDATA: "AMS",\d+,(\d+),(.*)\r', client.ask('AT^SCDATA="GET_OLDEST",1000')))
        for number, rest in seen.items():
            assert records.get(number) == rest, (number, rest, records)
        assert all(int(number) > 0 for number in records)
        assert not records or max(map(int, records)) >= last
        last = max(map(int, records), default=last)
        seen = records
        os.close(client.fd)
        # in the middle of what goes on, at another moment each time
        select.select([], [], [], 0.05 * round_)
        child.kill()
        child.wait()


def test_rude_clients(place):
    """A flood of connections, one that never reads, one that breaks off, binary noise: each bounded, and another is served."""
    place.simulate(None, TWO_METERS)
    child = start_terminal(place)
    good = Client(connect(place).detach())
    flood = [connect(place) for _ in range(30)]
    refused = 0
    for client in flood:
        client.settimeout(program.PATIENCE_S)
        try:
            client.sendall(b"AT\r")
            refused += b"BUSY" in client.recv(100)
        except OSError:
            refused += 1
    assert refused == 30 - 7, refused  # eight at a time, and one was there
    assert good.ask("AT") == "AT\r\r\nOK\r\n"
    program.read_line(child.stderr, "turned away")
    for client in flood:
        client.close()
    program.wait_until(lambda: at_most_once(place), "there is room again")
    noise = connect(place)
    noise.sendall(os.urandom(200000) + b"\r")
    half = connect(place)
    half.sendall(b'AT^SCAMS="DEV_ADD",2,2,"1@24')
    half.close()
    deaf = connect(place)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    try:
        for _ in range(100):
            deaf.send(b"AT^SCAMS=?\r" * 1000)
    except BlockingIOError:
        pass  # it is held back: nothing grows without a bound
    assert good.ask("AT^SCAMS?").endswith("NO DEVICE\r\nOK\r\n")
    size = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{child.pid}/status").read_text()).group(1))
    assert size < 200000, size
    noise.close()
    deaf.close()


def at_most_once(place):
    with connect(place) as client:
        client.sendall(b"AT\r")
        return b"OK" in client.recv(100)


program.run(globals())
