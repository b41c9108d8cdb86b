# SPDX-License-Identifier: LGPL-2.1-or-later
"""A station, its units and a school, in a temporary folder, driven by the real programs.

DOORSTEP_SOURCE_DIR and DOORSTEP_BUILD_DIR say where they are; meson sets both."""

import datetime
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(os.environ.get('DOORSTEP_SOURCE_DIR') or pathlib.Path(__file__).parents[2])
BUILD = pathlib.Path(os.environ.get('DOORSTEP_BUILD_DIR') or SOURCE / 'build')
DOORSTEP = BUILD / 'core/cli/unit/doorstep'
COURIER = BUILD / 'core/cli/courier/doorstep-courier'
STATION = BUILD / 'core/cli/station/doorstep-station'
PLUGINS = BUILD / 'plugins'
SCHEMAS = SOURCE / 'schemas'
PEOPLE = SOURCE / 'tests/people'
SSHD = SOURCE / 'tests/lib/sshd.sh'
SCISSORS = SOURCE / 'tests/lib/scissors'
OFFICER = '360702001'
TRIP = 'school'
SUPERVISOR = '370811900'  # of tests/people/visits.py
SCHOOL = ('晴川路小学', 'jiangxi', '360111')
TIMEOUT = 240
LARGE = 600_000


def environment(**more):
    """Ours only: nothing of the caller's homes, languages or terminals."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith('DOORSTEP_')}
    kept.update(LC_ALL='C.UTF-8', DOORSTEP_PLUGIN_DIR=str(PLUGINS),
                DOORSTEP_HELPER=str(BUILD / 'core/plugin/doorstep-helper'),
                DOORSTEP_SCHEMA_DIR=str(SCHEMAS), DOORSTEP_SCHEMAS=str(SCHEMAS))
    kept.update(more)
    return kept


def place():
    """Where the folders go: in memory if there is room, for nothing here tests a disk's patience."""
    try:
        shm = os.statvfs('/dev/shm')
    except OSError:
        return None
    roomy = shm.f_bavail * shm.f_frsize >= 512 << 20 and not shm.f_flag & os.ST_NOEXEC
    return '/dev/shm' if roomy and os.access('/dev/shm', os.W_OK) else None


class Answer:
    """What a program said."""

    def __init__(self, argv, done):
        self.argv = [str(word) for word in argv]
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def __str__(self):
        return f'{" ".join(self.argv)}\n  exit {self.code}\n  {self.out.strip()}\n  {self.err.strip()}'

    def json(self):
        return json.loads(self.out)

    def documents(self):
        """The JSON texts of a batch, one after the other."""
        decoder, at, found = json.JSONDecoder(), 0, []
        text = self.out.strip()
        while at < len(text):
            value, at = decoder.raw_decode(text, at)
            found.append(value)
            while at < len(text) and text[at].isspace():
                at += 1
        return found


def run(argv, env=None, stdin=None, timeout=TIMEOUT, **more):
    done = subprocess.run([str(word) for word in argv], env=env or environment(), input=stdin,
                          stdin=subprocess.DEVNULL if stdin is None else None, capture_output=True,
                          text=True, errors='replace', timeout=timeout, check=False, **more)
    return Answer(argv, done)


def good(answer):
    if answer.code != 0:
        raise AssertionError(str(answer))
    return answer


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def today():
    return datetime.date.today().isoformat()


def wait_for(what, seconds=60):
    """Asks until what() is true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = what()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError('waited in vain')


def enlarge(path):
    """Comments make a small JPEG as heavy as a real one."""
    data, noise = path.read_bytes(), random.Random('large')
    fill = b''.join(b'\xff\xfe\xff\xff' + noise.randbytes(65533) for _ in range(LARGE // 65535 + 1))
    path.write_bytes(data[:2] + fill + data[2:])


class Station:
    def __init__(self, root, name='zhanggong'):
        self.id = name
        self.home = root / f'station-{name}'
        self.passphrase = root / f'secret-{name}'
        write_secret(self.passphrase, f'station {name} horse')
        self.directory_file = root / f'{name}.directory'
        good(self.run('init', '--id', name, '--name', f'{name} 户政科', '--light'))

    def run(self, verb, *words, locked=False, **more):
        key = [] if locked else ['--passphrase-file', self.passphrase]
        return run([STATION, verb, '--home', self.home, *key, *words], **more)

    def json(self, verb, *words, **more):
        return good(self.run(verb, '--json', *words, **more)).json()

    def repository(self, unit):
        return self.home / 'repos' / f'{unit.id}.git'

    def write_directory(self):
        """The fingerprint that would be read aloud."""
        answer = self.json('directory', '--out', self.directory_file, locked=True)
        return answer['fingerprint']

    def admit(self, unit):
        request = unit.root / f'{unit.id}-{self.id}.enrol'
        spoken = unit.json('unit', 'request', request)['fingerprint']
        good(self.run('enrol', request, '--confirm', spoken))
        fingerprint = self.write_directory()
        unit.own(self.directory_file)
        good(unit.run('unit', 'trust', self.directory_file, '--fingerprint', fingerprint))

    def dispatch(self, unit, roster, *words, trip=TRIP, where=SCHOOL, **more):
        name, jurisdiction, region = where
        return self.run('dispatch', '--unit', unit.id, '--trip', trip, '--name', name, '--day', today(),
                        '--jurisdiction', jurisdiction, '--region', region, '--officer', unit.officer,
                        '--schemas', SCHEMAS, '--roster', roster, *words, **more)

    def drive(self, stick, *words, **more):
        """The front desk's: without a passphrase."""
        return self.run('drive', '--json', stick, *words, locked=True, **more)

    def intake(self, locked=False):
        return self.json('intake', *(['--locked'] if locked else []), locked=locked)

    def bundles(self):
        return self.json('list', '--bundles', locked=True)

    def cases(self):
        return self.json('list')


class Unit:
    def __init__(self, root, name='unit-07', officer=OFFICER, crew=()):
        self.id = name
        self.officer = officer
        self.acting = ()        # who acts, where there are several
        self.root = root
        self.home = root / name
        self.passphrase = root / f'secret-{name}'
        write_secret(self.passphrase, f'unit {name} battery')
        self.own(self.passphrase)
        good(self.run('unit', 'init', '--id', name, '--name', f'{name}号采集箱', '--crew',
                      f'{officer}=李秀英', *(word for one in crew for word in ('--crew', one)), '--light'))
        self.acting = ('--officer', officer) if crew else ()

    def own(self, path):
        """A file that was made here is for this unit to read."""

    def argv(self, *words):
        return [DOORSTEP, '--home', self.home, '--passphrase-file', self.passphrase, *self.acting, *words]

    def run(self, *words, **more):
        return run(self.argv(*words), **more)

    def json(self, *words, **more):
        return good(self.run('--json', *words, **more)).json()

    def batch(self, lines, *options):
        text = ''.join(f'{line}\n' for line in lines)
        return self.run('--json', 'batch', *options, stdin=text)

    def courier(self, verb='sync', **more):
        return run([COURIER, verb, '--home', self.home, '--json'], **more)

    def sync(self):
        return good(self.courier()).json()

    def drive(self, stick, *words, **more):
        return run([COURIER, 'drive', '--home', self.home, '--json', stick, *words], **more)

    def connect_path(self, station):
        good(self.run('unit', 'connect', '--path', station.repository(self)))

    def apply(self):
        return self.json('inbox', 'apply')

    def state(self, case):
        return self.json('case', 'show', case)['state']

    def states(self):
        return {entry['case']: entry['state'] for entry in self.json('case', 'list')}

    def objects(self):
        return sorted(path.name for path in (self.home / 'store/objects').rglob('*') if path.is_file())

    def spool(self):
        return sorted(path.name for path in (self.home / 'store/spool').iterdir())

    def exchange(self, station, locked=False):
        """There, in, and back again. What the unit applied."""
        self.sync()
        station.intake(locked)
        self.sync()
        return self.apply()


def write_secret(path, words):
    path.write_text(words + '\n', encoding='utf-8')
    path.chmod(0o600)


class Link:
    """sshd on loopback behind scissors."""

    def __init__(self, root):
        self.sshd, self.dir = root / 'sshd', root / 'link'
        self.dir.mkdir()
        names = [name for name in ('ASAN_OPTIONS', 'LSAN_OPTIONS', 'UBSAN_OPTIONS') if name in os.environ]
        good(run([SSHD, 'start', self.sshd], env=environment(SSHD_SETENV=' '.join(names))))
        port = (self.sshd / 'port').read_text().strip()
        self.scissors = subprocess.Popen([SCISSORS, self.dir, port], stdout=subprocess.DEVNULL)
        self.port = wait_for(lambda: (self.dir / 'port').exists() and (self.dir / 'port').read_text().strip())

    def connect(self, unit, station):
        answer = good(unit.run('unit', 'connect', '--ssh', '127.0.0.1', '--port', self.port, '--user',
                               os.environ.get('USER') or 'root', '--host-key', self.sshd / 'host_key.pub'))
        key = unit.root / f'{unit.id}.pub'
        key.write_text(answer.out)
        line = good(station.run('authorized-keys', unit.id, key, locked=True)).out
        with (self.sshd / 'authorized_keys').open('a') as keys:
            keys.write(line)

    def cut_after(self, count):
        (self.dir / 'cut-after').write_text(f'{count}\n')

    def was_cut(self):
        return not (self.dir / 'cut-after').exists()

    def sent(self):
        """Bytes that went to the station so far; the number is written a moment later."""
        time.sleep(1.0)
        return int((self.dir / 'sent').read_text())

    def rekey(self):
        good(run([SSHD, 'rekey', self.sshd]))

    def close(self):
        self.scissors.terminate()
        self.scissors.wait(timeout=20)
        run([SSHD, 'stop', self.sshd])


class World:
    """A folder with one station and one unit that know each other, and the people of a school."""

    generate = ()           # more for tests/people/generate
    roster = 'roster.csv'   # what it is dispatched with
    where = SCHOOL
    words = ()
    crew = ()               # more officers of the unit, NUMBER=NAME

    def prepare(self):
        """Before the unit is enrolled."""

    def __init__(self, people=12, dispatched=True, link=False):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix='doorstep-flow-', dir=place()))
        self.link = None
        self.copies = 0
        try:
            self.station = Station(self.root)
            self.unit = Unit(self.root, crew=self.crew)
            self.prepare()
            self.station.admit(self.unit)
            if link:
                self.link = Link(self.root)
                self.link.connect(self.unit, self.station)
            else:
                self.unit.connect_path(self.station)
            self.people = self.root / 'people'
            good(run([PEOPLE / 'generate', '--seed', '20260901', '--count', people, '--day', today(),
                      '--small', *self.generate, '--out', self.people]))
            if dispatched:
                good(self.station.dispatch(self.unit, self.people / self.roster, *self.words,
                                           where=self.where))
                self.unit.sync()
                self.unit.apply()
        except BaseException:
            self.close()
            raise

    def person(self, row):
        return self.people / f'{row:03d}'

    def story(self, row):
        return json.loads((self.person(row) / 'case.json').read_text(encoding='utf-8'))

    def rows(self):
        return range(1, len(list(self.people.glob('*/case.json'))) + 1)

    def take(self, *rows):
        """Takes these rows; what `case take` said of each."""
        lines = [f'case take {row} {self.person(row)}/case.json --trip {TRIP}' for row in rows]
        return good(self.unit.batch(lines)).documents()

    def keep(self):
        """A copy of station and unit, to come back to."""
        self.copies += 1
        folder = self.root / f'kept-{self.copies}'
        for home in (self.station.home, self.unit.home):
            shutil.copytree(home, folder / home.name, symlinks=True)
        return folder

    def back_to(self, folder):
        for home in (self.station.home, self.unit.home):
            shutil.rmtree(home)
            shutil.copytree(folder / home.name, home, symlinks=True)

    def close(self):
        if self.link is not None:
            self.link.close()
        shutil.rmtree(self.root, ignore_errors=True)


class Visits(World):
    """A trip of home visits; a supervisor of the station works on another unit."""

    generate = ('--visits',)
    roster = 'visits.csv'
    where = ('任城区上门服务', 'jining', '370811')
    words = ('--police-station', '古槐派出所', '--police-bureau', 'jining-rencheng')

    def prepare(self):
        self.station.admit(Unit(self.root, 'unit-90', SUPERVISOR))
