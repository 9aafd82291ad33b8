#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Searches a line for wired meters and prints each as it is found. usage: search-line.py DEVICE|HOST:PORT"""

import sys

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib


def make_transport(registry, place):
    if place.startswith(("/", ".")):
        transport = registry.create(Amsel.Transport, "serial")
        transport.props.device, transport.props.parity = place, Amsel.Parity.EVEN
        return transport
    transport = registry.create(Amsel.Transport, "tcp")
    transport.props.host, _, port = place.rpartition(":")
    transport.props.port = int(port)
    return transport


def main():
    registry = Amsel.Registry.default()
    protocol = registry.create(Amsel.Protocol, "mbus")
    line = Amsel.Line.new("line", make_transport(registry, sys.argv[1]))
    pipeline = Amsel.Pipeline.new("search", line, protocol)
    search = protocol.search()
    search.connect("found", lambda _search, found: print(found.address, found.identity.medium_name))
    loop = GLib.MainLoop()
    failures = []

    def on_searched(_pipeline, result):
        try:
            pipeline.search_finish(result)
        except GLib.Error as error:
            failures.append(error.message)
        loop.quit()

    line.start()
    pipeline.search_async(search, None, on_searched)
    loop.run()
    line.stop()
    print(f"{len(search.get_found())} meters", *failures, sep=": ", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
