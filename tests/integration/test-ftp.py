#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The FTP exporter against real servers: vsftpd and sshd on loopback ports."""

import json
import random
import select
import signal
import socket
import threading

from ftpserver import FtpServer, SftpServer, make_certificate
from program import SOURCE_ROOT, Skip, read_line, run, wait_until

METERS = """
kind: mbus
meters:
  - {generate: water, id: "60000001", address: 1}
  - {generate: water, id: "60000002", address: 2}
"""

CONFIG = """
store: {file: "${AMSEL_STATE}/readings.db"}
lines:
  - {name: cellar, transport: {kind: serial, device: "${AMSEL_LINE}", baud: 2400, parity: even}}
pipelines:
  - name: house
    line: cellar
    protocol: {kind: mbus}
    schedule: {every: 1s, zone: UTC}
    meters: [{name: one, address: 1}, {name: two, address: 2}]
    exporters: [away]
exporters:
  - {name: away, kind: ftp, url: "${AMSEL_FTP}", spool: "${AMSEL_STATE}/spool", file: "{month}/{meter}.csv",
     rotate-size: 1, columns: [sequence, meter, quantity, value], retry-max: 1s, retry-min: 10ms, timeout: 10s OPTIONS}
"""


def make_server(place, *args, **kw):
    if not FtpServer.is_there():
        raise Skip("vsftpd is not installed")
    return FtpServer(place.path / "server", *args, **kw)


def run_once(place, url, options="", config=CONFIG):
    place.env["AMSEL_FTP"] = url
    text = config.replace("OPTIONS", options and ", " + options)
    return place.run("run", place.write("ftp.yaml", text), "--once")


def waiting(place):
    spool = place.path / "spool"
    return sorted(str(p.relative_to(spool)) for p in spool.rglob("*") if p.is_file())


def check_arrived(server, place, n=2):
    """Each meter's document is there, whole, and nothing else is; nothing waits any more."""
    names = server.list()
    assert len(names) == n and all(name.endswith(".csv") for name in names), names
    for name in names:
        lines = server.read(name).decode().split("\r\n")
        assert lines[0] == "sequence,meter,quantity,value" and lines[-1] == "", lines
        assert len({line.split(",")[0] for line in lines[1:-1]}) == 1, lines
    assert waiting(place) == [], waiting(place)


def test_ftp(place):
    place.simulate(METERS)
    with make_server(place) as server:
        result = run_once(place, server.url + "in/box")
        assert result.returncode == 0, result.stderr
        check_arrived(server, place)
        assert all(name.startswith("in/box/20") for name in server.list()), server.list()


def test_explicit_tls(place):
    place.simulate(METERS)
    with make_server(place, "explicit") as server:
        result = run_once(place, server.url, f'explicit-tls: yes, ca-file: "{server.certificate}"')
        assert result.returncode == 0, result.stderr
        check_arrived(server, place)


def test_implicit_tls(place):
    place.simulate(METERS)
    with make_server(place, "implicit") as server:
        result = run_once(place, server.url, f'ca-file: "{server.certificate}"')
        assert result.returncode == 0, result.stderr
        check_arrived(server, place)


def test_sftp(place):
    if not SftpServer.is_there():
        raise Skip("sshd is not installed")
    place.simulate(METERS)
    with SftpServer(place.path / "server") as server:
        result = run_once(place, server.url + "in/box",
                          f'key-file: "{server.key}", known-hosts: "{server.known_hosts}"')
        assert result.returncode == 0, result.stderr + (server.folder / "output").read_text()
        check_arrived(server, place)


def test_sftp_of_another_host(place):
    """A server with another key than the known one gets nothing, and without known keys nothing begins."""
    if not SftpServer.is_there():
        raise Skip("sshd is not installed")
    place.simulate(METERS)
    with SftpServer(place.path / "server") as server:
        kind, key = server.make_key("other").with_suffix(".pub").read_text().split()[:2]
        server.known_hosts.write_text(f"[127.0.0.1]:{server.port} {kind} {key}\n")
        program = start_service(place, server.url, f'key-file: "{server.key}", known-hosts: "{server.known_hosts}"')
        line = read_line(program.stderr, "away")
        assert "host key" in line, line
        assert server.list() == []
        program.kill()
        result = run_once(place, server.url, f'key-file: "{server.key}"')
        assert result.returncode == 2 and "known-hosts" in result.stderr, result.stderr


def test_reports(place):
    """The example, with its reports in a folder and on the server."""
    place.simulate(file=SOURCE_ROOT / "config/simulate/two-meters.yaml")
    with make_server(place) as server:
        place.env["AMSEL_FTP"] = server.url + "in"
        result = place.run("run", SOURCE_ROOT / "config/reports.yaml", "--once")
        assert result.returncode == 0, result.stderr
        (name,) = server.list()
        assert name.startswith("in/0016045167_valuereport_20") and name.endswith("_2112.csv"), name
        assert b";15020416;" in server.read(name) and b";2,002;46474;" in server.read(name)
        assert len(list((place.path / "reports").rglob("*_3104.csv"))) == 2
        assert "secret" not in result.stderr + result.stdout


def test_json(place):
    place.simulate(METERS)
    with make_server(place) as server:
        config = CONFIG.replace("columns: [sequence, meter, quantity, value]", "layout: json").replace("csv\"", "jsonl\"")
        result = run_once(place, server.url, "", config)
        assert result.returncode == 0, result.stderr
        readouts = [json.loads(server.read(name)) for name in server.list()]
        assert [r["name"] for r in readouts] == ["one", "two"], readouts
        assert readouts[0]["telegrams"][0]["meter"]["id"] == "60000001", readouts
        assert readouts[0]["telegrams"][0]["records"][0]["unit"] == "m3", readouts


REPORTS = CONFIG.replace('file: "{month}/{meter}.csv",', "profile: 3104,").replace(
    "rotate-size: 1, columns: [sequence, meter, quantity, value],", "every: 0s, zone: UTC,")


def check_log_grows(place, server, options=""):
    """A log is sent anew with every report, in place of the one before."""
    place.simulate(METERS)
    for n in (1, 2):
        result = run_once(place, server.url, options, REPORTS)
        assert result.returncode == 0, result.stderr
        (log,) = [name for name in server.list() if name.endswith("/cellar.txt")]
        lines = server.read(log).decode().splitlines()
        read = sum(int(line.split(";")[2].split()[0]) for line in lines)
        assert read == 2 * n, lines
        assert not any(name.endswith(".part") for name in server.list()), server.list()
    assert count(server) == 4, server.list()


def test_log_grows(place):
    with make_server(place) as server:
        check_log_grows(place, server)


def test_log_grows_sftp(place):
    if not SftpServer.is_there():
        raise Skip("sshd is not installed")
    with SftpServer(place.path / "server") as server:
        check_log_grows(place, server, f'key-file: "{server.key}", known-hosts: "{server.known_hosts}"')


def start_service(place, url, options="", config=CONFIG):
    place.env["AMSEL_FTP"] = url
    text = config.replace("OPTIONS", options and ", " + options)
    return place.start("run", place.write("ftp.yaml", text))


def count(server):
    return sum(name.endswith(".csv") for name in server.list())


def test_faults_one_after_another(place):
    """Each fault is told once, by its name and without the password, and is over when its reason is."""
    place.simulate(METERS)
    server = make_server(place, password="right")
    with server:
        url = server.url.replace("right", "wrong-secret")
        server.kill()
        program = start_service(place, url)
        line = read_line(program.stderr, "away")
        assert "onnect" in line, line
        server.start()
        line = read_line(program.stderr, "away")
        assert "check user and password" in line and "530" in line, line
        assert "wrong-secret" not in line, line
        server.password = "wrong-secret"
        server.kill()
        server.start()
        while "works again" not in line:
            line = read_line(program.stderr, "away")
            assert "wrong-secret" not in line, line
        wait_until(lambda: count(server) > 0, "a document arrives")


def test_wrong_certificate(place):
    place.simulate(METERS)
    with make_server(place, "explicit") as server:
        other = place.path / "other"
        other.mkdir()
        certificate, _ = make_certificate(other)
        for options in ("explicit-tls: yes", f'explicit-tls: yes, ca-file: "{certificate}"'):
            program = start_service(place, server.url, options)
            line = read_line(program.stderr, "away")
            assert "certificate" in line and "ca-file" in line, line
            assert server.list() == []
            program.kill()
        start_service(place, server.url, "explicit-tls: yes, verify: no")
        wait_until(lambda: count(server) > 0, "a document arrives")


def test_server_without_tls(place):
    """What shall be encrypted is not sent in clear text."""
    place.simulate(METERS)
    with make_server(place) as server:
        program = start_service(place, server.url, "explicit-tls: yes")
        line = read_line(program.stderr, "away")
        assert "SSL" in line or "TLS" in line, line
        assert server.list() == []


class OddServer(threading.Thread):
    """A file server of a few lines that does one thing in its own way."""

    def __init__(self, oddity):
        super().__init__(daemon=True)
        self.oddity = oddity
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ftp://user:secret@127.0.0.1:{self.listener.getsockname()[1]}/"
        self.asked = threading.Event()
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        file = connection.makefile("rw", newline="\r\n", encoding="latin-1")
        data = None

        def say(text):
            file.write(text + "\n")
            file.flush()

        say("220 ready")
        for line in file:
            word = line.split()[0].upper() if line.split() else ""
            if word == self.oddity:
                self.asked.set()
                select.select([], [], [], 600)
            elif word == "EPSV":
                data = socket.create_server(("127.0.0.1", 0))
                say(f"229 Entering (|||{data.getsockname()[1]}|)")
            elif word == "STOR":
                say("150 go on")
                with data.accept()[0] as sent:
                    while sent.recv(65536):
                        pass
                say("552 Quota exceeded" if self.oddity == "full" else "226 done")
            elif word == "SIZE":
                say("213 1" if self.oddity == "short" and ".part" in line else "550 no such file")
            else:
                say({"USER": "331 password", "PASS": "230 in", "PWD": '257 "/"', "QUIT": "221 bye"}.get(word, "200 ok"))


def test_large_document_goes_on(place):
    """A document whose server is killed in the middle goes on from where it ended."""
    place.simulate(METERS)
    content = bytes(random.Random(1).choices(b"0123456789;\n", k=400_000))
    (place.path / "spool").mkdir()
    (place.path / "spool" / "large.csv").write_bytes(content)
    with make_server(place, settings=["anon_max_rate=300000"]) as server:
        program = start_service(place, server.url)
        part = server.root / "large.csv.part"
        wait_until(lambda: part.exists() and part.stat().st_size > 100_000, "a part arrives")
        server.kill()
        size = part.stat().st_size
        assert size < len(content), size
        server.settings = []
        server.start()
        wait_until(lambda: (server.root / "large.csv").exists(), "the whole arrives")
        assert server.read("large.csv") == content
        assert "APPE large.csv.part" in (server.folder / "log").read_text(errors="replace")
        program.kill()


def test_marked_before_others(place):
    """A document that only lacks its name gets it before another of that name is sent over it."""
    place.simulate(METERS)
    (place.path / "spool").mkdir()
    for name, content in {"a.csv.sent": "first", "a.csv": "second", "b.csv.sent": "gone", "c.csv.sent": "there"}.items():
        (place.path / "spool" / name).write_text(content)
    with make_server(place) as server:
        (server.root / "a.csv.part").write_text("first")
        (server.root / "c.csv").write_text("there")
        assert run_once(place, server.url).returncode == 0
        assert [server.read(name) for name in ("a.csv", "a-2.csv", "c.csv")] == [b"first", b"second", b"there"]
        assert not (server.root / "b.csv").exists(), server.list()
        assert waiting(place) == [], waiting(place)


def test_quota(place):
    place.simulate(METERS)
    program = start_service(place, OddServer("full").url)
    line = read_line(program.stderr, "away")
    assert "Quota exceeded" in line and "no room" in line and "secret" not in line, line
    assert any(name.endswith(".csv") for name in waiting(place)), waiting(place)


def test_wrong_size(place):
    place.simulate(METERS)
    program = start_service(place, OddServer("short").url)
    line = read_line(program.stderr, "away")
    assert "another size" in line, line


def test_stop_while_the_server_hangs(place):
    """A server that does not answer delays nobody: neither reading nor the end of the program."""
    place.simulate(METERS)
    for oddity in ("PASS", "SIZE"):
        server = OddServer(oddity)
        program = start_service(place, server.url)
        assert server.asked.wait(60)
        program.send_signal(signal.SIGTERM)
        program.wait(30)
        assert program.returncode in (0, 1), program.returncode


def test_wrong_addresses(place):
    for url, expected in {"": "url", "server/in": "no address", "http://server/": "neither ftp", "ftp://a/b?c": "? or #",
                          "ftp://": "no address", "ftp://x:y-secret@server:99999/": "no address"}.items():
        place.env["AMSEL_FTP"] = url
        result = place.run("check", place.write("ftp.yaml", CONFIG.replace("OPTIONS", "")))
        assert result.returncode == 2 and "url" in result.stderr and expected in result.stderr, (url, result.stderr)
        assert "y-secret" not in result.stderr, result.stderr
    place.env["AMSEL_FTP"] = "ftp://server/"
    result = place.run("check", place.write("ftp.yaml", CONFIG.replace("OPTIONS", "").replace("{month}", ".{month}")))
    assert result.returncode == 2 and "begin with a dot" in result.stderr, result.stderr
    text = CONFIG.replace("OPTIONS", "").replace("{month}/{meter}", "{meter}").replace("rotate-size: 1", "rotate-size: 0")
    result = place.run("check", place.write("ftp.yaml", text))
    assert result.returncode == 2 and "never ends" in result.stderr, result.stderr


def pass_time(dice, server):
    """So that kills meet programs at other moments each time."""
    for _ in range(dice.randrange(50)):
        server.list()


def test_kill_everything(place):
    """kill -9 of program and server at random moments: every reading arrives once, in whole documents."""
    seed = random.randrange(1 << 32)
    print(f"# seed {seed}")
    dice = random.Random(seed)
    meters = "kind: mbus\nmeters:\n" + "".join(f'  - {{generate: water, id: "6{n:07}", address: {n}}}\n'
                                                for n in range(1, 9))
    config = CONFIG.replace("meters: [{name: one, address: 1}, {name: two, address: 2}]",
                            "meters: [" + ", ".join(f"{{name: m{n}, address: {n}}}" for n in range(1, 9)) + "]")
    place.simulate(meters)
    with make_server(place) as server:
        for _ in range(8):
            program = start_service(place, server.url, "", config)
            goal = count(server) + dice.randrange(1, 9)
            wait_until(lambda goal=goal: count(server) >= goal, "documents arrive")
            pass_time(dice, server)
            if dice.random() < 0.6:
                server.kill()
                if dice.random() < 0.5:
                    server.start()
                    pass_time(dice, server)
            program.kill()
            program.wait()
            if server.process is None:
                server.start()
        result = run_once(place, server.url, "", config)
        assert result.returncode == 0, result.stderr
        assert waiting(place) == [], waiting(place)
        sequences = []
        for name in server.list():
            assert name.endswith(".csv"), name
            lines = server.read(name).decode().split("\r\n")
            assert lines[0] == "sequence,meter,quantity,value" and lines[-1] == "" and len(lines) > 2, lines
            sequences += {int(line.split(",")[0]) for line in lines[1:-1]}
        assert sorted(sequences) == list(range(1, len(sequences) + 1)), sorted(sequences)
        print(f"# {len(sequences)} readings")


run(globals())
