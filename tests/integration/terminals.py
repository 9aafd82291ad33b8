# SPDX-License-Identifier: LGPL-2.1-or-later
"""Simulated AT terminals that dial a server: for its tests and its load test.

They speak the link as plugins/smartcom-link/README.md describes it, in an implementation of its own, and answer the AT
commands that a server needs. What a terminal does wrong is the business of a subclass."""

import asyncio
import base64
import functools
import hashlib
import hmac
import os
import threading

WATER = ("685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A000100FA"
         "010DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825021F16")
ELECTRICITY = ("684B4B680801721604021592B00102090000000C04790200008C1004790200008C2004000000001C04660300009C10046603"
               "00009C2004000000002C0487000000AC100487000000AC2004000000008016")
WIRELESS = "44B409466316140A077A9B0800000C1305000000"


@functools.lru_cache(maxsize=64)
def salted(password, salt, rounds):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)


def mac(key, text):
    return hmac.new(key, text, hashlib.sha256).digest()


def ams(time, sequence, data=WATER, index=1, error=0, protocol="MBUS", identification=""):
    """The line of a record of a wired meter."""
    return f'^SCDATA: "AMS",{time},{sequence},"{protocol}",{index},{error},"{identification}","{data}"'


def wmbus(time, sequence, data=WIRELESS, rssi=-68):
    """The line of a record of a wireless meter."""
    return f'^SCDATA: "WMBUS",{time},{sequence},{rssi},{len(data) // 2},"{data}"'


class Refused(Exception):
    """The server did not let the terminal in; the text is what it said."""


class Terminal:
    """A terminal with a table of meters and a memory of records, each a line."""

    def __init__(self, serial, password="1234", table=(), records=()):
        self.serial = serial
        self.password = password
        self.table = list(table)
        self.records = list(records)
        self.commands = []
        self.n_given = 0
        self.echo = True
        self.writer = None

    async def log_in(self, reader, writer):
        nonce = base64.b64encode(os.urandom(12)).decode()
        bare = f"n={self.serial},r={nonce}"
        writer.write(f"AMSEL-LINK 1 n,,{bare}\n".encode())
        challenge = await self.expect(reader, "CHALLENGE ")
        both, salt, rounds = (part[2:] for part in challenge.split(","))
        key = salted(self.password, base64.b64decode(salt), int(rounds))
        client = mac(key, b"Client Key")
        final = f"c=biws,r={both}"
        signed = f"{bare},{challenge},{final}".encode()
        signature = mac(hashlib.sha256(client).digest(), signed)
        proof = base64.b64encode(bytes(a ^ b for a, b in zip(client, signature))).decode()
        writer.write(f"PROOF {final},p={proof}\n".encode())
        welcome = await self.expect(reader, "WELCOME v=")
        assert base64.b64decode(welcome) == mac(mac(key, b"Server Key"), signed), "the server is an impostor"

    @staticmethod
    async def expect(reader, word):
        line = (await reader.readline()).decode().rstrip("\n")
        if not line.startswith(word):
            raise Refused(line)
        return line[len(word):]

    async def run(self, host, port):
        """One connection, to its end."""
        reader, self.writer = await asyncio.open_connection(host, port)
        try:
            await self.log_in(reader, self.writer)
            await self.obey(reader)
        finally:
            self.writer.close()

    async def obey(self, reader):
        """Answers commands."""
        while True:
            command = (await reader.readuntil(b"\r")).decode().strip()
            self.commands.append(command)
            self.writer.write(self.respond(command).encode())
            await self.writer.drain()

    async def serve(self, reader, writer):
        """One connection of somebody who dialled the terminal."""
        self.writer = writer
        try:
            await self.obey(reader)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def respond(self, command):
        """The bytes of an answer."""
        lines, final = self.answer(command.upper(), command)
        echo = command + "\r\r\n" if self.echo else ""
        if command.upper() == "ATE0":
            self.echo = False
        return echo + "".join(f"\r\n{line}\r\n" for line in lines) + f"\r\n{final}\r\n"

    def answer(self, upper, command):
        """The lines of an answer, and its end."""
        if upper in ("AT", "ATE0"):
            return [], "OK"
        if upper == "AT+GSN":
            return [self.serial], "OK"
        if upper == "AT^SCAMS?":
            head = ['^SCAMS: "ENABLE",1', '^SCAMS: "RETRY",0']
            if not self.table:
                return [*head, "^SCAMS: NO DEVICE"], "OK"
            return [*head, f'^SCAMS: "DEV_CNT",{len(self.table)}',
                    *(f"^SCAMS: {n}> {entry}" for n, entry in enumerate(self.table, 1))], "OK"
        word, _, number = upper.partition(",")
        if word == 'AT^SCDATA="GET_OLDEST"':
            return self.get_oldest(int(number or 1)), "OK"
        if word == 'AT^SCDATA="DEL_OLDEST"':
            del self.records[:int(number or 1)]
            return [], "OK"
        return [], "ERROR"

    def get_oldest(self, number):
        self.n_given += 1
        return self.records[:number]


class Terminals:
    """Runs terminals in a thread, each until it is told to stop."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def start(self, terminal, port, host="127.0.0.1"):
        """Connects once; the future ends when the connection does."""
        return asyncio.run_coroutine_threadsafe(terminal.run(host, port), self.loop)

    def keep(self, terminal, port, host="127.0.0.1"):
        """Connects again and again, as a terminal does."""
        async def again():
            while True:
                try:
                    await terminal.run(host, port)
                except (OSError, asyncio.IncompleteReadError, Refused):
                    await asyncio.sleep(0.05)
        return asyncio.run_coroutine_threadsafe(again(), self.loop)

    def listen(self, terminal, port, host="127.0.0.1"):
        """Waits to be dialled, without a login."""
        asyncio.run_coroutine_threadsafe(asyncio.start_server(terminal.serve, host, port), self.loop).result()

    def hang_up(self, terminal):
        """Ends the connection that a terminal has."""
        self.loop.call_soon_threadsafe(terminal.writer.close)

    def close(self):
        def stop():
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.call_soon(self.loop.stop)
        self.loop.call_soon_threadsafe(stop)
        self.thread.join()
        self.loop.close()
