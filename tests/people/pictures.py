# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures of nobody: drawn shapes at the sizes and weights that cameras and scanners give."""

import functools
import io
import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONT = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'
SKIN = ((240, 205, 178), (229, 190, 160), (214, 170, 138))
CLOTHES = ((40, 52, 92), (96, 34, 44), (34, 74, 58), (70, 66, 74), (52, 40, 84))
WALLS = ((206, 214, 204), (214, 208, 196), (198, 208, 216))


@functools.lru_cache(maxsize=None)
def font(size):
    try:
        return ImageFont.truetype(FONT, size, index=2)  # 2: simplified Chinese
    except OSError:
        raise SystemExit(f'generate: {FONT} is missing; install fonts-noto-cjk') from None


@functools.lru_cache(maxsize=None)
def grain(seed, width, height):
    """Film grain, drawn once for a run; each picture takes it from another corner."""
    return Image.frombytes('L', (width, height), random.Random(seed).randbytes(width * height))


def grained(picture, rng, strength, mask=None):
    """Adds grain of so many grey levels, everywhere or where mask is set."""
    width, height = picture.size
    noise = ImageChops.offset(grain('grain', width, height), rng.randrange(width), rng.randrange(height))
    noise = noise.point([128 + (value - 128) * strength // 128 for value in range(256)]).convert('RGB')
    noisy = ImageChops.add(picture, noise, 1, -128)
    return noisy if mask is None else Image.composite(noisy, picture, mask)


def jpeg(picture, quality, dpi, optimize=False):
    out = io.BytesIO()
    picture.save(out, 'JPEG', quality=quality, dpi=(dpi, dpi), optimize=optimize)
    return out.getvalue()


def png(picture, dpi):
    out = io.BytesIO()
    picture.save(out, 'PNG', dpi=(dpi, dpi))
    return out.getvalue()


def figure(draw, box, rng, skin, clothes):
    """Head and shoulders; box = left, top of the hair, width of the face, bottom of the picture."""
    left, top, wide, bottom = box
    middle, high = left + wide / 2, wide * 1.36
    hair = (26 + rng.randrange(14),) * 3
    neck = top + high * 0.86
    draw.rectangle((middle - wide * 0.2, neck, middle + wide * 0.2, neck + wide * 0.4), fill=skin)
    draw.ellipse((middle - wide * 0.98, neck + wide * 0.22, middle + wide * 0.98, bottom + wide), fill=clothes)
    draw.ellipse((left - wide * 0.05, top, left + wide * 1.05, top + high * 0.75), fill=hair)
    draw.ellipse((left, top + high * 0.08, left + wide, top + high), fill=skin)
    draw.chord((left, top + high * 0.02, left + wide, top + high * 0.62), 195, 345, fill=hair)
    eyes = top + high * 0.5
    for side in (-1, 1):
        x = middle + side * wide * 0.21
        draw.ellipse((x - wide * 0.08, eyes - wide * 0.035, x + wide * 0.08, eyes + wide * 0.035), fill='white')
        draw.ellipse((x - wide * 0.035, eyes - wide * 0.035, x + wide * 0.035, eyes + wide * 0.035), fill=hair)
        draw.line((x - wide * 0.1, eyes - wide * 0.1, x + wide * 0.1, eyes - wide * 0.1),
                  fill=hair, width=max(2, int(wide / 45)))
        ear = (middle + side * wide * 0.5 - wide * 0.05, eyes - wide * 0.05)
        draw.ellipse((*ear, ear[0] + wide * 0.1, ear[1] + wide * 0.24), fill=skin)
    shade = tuple(int(value * 0.82) for value in skin)
    draw.line((middle, eyes + wide * 0.05, middle - wide * 0.05, eyes + wide * 0.26, middle + wide * 0.04,
               eyes + wide * 0.27), fill=shade, width=max(2, int(wide / 60)))
    draw.arc((middle - wide * 0.16, eyes + wide * 0.3, middle + wide * 0.16, eyes + wide * 0.46), 20, 160,
             fill=(170, 84, 84), width=max(2, int(wide / 40)))


def portrait(rng, plain=False):
    """358 x 441 at 350 dpi on pure white, face 207 wide, hair 7 to 21 from the edge, eyes more than
    207 above the lower edge (GA 461)."""
    size = (358, 441)
    picture = Image.new('RGB', size, 'white')
    figure(ImageDraw.Draw(picture), (75, rng.randint(9, 19), 207, 441), rng, rng.choice(SKIN),
           rng.choice(CLOTHES))
    mask = picture.convert('L').point([255] * 250 + [0] * 6)
    picture = picture.filter(ImageFilter.GaussianBlur(0.6))
    return jpeg(picture, 12, 350, True) if plain else jpeg(grained(picture, rng, 15, mask), 70, 350)


def joint(rng, picture_of_room=(1920, 1080)):
    """Guardian and applicant side by side in a room, as a webcam sees them."""
    picture = Image.new('RGB', picture_of_room, rng.choice(WALLS))
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y = rng.randrange(1800), rng.randrange(500)
        draw.rectangle((x, y, x + rng.randint(60, 320), y + rng.randint(60, 300)),
                       fill=tuple(rng.randint(150, 230) for _ in range(3)), outline=(120, 120, 120), width=3)
    skin = rng.choice(SKIN)
    figure(draw, (520, rng.randint(150, 210), 300, 1080), rng, skin, rng.choice(CLOTHES))
    figure(draw, (1120, rng.randint(330, 400), 250, 1080), rng, skin, rng.choice(CLOTHES))
    return jpeg(grained(picture.filter(ImageFilter.GaussianBlur(1)), rng, 22), 80, 96)


def scan(rng, title, lines):
    """A page on a flatbed scanner at 150 dpi: A4, slightly turned paper, grain, text, a seal."""
    picture = Image.new('RGB', (1240, 1754), (247, 245, 238))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((90, 90, 1150, 1664), outline=(120, 60, 50), width=4)
    draw.text((620, 190), title, font=font(58), fill=(60, 30, 30), anchor='mm')
    for index, (label, value) in enumerate(lines):
        y = 320 + index * 92
        draw.text((150, y), label, font=font(30), fill=(120, 60, 50))
        draw.text((430, y - 4), value, font=font(34), fill=(24, 24, 28))
        draw.line((140, y + 62, 1100, y + 62), fill=(186, 140, 130), width=2)
    x, y = 830 + rng.randint(-40, 40), 1400 + rng.randint(-40, 40)
    draw.ellipse((x - 130, y - 130, x + 130, y + 130), outline=(206, 40, 40), width=9)
    draw.text((x, y), '演示专用', font=font(44), fill=(206, 40, 40), anchor='mm')
    draw.text((620, 1610), '本页由程序绘制，不是任何人的证件', font=font(26), fill=(150, 150, 150), anchor='mm')
    return jpeg(grained(picture, rng, rng.randint(14, 16)), 75, 150)


def signature(rng):
    """Strokes of a pen on a pad."""
    picture = Image.new('L', (600, 240), 255)
    draw = ImageDraw.Draw(picture)
    for index in range(rng.randint(7, 11)):
        x, y = 50 + index % 3 * 180 + rng.randint(0, 60), rng.randint(40, 120)
        turn, points = rng.uniform(-0.4, 1.6), []
        for _ in range(24):
            points.append((x, y))
            turn += rng.uniform(-0.35, 0.35)
            x += math.cos(turn) * rng.uniform(2, 8)
            y += math.sin(turn) * rng.uniform(2, 7)
        draw.line(points, fill=20, width=rng.randint(4, 6), joint='curve')
    return png(picture.filter(ImageFilter.GaussianBlur(0.5)), 300)


def ridges(rng, faint=False):
    """256 x 360 at 500 dpi: waves about a bent core, as no finger has them."""
    width, height = 256, 360
    core_x, core_y = width / 2 + rng.uniform(-20, 20), height * 0.45 + rng.uniform(-25, 25)
    bend, period, phase = rng.uniform(0.6, 1.2), rng.uniform(8.2, 9.6), rng.uniform(0, 6)
    wave = [int(128 + (26 if faint else 96) * math.sin(index / 256 * 2 * math.pi)) for index in range(256)]
    step = 256 / period
    noise, rows = grain('ridge', width, height).tobytes(), bytearray()
    shift = rng.randrange(width * height)
    column = [(x - core_x) * (x - core_x) for x in range(width)]
    tilt = [math.sin((x - core_x) / 47 * bend) * 9 + phase for x in range(width)]
    for y in range(height):
        down = (y - core_y) * (y - core_y) * (0.55 if y < core_y else 0.28)
        sway = math.sin(y / 61 * bend) * 11
        for x in range(width):
            level = wave[int((math.sqrt(column[x] + down) + tilt[x] + sway) * step) & 255]
            edge = column[x] * 1.9 + down
            value = level if edge < 21000 else 250
            at = (y * width + x + shift) % (width * height)
            rows.append(min(255, max(0, int(value) + (noise[at] >> 3) - 16)))
    return png(Image.frombytes('L', (width, height), bytes(rows)), 500)
