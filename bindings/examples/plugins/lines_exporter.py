# SPDX-License-Identifier: LGPL-2.1-or-later
"""An exporter that appends one JSON line for each reading to a file, none lost and none doubled.

The state that do_export returns is committed to the store together with the position of the last readout. So
the length of the file is the state: what stands behind it after a crash was never committed and is cut off.
"""

import json
import os

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GObject


@Amsel.kind("pylines", "Appends readings to a file of JSON lines")
class LinesExporter(Amsel.Exporter):
    __gtype_name__ = "LinesExporter"

    path = GObject.Property(type=str, nick="path", blurb="The file to append to.")

    def do_check(self):
        if not self.path:
            raise Amsel.error(Amsel.ConfigError.INVALID, "path is missing: the file to append to")

    def do_start(self, state):
        self.file = open(self.path, "ab")
        if state is not None:
            self.file.truncate(int(state))

    def do_export(self, readouts, cancellable):
        for readout in readouts:
            for reading in readout:
                row = {
                    "meter": readout.meter,
                    "quantity": reading.quantity,
                    "value": None if reading.value is None else str(reading.value),
                    "unit": reading.unit,
                }
                self.file.write(json.dumps(row).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        return str(self.file.tell())

    def do_stop(self):
        self.file.close()
