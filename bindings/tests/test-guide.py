#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every piece of code in the plugin guide stands in the file that it names, and these files are built and run.

usage: test-guide.py SOURCE_ROOT
"""

import pathlib
import re
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(sys.argv[1])
GUIDE = (SOURCE / "docs" / "plugin-guide.md").read_text()
WFH21 = (
    "685E5E680800726817030865329906AF0000000C13022000000B22746404046D0511E81C326C00000C786817030806FD0C0A000100FA01"
    "0DFD0B05313248465701FD0E004C1374180000426CDF1C0F37FD170000000000000000027A2502027825021F16"
)


class GuideTest(unittest.TestCase):
    def test_code_is_real(self):
        blocks = re.findall(r"<!-- (\S+) -->\n```\w+\n(.*?)```", GUIDE, re.S)
        self.assertEqual(len(blocks), len(re.findall(r"^```(?:c|python)$", GUIDE, re.M)))
        for path, code in blocks:
            self.assertTrue(code in (SOURCE / path).read_text(), f"{path} has not:\n{code}")

    def decode(self, text):
        program = SOURCE / "bindings" / "examples" / "decode-telegram.py"
        return subprocess.run(["/usr/bin/python3", program, text], capture_output=True, text=True)

    def test_decode(self):
        done = self.decode(WFH21)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.splitlines()[:2], ["LSE 08031768 hot-water", "volume 2.002 m3 instantaneous"])

    def test_decode_damaged(self):
        done = self.decode(WFH21[:-4] + "0016")
        self.assertEqual(done.returncode, 1)
        self.assertIn("mbus-frame 131332", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
