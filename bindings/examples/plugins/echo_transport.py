# SPDX-License-Identifier: LGPL-2.1-or-later
"""A transport without a line: whatever is sent comes back. Good for trying a protocol."""

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib, GObject


@Amsel.kind("pyecho", "Gives back what is sent")
class EchoTransport(Amsel.Transport):
    __gtype_name__ = "EchoTransport"

    greeting = GObject.Property(type=str, nick="greeting", blurb="What comes first, before anything is sent.", default="")

    def do_open(self):
        pass  # a port that cannot be opened: raise Amsel.error(Amsel.TransportError.OPEN, "...")

    def do_start(self):
        if self.greeting:
            self.received(GLib.Bytes.new(self.greeting.encode()))

    def do_send(self, data):
        GLib.idle_add(self.give_back, data)

    def give_back(self, data):
        if self.is_open():
            self.received(data)
        return GLib.SOURCE_REMOVE

    def do_close(self):
        pass
