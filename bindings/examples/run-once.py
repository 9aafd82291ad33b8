#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loads a configuration, reads every meter once, and prints what was read.

    meson devenv -C build bindings/examples/run-once.py config/demo.yaml
"""

import sys

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib


def main():
    try:
        config = Amsel.Config.load(sys.argv[1])
        engine = Amsel.Engine.new_for_config(config)
        engine.run_once()
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        return 1
    config.store.open()
    for readout in config.store.readouts():
        print(readout.meter, readout.quality, readout.end, readout.error_message or "")
        for reading in readout:
            print("   ", reading.quantity, reading.value, reading.unit)
    config.store.close()
    return 0 if engine.get_n_failed() == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
