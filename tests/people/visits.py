# SPDX-License-Identifier: LGPL-2.1-or-later
"""People an officer visits at home, and the case each of them makes under Jining's rules."""

import datetime
import random

import registry
from families import Person

REGION, RESIDENCE = '370811', '山东省济宁市任城区'
STATION, BUREAU = '古槐派出所', 'jining-rencheng'
SUPERVISOR = '370811900'
SERIES = '370126'
OFFSET = '+08:00'

# The first people of every list, in this order: every category, document and way a case can go.
# story: (region, registered address, age, reason, document, category)
STORIES = {
    'elder': ('370827', '山东省济宁市鱼台县', 79, 'expired', 'resident-id-card', 'cross-county'),
    'no-document': ('370826', '山东省济宁市微山县', 41, 'lost', None, 'cross-county'),
    'never-held': ('370828', '山东省济宁市金乡县', 23, 'first-from-16', 'household-register', 'cross-county'),
    'looks-changed': ('370830', '山东省济宁市汶上县', 35, 'expired', 'resident-id-card', 'cross-county'),
    'forged': ('370921', '山东省泰安市宁阳县', 38, 'damaged', 'household-register', 'cross-prefecture'),
    'no-permit': ('370883', '山东省济宁市邹城市', 30, 'lost', 'household-register', 'cross-county'),
    'cross-province': ('410105', '河南省郑州市金水区', 52, 'lost', 'household-register', 'cross-province'),
    'district': ('370812', '山东省济宁市兖州区', 67, 'expired', 'passport', 'cross-county'),
    'same-county': ('370811', '山东省济宁市任城区', 83, 'expired', 'resident-id-card', 'cross-station'),
    'driver': ('341222', '安徽省阜阳市太和县', 45, 'expired', 'driving-licence', 'cross-province'),
    'other-document': ('370829', '山东省济宁市嘉祥县', 29, 'damaged', 'other', 'cross-county'),
    'minor': ('370881', '山东省济宁市曲阜市', 12, 'damaged', 'household-register', 'cross-county'),
}
ORDINARY = ('elder', 'no-permit', 'cross-province', 'district', 'same-county', 'other-document')
HARDSHIPS = {'elder': ('bedridden', ''), 'district': ('elderly', ''), 'same-county': ('bedridden', ''),
             'driver': ('remote', ''), 'minor': ('ill', ''), 'forged': ('other', '夜间值守，不能离岗'),
             'no-document': ('disabled', '')}
OUTCOMES = {'no-document': 'pending', 'never-held': 'refused', 'looks-changed': 'refused',
            'forged': 'refused'}
REFUSALS = {'never-held': 'J1', 'looks-changed': 'J3', 'forged': 'J4'}
FEES = {'expired': '2000', 'damaged': '4000', 'lost': '4000'}
HEADINGS = {
    '姓名': 'applicant.name', '性别': 'applicant.sex', '民族': 'applicant.ethnic',
    '出生日期': 'applicant.birth', '公民身份号码': 'applicant.number',
    '常住户口所在地住址': 'applicant.address', '电话': 'contact.phone', '申领原因': 'application.reason',
    '困难原因': 'appointment.hardship', '困难情况': 'appointment.hardship-detail',
    '预约日期': 'appointment.requested-on', '预约时间': 'appointment.at', '上门地址': 'appointment.address',
}
WORDS = {
    'applicant.sex': {'1': '男', '2': '女'},
    'applicant.ethnic': {'01': '汉族'},
    'application.reason': {'expired': '期满换领', 'damaged': '损坏换领', 'lost': '丢失补领', 'first-from-16': ''},
    'appointment.hardship': {'bedridden': '卧床', 'disabled': '残疾', 'elderly': '高龄', 'ill': '患病',
                             'remote': '偏远', 'other': '其他'},
}


class World:
    """Makes people one after the other; the same seed makes the same ones."""

    def __init__(self, seed, day):
        self.seed = seed
        self.day = day
        self.numbers = registry.Numbers()
        self.people = []
        self.receipt = self.rng('all', 'receipt').randint(1, 90000000)  # the book of forms in the bag

    def rng(self, index, purpose):
        return random.Random(f'doorstep/visits/{self.seed}/{index}/{purpose}')

    def add(self):
        index = len(self.people)
        rng = self.rng(index, 'person')
        names = tuple(STORIES)
        person = Person(index, rng, names[index] if index < len(names) else rng.choice(ORDINARY))
        person.minor = person.story == 'minor'
        person.joint = False
        person.outcome = OUTCOMES.get(person.story, 'complete')
        self.make_applicant(person)
        self.make_residence(person)
        self.make_appointment(person)
        self.make_identification(person)
        self.make_fingers(person)
        self.make_papers(person)
        self.people.append(person)
        return person

    def number(self, person, sex, age):
        """(number, day of birth): somebody of that age on the day of the visit."""
        region = STORIES[person.story][0]
        for _ in range(1000):
            born = registry.birthday(self.day, -age) - datetime.timedelta(days=person.rng.randint(30, 330))
            number = self.numbers.free(region, born, sex)
            if number:
                return number, born
        raise SystemExit('generate: no free number is left; ask for fewer people')

    def make_applicant(self, person):
        rng = person.rng
        _, place, age, reason, _, _ = STORIES[person.story]
        sex = '2' if person.story == 'elder' else rng.choice('12')
        number, born = self.number(person, sex, age)
        family = registry.surname(rng)
        person.put(applicant_name=family + registry.given(rng, sex), applicant_sex=sex,
                   applicant_ethnic='01', applicant_birth=born.isoformat(), applicant_number=number,
                   applicant_address=f'{place}{rng.choice(registry.TOWNS)}{rng.choice(registry.VILLAGES)}'
                                     f'{rng.randint(1, 180)}号',
                   applicant_collective='false', applicant_minority_script='false',
                   applicant_never_held_card='true' if person.story == 'never-held' else 'false',
                   contact_phone=registry.phone(rng), application_reason=reason,
                   application_urgency='expedited' if person.story == 'driver' else 'normal')
        if person.story == 'same-county':
            person.put(applicant_police_station='长沟派出所')
            person.put(applicant_police_bureau=BUREAU)
        if person.story == 'district':
            person.put(applicant_police_bureau='jining-yanzhou')
        if person.minor:
            self.make_guardian(person, family)

    def make_guardian(self, person, family):
        rng = person.rng
        number, _ = self.number(person, '1', 40)
        person.put(guardian_present='true', guardian_name=family + registry.given(rng, '1'),
                   guardian_number=number, guardian_relation='father', guardian_phone=registry.phone(rng),
                   guardian_document='resident-id-card')

    def make_residence(self, person):
        rng = person.rng
        address = (f'{RESIDENCE}{rng.choice(registry.STREETS)}{rng.randint(1, 399)}号'
                   f'{rng.randint(1, 30)}栋{rng.randint(1, 6)}0{rng.randint(1, 4)}室')
        basis = 'work' if person.story in ('driver', 'forged', 'no-permit') else 'live'
        registered = {'district': 'not-required', 'same-county': 'not-required',
                      'cross-province': 'yes'}.get(person.story, 'no')
        person.put(residence_address=address, residence_region=REGION,
                   residence_basis='study' if person.minor else basis)
        if not person.fields['application.reason'].startswith('first-'):
            person.put(residence_registered=registered)

    def make_appointment(self, person):
        hardship, detail = HARDSHIPS.get(person.story, ('ill', ''))
        minutes = 8 * 60 + 30 + 40 * (person.index % 12)
        person.put(appointment_hardship=hardship,
                   appointment_requested_on=(self.day - datetime.timedelta(days=3)).isoformat(),
                   appointment_at=f'{self.day}T{minutes // 60:02d}:{minutes % 60:02d}:00{OFFSET}',
                   appointment_address=person.fields['residence.address'])
        if detail:
            person.put(appointment_hardship_detail=detail)
        for thing in ('mirror', 'glasses', 'dark_shirt', 'backdrop'):
            person.put(**{f'appointment_kit_{thing}': 'true'})

    def make_identification(self, person):
        document = STORIES[person.story][4]
        changed = person.story == 'looks-changed'
        person.put(identification_mode='document' if document else 'history',
                   identification_second_generation_card='false' if person.story == 'never-held' else 'true',
                   identification_looks_changed='true' if changed else 'false',
                   identification_fingerprints_on_file='no' if changed else 'unknown',
                   identification_verdict='unsure' if changed else 'same',
                   identification_forgery='true' if person.story == 'forged' else 'false')
        if changed:
            person.put(identification_verdict_reason='面部烧伤后相貌变化较大，无法比对')
        if person.story == 'forged':
            person.put(identification_forgery_detail='户口簿首页印章系彩色打印')
            person.put(identification_forgery_confirmed_by=SUPERVISOR)
        if person.fields['application.reason'] in ('expired', 'damaged'):
            person.fields['old-card.handed-in'] = 'true'
        if document:
            person.documents.append(document)
            person.fields[f'document.{document}.sighted'] = 'true'
        if document == 'other':
            person.fields['document.other.description'] = '退役军人优待证'

    def make_fingers(self, person):
        """Right thumb and left thumb; the elder's are worn and hurt."""
        worn = person.story == 'elder'
        fields = person.fields
        fields['fingerprint.1.result'] = 'failed' if worn else 'registered'
        fields['fingerprint.1.position'] = '11'
        fields['fingerprint.2.result'] = 'not-registered' if worn else 'registered'
        fields['fingerprint.2.position'] = '16'
        if worn:
            fields['fingerprint.1.reason'] = '指纹磨损，能采集图像但无法提取特征'
            fields['fingerprint.2.reason'] = '左手受伤包扎，五指均无法采集'
        person.prints = [('11', 'faint' if worn else 'good')] + ([] if worn else [('16', 'good')])

    def make_papers(self, person):
        rng, fields = person.rng, person.fields
        signer = 'guardian' if person.minor else 'applicant'
        if not STORIES[person.story][4]:
            person.put(commitment_accepted='true', commitment_signer=signer)
        post = person.story in ('elder', 'driver')
        person.put(delivery_mode='post' if post else 'self')
        if post:
            person.put(delivery_recipient=fields['applicant.name'],
                       delivery_address=fields['applicant.address'], delivery_postcode='272000')
        due = FEES.get(fields['application.reason'])
        if due and person.story == 'other-document':
            person.put(fee_method='payment-code')
        elif due:
            person.put(fee_method='cash', fee_received=due,
                       fee_payer=fields.get('guardian.name', fields['applicant.name']),
                       fee_receipt_series=SERIES, fee_receipt_number=f'{self.receipt:08d}')
            self.receipt += 1
        person.put(review_confirmed='true', application_confirmed='true', signature_signer=signer)
        if fields.get('residence.registered') == 'no':
            person.put(guidance_residence_given='true')
        if STORIES[person.story][5] == 'cross-province':
            person.put(temporary_explained='true', temporary_wanted='temporary-certificate')

    def expect(self, person):
        """What tests hold the case against."""
        reason = person.fields['application.reason']
        return {'category': STORIES[person.story][5], 'fee': FEES.get(reason),
                'refusal': REFUSALS.get(person.story)}

    def roster(self, person):
        """What the station noted when the visit was asked for."""
        row = {}
        for heading, name in HEADINGS.items():
            value = person.fields.get(name, '')
            row[heading] = WORDS.get(name, {}).get(value, value)
        row['预约时间'] = row['预约时间'][:16].replace('T', ' ')
        return row
