# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a case's folder holds: its pictures as files, and case.json that names them."""

import functools
import io
import json
import random
import struct
import zlib

from PIL import Image

import families
import pictures

SMALL = 4096
SEXES = {'1': '男', '2': '女'}
TITLES = {
    'household-register': ('居民户口簿 首页', '居民户口簿 常住人口登记卡'),
    'guardian-id-card': ('居民身份证复印件',),
    'birth-certificate': ('出生医学证明',),
    'marriage-certificate': ('结婚证',),
    'adoption-certificate': ('收养登记证',),
    'proof-of-work': ('劳动合同',),
    'proof-of-study': ('在学证明',),
    'proof-of-residence': ('房屋租赁合同',),
    'residence-permit': ('居住证',),
    'resident-id-card': ('居民身份证',),
    'driving-licence': ('机动车驾驶证',),
    'passport': ('护照',),
    'other': ('退役军人优待证',),
}
OF_GUARDIAN = {'guardian-id-card', 'marriage-certificate', 'proof-of-work', 'proof-of-residence',
               'residence-permit'}


def lines(person, kind):
    """What stands on a paper; the papers of a minor's guardian name the guardian."""
    fields = person.fields
    whole = [('姓名', fields['applicant.name']),
             ('性别', SEXES[fields['applicant.sex']]),
             ('出生日期', fields['applicant.birth']),
             ('公民身份号码', fields['applicant.number']),
             ('常住户口住址', fields['applicant.address'])]
    if kind in OF_GUARDIAN and person.minor:
        return [('姓名', fields['guardian.name']), ('公民身份号码', fields['guardian.number']),
                ('联系电话', fields['guardian.phone']), ('现居住地', fields['residence.address'])]
    if kind == 'birth-certificate':
        shown = fields.get('kinship.birth-certificate-shows-guardian') == 'true'
        return whole[:3] + [('父（母）姓名', fields['guardian.name'] if shown else '（未填写）')]
    if kind in ('proof-of-study', 'proof-of-work', 'proof-of-residence', 'residence-permit'):
        return whole[:4] + [('现居住地', fields['residence.address'])]
    return whole


def pad_jpeg(data, fill):
    """data and comment segments of fill, together SMALL bytes."""
    room = SMALL - len(data)
    return data[:2] + b'\xff\xfe' + struct.pack('>H', room - 2) + fill[:room - 4] + data[2:]


def pad_png(data, fill):
    room = SMALL - len(data) - 12
    body = b'dsFl' + fill[:room]
    chunk = struct.pack('>I', room) + body + struct.pack('>I', zlib.crc32(body))
    return data[:33] + chunk + data[33:]


@functools.lru_cache(maxsize=None)
def seed_picture(name):
    """The picture that every small part of a kind is grown from."""
    out = io.BytesIO()
    if name.startswith('portrait'):  # as wide as real ones, so that nobody is asked to take them again
        return pictures.portrait(random.Random('small'), plain=True)
    if name.endswith('.png'):
        Image.new('L', (64, 64), 128).save(out, 'PNG')
    else:
        Image.new('RGB', (960, 540), 'white').save(out, 'JPEG', optimize=True, dpi=(150, 150))
    return out.getvalue()


def small(name, rng):
    """A valid picture of exactly SMALL bytes, different each time."""
    fill = rng.randbytes(SMALL)
    if name.endswith('.bin'):
        return fill
    return (pad_png if name.endswith('.png') else pad_jpeg)(seed_picture(name), fill)


class Folder:
    """Collects the parts of one case and writes them."""

    def __init__(self, world, person, path, is_small):
        self.world, self.person, self.path, self.small = world, person, path, is_small
        self.parts = []

    def part(self, slot, kind, name, draw, **attributes):
        rng = self.world.rng(self.person.index, name)
        data = small(name, rng) if self.small else draw(rng)
        (self.path / name).write_bytes(data)
        said = {key.replace('_', '-'): value for key, value in attributes.items()}
        self.parts.append({'slot': slot, 'kind': kind, 'file': name, 'attributes': said})

    def scans(self):
        seen = {}
        for kind in self.person.documents:
            page = seen.get(kind, 0)
            seen[kind] = page + 1
            title = TITLES[kind][page]
            text = lines(self.person, kind)
            name = f'{kind}-{page + 1}.jpg' if len(TITLES[kind]) > 1 else f'{kind}.jpg'
            self.part('document', kind, name,
                      lambda rng, title=title, text=text: pictures.scan(rng, title, text),
                      page=str(page + 1))

    def fingers(self):
        for position, quality in self.person.prints:
            self.part('fingerprint', position, f'finger-{position}.png',
                      lambda rng, faint=quality == 'faint': pictures.ridges(rng, faint),
                      content='image', dpi='500', **{'device-serial': families.DEVICE})
            if quality == 'good':
                self.part('fingerprint', position, f'finger-{position}.bin',
                          lambda rng: rng.randbytes(512), content='template',
                          algorithm='demo-vendor-1', **{'device-serial': families.DEVICE})

    def write(self):
        self.path.mkdir(parents=True)
        person = self.person
        self.part('photo', '', 'portrait.jpg', pictures.portrait)
        if person.minor and person.joint:
            self.part('joint-photo', '', 'joint.jpg', pictures.joint)
        self.scans()
        self.fingers()
        signer = person.fields.get('signature.signer') or person.fields['commitment.signer']
        self.part('signature', signer, 'signature.png', pictures.signature)
        case = {
            'fields': dict(sorted(person.fields.items())),
            'parts': self.parts,
            'expect': {'outcome': person.outcome, 'story': person.story,
                       'documents': sorted(set(person.documents)), 'missing': person.missing,
                       **self.world.expect(person)},
        }
        (self.path / 'case.json').write_text(
            json.dumps(case, ensure_ascii=False, indent=2) + '\n', encoding='utf-8')
