# SPDX-License-Identifier: LGPL-2.1-or-later
"""A station and a unit that know each other, and a trip with many people."""

import shutil

import doorstep_flow
from bench import people_of
from doorstep_flow import TRIP, World, good


class Bench(World):
    """@inspected: with the inspectors of the field profile; else one that measures nothing."""

    def __init__(self, context, people, inspected=False, link=False):
        doorstep_flow.place = lambda: context.work
        super().__init__(people=1, dispatched=False, link=link)
        self.context, self.people = context, people
        self.env = doorstep_flow.environment()
        if not inspected:
            self.env['DOORSTEP_PLUGIN_DIR'] = str(self.plugins_without_inspector())
        good(self.station.dispatch(self.unit, people / 'roster.csv'))
        self.unit.sync()
        self.unit.apply()

    def plugins_without_inspector(self):
        folder = self.root / 'plugins'
        for plugin in (self.context.build / 'plugins').iterdir():
            if (plugin / 'plugin.json').exists():
                (folder / plugin.name).mkdir(parents=True)
                for path in (plugin / 'plugin.json', *plugin.glob('*.so')):
                    shutil.copy(path, folder / plugin.name)
        shutil.copy(self.context.build / 'tests/bench/inspect-image.so', folder / 'inspect-image')
        return folder

    def take_lines(self):
        return [f'case take {row} {folder}/case.json --trip {TRIP}'
                for row, folder in enumerate(people_of(self.people), 1)]

    def case_id(self, number):
        """What the unit calls the case it makes as the @number-th of a day."""
        return f'{self.unit.id}-{doorstep_flow.today().replace("-", "")}-{number:03d}'

    def take_and_seal_lines(self, complete):
        lines = []
        for number, line in enumerate(self.take_lines(), 1):
            lines.append(line)
            if number in complete:
                lines.append(f'case seal {self.case_id(number)}')
        return lines

    def batch(self, lines, **more):
        return self.context.run(self.unit.argv('--json', 'batch'), stdin='\n'.join(lines) + '\n',
                                env=self.env, **more)

    def complete(self):
        """Numbers of the cases that can be sealed: their stories say so."""
        return {row for row in self.rows() if self.story_of(row)['expect']['outcome'] == 'complete'}

    def story_of(self, row):
        return doorstep_flow.json.loads((people_of(self.people)[row - 1] / 'case.json').read_text('utf-8'))
