#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""amsel decode as a user runs it. usage: test-decode.py AMSEL TELEGRAMS"""

import json
import subprocess
import sys
import tempfile
import unittest

AMSEL, TELEGRAMS = sys.argv[1:3]

with open(TELEGRAMS, encoding="utf-8") as lines:
    WATER, ELECTRICITY, GAS, BARE = [line.strip() for line in lines if not line.startswith("#")]


def decode(text, *options):
    """Runs the program with text on its standard input; gives status, output and messages."""
    data = text if isinstance(text, bytes) else text.encode()
    result = subprocess.run([AMSEL, "decode", *options], input=data, capture_output=True, timeout=60, check=False)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def decode_json(text):
    """Runs with --format json; gives status and the objects."""
    status, out, _ = decode(text, "--protocol", "mbus", "--format", "json")
    return status, [json.loads(line, parse_float=str) for line in out.splitlines()]


def row(record):
    """What the documents say about a record."""
    return (record["quantity"], record["value"], record["unit"], record["function"], record["storage"],
            record["tariff"], record["dif"], record["vif"])


class Decode(unittest.TestCase):
    maxDiff = None

    def test_water(self):
        status, (telegram,) = decode_json(WATER)
        self.assertEqual(status, 0)
        self.assertTrue(telegram["ok"])
        self.assertEqual(telegram["protocol"], "mbus")
        self.assertEqual(telegram["meter"], {"manufacturer": "LSE", "id": "08031768", "version": 153,
                                             "medium": "hot-water", "address": 0})
        self.assertEqual((telegram["access_number"], telegram["status"], telegram["more_follows"],
                          telegram["encryption"]), (175, 0, False, "none"))
        rows = [row(record) for record in telegram["records"]]
        self.assertEqual(rows[0], ("volume", "2.002", "m3", "instantaneous", 0, 0, "0C", "13"))
        self.assertEqual(rows[1], ("on-time", 46474 * 3600, "s", "instantaneous", 0, 0, "0B", "22"))
        self.assertEqual(rows[2], ("date-time", "2015-12-08T17:05", "", "instantaneous", 0, 0, "04", "6D"))
        self.assertEqual(rows[3], ("date", None, "", "error", 0, 0, "32", "6C"))
        self.assertEqual(telegram["records"][3]["reason"], "invalid-date")
        self.assertEqual(rows[4], ("fabrication-number", 8031768, "", "instantaneous", 0, 0, "0C", "78"))
        self.assertEqual(rows[6][1], "WFH21")
        self.assertEqual(rows[8], ("volume", "1.874", "m3", "instantaneous", 1, 0, "4C", "13"))
        self.assertEqual(rows[9], ("date", "2014-12-31", "", "instantaneous", 1, 0, "42", "6C"))
        self.assertEqual(rows[10][:2], ("manufacturer-specific", "37FD170000000000000000027A250202782502"))
        self.assertEqual(telegram["records"][10]["type"], "bytes")
        self.assertEqual(len(rows), 11)

    def test_electricity(self):
        _, (telegram,) = decode_json(ELECTRICITY)
        self.assertEqual(telegram["meter"]["address"], 1)
        self.assertEqual([(r["value"], r["unit"], r["tariff"], r["function"]) for r in telegram["records"]],
                         [(2790, "Wh", 0, "instantaneous"), (2790, "Wh", 1, "instantaneous"),
                          (0, "Wh", 2, "instantaneous"), (3660, "Wh", 0, "maximum"), (3660, "Wh", 1, "maximum"),
                          (0, "Wh", 2, "maximum"), (870, "Wh", 0, "minimum"), (870, "Wh", 1, "minimum"),
                          (0, "Wh", 2, "minimum")])

    def test_without_link_layer(self):
        status, (telegram,) = decode_json(BARE)
        self.assertEqual(status, 0)
        self.assertEqual(telegram["meter"], {"manufacturer": "REL", "id": "05047168", "version": 65,
                                             "medium": "gas", "address": 20})
        self.assertEqual(telegram["records"][0]["value"], "49676.80")

    def test_lines(self):
        text = f"# comment\n\n  \r\n{GAS} # behind\r\n{WATER};00112233445566778899aabbccddeeff\n{ELECTRICITY}"
        status, telegrams = decode_json(text)
        self.assertEqual(status, 0)
        self.assertEqual([t["meter"]["id"] for t in telegrams], ["00526043", "08031768", "15020416"])

    def test_bad_lines(self):
        faults = [
            ("xyz", "decode", "not-hex"),
            ("685", "decode", "half-byte"),
            (";00", "decode", "no-telegram"),
            (WATER + ";00", "decode", "bad-key"),
            ("68" * 40000, "decode", "line-too-long"),
            ("00", "mbus-frame", "wrong-first-start"),
            ("68", "mbus-frame", "wrong-length"),
            (WATER + "00", "mbus-frame", "wrong-length"),
            (WATER[:-2] + "17", "mbus-frame", "wrong-stop"),
            (WATER[:-4] + "2016", "mbus-frame", "wrong-checksum"),
            ("685E5F68" + WATER[8:], "mbus-frame", "length-mismatch"),
            ("685E5E67" + WATER[8:], "mbus-frame", "wrong-second-start"),
            ("E5", "mbus-read", "wrong-answer"),
            ("105B0560", "mbus-frame", "wrong-length"),
            ("105B056016", "mbus-read", "wrong-answer"),
            ("0801", "mbus-frame", "wrong-length"),
            ("08" * 300, "mbus-frame", "wrong-length"),
        ]
        status, answers = decode_json("\n".join([line for line, _, _ in faults] + [WATER]))
        self.assertEqual(status, 1)
        self.assertEqual(len(answers), len(faults) + 1)
        for (line, domain, name), answer in zip(faults, answers):
            with self.subTest(line=line[:40]):
                self.assertFalse(answer["ok"])
                self.assertEqual((answer["error"]["domain"], answer["error"]["name"]), (domain, name))
                self.assertTrue(answer["error"]["message"])
        self.assertTrue(answers[-1]["ok"])
        codes = {answer["error"]["name"]: answer["error"]["code"] for answer in answers[:-1]}
        self.assertEqual(codes["wrong-checksum"], 131332)
        self.assertEqual(codes["wrong-answer"], 131084)

    def test_noise(self):
        status, answers = decode_json(bytes(range(256)) * 50)
        self.assertEqual(status, 1)
        self.assertEqual({answer["ok"] for answer in answers}, {False})

    def test_text(self):
        status, out, messages = decode(f"{WATER}\nzz\n")
        self.assertEqual(status, 1)
        self.assertIn("2.002", out)
        self.assertIn("08031768", out)
        self.assertIn("standard input:2: column 1", messages)

    def test_des_key(self):
        # security mode 2: a key of 16 digits stands wherever one of 32 may
        telegram, key = "1644B3057856341201077A01000802C8A014E5E098B7E6", "0102030405060708"
        with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
            keys.write(f"1234FFFF.AMS;{key}\n")
            keys.flush()
            for line, options in ((telegram, ("--key", key)), (telegram, ("--keys", keys.name)),
                                  (f"{telegram};{key}", ())):
                status, out, _ = decode(line, "--protocol", "wmbus", "--format", "json", *options)
                with self.subTest(options=options):
                    self.assertEqual((status, json.loads(out)["records"][0]["value"]), (0, 12345.678))
        status, out, _ = decode(f"{telegram};0102030405061708", "--protocol", "wmbus", "--format", "json")
        self.assertEqual((status, json.loads(out)["error"]["name"]), (1, "wrong-key"))

    def test_stored_decrypted(self):
        # an encrypted extended link layer that was stored in plain, with a check that does not fit
        telegram = "1944B3057856341201078D2001010000200000780C1378563412"
        status, out, _ = decode(telegram, "--protocol", "wmbus", "--format", "json")
        self.assertEqual((status, json.loads(out)["error"]["name"]), (1, "no-key"))
        status, out, messages = decode(telegram, "--protocol", "wmbus", "--format", "json", "--decrypted")
        taken = json.loads(out)
        self.assertEqual((status, taken["ok"], taken["encryption"]), (0, True, "unchecked"))
        self.assertEqual(taken["records"][0]["value"], 12345.678)
        self.assertIn("unchecked", messages)
        status, out, _ = decode(telegram[:-2], "--protocol", "wmbus", "--format", "json", "--decrypted")
        self.assertEqual(status, 1)

    def test_usage(self):
        self.assertEqual(decode("", "--protocol", "nonsense")[0], 2)
        self.assertEqual(decode("", "--format", "xml")[0], 2)
        self.assertEqual(decode("", "--nonsense")[0], 2)
        self.assertEqual(decode("", "/nonexistent/file")[0], 1)
        self.assertEqual(decode("", "-")[0], 0)
        self.assertEqual(decode("", TELEGRAMS)[0], 0)


unittest.main(argv=sys.argv[:1])
