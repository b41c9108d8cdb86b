# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs under strace: which calls a run makes, and runs that are killed or fail at one of them.

DOORSTEP_SEED repeats a run, DOORSTEP_KILLS says how often each command is disturbed (5)."""

import collections
import os
import random
import shutil
import subprocess

from doorstep_flow import environment

CALLS = ('fsync', 'fdatasync', 'rename', 'renameat2', 'unlink', 'unlinkat', 'pwrite64', 'write', 'mkdir',
         'ftruncate')
SEED = int(os.environ.get('DOORSTEP_SEED') or random.randrange(1 << 32))
KILLS = int(os.environ.get('DOORSTEP_KILLS') or 5)
STRACE = ['strace', '-qq', '-e', 'signal=none', '-o']


def quiet():
    """A leak check cannot run under a tracer."""
    return environment(ASAN_OPTIONS=os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0')


def can_trace():
    if shutil.which('strace') is None:
        return False
    return subprocess.run([*STRACE, '/dev/null', 'true'], capture_output=True, check=False).returncode == 0


def can_see_paths():
    """Our programs do not let others of their own account look into them; root may."""
    return os.geteuid() == 0 and can_trace()


def trace(out, *words):
    return subprocess.run([str(word) for word in (*STRACE, out, *words)], env=quiet(), capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, timeout=240, check=False)


def drawn(out, test, *words, calls=CALLS, count=KILLS):
    """Runs `words` whole and returns a sample of its calls, in order, as (name, which of its kind).
    `out` is where the trace goes, `test` names the lot; options of strace may lead the words."""
    done = trace(out, '-e', f'trace={",".join(calls)}', *words)
    if done.returncode != 0:
        raise AssertionError(f'exit {done.returncode}: {done.stderr}')
    seen, found = collections.Counter(), []
    for line in out.read_text(errors='replace').splitlines():
        name = line.split('(')[0]
        if name in calls:
            seen[name] += 1
            found.append((name, seen[name]))
    if not found:
        raise AssertionError('not one call was seen')
    lot = random.Random(f'{SEED} {test}')
    return [found[at] for at in sorted(lot.sample(range(len(found)), min(count, len(found))))]
