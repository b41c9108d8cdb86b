# SPDX-License-Identifier: LGPL-2.1-or-later
"""Households, and the case each of their members makes: fields, documents, what must come of it."""

import datetime
import random

import registry

# The first people of every list, in this order, so that each way a case can go is there.
FIRST = ('plain', 'siblings', 'sibling', 'certificate', 'marriage', 'awaiting', 'long-name',
         'extension-b', 'has-card', 'almost-16', 'no-finger', 'from-16-bad-finger')
PROOFS = {  # residence.proof: (basis, kind of document)
    'school-certificate': ('study', 'proof-of-study'),
    'work-contract': ('work', 'proof-of-work'),
    'residence-permit': ('live', 'residence-permit'),
    'lease': ('live', 'proof-of-residence'),
}
FINGERS = ('11', '16', '12', '17', '13', '18', '14', '19', '15', '20')
DEVICE = 'DEMO-FP-0001'


class Person:
    """One applicant: fields, documents to scan, and what is to be expected."""

    def __init__(self, index, rng, story):
        self.index = index
        self.rng = rng
        self.story = story
        self.fields = {}
        self.documents = []   # kinds in the order they are scanned; one twice has two pages
        self.missing = []     # kinds that the rules want and the family did not bring
        self.prints = []      # (position, quality): 'good' or 'faint'
        self.minor = True
        self.joint = True     # a picture together with the guardian
        self.outcome = 'complete'

    def put(self, **values):
        for name, value in values.items():
            head, _, tail = name.partition('_')
            self.fields[f'{head}.{tail.replace("_", "-")}'] = value


class World:
    """Makes people one after the other; the same seed makes the same ones."""

    def __init__(self, seed, day):
        self.seed = seed
        self.day = day
        self.numbers = registry.Numbers()
        self.people = []
        self.guardian = None

    def rng(self, index, purpose):
        return random.Random(f'doorstep/{self.seed}/{index}/{purpose}')

    def story(self, index, rng):
        if index < len(FIRST):
            return FIRST[index]
        if self.people[-1].story == 'siblings':
            return 'sibling'
        return rng.choices(('plain', 'siblings', 'certificate', 'marriage', 'adoption', 'awaiting',
                            'has-card', 'no-finger', 'from-16', 'adult'),
                           (52, 10, 12, 4, 1, 3, 1, 2, 11, 4))[0]

    def add(self):
        index = len(self.people)
        rng = self.rng(index, 'person')
        person = Person(index, rng, self.story(index, rng))
        person.minor = not person.story.startswith(('from-16', 'adult'))
        self.make_applicant(person)
        self.make_residence(person)
        if person.minor:
            self.make_guardian(person)
        self.make_fingers(person)
        self.make_papers(person)
        self.people.append(person)
        return person

    def born(self, person):
        """(day of birth, how far it may move)."""
        if person.story == 'almost-16':
            return registry.birthday(self.day + datetime.timedelta(days=1), -16), 0
        if person.story == 'sibling':  # two to four years younger
            elder = datetime.date.fromisoformat(self.people[-1].fields['applicant.birth'])
            return registry.birthday(elder, person.rng.randint(2, 4)), 29
        years = {'from-16-bad-finger': 16, 'from-16': person.rng.choice((16, 17)),
                 'adult': person.rng.randint(18, 60),
                 'siblings': person.rng.randint(10, 14)}.get(person.story, person.rng.randint(6, 14))
        days = person.rng.randint(30, 330)
        return registry.birthday(self.day, -years) - datetime.timedelta(days=days), 29

    def make_applicant(self, person):
        rng, sibling = person.rng, person.story == 'sibling'
        sex = rng.choice('12')
        born, spread = self.born(person)
        if sibling:
            elder = self.people[-1].fields
            region, address = elder['applicant.number'][:6], elder['applicant.address']
            family = self.guardian['surname']
        else:
            region, address = registry.home(rng)
            family = registry.surname(rng)
        number, born = registry.person_number(self.numbers, rng, born, sex, region, spread)
        name = family + registry.given(rng, sex)
        ethnic = '01'
        if person.story == 'long-name':
            name, ethnic = registry.long_name(rng), '05'
        elif person.story == 'extension-b':
            name = family + registry.EXTENSION_B
        elif rng.random() < 0.08:
            ethnic = '22'
        if not sibling:
            self.guardian = {'surname': family, 'region': region}
        person.put(applicant_name=name, applicant_sex=sex, applicant_ethnic=ethnic,
                   applicant_birth=born.isoformat(), applicant_number=number,
                   applicant_address=address, applicant_collective='false',
                   applicant_minority_script='false',
                   applicant_never_held_card='false' if person.story == 'has-card' else 'true',
                   application_reason='first-under-16' if person.minor else 'first-from-16',
                   application_confirmed='true')

    def make_residence(self, person):
        rng = person.rng
        if person.story == 'adult':
            proof = rng.choice(('work-contract', 'residence-permit', 'lease'))
        elif person.minor:
            proof = rng.choices(tuple(PROOFS), (12, 1, 1, 1))[0]
        else:
            proof = 'school-certificate'
        basis, kind = PROOFS[proof]
        if person.story == 'sibling':
            address = self.people[-1].fields['residence.address']
        else:
            address = registry.residence(rng)
        person.put(residence_address=address, residence_region=registry.RESIDENCE[0],
                   residence_basis=basis, residence_proof=proof,
                   residence_holder='guardian' if person.minor and basis != 'study' else 'applicant')
        person.documents += ['household-register', 'household-register', kind]

    def make_guardian(self, person):
        rng = person.rng
        if person.story != 'sibling':
            self.guardian.update(self.new_guardian(person))
        known = self.guardian
        person.put(guardian_present='true', guardian_name=known['name'],
                   guardian_number=known['number'], guardian_relation=known['relation'],
                   guardian_phone=known['phone'], guardian_document='resident-id-card')
        apart = person.story in ('certificate', 'marriage', 'adoption', 'awaiting')
        person.put(kinship_same_household='false' if apart else 'true')
        person.documents.append('guardian-id-card')
        if apart:
            shown = person.story == 'certificate'
            person.put(kinship_birth_certificate_shows_guardian='true' if shown else 'false')
            person.documents.append('birth-certificate')
        if person.story == 'marriage':
            person.documents.append('marriage-certificate')
        elif person.story == 'adoption':
            person.documents.append('adoption-certificate')
        elif person.story == 'awaiting':
            person.missing.append('marriage-certificate')
            person.outcome = 'awaiting-material'
        person.fields['joint-photo.guardian-number'] = known['number']
        person.put(contact_phone=known['phone'])

    def new_guardian(self, person):
        rng = person.rng
        sex = rng.choice('12')
        child = datetime.date.fromisoformat(person.fields['applicant.birth'])
        born = registry.birthday(child, -rng.randint(22, 38)) - datetime.timedelta(days=rng.randint(0, 300))
        number, _ = registry.person_number(self.numbers, rng, born, sex, self.guardian['region'], 60)
        family = self.guardian['surname'] if sex == '1' else registry.surname(rng)
        relation = 'father' if sex == '1' else 'mother'
        name = family + registry.given(rng, sex)
        while name == person.fields['applicant.name']:
            name = family + registry.given(rng, sex)
        return {'name': name, 'number': number, 'sex': sex,
                'relation': 'adoptive-parent' if person.story == 'adoption' else relation,
                'phone': registry.phone(rng)}

    def make_fingers(self, person):
        """Right thumb and left thumb; where one gives nothing, the next finger of that hand."""
        for which in ('1', '2'):
            position = FINGERS[int(which) - 1]
            result, reason = 'registered', None
            if person.story == 'no-finger' and which == '2':
                result, reason = 'not-registered', '左手受伤包扎，五指均无法采集'
            elif person.story == 'from-16-bad-finger' and which == '1':
                result, reason = 'failed', '指纹磨损，能采集图像但无法提取特征'
            person.fields[f'fingerprint.{which}.position'] = position
            person.fields[f'fingerprint.{which}.result'] = result
            if reason:
                person.fields[f'fingerprint.{which}.reason'] = reason
            if result != 'not-registered':
                person.prints.append((position, 'good' if result == 'registered' else 'faint'))

    def make_papers(self, person):
        rng, signer = person.rng, 'guardian' if person.minor else 'applicant'
        person.fields.setdefault('contact.phone', registry.phone(rng))
        person.put(notice_read='true', commitment_accepted='true', commitment_signer=signer)
        mode = rng.choices(('self', 'relative', 'post'), (6, 2, 2))[0]
        person.put(delivery_mode=mode)
        if mode != 'self':
            name = person.fields.get('guardian.name', person.fields['applicant.name'])
            person.put(delivery_recipient=name)
        if mode == 'post':
            person.put(delivery_address=person.fields['residence.address'], delivery_postcode='330029')
        person.put(review_confirmed='true')
        for kind in person.documents:
            person.fields[f'document.{kind}.sighted'] = 'true'
        if person.story == 'has-card':
            person.outcome = 'refused'

    def expect(self, _person):
        """Nothing beyond the outcome."""
        return {}

    def roster(self, person):
        """What a school knows of its pupil."""
        names = ('applicant.name', 'applicant.sex', 'applicant.ethnic', 'applicant.birth',
                 'applicant.number', 'applicant.address', 'residence.address', 'guardian.name',
                 'guardian.number', 'guardian.relation', 'guardian.phone')
        row = {name: person.fields.get(name, '') for name in names}
        born = datetime.date.fromisoformat(person.fields['applicant.birth'])
        age = registry.age_on(born, self.day)
        row['roster.school'] = registry.SCHOOL
        row['roster.class'] = f'{min(max(age - 5, 1), 12)}年级（{person.index % 4 + 1}）班'
        return row
