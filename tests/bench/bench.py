# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every measurement here needs: a place on a disk, people, a stop watch."""

import dataclasses
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
KINDS = 100        # people whose pictures are drawn; the others get the same with other bytes at the end
SMALL = 4096


@dataclasses.dataclass
class Figure:
    """One line of the report. With a goal, @holds says whether it is reached."""
    name: str
    value: float
    unit: str
    goal: str = ''
    holds: bool | None = None

    def line(self):
        verdict = {None: '', True: 'holds', False: 'MISSED'}[self.holds]
        return f'{self.name:58} {self.value:12.3f} {self.unit:10} {self.goal:14} {verdict}'


def at_most(name, value, unit, goal, of=''):
    return Figure(name, value, unit, f'<= {goal}{of}', value <= goal)


def at_least(name, value, unit, goal):
    return Figure(name, value, unit, f'>= {goal}', value >= goal)


@dataclasses.dataclass
class Run:
    """One program and all it started: seconds, MiB of the largest process."""
    wall: float
    cpu: float
    rss: float
    out: str
    syncs: int = 0


class Failed(Exception):
    pass


class Context:
    """@folder lies on the disk that is measured; what is in it goes at the end."""

    def __init__(self, build, folder, cache, repeat=3, quick=False):
        self.build, self.repeat, self.quick = pathlib.Path(build).resolve(), repeat, quick
        self.cache = pathlib.Path(cache).resolve()
        self.cache.mkdir(parents=True, exist_ok=True)
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        self.work = pathlib.Path(tempfile.mkdtemp(prefix='doorstep-bench-', dir=folder))

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)

    @staticmethod
    def say(text):
        print(f'bench: {text}', file=sys.stderr, flush=True)

    def has(self, program):
        """A peer that is not installed is left out."""
        if shutil.which(program):
            return True
        self.say(f'{program} is not installed (packaging/install-deps --bench): skipped')
        return False

    def folder(self, name):
        """A new empty one."""
        path = self.work / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    # ---- measuring ----

    def run(self, argv, stdin=None, count_syncs=False, **more):
        """CPU is that of the process and of all it waited for."""
        argv = [str(word) for word in argv]
        trace = self.work / 'syncs'
        if count_syncs:
            argv = ['strace', '-f', '-qq', '-c', '-o', str(trace), '-e',
                    'trace=fsync,fdatasync,syncfs,sync', *argv]
        with tempfile.TemporaryFile(dir=self.work) as out, tempfile.TemporaryFile(dir=self.work) as given:
            given.write((stdin or '').encode())
            given.seek(0)
            start = time.monotonic()
            process = subprocess.Popen(argv, stdin=given, stdout=out, stderr=subprocess.PIPE, **more)
            errors = process.stderr.read().decode(errors='replace')
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            text = out.read().decode(errors='replace')
        if process.returncode != 0:
            raise Failed(f'{" ".join(argv[:6])} …: exit {process.returncode}: {errors.strip()[-800:]}')
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text,
                   syncs_of(trace) if count_syncs else 0)

    def median(self, prepare, argv, **more):
        """The same @repeat times, each after prepare(); argv may be a function of what that gave."""
        runs = []
        for _ in range(self.repeat):
            made = prepare()
            os.sync()
            runs.append(self.run(argv(made) if callable(argv) else argv, **more))
        return middle(runs)

    # ---- people ----

    def _generate(self, name, count, *options):
        folder = self.cache / name
        if not folder.exists():
            self.say(f'drawing {count} people ({name})')
            making = self.cache / f'.making-{name}'
            shutil.rmtree(making, ignore_errors=True)
            subprocess.run([SOURCE / 'tests/people/generate', '--seed', 'bench', '--count', str(count),
                            '--day', time.strftime('%Y-%m-%d'), *options, '--out', making], check=True)
            making.rename(folder)
        return folder

    def people(self, count, full):
        """A folder of @count people of today with roster.csv. @full: pictures as heavy as real ones,
        else 4 KiB each. Beyond KINDS the pictures are those of another with their last bytes changed,
        so that no tool finds the same part twice."""
        day = time.strftime('%Y%m%d')
        small = self._generate(f'small-{count}-{day}', count, '--small')
        if not full:
            return small
        drawn = self._generate(f'full-{min(count, KINDS)}-{day}', min(count, KINDS))
        name = f'heavy-{count}-{day}'
        if (self.cache / name).exists():
            return self.cache / name
        making = self.folder(name)
        shutil.copy(small / 'roster.csv', making)
        models = sorted(path for path in drawn.iterdir() if path.is_dir())
        for number, person in enumerate(sorted(path for path in small.iterdir() if path.is_dir())):
            make_heavy(person, models[number % len(models)], making / person.name, number)
        making.rename(self.cache / name)
        return self.cache / name


def make_heavy(person, model, out, number):
    noise = random.Random(f'bench {number}')
    out.mkdir()
    heavy = {path.suffix: path for path in sorted(model.iterdir())}
    for path in person.iterdir():
        if path.suffix == '.json':
            shutil.copy(path, out)
            continue
        like = model / path.name if (model / path.name).exists() else heavy.get(path.suffix, path)
        (out / path.name).write_bytes(like.read_bytes() + noise.randbytes(16))


def syncs_of(trace):
    """strace's table: …  calls [errors]  name."""
    total = 0
    for line in trace.read_text().splitlines():
        words = line.split()
        if words and words[-1] in ('fsync', 'fdatasync', 'syncfs', 'sync'):
            total += int(words[3])
    return total


def middle(runs):
    return Run(statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs),
               statistics.median(run.rss for run in runs), runs[-1].out)


def people_of(folder):
    return sorted(path for path in folder.iterdir() if path.is_dir())


def bytes_of(folder):
    return sum(path.stat().st_size for path in folder.rglob('*') if path.is_file())


def answer(run):
    return json.loads(run.out)
