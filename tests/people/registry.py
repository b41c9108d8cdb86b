# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names, places and numbers of people who do not exist."""

import datetime

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# Sequences 996 to 999 were set aside for people born a century earlier: nobody born since has one.
SEQUENCES = {'1': ('997', '999'), '2': ('996', '998')}

# Where the households are registered: region code, address.
HOMES = (
    ('360702', '江西省赣州市章贡区'),
    ('360721', '江西省赣州市赣县区'),
    ('360722', '江西省赣州市信丰县'),
    ('360724', '江西省赣州市上犹县'),
    ('360731', '江西省赣州市于都县'),
    ('360732', '江西省赣州市兴国县'),
    ('360735', '江西省赣州市石城县'),
    ('360402', '江西省九江市濂溪区'),
    ('360423', '江西省九江市武宁县'),
    ('360424', '江西省九江市修水县'),
    ('360428', '江西省九江市都昌县'),
    ('360430', '江西省九江市彭泽县'),
    ('360821', '江西省吉安市吉安县'),
    ('360922', '江西省宜春市万载县'),
    ('361125', '江西省上饶市横峰县'),
)
# Where they live, and where the trip goes.
RESIDENCE = ('360111', '江西省南昌市青山湖区')
SCHOOL = '晴川路小学'
TOWNS = ('河口镇', '新田镇', '石桥镇', '大塘乡', '白鹭镇', '沙地镇', '梅林镇', '银坑镇')
VILLAGES = ('上坪村', '下陂村', '长塘村', '樟树村', '黄沙村', '桥头村', '枫林村', '联丰村')
STREETS = ('晴川路', '湖滨东路', '梧桐街', '学院巷', '青云路', '红枫街', '江畔路')

SURNAMES = tuple('王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高谢钟曾赖温邱廖熊万涂')
DOUBLE_SURNAMES = ('欧阳', '上官', '诸葛')
GIVEN = {
    '1': tuple('子涵宇轩浩然博文俊杰明哲嘉豪志远晨阳建国海涛立新伟峰'),
    '2': tuple('欣怡诗雨梓萱思琪佳慧雅婷若曦春兰秀英丽芳玉梅晓燕静'),
}
LONG_SYLLABLES = ('阿', '卜', '杜', '热', '合', '曼', '买', '提', '努', '尔', '古', '丽', '沙', '吾', '提')
EXTENSION_B = '\U00020BB7'  # 𠮷, outside the plane that 16-bit software knows


def check_digit(head):
    return '10X98765432'[sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS)) % 11]


def birthday(born, years):
    """The day on which somebody is so many years old; 29 February counts as 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return datetime.date(born.year + years, 3, 1)


def age_on(born, day):
    return day.year - born.year - (birthday(born, day.year - born.year) > day)


class Numbers:
    """Valid numbers that were never handed out, each once."""

    def __init__(self):
        self.taken = set()

    def free(self, region, born, sex):
        for sequence in SEQUENCES[sex]:
            head = f'{region}{born:%Y%m%d}{sequence}'
            if head not in self.taken:
                self.taken.add(head)
                return head + check_digit(head)
        return None


def person_number(numbers, rng, born, sex, region=None, spread=0):
    """A number for somebody born about then: (number, the day of birth it says).
    With spread, the day may move by so many days to find a free one."""
    for attempt in range(10000):
        place = region if region and attempt < 2 else rng.choice(HOMES)[0]
        day = born + datetime.timedelta(days=rng.randint(-spread, spread)) if attempt and spread else born
        number = numbers.free(place, day, sex)
        if number:
            return number, day
    raise SystemExit('generate: no free number is left; ask for fewer people')


def surname(rng):
    return rng.choice(DOUBLE_SURNAMES) if rng.random() < 0.06 else rng.choice(SURNAMES)


def given(rng, sex):
    return ''.join(rng.choice(GIVEN[sex]) for _ in range(rng.choice((1, 2, 2, 2))))


def long_name(rng):
    """25 characters, the name dot among them."""
    first = ''.join(rng.choice(LONG_SYLLABLES) for _ in range(12))
    return first + '·' + ''.join(rng.choice(LONG_SYLLABLES) for _ in range(12))


def home(rng):
    """(region code, registered address)."""
    region, place = rng.choice(HOMES)
    return region, f'{place}{rng.choice(TOWNS)}{rng.choice(VILLAGES)}{rng.randint(1, 180)}号'


def residence(rng):
    return (f'{RESIDENCE[1]}{rng.choice(STREETS)}{rng.randint(1, 399)}号'
            f'{rng.randint(1, 30)}栋{rng.randint(1, 18)}0{rng.randint(1, 4)}室')


def phone(rng):
    """Reads like a mobile number; a run of zeros that no operator hands out."""
    return f'1900000{rng.randint(0, 9999):04d}'
