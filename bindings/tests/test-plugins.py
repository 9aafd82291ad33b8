#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Python plugins of bindings/examples, loaded into this interpreter by the loader, and used through the library.

The environment variable AMSEL_PYTHON_PLUGINS names their folder.
"""

import json
import os
import subprocess
import tempfile
import unittest

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib


class PluginsTest(unittest.TestCase):
    def setUp(self):
        self.registry = Amsel.Registry.default()
        self.assertEqual(self.registry.list_problems(), [])

    def test_protocol(self):
        protocol = self.registry.create(Amsel.Protocol, "pyhex")
        protocol.set_property("places", 1)
        self.assertEqual(protocol.find_frame(b"1F", 0), (Amsel.FrameStatus.MORE, 0, None))
        status, used, frame = protocol.find_frame(b"1F\n2", 5)
        self.assertEqual((status, used, bytes(frame)), (Amsel.FrameStatus.COMPLETE, 3, b"1F\n"))
        self.assertEqual(str(protocol.decode(frame, None)[0].value), "3.1")
        self.assertFalse(protocol.can_read())

    def test_exporter(self):
        with tempfile.TemporaryDirectory() as folder:
            exporter = self.registry.create(Amsel.Exporter, "pylines")
            with self.assertRaises(GLib.Error) as caught:
                exporter.check()
            self.assertTrue(caught.exception.matches(Amsel.config_error_quark(), Amsel.ConfigError.INVALID))
            exporter.props.path = os.path.join(folder, "readings.jsonl")
            self.assertTrue(exporter.check())
            self.assertTrue(exporter.start(None))
            self.assertEqual(exporter.export([], None), (True, "0"))
            exporter.stop()
            with open(exporter.props.path, "ab") as file:
                file.write(b"written, never committed")
            exporter.start("0")
            exporter.stop()
            self.assertEqual(os.path.getsize(exporter.props.path), 0)

    def test_exporter_without_folder(self):
        exporter = self.registry.create(Amsel.Exporter, "pylines")
        exporter.props.path = "/nonexistent/file"
        with self.assertRaisesRegex(GLib.Error, "lines_exporter.py:.*FileNotFoundError"):
            exporter.start(None)

    def test_transport(self):
        transport = self.registry.create(Amsel.Transport, "pyecho")
        transport.props.greeting = "hello "
        loop = GLib.MainLoop()
        received = []

        def on_received(_transport, data):
            received.append(data.get_data())
            if len(received) == 3:
                loop.quit()

        def on_open(opened, result):
            self.assertTrue(opened.open_finish(result))
            opened.send(GLib.Bytes.new(b"one "))
            opened.send(GLib.Bytes.new(b"two"))

        transport.connect("received", on_received)
        transport.open_async(None, on_open)
        loop.run()
        self.assertEqual(b"".join(received), b"hello one two")
        transport.close()
        self.assertFalse(transport.is_open())
        with self.assertRaises(GLib.Error) as caught:
            transport.send(GLib.Bytes.new(b"late"))
        self.assertTrue(caught.exception.matches(Amsel.transport_error_quark(), Amsel.TransportError.CLOSED))

    def test_inspect(self):
        """The C program sees them like any other."""
        done = subprocess.run([os.environ["AMSEL"], "inspect", "pyhex"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Lines of hexadecimal digits", done.stdout)
        self.assertRegex(done.stdout, r"places +whole number, 0 to 9; default 3")

    def test_second_registry(self):
        again = Amsel.Registry.new()
        again.load_default()
        self.assertEqual(again.list_problems(), [])
        self.assertIn("pyhex", again.list_kinds(Amsel.Protocol))


if __name__ == "__main__":
    unittest.main()
