#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server of terminals, as a user runs it, with simulated terminals that dial it.

usage: test-server.py AMSEL"""

import concurrent.futures
import signal
import socket
import sqlite3
import sys

from ftpserver import free_port
from program import read_line, run, wait_until
from terminals import ELECTRICITY, WATER, Refused, Terminal, Terminals, ams, wmbus

SERIAL = "50-0663-0027"
TABLE = ('2,"MBUS","*08031768@2400","1M"', '2,"MBUS","*15020416@2400","1M"')
T0 = 1467365701

CONFIG = """
store: {{file: "${{AMSEL_STATE}}/server.db", durability: normal}}
services:
  - name: server
    kind: smartcom
    port: {port}
    state: "${{AMSEL_STATE}}/terminals.ini"
    password: !env AMSEL_PASSWORD
    interval: 1s
    answer-timeout: {timeout}
    login-timeout: {login}
    batch: {batch}
    exporters: [reports]
    terminals:
      - {{serial: 50-0663-0027, name: cellar}}
      - {{serial: 50-0663-0028, active: no}}
      - {{serial: 50-0663-0029, key: 00112233445566778899AABBCCDDEEFF}}
      - {{serial: 50-0663-0030, password: !env AMSEL_OTHER_PASSWORD}}
{more}
exporters:
  - {{name: reports, kind: csv, directory: "${{AMSEL_STATE}}/csv", file: all.csv, unfinished-suffix: ""}}
"""


class Server:
    """The program with a configuration, and the terminals that dial it."""

    def __init__(self, place, batch=100, timeout="5s", login="5s", more=""):
        self.place = place
        self.port = free_port()
        place.env["AMSEL_PASSWORD"] = "1234"
        place.env["AMSEL_OTHER_PASSWORD"] = "abcd"
        self.config = place.write("server.yaml", CONFIG.format(port=self.port, batch=batch, timeout=timeout,
                                                               login=login, more=more))
        self.terminals = Terminals()
        self.start()

    def start(self):
        self.child = self.place.start("run", self.config)
        wait_until(self.answers, "the server listens")

    def answers(self):
        assert self.child.poll() is None, self.child.stderr.read1()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self):
        self.child.terminate()
        assert self.child.wait(60) == 0, self.child.stderr.read1()

    def ask(self, sql):
        """Rows of the store."""
        path = self.place.path / "server.db"
        if not path.exists():
            return []
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as store:
            return store.execute(sql).fetchall()

    def rows(self):
        return self.ask("SELECT r.origin, s.meter, r.quality, s.line, s.protocol, r.error_domain, r.error_code"
                        " FROM readout r JOIN source s ON s.id = r.source ORDER BY r.sequence")

    def wait_rows(self, number):
        wait_until(lambda: len(self.rows()) >= number, f"{number} records are stored")

    def told(self, words):
        return read_line(self.child.stderr, words)

    def close(self):
        self.terminals.close()


def test_collects(place):
    """Records become readouts of the meters that they are from, and are deleted at the terminal."""
    server = Server(place)
    terminal = Terminal(SERIAL, table=TABLE, records=[
        ams(T0, 1), ams(T0 + 1, 2, ELECTRICITY, 2), ams(T0 + 2, 3, "", 2, 131082), wmbus(T0 + 3, 4),
        ams(T0 + 4, 5, "F.F(000000)\r\nC.1.0(04869551)\r\n\r\n", 3, 0, "IEC62056-21", "ZE310"),
        ams(T0 + 5, 6, "131", 4, 0, "AIN_DIN"), ams(T0 + 6, 7, WATER[:-6] + "FFFF16")])
    server.terminals.start(terminal, server.port)
    wait_until(lambda: not terminal.records, "everything is deleted at the terminal")
    rows = server.rows()
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6, 7], rows
    assert rows[0] == (1, "08031768", 1, SERIAL, "mbus", None, 0), rows[0]
    assert rows[1] == (2, "15020416", 1, SERIAL, "mbus", None, 0), rows[1]
    assert rows[2] == (3, "15020416", 4, SERIAL, "mbus", "mbus-read", 131082), rows[2]
    assert rows[3][1:3] == ("14166346", 1) and rows[3][4] == "wmbus", rows[3]
    assert rows[4][2] == 3 and rows[4][4:6] == ("iec62056-21", "smartcom"), rows[4]
    assert rows[5][2] == 3 and rows[5][4:6] == ("ain_din", "smartcom"), rows[5]
    assert rows[6][2] == 3 and rows[6][5] == "mbus-frame", rows[6]
    assert terminal.commands[:3] == ["ATE0", "AT+GSN", "AT^SCAMS?"], terminal.commands
    server.stop()
    csv = (place.path / "csv" / "all.csv").read_text(encoding="utf-8")
    assert "2.002" in csv and "2790" in csv, csv
    kept = (place.path / "terminals.ini").read_text(encoding="utf-8")
    assert "15020416" in kept and "1234" not in kept, kept
    server.close()


def test_table_changes(place):
    """The table is read again when records come of meters that are not in it."""
    server = Server(place)
    terminal = Terminal(SERIAL)
    server.terminals.start(terminal, server.port)
    wait_until(lambda: "AT^SCAMS?" in terminal.commands, "the empty table is read")
    terminal.table += TABLE
    terminal.records += [ams(T0, 1), ams(T0 + 1, 2, ELECTRICITY, 2)]
    kept = place.path / "terminals.ini"
    wait_until(lambda: kept.exists() and "*15020416@2400" in kept.read_text(encoding="utf-8"), "the new one is kept")
    assert terminal.commands.count("AT^SCAMS?") == 2, terminal.commands
    server.stop()
    server.close()


def test_dials(place):
    """A terminal that only listens is dialled, and dialled again when the connection has ended."""
    port = free_port()
    terminal = Terminal("50-0663-0031", records=[ams(T0, 1)])
    crowd = Terminals()
    crowd.listen(terminal, port)
    server = Server(place, more=f'      - {{serial: 50-0663-0031, dial: "127.0.0.1:{port}"}}')
    wait_until(lambda: not terminal.records, "everything is deleted at the terminal")
    crowd.hang_up(terminal)
    terminal.records.append(ams(T0 + 1, 2))
    wait_until(lambda: not terminal.records, "it is dialled again")
    assert [row[0] for row in server.rows()] == [1, 2], server.rows()
    server.stop()
    crowd.close()
    server.close()


def test_killed(place):
    """Kill -9 of the server between store and deletion: nothing is lost, nothing is stored twice."""
    server = Server(place, batch=7)
    terminal = Terminal(SERIAL, table=TABLE, records=[ams(T0 + n, n) for n in range(1, 200)])
    server.terminals.keep(terminal, server.port)
    for number in (20, 60, 120):
        server.wait_rows(number)
        server.kill()
        server.start()
    wait_until(lambda: not terminal.records, "everything is deleted at the terminal")
    assert [row[0] for row in server.rows()] == list(range(1, 200))
    server.stop()
    lines = (place.path / "csv" / "all.csv").read_text(encoding="utf-8").splitlines()
    volumes = [line for line in lines if ",2.002," in line]
    assert len(volumes) == 199, len(volumes)
    server.close()


def test_deletes_only_what_is_stored(place):
    """The ring of a terminal moves while records travel: what was not read is not deleted."""
    class Moving(Terminal):
        moved = False

        def get_oldest(self, number):
            given = super().get_oldest(number)
            if number > 1 and not self.moved:
                self.moved = True
                del self.records[:3]
                self.records += [ams(T0 + n, n) for n in range(6, 9)]
            return given

    server = Server(place)
    terminal = Moving(SERIAL, records=[ams(T0 + n, n) for n in range(1, 6)])
    server.terminals.keep(terminal, server.port)
    wait_until(lambda: not terminal.records, "everything is deleted at the terminal")
    assert [row[0] for row in server.rows()] == list(range(1, 9)), server.rows()
    assert 'AT^SCDATA="DEL_OLDEST",2' in terminal.commands, terminal.commands
    server.stop()
    server.close()


def expect_refusal(future, words):
    try:
        future.result(30)
    except Refused as refusal:
        assert words in str(refusal), refusal
        return
    raise AssertionError("it was let in")


def test_strangers(place):
    """Wrong passwords and worse are refused in words, and the others do not notice."""
    server = Server(place)
    expect_refusal(server.terminals.start(Terminal(SERIAL, "4321"), server.port), "wrong password")
    expect_refusal(server.terminals.start(Terminal("50-0000-0000"), server.port), "wrong password")
    expect_refusal(server.terminals.start(Terminal("50-0663-0028"), server.port), "not active")
    expect_refusal(server.terminals.start(Terminal("50-0663-0029"), server.port), "has to encrypt")
    expect_refusal(server.terminals.start(Terminal("50-0663-0030"), server.port), "wrong password")
    server.told("was not let in: terminal 50-0663-0027: unknown serial number or wrong password")
    flood = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(1200)]
    for number, connection in enumerate(flood):
        if number % 3 == 0:
            connection.send(b"GET / HTTP/1.1\r\n\r\n")
    terminal = Terminal("50-0663-0030", "abcd", records=[ams(T0, 1)])
    server.terminals.start(terminal, server.port)
    wait_until(lambda: not terminal.records, "a terminal is served in spite of the flood")
    for connection in flood:
        connection.close()
    server.stop()
    server.close()


class Liar(Terminal):
    """Answers the first question for records with what it was given."""

    def __init__(self, lie, then=()):
        super().__init__(SERIAL, records=then)
        self.lie = lie

    def respond(self, command):
        if self.lie is not None and command.upper().startswith('AT^SCDATA="GET_OLDEST",5'):
            lie, self.lie = self.lie, None
            return lie
        return super().respond(command)


def join(*lines, end="OK"):
    return "".join(f"\r\n{line}\r\n" for line in lines) + f"\r\n{end}\r\n"


LIES = {
    "too many": (join(*(ams(T0 + n, n) for n in range(1, 8))), "more records than the 5 asked for"),
    "endless line": ('^SCDATA: "AMS",' + "9" * 70000, "a line has more than 65536 bytes"),
    "endless quote": ('^SCDATA: "AMS",1,1,"MBUS",1,0,"","' + "68\r\n" * 30000, "a line has more than 65536 bytes"),
    "endless answer": ("+NOISE: 1234567890123456789012345678901234567890\r\n" * 200000, "an answer has more than"),
    "binary": ('^SCDATA: "AMS"\x00\x01\x02\r\n', "byte 00h in an answer"),
    "refusal": (join(end="ERROR"), "it answers ERROR"),
    "no answer": ("", "no answer to"),
}


def test_lies_that_end_the_session(place):
    """Each has its message; the terminal dials again, and then tells the truth."""
    server = Server(place, batch=5, timeout="1s")
    for name, (lie, words) in LIES.items():
        terminal = Liar(lie, [ams(T0 + len(server.rows()) + 10, len(server.rows()) + 10)])
        future = server.terminals.keep(terminal, server.port)
        line = server.told(words)
        assert f"terminal {SERIAL} (cellar): " in line, (name, line)
        wait_until(lambda: not terminal.records, f"the truth after: {name}")
        future.cancel()
        server.told("offline")
    assert len(server.rows()) == len(LIES), server.rows()
    server.stop()
    server.close()


def test_lies_that_are_kept(place):
    """Half records are kept with their bytes; repeated numbers are not taken; missing ones are told."""
    server = Server(place, batch=50)
    half = ams(T0 + 3, 3)[:60]
    terminal = Terminal(SERIAL, records=[
        ams(T0 + 1, 1), ams(T0 + 2, 2), half + '"', ams(T0 + 4, 4), ams(T0 + 4, 4), ams(T0 + 2, 2),
        ams(T0 + 9, 9), '^SCDATA: "AMS",banana', f'^SCDATA: "MOON",{T0 + 20},10,3'])
    server.terminals.start(terminal, server.port)
    wait_until(lambda: not terminal.records, "everything is deleted at the terminal")
    rows = server.rows()
    assert [row[0] for row in rows if row[2] == 1] == [1, 2, 4, 9], rows
    assert [row[6] for row in rows if row[5] == "smartcom"] == [3] * 3, rows
    server.told("record 4 comes after record 4")
    server.stop()
    server.close()


def test_other_terminals(place):
    """A terminal that says that it is another one is disconnected; one that counts again is believed."""
    class Other(Terminal):
        def answer(self, upper, command):
            return (["50-1066-0056"], "OK") if upper == "AT+GSN" else super().answer(upper, command)

    server = Server(place)
    future = server.terminals.start(Other(SERIAL, records=[ams(T0, 1)]), server.port)
    server.told("it says that its serial number is 50-1066-0056")
    concurrent.futures.wait([future], 30)
    assert server.rows() == []
    terminal = Terminal(SERIAL, records=[ams(T0, 100), ams(T0 + 60, 1), ams(T0 + 61, 2)])
    server.terminals.start(terminal, server.port)
    wait_until(lambda: not terminal.records, "everything is deleted at the terminal")
    assert [row[0] for row in server.rows()] == [100, 1, 2], server.rows()
    server.told("it counts again, from number 1 after 100")
    server.stop()
    server.close()


def test_replaced(place):
    """A terminal that dials again before its old connection is known to be dead takes its place."""
    server = Server(place)
    old = Terminal(SERIAL, records=[])
    future = server.terminals.start(old, server.port)
    wait_until(lambda: "AT^SCAMS?" in old.commands, "it is served")
    new = Terminal(SERIAL, records=[ams(T0, 1)])
    server.terminals.start(new, server.port)
    wait_until(lambda: not new.records, "the new one is served")
    concurrent.futures.wait([future], 30)
    assert future.done()
    server.stop()
    server.close()


if len(sys.argv) != 2:
    sys.exit(__doc__)
run(globals())
