#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A configuration is loaded and its pipeline run once, with a C and a Python exporter, against simulated meters.

usage: test-pipeline.py SOURCE_ROOT; AMSEL in the environment is the program, which simulates the meters
"""

import contextlib
import decimal
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib, GObject

SOURCE = pathlib.Path(sys.argv[1])
CONFIG = """
store: {{file: "{folder}/readings.db"}}
lines:
  - {{name: cellar, transport: {{kind: serial, device: "{folder}/line", baud: 2400, parity: even}}}}
pipelines:
  - name: heating
    line: cellar
    protocol: {{kind: mbus}}
    schedule: {{every: 15m, zone: Europe/Prague}}
    meters:
      - {{name: hot-water, address: 0}}
    exporters: [reports, lines]
exporters:
  - {{name: reports, kind: csv, directory: "{folder}/csv"}}
  - {{name: lines, kind: pylines, path: "{folder}/readings.jsonl"}}
"""


LISTENING = """
store: {{file: "{folder}/readings.db"}}
lines: [{{name: air, transport: {{kind: udp, port: {port}, lines: true}}}}]
pipelines: [{{name: flats, line: air, protocol: {{kind: wmbus, receiver: hex}}, listen: true}}]
"""


@contextlib.contextmanager
def simulated_line(folder):
    """Meters on a pseudo terminal @folder/line."""
    program = [os.environ["AMSEL"], "simulate", SOURCE / "config" / "simulate" / "two-meters.yaml"]
    simulator = subprocess.Popen(
        [*program, "--pty", folder / "line", "--speed", "fast"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        simulator.stdout.readline()  # it says where it listens when it does
        yield
    finally:
        simulator.terminate()
        simulator.communicate(timeout=10)


class PipelineTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="amsel-pipeline-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "test.yaml"
        self.path.write_text(CONFIG.format(folder=self.folder))

    def test_run_once(self):
        config = Amsel.Config.load(self.path)
        engine = Amsel.Engine.new_for_config(config)
        with simulated_line(self.folder):
            self.assertTrue(engine.run_once())
        self.assertEqual((engine.get_n_good(), engine.get_n_failed()), (1, 0))

        config.store.open()
        (readout,) = config.store.readouts()
        config.store.close()
        self.assertEqual((readout.meter, readout.pipeline, readout.quality), ("hot-water", "heating", "good"))
        self.assertEqual(readout.identity.id_text, "08031768")
        self.assertEqual((readout[0].quantity, readout[0].value, readout[0].unit), ("volume", decimal.Decimal("2.002"), "m3"))
        self.assertEqual(len(list(readout)), len(readout))

        rows = [json.loads(line) for line in (self.folder / "readings.jsonl").read_text().splitlines()]
        self.assertEqual(rows[0], {"meter": "hot-water", "quantity": "volume", "value": "2.002", "unit": "m3"})
        self.assertEqual(len(rows), len(readout))
        self.assertTrue(any("2.002" in path.read_text() for path in (self.folder / "csv").iterdir()))

    def test_listen(self):
        """Wireless meters that speak by themselves: readouts come as they are heard, and everybody is listed."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            place = free.getsockname()
        self.path.write_text(LISTENING.format(folder=self.folder, port=place[1]))
        config = Amsel.Config.load(self.path)
        engine = Amsel.Engine.new_for_config(config)
        loop = GLib.MainLoop()
        heard, notices = [], []
        engine.connect("readout", lambda _engine, readout: heard.append(readout) or loop.quit())
        engine.connect("notice", lambda _engine, text: notices.append(text))
        engine.start()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as air:
            air.sendto(b"1444B409", place)
            air.sendto(b"1444B409466316140A077A9B0800000C1305000000", place)
        loop.run()
        engine.stop(0)
        self.assertEqual((heard[0].meter, heard[0].quality), ("14166346", "good"))
        self.assertEqual((heard[0][0].quantity, heard[0][0].value), ("volume", decimal.Decimal("0.005")))
        (sender,) = config.pipelines[0].list_heard()
        self.assertEqual((sender.identity.get_address_text(), sender.n_telegrams), ("14166346.BMT.0A.07", 1))
        self.assertTrue(any("heard 1 telegram, wrong-length 1" in text for text in notices), notices)

    def test_orders(self):
        """What a meter is told before it is read: an application, a new address, the time, a new baud rate."""
        config = Amsel.Config.load(self.path)
        meter = config.get_pipelines()[0].find_meter("hot-water")
        meter.set_property("application", 16)
        meter.set_property("send", ["51017A09"])
        meter.set_property("set-clock", True)
        meter.set_property("new-baud", 9600)
        engine = Amsel.Engine.new_for_config(config)
        with simulated_line(self.folder):
            self.assertTrue(engine.run_once())
        self.assertEqual((engine.get_n_good(), engine.get_n_failed()), (1, 0))
        self.assertEqual((meter.get_property("baud"), meter.get_property("new-baud")), (9600, 0))

    def test_dialogue_of_orders(self):
        protocol = Amsel.Registry.default().create(Amsel.Protocol, "mbus")
        meter = GObject.new(protocol.get_meter_type(), address="5", application=16)
        dialogue = protocol.read(meter)
        answer = Amsel.Answer()
        sent = []
        for _step in range(2):  # SND_NKE, which some meters never answer, and the order
            sent.append(dialogue.next(answer).data.get_data().hex())
            answer.status = Amsel.AnswerStatus.SILENCE
        self.assertEqual(sent, ["1040054516", "6804046873055010d816"])
        with self.assertRaises(GLib.Error) as silent:
            dialogue.next(answer)
        self.assertEqual((silent.exception.domain, silent.exception.code), ("mbus-read", 131082))

        meter.set_property("send", ["nonsense"])
        with self.assertRaises(GLib.Error) as refused:
            protocol.check_meter(meter)
        self.assertEqual((refused.exception.domain, refused.exception.code), ("mbus-read", 1))

    def test_dialogue_answered(self):
        """A dialogue conducted without a line: each answer is a frame that Python made."""
        protocol = Amsel.Registry.default().create(Amsel.Protocol, "mbus")
        dialogue = protocol.read(GObject.new(protocol.get_meter_type(), address="5"))
        answer = Amsel.Answer()
        self.assertIsNone(answer.frame)
        self.assertEqual(dialogue.next(answer).data.get_data().hex(), "1040054516")
        answer.status = Amsel.AnswerStatus.FRAME
        answer.frame = Amsel.Frame.new(bytes.fromhex("E5"), 1, Amsel.RSSI_UNKNOWN)
        self.assertEqual(dialogue.next(answer).data.get_data().hex(), "107b058016")
        body = bytes.fromhex("080572785634122423280704000000041327000000")
        telegram = bytes([0x68, len(body), len(body), 0x68, *body, sum(body) & 0xFF, 0x16])
        answer.frame = Amsel.Frame.new(telegram, 2, Amsel.RSSI_UNKNOWN)
        self.assertEqual(bytes(answer.frame), telegram)
        self.assertEqual(dialogue.next(answer).kind, Amsel.RequestKind.FINISHED)
        self.assertEqual([bytes(frame) for frame in dialogue.get_frames()], [telegram])

    def test_dialogue_disturbed(self):
        """The error of an answer reaches the dialogue, which may pass it on."""
        protocol = Amsel.Registry.default().create(Amsel.Protocol, "mbus")
        dialogue = protocol.read(GObject.new(protocol.get_meter_type(), address="5"))
        answer = Amsel.Answer()
        dialogue.next(answer)
        answer.status = Amsel.AnswerStatus.NOT_BEGUN
        answer.error = Amsel.error(Amsel.TransportError.SEND, "the cable is cut")
        self.assertEqual(answer.error.message, "the cable is cut")
        with self.assertRaises(GLib.Error) as cut:
            dialogue.next(answer)
        self.assertIn("the cable is cut", cut.exception.message)
        answer.frame = None
        self.assertIsNone(answer.frame)

    def test_example(self):
        with simulated_line(self.folder):
            done = subprocess.run(
                ["/usr/bin/python3", SOURCE / "bindings" / "examples" / "run-once.py", self.path],
                capture_output=True,
                text=True,
            )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("volume 2.002 m3", done.stdout)

    def test_search_example(self):
        with simulated_line(self.folder):
            done = subprocess.run(
                ["/usr/bin/python3", SOURCE / "bindings" / "examples" / "search-line.py", self.folder / "line"],
                capture_output=True,
                text=True,
            )
        self.assertEqual((done.returncode, done.stderr), (0, "2 meters\n"))
        self.assertIn("08031768.LSE.99.06 hot-water", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
