#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever a function of a Python plugin does, C gets a result or an error, and the program goes on."""

import io
import contextlib
import sys
import unittest

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib, GObject

FRAME = Amsel.Frame.new(b"abc", 1, Amsel.RSSI_UNKNOWN)
METER = Amsel.Meter.new("name", "5")


def raising(exception):
    def function(self, *args):
        raise exception

    return function


def returning(value):
    return lambda self, *args: value


def protocol(function):
    class Bad(Amsel.Protocol):
        __gtype_name__ = f"Bad{id(function)}x{len(Amsel.Protocol.__subclasses__())}"
        do_find_frame = do_adopt = do_decode = do_read = do_check_meter = do_matches = do_get_meter_type = function
        do_describe = function

    return Bad()


class RaisingTest(unittest.TestCase):
    FAULTS = (ValueError("oops"), KeyError("k"), SystemExit(3), KeyboardInterrupt(), MemoryError(), StopIteration())

    def check(self, call, fault):
        with self.assertRaises(GLib.Error) as caught:
            call()
        self.assertTrue(caught.exception.matches(Amsel.plugin_error_quark(), Amsel.PluginError.FAILED))
        self.assertIn(type(fault).__name__, caught.exception.message)
        self.assertIn("test-guards.py:", caught.exception.message)

    def test_protocol(self):
        for fault in self.FAULTS:
            bad = protocol(raising(fault))
            with self.subTest(fault=fault):
                self.check(lambda: bad.find_frame(b"abc", 0), fault)
                self.check(lambda: bad.adopt(b"abc"), fault)
                self.check(lambda: bad.decode(FRAME, None), fault)
                self.check(lambda: bad.read(METER), fault)
                self.check(lambda: bad.check_meter(METER), fault)
                with contextlib.redirect_stderr(io.StringIO()) as printed:
                    self.assertFalse(bad.matches(METER, Amsel.Identity()))
                    self.assertIsNone(bad.describe(FRAME))
                    self.assertEqual(bad.get_meter_type(), Amsel.Meter.__gtype__)
                self.assertIn(type(fault).__name__, printed.getvalue())

    def test_other_stages(self):
        for fault in self.FAULTS:
            function = raising(fault)

            class BadDialogue(Amsel.Dialogue):
                __gtype_name__ = f"BadDialogue{id(function)}"
                do_next = function

            class BadSearch(Amsel.Search):
                __gtype_name__ = f"BadSearch{id(function)}"
                do_step = do_restore = function

            class BadExporter(Amsel.Exporter):
                __gtype_name__ = f"BadExporter{id(function)}"
                do_start = do_export = do_committed = do_stop = do_get_deadline_us = do_check = function

            class BadTransport(Amsel.Transport):
                __gtype_name__ = f"BadTransport{id(function)}"
                do_open = do_send = do_close = function

            with self.subTest(fault=fault), contextlib.redirect_stderr(io.StringIO()):
                self.check(lambda: BadDialogue().next(Amsel.Answer()), fault)
                self.check(lambda: BadSearch().next(Amsel.Answer()), fault)
                self.check(lambda: BadSearch().restore(""), fault)
                exporter = BadExporter()
                self.check(exporter.check, fault)
                self.check(lambda: exporter.start(None), fault)
                self.check(lambda: exporter.export([], None), fault)
                self.check(exporter.committed, fault)
                self.assertEqual(exporter.get_deadline_us(), 0)
                exporter.stop()
                outcome = []
                loop = GLib.MainLoop()
                transport = BadTransport()
                transport.open_async(None, lambda t, result: (outcome.append(result), loop.quit()))
                loop.run()
                self.check(lambda: transport.open_finish(outcome[0]), fault)

    def test_search(self):
        class Search(Amsel.Search):
            __gtype_name__ = "Search"

            def do_step(self, answer):
                identity = Amsel.Identity()
                identity.id = 0x12345678
                self.add_found(Amsel.Found.new(identity, "12345678", None))
                self.set_progress(0.5, 1000)
                return Amsel.Request.new(Amsel.RequestKind.ASK, GLib.Bytes.new(b"?"), 1000)

            def do_save(self):
                return "half way"

        search = Search()
        heard = []
        search.connect("found", lambda _search, found: heard.append(found.address))
        self.assertEqual(search.next(Amsel.Answer()).kind, Amsel.RequestKind.ASK)
        search.abort()
        self.assertEqual(search.next(Amsel.Answer()).kind, Amsel.RequestKind.FINISHED)
        self.assertEqual((heard, search.save()), (["12345678"], "half way"))
        self.assertEqual([found.identity.id_text for found in search.get_found()], ["12345678"])
        self.assertEqual(tuple(search.get_progress()), (1, 0.5, 1000))
        with self.assertRaises(GLib.Error):
            search.restore("half way")

    def test_own_error_stays(self):
        bad = protocol(raising(Amsel.error(Amsel.ReadError.DAMAGED, "no good")))
        with self.assertRaises(GLib.Error) as caught:
            bad.decode(FRAME, None)
        self.assertTrue(caught.exception.matches(Amsel.read_error_quark(), Amsel.ReadError.DAMAGED))
        self.assertEqual(caught.exception.message, "no good")

    def test_exit_while_it_is_made(self):
        class Exits(Amsel.Exporter):
            __gtype_name__ = "Exits"

            def __init__(self):
                super().__init__()
                sys.exit(4)

        with self.assertRaisesRegex(RuntimeError, "SystemExit: 4"):
            Exits()
        registry = Amsel.Registry.new()
        registry.add_kind("exits", "Ends the program", Exits)
        with contextlib.redirect_stderr(io.StringIO()) as printed:
            registry.create(Amsel.Exporter, "exits")  # made by C
        self.assertIn("SystemExit: 4", printed.getvalue())

    def test_exit_in_a_property(self):
        class ExitsLater(Amsel.Exporter):
            __gtype_name__ = "ExitsLater"

            @GObject.Property(type=int)
            def number(self):
                return 1

            @number.setter
            def number(self, value):
                sys.exit(5)

        with contextlib.redirect_stderr(io.StringIO()):
            Amsel.Exporter.set_property(ExitsLater(), "number", 3)


class WrongResultTest(unittest.TestCase):
    WRONG = (None, 0, 1, -1, 1.5, "text", [], {}, object(), (), (1, 2), (1, 2, 3), Amsel.Meter, False)

    def check(self, call):
        with self.assertRaises(GLib.Error) as caught:
            call()
        self.assertTrue(caught.exception.matches(Amsel.plugin_error_quark(), Amsel.PluginError.CONTRACT), caught.exception)

    def test_results(self):
        for value in self.WRONG:
            bad = protocol(returning(value))
            with self.subTest(value=value), contextlib.redirect_stderr(io.StringIO()):
                self.check(lambda: bad.find_frame(b"abc", 0))
                self.check(lambda: bad.adopt(b"abc"))
                self.check(lambda: bad.decode(FRAME, None))
                self.check(lambda: bad.read(METER))
                if value is not None:
                    self.check(lambda: bad.check_meter(METER))
                self.assertFalse(bad.matches(METER, Amsel.Identity()))
                self.assertEqual(bad.describe(FRAME), value if isinstance(value, str) else None)

    def test_found(self):
        complete = Amsel.FrameStatus.COMPLETE
        for value in (
            (complete, 999, FRAME),
            (complete, -1, FRAME),
            (complete, 2**70, FRAME),
            (complete, 0, FRAME),
            (complete, True, FRAME),
            (complete, 3, None),
            (complete, 3, "abc"),
            (Amsel.FrameStatus.NONE, 0, None),
            (Amsel.FrameStatus.DAMAGED, 1, None),
            Amsel.FrameStatus.NONE,
        ):
            with self.subTest(value=value):
                self.check(lambda: protocol(returning(value)).find_frame(b"abc", 0))

    def test_pleasant_forms(self):
        more = Amsel.FrameStatus.MORE
        self.assertEqual(protocol(returning(more)).find_frame(b"abc", 0), (more, 0, None))
        status, used, frame = protocol(returning(FRAME)).find_frame(b"abcd", 0)
        self.assertEqual((status, used, bytes(frame)), (Amsel.FrameStatus.COMPLETE, 3, b"abc"))
        status, used, frame = protocol(returning((Amsel.FrameStatus.COMPLETE, 4, b"ab"))).find_frame(b"abcd", 7)
        self.assertEqual((used, bytes(frame), frame.get_received_us()), (4, b"ab", 7))
        self.assertEqual(bytes(protocol(returning(b"xy")).adopt(b"q")), b"xy")
        self.assertTrue(protocol(returning(None)).check_meter(METER))

    def test_arguments(self):
        seen = []

        class Sees(Amsel.Protocol):
            __gtype_name__ = "Sees"

            def do_find_frame(self, data, received_us):
                seen.append((data, received_us))
                return Amsel.FrameStatus.MORE

            def do_adopt(self, data):
                seen.append(data)
                return data

        Sees().find_frame(b"a\0b", 9)
        Sees().adopt(b"a\0b")
        self.assertEqual(seen, [(b"a\0b", 9), b"a\0b"])

    def test_derived_twice(self):
        class Base(Amsel.Exporter):
            __gtype_name__ = "GuardBase"

            def do_start(self, state):
                raise ValueError("base")

        class Derived(Base):
            __gtype_name__ = "GuardDerived"

            def do_start(self, state):
                return super().do_start(state)

        with self.assertRaisesRegex(GLib.Error, "GuardBase|Base.do_start"):
            Derived().start(None)


if __name__ == "__main__":
    unittest.main()
