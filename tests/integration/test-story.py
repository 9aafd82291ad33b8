#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole story: meters, a terminal, its server, and the reports on a file server.

usage: test-story.py AMSEL

Everything runs as a user runs it, from the examples in config/: simulated meters on a line, the AT terminal on that line
(commanded through a pseudo terminal with the habits of terminal programs), the server that the terminal dials, and a
real FTP server that gets the value reports. config/terminal.yaml and config/server.yaml are taken as they are; only
intervals are shortened, so that the test takes seconds."""

import os
import pty
import random
import re
import select
import signal
import socket
import sqlite3
import sys
import time
import tty

from ftpserver import FtpServer, free_port
from program import PATIENCE_S, SOURCE_ROOT, Skip, read_line, run, wait_until

SERIAL = "50-0663-0027"

# Records of each meter in the memory of the terminal, and how often something is killed while they travel.
N_RECORDS = 150
N_KILLS = 12
NAME = re.compile(r"(\d{4}_\d{2})/(\d+)_50-0663-0027_valuereport_\d{14}_3104(-\d+)?\.csv$")

# What the telegrams of the two meters say, as the reports write it.
WATER = {"volume,m3,inst-value,0,0,0": "2,002", "on-time,hour(s),inst-value,0,0,0": "46474",
         "volume,m3,inst-value,0,0,1": "1,874", "manufacturer": "LSE", "device-identification": "08031768"}
ELECTRICITY = {"energy,Wh,inst-value,0,0,0": "2790", "energy,Wh,max-value,0,0,0": "3660",
               "energy,Wh,min-value,0,0,0": "870", "manufacturer": "LDR", "device-identification": "15020416"}


class Typist:
    """A person at a terminal program: types a line, waits for the answer."""

    def __init__(self, port):
        # the terminal program: what is typed on the pseudo terminal goes to the AT port, and back
        self.screen, self.keyboard = pty.openpty()
        tty.setraw(self.screen)
        tty.setraw(self.keyboard)
        wait_until(lambda: self.connect(port), "the AT port is open")
        self.text = ""

    def connect(self, port):
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), 1)
        except OSError:
            return False
        return True

    def pump(self, seconds):
        """Carries bytes in both directions until nothing comes for a while."""
        for source in select.select([self.socket, self.screen], [], [], seconds)[0]:
            if source is self.socket:
                data = self.socket.recv(4096)
                assert data, "the terminal closed the session"
                os.write(self.screen, data)
            else:
                self.socket.sendall(os.read(self.screen, 4096))
        while select.select([self.keyboard], [], [], 0)[0]:
            self.text += os.read(self.keyboard, 4096).decode()

    def type(self, line, end="\r", answer=("OK", "ERROR")):
        """Types a line; gives the lines of the answer."""
        self.text = ""
        os.write(self.keyboard, (line + end).encode())
        until = time.monotonic() + PATIENCE_S
        while not any(f"\n{word}\r\n" in self.text for word in answer):
            assert time.monotonic() < until, (line, self.text)
            self.pump(0.1)
        return [part for part in self.text.replace("\r", "").split("\n") if part]

    def close(self):
        self.socket.close()
        os.close(self.screen)
        os.close(self.keyboard)


class World:
    """Two meters on a line, a terminal, a server and an FTP server."""

    def __init__(self, place):
        if not FtpServer.is_there():
            raise Skip("vsftpd is not installed")
        self.place = place
        self.ftp = FtpServer(place.path / "ftp-server").start()
        self.at_port, self.link_port = free_port(), free_port()
        place.env.update(AMSEL_AT_PORT=str(self.at_port), AMSEL_LISTEN=str(self.link_port),
                         AMSEL_SERVER=f"127.0.0.1:{self.link_port}", AMSEL_FTP=self.ftp.url)
        bus = place.start("simulate", SOURCE_ROOT / "config" / "simulate" / "two-meters.yaml", "--pty",
                          place.env["AMSEL_LINE"])
        read_line(bus.stdout, "ready:")
        self.terminal = self.server = None
        self.terminal_settings, self.server_settings = [], []
        self.batch = 100

    def shortened(self, name, *changes):
        """An example with shorter intervals."""
        text = (SOURCE_ROOT / "config" / name).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return self.place.write(name, text)

    def start_terminal(self):
        self.terminal = self.place.start("run", self.shortened("terminal.yaml", *self.terminal_settings))

    def fill_memory(self, number):
        """Reads the two meters once with the terminal's line and store, and copies those records: the memory of a
        terminal that has been at work for long."""
        config = self.shortened("terminal.yaml", ("    split: true", "    schedule: {every: 1h}\n    meters:\n"
                                                  "      - {address: 08031768}\n      - {address: 15020416}\n"
                                                  "    split: true"))
        text = config.read_text(encoding="utf-8")
        done = self.place.run("run", self.place.write("fill.yaml", text[:text.index("services:")]), "--once")
        assert done.returncode == 0, done.stderr
        with sqlite3.connect(self.place.path / "terminal.db") as store:
            last = store.execute("SELECT max(sequence), max(end_us) FROM readout").fetchone()
            columns = [row[1] for row in store.execute("PRAGMA table_info(readout)")]
            others = ", ".join(c for c in columns if c not in ("sequence", "end_us"))
            for n in range(1, number):
                store.execute(f"INSERT INTO readout (sequence, end_us, {others}) SELECT sequence + 2 * ?, end_us + ?, "
                              f"{others} FROM readout WHERE sequence BETWEEN ? AND ?",
                              (n, n * 1000000, last[0] - 1, last[0]))

    def start_server(self):
        self.server = self.place.start("run", self.shortened(
            "server.yaml", ("interval: 10s ", f"batch: {self.batch}\n    interval: 1s "), ("every: 15s", "every: 1s"),
            ("linger: 1s", "linger: 0"), *self.server_settings))

    def reports(self):
        """The reports on the FTP server: for each meter its rows, each as a map of column to value."""
        rows = {"8031768": [], "15020416": []}
        for name in self.ftp.list():
            found = NAME.match(name)
            if found is None:
                continue
            header = None
            for line in self.ftp.read(name).decode("latin-1").splitlines():
                if line.startswith("#"):
                    header = line[1:].split(";")
                else:
                    rows[found[2]].append(dict(zip(header, line.split(";"), strict=True)))
        return rows

    def close(self):
        self.ftp.kill()


def expect_values(row, values):
    assert row["serial-number"] == SERIAL, row
    for column, value in values.items():
        assert row[column] == value, (column, row[column], value)


def test_story(place):
    """From the first AT command to the report."""
    world = World(place)
    try:
        world.start_terminal()
        world.start_server()
        read_line(world.server.stderr, f"terminal {SERIAL} (Test): online")

        # Somebody commands the terminal: with CR, with CRLF, in small letters, with blanks; and sees his own echo.
        person = Typist(world.at_port)
        assert person.type("AT") == ["AT", "OK"]
        assert person.type("ati4", "\r\n") == ["ati4", SERIAL, "OK"]
        assert person.type("at^scams = \"enable\",1") == ['at^scams = "enable",1', "OK"]
        assert person.type("AT^NOTHING")[-1] == "ERROR"

        # The terminal finds the meters of the line, enters them, and reads them every minute from then on.
        answer = person.type('at^scamsadd=2,2,"default","1m",2', "\r\n")
        assert answer[1:] == ['^SCAMSADD: 0,2,"0,08031768;1,15020416"', "OK"], answer
        table = person.type("AT^SCAMS?")
        assert '^SCAMS: 1> 2,"MBUS","*08031768@2400","1M"' in table, table
        assert '^SCAMS: 2> 2,"MBUS","*15020416@2400","1M"' in table, table

        # The server collects the records; the FTP server gets a report for each meter.
        wait_until(lambda: all(world.reports().values()), "there is a report of each meter")
        rows = world.reports()
        expect_values(rows["8031768"][0], WATER)
        expect_values(rows["15020416"][0], ELECTRICITY)
        months = {name.split("/")[0] for name in world.ftp.list()}
        assert all(re.fullmatch(r"\d{4}_\d{2}", month) for month in months), months
        wait_until(lambda: any(name.endswith(f"/{SERIAL}.txt") for name in world.ftp.list()), "there is a log")
        local = sorted(path.name for path in (place.path / "reports").rglob("*_3104.csv"))
        assert len(local) >= 2, local

        # What the server has, the terminal does not keep.
        wait_until(lambda: "^SCDATA: \"MESS_CNT\",0" in person.type('AT^SCDATA="MESS_CNT"'), "the memory is empty")
        person.close()
        for child in (world.terminal, world.server):
            child.terminate()
            assert child.wait(PATIENCE_S) == 0, child.stderr.read1()
    finally:
        world.close()


def test_killed(place):
    """Kill -9 of terminal, server and FTP server at random moments: no record is lost, none stands in two reports."""
    world = World(place)
    try:
        chance = random.Random(4711)
        world.fill_memory(N_RECORDS)
        world.start_terminal()
        world.batch = 7
        world.start_server()
        for _ in range(N_KILLS):
            victim = chance.choice(["terminal", "server", "ftp"])
            select.select([], [], [], chance.uniform(0, 0.6))  # a random moment
            if victim == "ftp":
                world.ftp.kill()
                world.ftp.start()
                continue
            child = getattr(world, victim)
            child.send_signal(signal.SIGKILL)
            child.wait()
            getattr(world, f"start_{victim}")()

        # then everything arrives: what the terminal had is on the FTP server, once
        wait_until(lambda: sum(map(len, world.reports().values())) >= 2 * N_RECORDS, "all is reported")
        rows = world.reports()
        for meter, values in (("8031768", WATER), ("15020416", ELECTRICITY)):
            created = [row["created"] for row in rows[meter]]
            assert len(created) == len(set(created)) == N_RECORDS, (meter, len(created), len(set(created)))
            for row in rows[meter]:
                expect_values(row, values)
        person = Typist(world.at_port)
        assert '^SCDATA: "MESS_CNT",0' in person.type('AT^SCDATA="MESS_CNT"')
        person.close()
    finally:
        world.close()


def test_encrypted(place):
    """With a key on both sides, what goes between terminal and server cannot be read on the way."""
    world = World(place)
    try:
        place.env["AMSEL_KEY"] = "00112233445566778899AABBCCDDEEFF"
        world.terminal_settings.append(("    serial:", "    server-key: !env AMSEL_KEY\n    serial:"))
        world.server_settings.append(("name: Test,", "name: Test, key: !env AMSEL_KEY,"))
        world.fill_memory(2)
        world.start_server()
        world.start_terminal()
        read_line(world.server.stderr, f"terminal {SERIAL} (Test): online, encrypted")
        wait_until(lambda: sum(map(len, world.reports().values())) >= 4, "all is reported")
    finally:
        world.close()


if len(sys.argv) != 2:
    sys.exit(__doc__)
run(globals())
