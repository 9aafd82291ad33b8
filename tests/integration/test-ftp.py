#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The FTP exporter against real servers: vsftpd and sshd on loopback ports."""

from ftpserver import FtpServer, SftpServer
from program import Skip, run

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
     rotate-size: 1, columns: [sequence, meter, quantity, value], retry-max: 1s, retry-min: 10ms OPTIONS}
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


run(globals())
