#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""amsel simulate as a user starts it: a real process, a real pseudo-terminal, a real socket.

Nothing sleeps: every wait is one for the ready line, for bytes, or for the end of the process, each with a
limit that only a failure reaches.

usage: test-simulate.py AMSEL EXAMPLES
"""
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

LIMIT_S = 10
TIOCEXCL = 0x540C
TIOCGEXCL = 0x80045440

WATER_SIZE = 100
ELECTRICITY_SIZE = 81
NKE_0 = bytes.fromhex("1040004016")
NKE_1 = bytes.fromhex("1040014116")
UD2_0 = bytes.fromhex("105B005B16")
UD2_1 = bytes.fromhex("107B017C16")


class Simulator:
    """A running amsel simulate, with the words of its ready line."""

    def __init__(self, *options, example="two-meters.yaml"):
        path = os.path.join(EXAMPLES, example)
        self.process = subprocess.Popen(
            [AMSEL, "simulate", path, *options], stdout=subprocess.PIPE, text=True
        )
        self.ready = self.process.stdout.readline().rstrip()

    def port(self):
        return int(self.ready.rpartition(":")[2])

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        status = self.process.wait(LIMIT_S)
        self.process.stdout.close()
        return status


def receive(fd, size):
    data = b""
    while len(data) < size:
        if not select.select([fd], [], [], LIMIT_S)[0]:
            raise TimeoutError(f"{len(data)} of {size} bytes: {data.hex()}")
        part = os.read(fd, size - len(data))
        if not part:
            raise EOFError(data.hex())
        data += part
    return data


def ask(fd, request, size):
    os.write(fd, request)
    return receive(fd, size)


def open_tty(path):
    return os.open(path, os.O_RDWR | os.O_NOCTTY)


class SimulateTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.link = os.path.join(self.folder.name, "line")

    def start(self, *options, **more):
        simulator = Simulator(*options, **more)
        self.addCleanup(lambda: simulator.process.poll() is None and simulator.end(signal.SIGKILL))
        return simulator

    def assert_water(self, answer):
        self.assertEqual(answer[:15].hex(), "685e5e680800726817030865329906")
        self.assertEqual(answer[-1], 0x16)

    def test_pty(self):
        simulator = self.start("--pty", self.link)
        device = os.readlink(self.link)
        self.assertEqual(simulator.ready, f"ready: pty {device} linked as {self.link}")
        fd = open_tty(self.link)
        self.assertEqual(ask(fd, NKE_0, 1), b"\xe5")
        begin = time.monotonic()
        self.assert_water(ask(fd, UD2_0, WATER_SIZE))
        # five characters, the shortest latency and a hundred characters of eleven bits
        self.assertGreater(time.monotonic() - begin, (5 + 1 + WATER_SIZE) * 11 / 2400 - 0.002)
        os.close(fd)
        self.assertEqual(simulator.end(), 0)
        self.assertFalse(os.path.lexists(self.link))

    def test_readers_come_and_go(self):
        simulator = self.start("--pty", self.link, "--tcp", "0", "--speed", "fast")
        client = socket.create_connection(("127.0.0.1", simulator.port()), LIMIT_S)
        for _ in range(20):
            # somebody who leaves an unread answer, exclusive mode and other settings behind
            fd = open_tty(self.link)
            fcntl.ioctl(fd, TIOCEXCL)
            os.write(fd, UD2_1)
            self.assertTrue(select.select([fd], [], [], LIMIT_S)[0])
            settings = termios.tcgetattr(fd)
            settings[3] |= termios.ECHO | termios.ICANON
            termios.tcsetattr(fd, termios.TCSANOW, settings)
            os.close(fd)
            # when this is answered, the simulator has seen the closing
            self.assertEqual(ask(client.fileno(), NKE_0, 1), b"\xe5")
        fd = open_tty(self.link)
        self.assertEqual(struct.unpack("i", fcntl.ioctl(fd, TIOCGEXCL, bytes(4)))[0], 0)
        self.assertEqual(termios.tcgetattr(fd)[3] & (termios.ECHO | termios.ICANON), 0)
        # nothing of the answers to others is left
        self.assertEqual(ask(fd, NKE_0, 1), b"\xe5")
        self.assert_water(ask(fd, UD2_0, WATER_SIZE))
        # a second one who opens and closes changes nothing for the first
        settings = termios.tcgetattr(fd)
        settings[4] = settings[5] = termios.B9600
        termios.tcsetattr(fd, termios.TCSANOW, settings)
        os.close(open_tty(self.link))
        self.assertEqual(ask(client.fileno(), NKE_1, 1), b"\xe5")
        self.assertEqual(termios.tcgetattr(fd)[4], termios.B9600)
        self.assert_water(ask(fd, bytes.fromhex("107B007B16"), WATER_SIZE))
        os.close(fd)
        client.close()
        self.assertEqual(simulator.end(signal.SIGINT), 0)
        self.assertFalse(os.path.lexists(self.link))

    def test_tcp(self):
        simulator = self.start("--tcp", "0", "--speed", "fast")
        self.assertRegex(simulator.ready, r"^ready: tcp 127\.0\.0\.1:[0-9]+$")
        address = ("127.0.0.1", simulator.port())
        first = socket.create_connection(address, LIMIT_S)
        second = socket.create_connection(address, LIMIT_S)
        second.sendall(UD2_1)
        self.assert_water(ask(first.fileno(), UD2_0, WATER_SIZE))
        # the second client is served when the first has gone
        first.close()
        answer = receive(second.fileno(), ELECTRICITY_SIZE)
        self.assertEqual(answer[7:11].hex(), "16040215")
        second.close()
        with socket.create_connection(address, LIMIT_S) as third:
            self.assertEqual(ask(third.fileno(), NKE_1, 1), b"\xe5")
        self.assertEqual(simulator.end(), 0)

    def test_both_ports(self):
        simulator = self.start("--pty", self.link, "--tcp", "0", "--speed", "fast")
        self.assertRegex(simulator.ready, r"^ready: pty /dev/pts/[0-9]+ linked as .*, tcp 127\.0\.0\.1:[0-9]+$")
        fd = open_tty(self.link)
        with socket.create_connection(("127.0.0.1", simulator.port()), LIMIT_S) as client:
            for _ in range(3):
                self.assertEqual(ask(client.fileno(), NKE_0, 1), b"\xe5")
                self.assert_water(ask(client.fileno(), UD2_0, WATER_SIZE))
                self.assertEqual(ask(fd, NKE_1, 1), b"\xe5")
        os.close(fd)
        self.assertEqual(simulator.end(), 0)

    def test_port_in_use(self):
        simulator = self.start("--tcp", "0")
        other = subprocess.run(
            [AMSEL, "simulate", os.path.join(EXAMPLES, "two-meters.yaml"), "--pty", self.link, "--tcp",
             str(simulator.port())],
            capture_output=True, text=True, timeout=LIMIT_S,
        )
        self.assertEqual(other.returncode, 1)
        self.assertIn(str(simulator.port()), other.stderr)
        self.assertFalse(os.path.lexists(self.link))
        self.assertEqual(simulator.end(), 0)

    def test_left_behind(self):
        killed = self.start("--pty", self.link)
        killed.end(signal.SIGKILL)
        self.assertTrue(os.path.islink(self.link))
        simulator = self.start("--pty", self.link)
        fd = open_tty(self.link)
        self.assertEqual(ask(fd, NKE_0, 1), b"\xe5")
        os.close(fd)
        self.assertEqual(simulator.end(), 0)
        self.assertFalse(os.path.lexists(self.link))

    def test_something_in_the_way(self):
        with open(self.link, "w", encoding="ascii") as file:
            file.write("precious")
        for path in (self.link, os.path.join(self.folder.name, "missing", "line")):
            other = subprocess.run(
                [AMSEL, "simulate", os.path.join(EXAMPLES, "two-meters.yaml"), "--pty", path],
                capture_output=True, text=True, timeout=LIMIT_S,
            )
            self.assertEqual(other.returncode, 1)
            self.assertIn(path, other.stderr)
            self.assertEqual(other.stdout, "")
        with open(self.link, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")

    def test_wrong_usage(self):
        example = os.path.join(EXAMPLES, "two-meters.yaml")
        bad = os.path.join(self.folder.name, "bad.yaml")
        with open(bad, "w", encoding="ascii") as file:
            file.write("kind: mbus\nmeters:\n  - {address: 1, generate: water, id: 12}\n")
        for words in ([], [example, example], [example, "--speed", "slow"], [example, "--tcp", "65536"],
                      [self.link], [bad]):
            other = subprocess.run([AMSEL, "simulate", *words], capture_output=True, text=True, timeout=LIMIT_S)
            self.assertEqual((words, other.returncode), (words, 2))
            self.assertNotEqual(other.stderr, "")
        self.assertIn("bad.yaml:3:", other.stderr)

    def test_building(self):
        simulator = self.start("--tcp", "0", "--speed", "fast", example="building.yaml")
        with socket.create_connection(("127.0.0.1", simulator.port()), LIMIT_S) as client:
            for address in (0, 1, 10, 17, 20, 27, 30, 33, 40, 43, 50, 52, 60, 64):
                request = bytes((0x10, 0x40, address, 0x40 + address & 255, 0x16))
                self.assertEqual(ask(client.fileno(), request, 1), b"\xe5")
        self.assertEqual(simulator.end(), 0)

    def test_troubles(self):
        """The sound meters of the example; what is sent comes back in front of the answer."""
        simulator = self.start("--tcp", "0", "--speed", "fast", example="troubles.yaml")
        with socket.create_connection(("127.0.0.1", simulator.port()), LIMIT_S) as client:
            for address in (1, 6, 12, 20, 22, 40, 45, 53, 54):
                request = bytes((0x10, 0x40, address, 0x40 + address & 255, 0x16))
                self.assertEqual(ask(client.fileno(), request, 6), request + b"\xe5")
        self.assertEqual(simulator.end(), 0)


if __name__ == "__main__":
    AMSEL, EXAMPLES = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
