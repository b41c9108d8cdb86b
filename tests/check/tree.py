# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every guard needs: the files of a tree, C without comments, one way to report."""

import argparse
import pathlib
import re
import subprocess
import sys

# From the bottom of the stack to the top. A folder may include what stands before it.
LAYERS = ['base', 'model', 'policy', 'plugin', 'db', 'store', 'vault', 'bundle', 'depot',
          'drive', 'courier', 'unit', 'station', 'cli', 'desk']
# Two sides of one protocol: they meet in files, never in includes.
STRANGERS = [{'unit', 'station'}]

FIXTURES = 'tests/check/fixtures/'
GENERATED = re.compile(r'^(build[^/]*|demo|\.git)/|(^|/)__pycache__/|\.pyc$')


class Report:
    """Collects what is wrong; a guard ends with report.finish()."""

    def __init__(self, name):
        self.name = name
        self.wrong = []
        self.seen = 0

    def add(self, where, what):
        self.wrong.append(f'{where}: {what}')

    def finish(self):
        for line in sorted(set(self.wrong)):
            print(line)
        print(f'{self.name}: {self.seen} looked at, {len(set(self.wrong))} wrong')
        return 1 if self.wrong else 0


def arguments(description, **extra):
    """--root, and --build for guards that look at what was built."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--root', type=pathlib.Path, required=True, help='source folder')
    for name, text in extra.items():
        parser.add_argument('--' + name, type=pathlib.Path, required=True, help=text)
    return parser.parse_args()


def tracked(root):
    """Paths git knows or would add, relative; without git, every file that is not built."""
    listed = subprocess.run(
        ['git', '-c', f'safe.directory={root}', '-C', root, 'ls-files', '-z', '--cached', '--others',
         '--exclude-standard'],
        capture_output=True, check=False)
    if (root / '.git').exists() and listed.returncode == 0:
        names = listed.stdout.decode().split('\0')
    else:
        names = [str(path.relative_to(root)) for path in root.rglob('*')]
    return sorted(name for name in set(names)
                  if name and not GENERATED.search(name) and not name.startswith(FIXTURES)
                  and (root / name).is_file())


def sources(root, *suffixes, under=('core/', 'plugins/', 'tests/')):
    """(relative path, text) of the files with these suffixes."""
    for name in tracked(root):
        if name.startswith(under) and name.endswith(suffixes):
            yield name, (root / name).read_text(encoding='utf-8')


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def bare(text):
    """C with comments and the inside of literals blanked, line numbers kept."""
    def blank(match):
        token = match.group(0)
        if token[0] == '"':
            return '""'
        if token[0] == "'":
            return "' '"
        return '\n' * token.count('\n') or ' '
    return TOKEN.sub(blank, text)


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def includes(text):
    """(line number, '"' or '<', name) of each include that is not inside a comment."""
    text = re.sub(r'/\*.*?\*/', lambda m: '\n' * m.group(0).count('\n'), text, flags=re.S)
    for match in INCLUDE.finditer(text):
        yield text.count('\n', 0, match.start()) + 1, match.group(1), match.group(2)


if sys.version_info < (3, 9):
    sys.exit('these guards need Python 3.9 or newer')
