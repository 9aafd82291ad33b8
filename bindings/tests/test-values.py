#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Values in Python: a real telegram with exact numbers, and objects that outlive what they were taken from."""

import datetime
import decimal
import gc
import unittest

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib

# Siemens WFH21, hot water: the telegram of the documentation of the AT commands of the 2N SmartCom PRO
WFH21 = bytes.fromhex(
    "685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A000100FA01"
    "0DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825021F16"
)


def decode(data):
    protocol = Amsel.Registry.default().create(Amsel.Protocol, "mbus")
    return protocol.decode(protocol.adopt(data), None)


class TelegramTest(unittest.TestCase):
    def test_values(self):
        telegram = decode(WFH21)
        expected = [
            ("volume", decimal.Decimal("2.002"), "m3", 0),
            ("on-time", decimal.Decimal(46474 * 3600), "s", 0),
            ("date-time", datetime.datetime(2015, 12, 8, 17, 5), "", 0),
            ("date", None, "", 0),
            ("fabrication-number", decimal.Decimal("8031768"), "", 0),
            ("model-version", decimal.Decimal(0x01FA0001000A), "", 0),
            ("parameter-set", "WFH21", "", 0),
            ("firmware-version", decimal.Decimal(0), "", 0),
            ("volume", decimal.Decimal("1.874"), "m3", 1),
            ("date", datetime.date(2014, 12, 31), "", 1),
            ("manufacturer-specific", WFH21[-21:-2], "", 0),
        ]
        self.assertEqual([(v.quantity, v.value, v.unit, v.storage) for v in telegram], expected)
        self.assertEqual(str(telegram[0].value), "2.002")
        self.assertEqual(telegram[3].reason, "invalid-date")
        self.assertEqual(telegram[3].function, "error")
        self.assertEqual(telegram[-1].kind, Amsel.ValueKind.BYTES)
        self.assertEqual(repr(telegram[0]), "<volume 2.002 m3>")
        self.assertEqual(len(telegram), 11)
        self.assertRaises(IndexError, lambda: telegram[11])

    def test_fields(self):
        telegram = decode(WFH21)
        self.assertEqual(telegram.driver, "generic")
        self.assertEqual(telegram.fields["total_m3"], decimal.Decimal("2.002"))
        self.assertEqual(telegram.fields["target_date"], "2014-12-31")
        self.assertEqual(telegram.fields["status"], "OK")
        self.assertEqual(len(telegram.fields), telegram.get_n_fields())
        self.assertIsNone(telegram.get_field_name(999))
        self.assertIsNone(telegram.get_field_value_text(999))
        self.assertEqual(telegram.get_field_kind(999), Amsel.ValueKind.NONE)

    def test_header(self):
        telegram = decode(WFH21)
        self.assertEqual(telegram.identity.id_text, "08031768")
        self.assertEqual(telegram.identity.manufacturer_text, "LSE")
        self.assertEqual(telegram.identity.version, 0x99)
        self.assertEqual(telegram.identity.medium_name, "hot-water")
        self.assertEqual(telegram.identity.address, 0)
        self.assertEqual((telegram.access_number, telegram.status), (175, 0))
        self.assertEqual((telegram.encryption, telegram.more_follows), ("none", False))
        self.assertEqual(bytes(telegram.frame), WFH21)

    def test_json(self):
        self.assertIn('"value":2.002', decode(WFH21).to_json("mbus"))

    def test_damaged(self):
        with self.assertRaises(GLib.Error) as caught:
            decode(WFH21[:-2] + b"\x00\x16")
        self.assertEqual((caught.exception.domain, caught.exception.code), ("mbus-frame", 131332))

    def test_parts_outlive_the_telegram(self):
        telegram = decode(WFH21)
        record, identity, frame, value = telegram.get_record(0), telegram.identity, telegram.frame, telegram[6]
        del telegram
        gc.collect()
        self.assertEqual(record.decimal.to_python(), decimal.Decimal("2.002"))
        self.assertEqual(identity.id_text, "08031768")
        self.assertEqual(bytes(frame), WFH21)
        self.assertEqual(value.value, "WFH21")


class FillTest(unittest.TestCase):
    def setUp(self):
        self.telegram = Amsel.Telegram.new(Amsel.Frame.new(b"\x01\x02\x03", 5, Amsel.RSSI_UNKNOWN), 1)

    def test_values(self):
        values = [
            0,
            -1,
            2**64,
            -(2**100),
            decimal.Decimal("0.000"),
            decimal.Decimal("-12.50"),
            decimal.Decimal("1E+3"),
            datetime.date(2024, 2, 29),
            datetime.datetime(2026, 1, 2, 3, 4),
            datetime.datetime(2026, 1, 2, 3, 4, 5),
            None,
        ]
        for value in values:
            self.telegram.add(Amsel.Quantity.VOLUME, value, Amsel.Unit.M3, storage=2**40, tariff=7, subunit=3)
        self.assertEqual([v.value for v in self.telegram], values)
        self.assertEqual(str(self.telegram[5].value), "-12.50")
        self.assertEqual((self.telegram[0].storage, self.telegram[0].tariff, self.telegram[0].subunit), (2**40, 7, 3))
        self.assertEqual(self.telegram[10].reason, "not-available")

    def test_refused(self):
        for value in (1.5, "2", True, decimal.Decimal("NaN"), 2**127, decimal.Decimal("1E-99999")):
            with self.subTest(value=value):
                with self.assertRaises((TypeError, ValueError)):
                    self.telegram.add(Amsel.Quantity.VOLUME, value)
        self.assertEqual(len(self.telegram), 0)

    def test_bytes(self):
        self.telegram.add_bytes(Amsel.Quantity.UNKNOWN, 1, 2)
        self.assertEqual(self.telegram[0].value, b"\x02\x03")
        for offset, length in ((1, 3), (4, 0), (2**32 - 1, 2), (0, 2**32 - 1)):
            with self.assertRaises(GLib.Error) as caught:
                self.telegram.add_bytes(Amsel.Quantity.UNKNOWN, offset, length)
            self.assertIn("outside the payload", caught.exception.message)

    def test_payload(self):
        self.telegram.set_payload(GLib.Bytes.new(b"plain"))
        self.telegram.add_bytes(Amsel.Quantity.UNKNOWN, 0, 5)
        self.assertEqual((self.telegram[0].value, self.telegram.payload), (b"plain", b"plain"))

    def test_header(self):
        identity = Amsel.Identity()
        identity.id, identity.manufacturer, identity.version = 0x12345678, Amsel.manufacturer_parse("SEN"), 0x33
        self.telegram.set_identity(identity)
        self.telegram.set_state(200, 4, True)
        self.assertEqual(repr(self.telegram.identity), "<Amsel.Identity 12345678.SEN.33.00>")
        self.assertEqual((self.telegram.access_number, self.telegram.status, self.telegram.more_follows), (200, 4, True))


class SmallTest(unittest.TestCase):
    def test_decimal(self):
        number = Amsel.Decimal.new(2200, -2)
        self.assertEqual((str(number), number.to_python(), float(number)), ("22.00", decimal.Decimal("22.00"), 22.0))
        self.assertEqual(number, Amsel.Decimal.new(22, 0))
        self.assertNotEqual(number, 22)

    def test_schedule(self):
        schedule = Amsel.Schedule(cron="0 6 * * *", zone="Europe/Prague")
        self.assertTrue(schedule.check())
        moment = datetime.datetime.fromtimestamp(schedule.next_us(0) / 1e6, datetime.timezone.utc)
        self.assertEqual((moment.hour, moment.minute), (5, 0))
        self.assertEqual(len(Amsel.Schedule.ams_interval_list()), 19)
        self.assertEqual(Amsel.Schedule.ams_interval_parse("15M"), (True, 15 * 60 * 10**6))
        self.assertIsNone(Amsel.Schedule.ams_interval_get_name(5))
        with self.assertRaisesRegex(GLib.Error, "did you mean Europe/Prague"):
            Amsel.Schedule(cron="@daily", zone="prague").check()

    def test_errors(self):
        wrong = Amsel.error(Amsel.ReadError.TIMEOUT, "nobody answers")
        self.assertTrue(wrong.matches(Amsel.read_error_quark(), Amsel.ReadError.TIMEOUT))
        with self.assertRaises(GLib.Error) as caught:
            Amsel.Registry.default().create(Amsel.Protocol, "nosuch")
        self.assertTrue(caught.exception.matches(Amsel.plugin_error_quark(), Amsel.PluginError.UNKNOWN_KIND))

    def test_hex(self):
        self.assertEqual(Amsel.hex_decode("00 ff", -1).get_data(), b"\x00\xff")
        self.assertEqual(Amsel.hex_encode(b"\x00\xff"), "00FF")


if __name__ == "__main__":
    unittest.main()
