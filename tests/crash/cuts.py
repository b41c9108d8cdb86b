# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records operations of the real programs, cuts the power in the recording, and has a checker open
what is left."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'flows'))
import recording  # noqa: E402
import states  # noqa: E402
from doorstep_flow import environment, good  # noqa: E402
from preload import preloaded  # noqa: E402

FRESH = 1000     # states after which the folder is made anew
WHOLE = 50       # one state in so many is opened with rules and plugins
FORGOTTEN = re.compile(rb'[0-9a-f]{40} 0{40} refs/outbox/([0-9a-z.-]+)')


class Checker:
    """A program that opens what it is told and says what is wrong."""

    def __init__(self, argv):
        self.argv = [str(word) for word in argv]
        self.process = None

    def __call__(self, folder):
        if self.process is None or self.process.poll() is not None:
            asan = os.environ.get('ASAN_OPTIONS', '')
            self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            env=environment(ASAN_OPTIONS=f'{asan}:detect_leaks=0'), text=True)
        self.process.stdin.write(f'{folder}\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            return {'wrong': [f'the checker died: {self.process.wait()}'], 'state': {}, 'ms': 0}
        return json.loads(line)

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait(timeout=60)


class Cuts:
    """One recorded operation of a unit and the states that its disk can be in."""

    whole = '+'  # asks the checker for rules and plugins, too
    slow_ms = None  # longer than that opening may not take; None: it is only noted

    def __init__(self, name, work, home, steps, checker, drop=0, atomic=True):
        self.name, self.checker, self.atomic = name, checker, atomic
        self.work = work / name
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.base, log = self.work / 'base', self.work / 'log'
        shutil.copytree(home, self.base, symlinks=True)
        nodes, top = recording.snapshot(home)
        for argv in steps:
            good(preloaded(argv, home, log=log, drop=drop))
            recording.promise(log)
        self.recording = states.Recording(home, nodes, top, recording.read(log))
        self._compare(home)
        self.place = states.Place(self.recording, self.work / 'place', self.base)
        self.seen, self.violations = set(), []
        self.counts = {'states': 0, 'equal': 0, 'kills': 0, 'max_ms': 0}
        self._find_allowed()

    def _compare(self, home):
        """The recording is complete: it ends with what is there."""
        disk = states.build(self.recording, self.recording.changes, [])
        if states.tree(disk) != states.tree_of(*recording.snapshot(home)):
            raise AssertionError(f'{self.name}: the recording does not end with what is on the disk')

    def _open(self, disk):
        self.place.put(disk)
        whole = self.whole if self.counts['states'] % WHOLE == 0 else ''
        found = self.checker(whole + self.place.folder)
        self.counts['max_ms'] = max(self.counts['max_ms'], found['ms'])
        return found

    def _find_allowed(self):
        """What an officer may see after a cut: per promise, what a kill at any call leaves."""
        segments = {}
        for at in range(len(self.recording.ops) + 1):
            certain, open_ = self.recording.cut(at)
            disk = states.build(self.recording, certain, [(change, states.ALL, None) for change in open_])
            found = self._open(disk)
            self.counts['kills'] += 1
            if found['wrong'] or self._is_slow(found):
                self._violated(at, f'killed: {found["wrong"]}, {found["ms"]} ms')
            segments.setdefault(self.recording.promised[at], []).append(found['state'])
        self.before = {number: found[0] for number, found in segments.items()}
        self.allowed = {}
        for number, found in segments.items():
            after = self.before.get(number + 1, found[-1])
            self.allowed[number] = {told(state) for state in (*found, after)}
            if self.atomic and len(self.allowed[number]) > 2:
                self._violated(-1, f'step {number} has {len(self.allowed[number])} outcomes')

    def _violated(self, at, words):
        self.violations.append(f'{self.name}: cut before call {at}: {words}')
        print(self.violations[-1][:1500], file=sys.stderr, flush=True)

    def _wrong_with(self, at, found):
        """A sentence, or None."""
        if found['wrong']:
            return str(found['wrong'])
        if self._is_slow(found):
            return f'opening took {found["ms"]} ms'
        broken = self._broken_word(at, found['state'])
        if broken is not None:
            return broken
        promised = self.recording.promised[at]
        if told(found['state']) not in self.allowed[promised]:
            return f'promised {promised}, found {told(found["state"])}'
        return None

    def _is_slow(self, found):
        return self.slow_ms is not None and found['ms'] > self.slow_ms

    def _broken_word(self, at, state):
        """Messages of which the station was told that it may forget them are here."""
        forgotten = {name.decode() for op in self.recording.ops[:at] if op.kind == recording.SPOKE
                     for name in FORGOTTEN.findall(op.data)}
        missing = forgotten - set(state.get('inbox', {}))
        return f'the station forgot {sorted(missing)}' if missing else None

    def check(self, at, certain, picks):
        """FALSE when this state is not as it may be; equal ones are looked at once."""
        disk = states.build(self.recording, certain, picks)
        key = disk.key(), self.recording.promised[at]
        if key in self.seen:
            self.counts['equal'] += 1
            return True
        self.seen.add(key)
        self.counts['states'] += 1
        if self.counts['states'] % FRESH == 0:
            self.place.renew()
        wrong = self._wrong_with(at, self._open(disk))
        if wrong is not None:
            self._violated(at, wrong)
        return wrong is None

    def systematic(self, until):
        """The states that differ in one change. FALSE when time was over before the end."""
        for state in states.systematic(self.recording):
            if time.monotonic() > until:
                return False
            self.check(*state)
        return True

    def drawn(self, lot, until, most):
        for state in states.drawn(self.recording, lot):
            if time.monotonic() > until or most <= 0 or len(self.violations) > 20:
                return
            most -= 1
            self.check(*state)


class MigrationCuts(Cuts):
    """Of a database on its way to a later schema. Opening ends what was begun."""

    whole = ''


class StationCuts(Cuts):
    """Of a station. Its checker goes on with the work, so every cut has to end alike."""

    whole = ''

    def _broken_word(self, at, state):
        """What a unit could fetch before the cut it must find unchanged after it."""
        for name, commit in self._offered(at).items():
            if state['outbox'].get(name) != commit:
                return f'{name} was offered as {commit} and is now {state["outbox"].get(name)}'
        return None

    def _offered(self, at):
        """Messages in the outboxes, as a unit saw them at this call: {name: commit}."""
        found, content = {}, {}
        for change in self.recording.changes:
            if change.at >= at:
                break
            op = change.op
            if op.kind == recording.WRITE:
                content[op.ino] = op.data if op.offset == 0 else content.get(op.ino, b'') + op.data
            elif op.kind == recording.RENAME and '/refs/outbox/' in op.second:
                ino = change.names[-1][2]
                found[op.second.rpartition('/')[2]] = content[ino].decode().strip()
            elif op.kind == recording.UNLINK and '/refs/outbox/' in op.first:
                found.pop(op.first.rpartition('/')[2], None)
        return found


def told(state):
    """What is compared: commits are not, they sign the time, and arriving again is later."""
    compared = {key: value for key, value in state.items() if key != 'outbox'}
    for bundle in state.get('bundles', []):
        bundle.pop('arrived', None)
    return json.dumps(compared, sort_keys=True, ensure_ascii=False)
