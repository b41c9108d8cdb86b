# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs with doorstep-crash.so in front of them (interpose.c)."""

import os
import pathlib
import tempfile

from doorstep_flow import BUILD, environment, good, run

LIBRARY = BUILD / 'tests/crash/doorstep-crash.so'


def preloaded(argv, root, **crash):
    """Runs argv with doorstep-crash.so in front."""
    words = {f'CRASH_{name.upper()}': str(value) for name, value in crash.items()}
    asan = os.environ.get('ASAN_OPTIONS', '')
    return run(argv, env=environment(LD_PRELOAD=str(LIBRARY), CRASH_ROOT=str(root),
                                     ASAN_OPTIONS=f'{asan}:verify_asan_link_order=0:detect_leaks=0', **words))


def calls_of(argv, root):
    """{name of a call: how often} of a whole run that changes something below root."""
    with tempfile.TemporaryDirectory() as folder:
        count = pathlib.Path(folder) / 'count'
        good(preloaded(argv, root, count=count))
        return {name: int(number) for name, number in map(str.split, count.read_text().splitlines())}


def count_calls(argv, root):
    return sum(calls_of(argv, root).values())
