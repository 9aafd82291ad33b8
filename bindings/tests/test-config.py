#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A configuration loaded from Python: its objects, and all of its problems at once."""

import gc
import os
import tempfile
import unittest

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib

GOOD = """
store: {{file: "{folder}/readings.db"}}
lines:
  - {{name: cellar, transport: {{kind: serial, device: /dev/ttyUSB0}}}}
pipelines:
  - name: heating
    line: cellar
    protocol: {{kind: mbus}}
    schedule: {{every: 15m, zone: Europe/Prague}}
    meters:
      - {{name: hot-water, address: 5}}
    exporters: [reports]
exporters:
  - {{name: reports, kind: csv, directory: "{folder}/csv"}}
"""


class ConfigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="amsel-config-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "test.yaml")

    def load(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        return Amsel.Config.load(self.path)

    def test_good(self):
        config = self.load(GOOD.format(folder=self.folder))
        pipeline = config.pipelines[0]
        self.assertEqual(pipeline.get_name(), "heating")
        self.assertEqual([meter.get_name() for meter in pipeline.list_meters()], ["hot-water"])
        self.assertEqual(pipeline.props.schedule.props.every, 15 * 60 * 10**6)
        self.assertEqual([exporter.get_name() for exporter in config.exporters], ["reports"])
        self.assertEqual((len(config.lines), config.services), (1, []))
        self.assertEqual(config.get_path(), self.path)
        del config
        gc.collect()
        self.assertEqual(pipeline.get_line().props.name, "cellar")

    def test_bad(self):
        for _ in range(20):
            with self.assertRaises(GLib.Error) as caught:
                self.load("lines:\n  - {name: a, transport: {kind: tcq}}\nbanana: 1\n")
            self.assertTrue(caught.exception.matches(Amsel.config_error_quark(), Amsel.ConfigError.INVALID))
            self.assertIn("test.yaml:2:", caught.exception.message)
            self.assertIn("test.yaml:3:", caught.exception.message)
            gc.collect()

    def test_store(self):
        store = self.load(GOOD.format(folder=self.folder)).store
        self.assertTrue(store.open())
        self.assertEqual(list(store.readouts()), [])
        store.close()


if __name__ == "__main__":
    unittest.main()
