# SPDX-License-Identifier: LGPL-2.1-or-later
"""The smallest protocol: a line of hexadecimal digits is a telegram whose number is a volume in litres."""

import decimal

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GObject


@Amsel.kind("pyhex", "Lines of hexadecimal digits, each a volume in litres")
class HexProtocol(Amsel.Protocol):
    __gtype_name__ = "HexProtocol"

    places = GObject.Property(
        type=int, nick="places", blurb="Digits behind the point of the volume in m3.", default=3, minimum=0, maximum=9
    )

    def do_find_frame(self, data, received_us):
        end = data.find(b"\n")
        if end < 0:
            return Amsel.FrameStatus.MORE
        return Amsel.FrameStatus.COMPLETE, end + 1, Amsel.Frame.new(data[: end + 1], received_us, Amsel.RSSI_UNKNOWN)

    def do_decode(self, frame, meter):
        telegram = Amsel.Telegram.new(frame, 1)
        litres = int(bytes(frame).decode("ascii"), 16)  # a ValueError becomes the error of the telegram
        telegram.add(Amsel.Quantity.VOLUME, decimal.Decimal(litres).scaleb(-self.places), Amsel.Unit.M3)
        return telegram
