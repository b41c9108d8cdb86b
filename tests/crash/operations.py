# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a unit and its station do in a day, one operation each, from the state that it needs."""

import shutil

from cuts import Checker, Cuts, MigrationCuts, StationCuts
from doorstep_flow import BUILD, COURIER, OFFICER, STATION, TRIP, World, good, run

REASON = '家长改主意'
MIGRATE = BUILD / 'tests/crash/migrate'


class Day:
    """A world with one case in each of its stages."""

    def __init__(self):
        self.world = World(people=3)
        self.unit, self.station = self.world.unit, self.world.station
        try:
            self._walk()
        except BaseException:
            self.world.close()
            raise
        self.checker = Checker([BUILD / 'tests/crash/check-unit', self.unit.passphrase, OFFICER])
        self.migration_checker = Checker([MIGRATE, 'check'])
        self.station_checker = Checker([BUILD / 'tests/crash/check-station', self.station.passphrase])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.checker.close()
        self.migration_checker.close()
        self.station_checker.close()
        self.world.close()

    def _walk(self):
        world, unit, station = self.world, self.unit, self.station
        self.case = world.take(1)[0]['case']
        self.kept = {'taken': world.keep()}
        good(unit.run('case', 'seal', self.case))
        self.kept['sealed'] = world.keep()
        unit.sync()
        self.kept['sent'] = world.keep()
        station.intake(locked=True)
        self.kept['received'] = world.keep()
        unit.sync()
        station.intake()
        self.kept['durable'] = world.keep()
        unit.sync()
        self.kept['answered'] = world.keep()
        unit.apply()
        self.kept['applied'] = world.keep()

    def _operations(self):
        unit, case = self.unit, self.case
        courier = [COURIER, 'sync', '--home', unit.home]
        portrait = self.world.person(3) / 'portrait.jpg'
        return {
            'save': ('taken', [unit.argv('case', 'set', case, f'contact.phone=1380000000{number}')
                               for number in range(3)], True),
            'add': ('taken', [unit.argv('case', 'add', case, 'photo', portrait)], True),
            'begin': ('taken', [unit.argv('case', 'take', '2', self.world.person(2) / 'case.json',
                                          '--trip', TRIP)], False),
            'seal': ('taken', [unit.argv('case', 'seal', case)], True),
            'withdraw': ('sealed', [unit.argv('case', 'withdraw', case, '--reason', REASON)], False),
            'send': ('sealed', [courier], True),
            'fetch': ('durable', [courier], False),
            'apply': ('answered', [unit.argv('inbox', 'apply')], False),
            'prune': ('applied', [unit.argv('prune')], True),
        }

    def _stations(self):
        """At the station: kept state, arguments."""
        return {'intake': ('sent', []), 'intake-locked': ('sent', ['--locked']), 'unlock': ('received', [])}

    def names(self):
        return sorted([*self._operations(), *self._stations(), 'migrate'])

    def _station_cuts(self, name, drop):
        state, words = self._stations()[name]
        self.world.back_to(self.kept[state])
        argv = [STATION, 'intake', '--home', self.station.home, *words]
        if not words:
            argv += ['--passphrase-file', self.station.passphrase]
        return StationCuts(name, self.world.root / 'cuts', self.station.home, [argv], self.station_checker,
                           drop=drop, atomic=False)

    def _migration_cuts(self, drop):
        folder = self.world.root / 'migration'
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        good(run([MIGRATE, 'old', folder]))
        return MigrationCuts('migrate', self.world.root / 'cuts', folder, [[MIGRATE, 'new', folder]],
                             self.migration_checker, drop=drop)

    def cuts(self, name, drop=0):
        if name == 'migrate':
            return self._migration_cuts(drop)
        if name in self._stations():
            return self._station_cuts(name, drop)
        state, steps, atomic = self._operations()[name]
        self.world.back_to(self.kept[state])
        return Cuts(name, self.world.root / 'cuts', self.unit.home, steps, self.checker, drop=drop, atomic=atomic)
