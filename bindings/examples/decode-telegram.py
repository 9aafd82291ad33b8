#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Decodes a wired M-Bus telegram, given as hexadecimal digits, and prints its values.

    meson devenv -C build bindings/examples/decode-telegram.py 68...16
"""

import sys

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib


def main():
    protocol = Amsel.Registry.default().create(Amsel.Protocol, "mbus")
    try:
        telegram = protocol.decode(protocol.adopt(bytes.fromhex(sys.argv[1])), None)
    except GLib.Error as error:
        print(f"{error.domain} {error.code}: {error.message}", file=sys.stderr)
        return 1
    print(telegram.identity.manufacturer_text, telegram.identity.id_text, telegram.identity.medium_name)
    for value in telegram:
        print(value.quantity, value.value, value.unit, value.function, *value.modifiers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
