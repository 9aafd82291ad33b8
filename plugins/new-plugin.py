#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the folder of a new plugin: it builds, and passes its test, from the first moment.

usage: new-plugin.py [--python] [--standalone] [--directory FOLDER] STAGE KIND

STAGE is transport, protocol, exporter or service; KIND the word in the configuration. The new plugin is a copy of the
example in docs/examples (or, with --python, of bindings/examples/plugins) under its own names.

In the tree of Amsel the folder is plugins/STAGE-KIND, and is entered in plugins/meson.build. --standalone makes a
project of its own, which is built against the installed library.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LICENSE = "# SPDX-License-Identifier: LGPL-2.1-or-later\n"

PYTHON_EXAMPLES = {
    "transport": ("echo_transport.py", "pyecho", "EchoTransport"),
    "protocol": ("hex_protocol.py", "pyhex", "HexProtocol"),
    "exporter": ("lines_exporter.py", "pylines", "LinesExporter"),
}

STANDALONE = """project('amsel-{stage}-{kind}', 'c',
  version: '0.1.0',
  meson_version: '>= 1.0',
  default_options: ['c_std=gnu11', 'warning_level=2'],
)

amsel_dep = dependency('amsel-1.0')
plugins_dir = amsel_dep.get_variable('pluginsdir')

"""

BUILD = """{name}_sources = files('{kind}-{stage}.c', '{kind}-plugin.c')

{modules}shared_module('amsel-{stage}-{kind}', {name}_sources,
  c_args: '-DG_LOG_DOMAIN="amsel-{stage}-{kind}"',
  dependencies: amsel_dep,
  install: true,
  install_dir: plugins_dir,
)
{listing}
# the same source, linked into a test
test('{stage}-{kind}',
  executable('test-{stage}-{kind}', {name}_sources, 'tests/test-{kind}.c',
    c_args: '-DAMSEL_PLUGIN_STATIC',
    include_directories: include_directories('.'),
    dependencies: amsel_dep,
  ),
  protocol: 'tap',
  suite: 'unit',
)
"""

PYTHON_BUILD = """if not have_python
  subdir_done()
endif

install_data('{module}.py', install_dir: python_plugins_dir)

test('{stage}-{kind}', python,
  args: files('tests/test_{name}.py'),
  env: {{
    'PYTHONPATH': source_root / 'bindings' / 'python',
    'GI_TYPELIB_PATH': meson.project_build_root() / 'bindings',
    'LD_LIBRARY_PATH': meson.project_build_root() / 'core',
  }},
  suite: 'integration',
)
"""

PYTHON_STANDALONE = """project('amsel-{stage}-{kind}', version: '0.1.0', meson_version: '>= 1.0')

python = find_program('/usr/bin/python3')
amsel_dep = dependency('amsel-1.0')
install_data('{module}.py', install_dir: amsel_dep.get_variable('pluginsdir') / '..' / 'python')
test('{stage}-{kind}', python, args: files('tests/test_{name}.py'))
"""

PYTHON_TEST = '''#!/usr/bin/python3
{license}"""The plugin can be loaded, and makes objects with its default settings."""

import pathlib
import sys
import unittest

import gi

gi.require_version("Amsel", "1.0")
from gi.repository import Amsel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import {module}


class {class_name}Test(unittest.TestCase):
    def test_create(self):
        created = Amsel.Registry.default().create(Amsel.{stage_class}, "{kind}")
        self.assertIsInstance(created, {module}.{class_name})


if __name__ == "__main__":
    unittest.main()
'''

README = """<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
# {stage}-{kind}

## What it does
Say here what it does, in the words of somebody who reads meters.

## Options
`amsel inspect {kind}` lists them.

## Example
```yaml
{example}
```

## Limits
- Say here what it cannot do.

## Tested with
Nothing yet but its own test.
"""

EXAMPLES = {
    "transport": "lines:\n  - {{name: cellar, transport: {{kind: {kind}}}}}",
    "protocol": "pipelines:\n  - {{name: heating, line: cellar, protocol: {{kind: {kind}}}}}",
    "exporter": 'exporters:\n  - {{name: reports, kind: {kind}, path: "${{AMSEL_STATE}}/readings.txt"}}',
    "service": "services:\n  - {{name: front, kind: {kind}}}",
}


def camel(kind):
    return "".join(part.capitalize() for part in kind.split("-"))


def renamed(text, kind):
    """The example's text under the names of the new plugin."""
    name = kind.replace("-", "_")
    text = re.sub(r"\bSAMPLE_", name.upper() + "_", text)
    text = re.sub(r"Sample(?=[A-Z])", camel(kind), text)
    text = re.sub(r"(\w+)_sample\b", rf"\1_{name}", text)
    text = re.sub(r"\bsample_", name + "_", text)
    text = text.replace('"sample-', f'"{kind}-').replace('"sample"', f'"{kind}"').replace("/sample/", f"/{kind}/")
    # in the class macros of GObject the short name stands alone
    return re.sub(r"\bSAMPLE\b", name.upper(), text)


def c_files(stage, kind, standalone):
    source = ROOT / "docs" / "examples" / f"{stage}-sample"
    listing = "" if standalone else f"plugin_names += '{stage}-{kind}'\nplugin_folders += meson.current_build_dir()\n"
    fields = {"stage": stage, "kind": kind, "name": kind.replace("-", "_"), "listing": listing}
    fields["modules"] = "" if standalone else "plugin_modules += "
    files = {"meson.build": LICENSE + (STANDALONE.format(**fields) if standalone else "") + BUILD.format(**fields)}
    for path in sorted(source.rglob("*.[ch]")):
        target = str(path.relative_to(source)).replace("sample", kind)
        files[target] = renamed(path.read_text(), kind)
    return files


def python_files(stage, kind, standalone):
    example, word, class_name = PYTHON_EXAMPLES[stage]
    name = kind.replace("-", "_")
    fields = {"stage": stage, "kind": kind, "name": name, "module": f"{name}_{stage}", "license": LICENSE}
    fields |= {"class_name": camel(kind) + stage.capitalize(), "stage_class": stage.capitalize()}
    text = (ROOT / "bindings" / "examples" / "plugins" / example).read_text()
    text = text.replace(f'"{word}"', f'"{kind}"').replace(class_name, fields["class_name"])
    build = PYTHON_STANDALONE if standalone else PYTHON_BUILD
    return {
        f"{fields['module']}.py": text,
        f"tests/test_{name}.py": PYTHON_TEST.format(**fields),
        "meson.build": LICENSE + build.format(**fields),
    }


def enter(stage, kind):
    """Adds the folder to the end of the list of plugins/meson.build, behind what it may need."""
    path = ROOT / "plugins" / "meson.build"
    path.write_text(path.read_text().replace("\n]\n", f"\n  '{stage}-{kind}',\n]\n", 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--python", action="store_true", help="a plugin written in Python")
    parser.add_argument("--standalone", action="store_true", help="a project of its own, outside the tree of Amsel")
    parser.add_argument("--directory", type=pathlib.Path, help="where the new folder goes")
    parser.add_argument("stage", choices=["transport", "protocol", "exporter", "service"])
    parser.add_argument("kind", help="the word in the configuration: lower-case letters, digits and hyphens")
    args = parser.parse_args()

    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", args.kind) or args.kind == "sample":
        parser.error(f"“{args.kind}” cannot be a kind: lower-case letters, digits and hyphens, beginning with a letter")
    if args.python and args.stage not in PYTHON_EXAMPLES:
        parser.error("there is no example of a service in Python yet; leave out --python")
    folder = (args.directory or ROOT / "plugins") / f"{args.stage}-{args.kind}"
    if folder.exists():
        print(f"{folder} is there already", file=sys.stderr)
        return 1
    files = (python_files if args.python else c_files)(args.stage, args.kind, args.standalone)
    example = EXAMPLES[args.stage].format(kind=args.kind)
    files["README.md"] = README.format(stage=args.stage, kind=args.kind, example=example)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    if args.directory is None and not args.standalone:
        enter(args.stage, args.kind)
    print(f"{folder} is ready; build it and run its test {args.stage}-{args.kind}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
