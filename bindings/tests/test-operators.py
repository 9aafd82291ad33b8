#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server of terminals, commanded by a program of its operators: the action signals of the service “smartcom”.

usage: test-operators.py SOURCE_ROOT"""

import pathlib
import sys
import tempfile
import unittest

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel, GLib

SOURCE = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(SOURCE / "tests" / "integration"))
from ftpserver import free_port  # noqa: E402
from terminals import Terminal, Terminals, ams  # noqa: E402

SERIAL = "50-0663-0027"
PATIENCE_S = 60

CONFIG = """
store: {{file: "{folder}/server.db"}}
services:
  - name: server
    kind: smartcom
    port: {port}
    password: "${{AMSEL_PASSWORD:-1234}}"
    state: "{folder}/terminals.ini"
    interval: 1h
    terminals: [{{serial: 50-0663-0027, name: Test, msisdn: "+420123", groups: [a, b]}}]
"""


class OperatorsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="amsel-operators-")
        self.addCleanup(folder.cleanup)
        self.port = free_port()
        path = pathlib.Path(folder.name, "server.yaml")
        path.write_text(CONFIG.format(folder=folder.name, port=self.port), encoding="utf-8")
        config = Amsel.Config.load(str(path))
        self.engine = Amsel.Engine.new_for_config(config)
        self.said = []
        self.engine.connect("notice", lambda engine, text: self.said.append(text))
        self.engine.start()
        self.addCleanup(self.engine.stop, 0)
        self.service = config.get_services()[0]
        self.terminals = Terminals()
        self.addCleanup(self.terminals.close)

    def wait(self, condition):
        """Turns the main loop until something is so."""
        late = []
        timer = GLib.timeout_add_seconds(PATIENCE_S, lambda: late.append(True) or GLib.SOURCE_REMOVE)
        tick = GLib.timeout_add(10, lambda: GLib.SOURCE_CONTINUE)  # what happens in the other thread wakes nobody
        while not condition():
            self.assertFalse(late, self.said)
            GLib.MainContext.default().iteration(True)
        GLib.source_remove(tick)
        GLib.source_remove(timer)

    def go_online(self, **kw):
        terminal = Terminal(SERIAL, table=['2,"MBUS","*08031768@2400","1M"'], **kw)
        self.terminals.start(terminal, self.port)
        self.wait(lambda: "AT^SCAMS?" in terminal.commands and self.service.get_property("n-online") == 1)
        return terminal

    def test_list(self):
        self.assertEqual(self.service.emit("list-terminals"), [f"1;{SERIAL};Test;+420123;ON;OFF;a,b;0"])
        self.go_online()
        self.wait(lambda: self.service.emit("list-terminals") == [f"1;{SERIAL};Test;+420123;ON;ON;a,b;1"])

    def test_sync(self):
        self.assertEqual(self.service.emit("sync-meters", 1), 0)
        self.assertTrue(any("is offline" in text for text in self.said), self.said)
        terminal = self.go_online()
        action = self.service.emit("sync-meters", 1)
        self.assertGreater(action, 0)
        self.assertEqual(self.service.emit("action-result", action), "Running")
        self.wait(lambda: self.service.emit("action-result", action) == "Finished")
        self.assertEqual(terminal.commands.count("AT^SCAMS?"), 2)
        self.assertIsNone(self.service.emit("action-result", action + 1))
        self.assertEqual(self.service.emit("sync-meters", 7), 0)

    def test_collect(self):
        terminal = self.go_online()
        self.wait(lambda: 'AT^SCDATA="GET_OLDEST",100' in terminal.commands)
        terminal.records.append(ams(1467365701, 1))
        self.assertTrue(self.service.emit("collect", 1))
        self.wait(lambda: not terminal.records)
        self.assertFalse(self.service.emit("collect", 2))

    def test_command(self):
        self.go_online()
        action = self.service.emit("command", 1, "AT+GSN")
        self.wait(lambda: self.service.emit("action-result", action) != "Running")
        self.assertEqual(self.service.emit("action-result", action), f"{SERIAL}\nOK")
        action = self.service.emit("command", 1, "AT^NOTHING")
        self.wait(lambda: self.service.emit("action-result", action) != "Running")
        self.assertIn("ERROR", self.service.emit("action-result", action))
        self.assertEqual(self.service.emit("command", 1, "AT\rAT"), 0)

    def test_add_and_remove(self):
        number = self.service.emit("add-terminal", "New", "50-1066-0056", "secret")
        self.assertEqual(number, 2)
        self.assertEqual(self.service.emit("add-terminal", "Twice", "50-1066-0056", "secret"), 0)
        terminal = Terminal("50-1066-0056", "secret", records=[ams(1467365701, 1)])
        self.terminals.start(terminal, self.port)
        self.wait(lambda: not terminal.records)
        self.assertFalse(self.service.emit("remove-terminal", 1))
        self.assertTrue(self.service.emit("remove-terminal", number))
        self.assertEqual(len(self.service.emit("list-terminals")), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
