#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-golden.py golden|vectors FOLDER PROGRAM…: runs PROGRAM FOLDER and compares what it prints
with FOLDER/expected.json, or its verdicts with FOLDER/vectors.json. Prints TAP."""

import json
import pathlib
import subprocess
import sys


def differences(found, expected, path=''):
    if type(found) is not type(expected):
        yield f'{path}: {found!r} instead of {expected!r}'
    elif isinstance(found, dict):
        for key in sorted({*found, *expected}):
            if key not in found or key not in expected:
                yield f'{path}/{key}: only {"found" if key in found else "expected"}'
            else:
                yield from differences(found[key], expected[key], f'{path}/{key}')
    elif isinstance(found, list) and len(found) == len(expected):
        for index, pair in enumerate(zip(found, expected)):
            yield from differences(*pair, f'{path}[{index}]')
    elif found != expected:
        yield f'{path}: {found!r} instead of {expected!r}'


def main():
    mode, folder, *program = sys.argv[1:]
    more = ['vectors'] if mode == 'vectors' and program[0].endswith('.py') else []
    run = subprocess.run([*program, folder, *more], stdout=subprocess.PIPE, check=False)
    found = json.loads(run.stdout) if run.returncode == 0 else {}
    root = pathlib.Path(folder)
    if mode == 'golden':
        expected = json.loads((root / 'expected.json').read_text(encoding='utf-8'))
    else:
        vectors = json.loads((root / 'vectors.json').read_text(encoding='utf-8'))
        expected = {vector['name']: vector['expect'] for vector in vectors}
    failed = 0
    print(f'1..{len(expected)}')
    for number, name in enumerate(expected, 1):
        wrong = list(differences(found.get(name), expected[name], name))
        failed += bool(wrong)
        print('not ok' if wrong else 'ok', number, name)
        for line in wrong:
            print('#', line)
    extra = sorted(set(found) - set(expected))
    if extra:
        print('Bail out! more than expected:', *extra)
    sys.exit(run.returncode or bool(failed) or bool(extra))


main()
