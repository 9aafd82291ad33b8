#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What new-plugin.py makes builds against the installed library, passes its test, and is loaded.

usage: test-new-plugin.py SOURCE_ROOT BUILD_ROOT
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = (pathlib.Path(path) for path in sys.argv[1:3])
PLUGINS = [("transport", "loop"), ("protocol", "water-clock"), ("exporter", "my-text"), ("service", "front2")]
TREE = """project('tree', 'c', default_options: ['c_std=gnu11', 'warning_level=2'])
amsel_dep = dependency('amsel-1.0')
plugins_dir = amsel_dep.get_variable('pluginsdir')
plugin_names = []
plugin_modules = []
plugin_folders = []
"""


def run(*command, **kwargs):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kwargs)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}:\n{done.stdout}")
    return done.stdout


def installed(place):
    """Installs the library at @place; the environment to build against it."""
    run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", place)
    description = next(place.rglob("amsel-1.0.pc"))
    prefix = re.search(r"^prefix=(.*)$", description.read_text(), re.M).group(1)
    moved = str(place) + prefix
    description.write_text(description.read_text().replace(prefix, moved))
    return os.environ | {
        "PKG_CONFIG_PATH": str(description.parent),
        "LD_LIBRARY_PATH": str(description.parent.parent),
        "GI_TYPELIB_PATH": str(next(place.rglob("Amsel-1.0.typelib")).parent),
        "PYTHONPATH": str(next(place.rglob("gi/overrides/Amsel.py")).parent.parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AMSEL": str(next(place.rglob("bin/amsel"))),
        "AMSEL_PYTHON_PLUGINS": "",
    }


class NewPluginTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="amsel-new-")
        cls.place = pathlib.Path(cls.folder.name)
        cls.environment = installed(cls.place / "root")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def make(self, stage, kind, *options):
        into = self.place / ("standalone" if "--standalone" in options else "python" if "--python" in options else "c")
        into.mkdir(exist_ok=True)
        run(SOURCE / "plugins" / "new-plugin.py", "--directory", into, *options, stage, kind)
        return into / f"{stage}-{kind}"

    def build_and_test(self, folder):
        run("meson", "setup", "-Dwerror=true", "build", cwd=folder, env=self.environment)
        run("ninja", "-C", "build", cwd=folder, env=self.environment)
        run("meson", "test", "-C", "build", cwd=folder, env=self.environment)

    def check_listed(self, kind, stage, *folders):
        environment = self.environment | {"AMSEL_PLUGINS": ":".join(str(folder) for folder in folders)}
        self.assertIn(f"{stage} “{kind}”", run(self.environment["AMSEL"], "inspect", kind, env=environment))

    def test_standalone(self):
        folder = self.make("protocol", "water-clock", "--standalone")
        self.build_and_test(folder)
        self.check_listed("water-clock", "protocol", folder / "build")

    def test_in_a_tree(self):
        """All stages at once, in a project that gives what the tree of Amsel gives."""
        tree = self.place / "c"
        for stage, kind in PLUGINS:
            self.make(stage, kind)
        (tree / "meson.build").write_text(
            TREE + "".join(f"subdir('{stage}-{kind}')\n" for stage, kind in PLUGINS)
        )
        self.build_and_test(tree)
        for stage, kind in PLUGINS:
            self.check_listed(kind, stage, tree / "build" / f"{stage}-{kind}")

    def test_python_standalone(self):
        self.build_and_test(self.make("exporter", "my-text", "--standalone", "--python"))

    def test_python(self):
        for stage, kind in PLUGINS[:3]:
            folder = self.make(stage, kind, "--python")
            run("/usr/bin/python3", next(folder.glob("tests/test_*.py")), env=self.environment)

    def test_no_trace_of_the_sample(self):
        folder = self.make("exporter", "no-trace")
        for path in folder.rglob("*.*"):
            if path.is_file():
                self.assertNotRegex(path.read_text(), r"(?i)sample", str(path))

    def test_entered(self):
        tree = self.place / "tree"
        shutil.copytree(SOURCE / "docs" / "examples", tree / "docs" / "examples")
        (tree / "plugins").mkdir()
        for name in ("new-plugin.py", "meson.build"):
            shutil.copy(SOURCE / "plugins" / name, tree / "plugins")
        run(tree / "plugins" / "new-plugin.py", "protocol", "water-clock")
        self.assertIn("  'protocol-water-clock',\n]", (tree / "plugins" / "meson.build").read_text())
        self.assertIn("plugin_folders +=", (tree / "plugins" / "protocol-water-clock" / "meson.build").read_text())
        with self.assertRaises(AssertionError):
            run(tree / "plugins" / "new-plugin.py", "protocol", "water-clock")

    def test_bad_names(self):
        for kind in ("Sample", "sample", "a b", "../x", "", "9a", "-a", "a--b"):
            with self.subTest(kind=kind), self.assertRaises(AssertionError):
                run(SOURCE / "plugins" / "new-plugin.py", "--directory", self.place, "--", "protocol", kind)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
