"""Draws a set of photographs that are hard to read: draw.py DIRECTORY PICTURES-OF-EACH-KIND.

The set is the same each time. `payloads.tsv` in the directory says what each picture holds. With `fixtures` instead of a number
it draws the few pictures of the crate's tests, as small files.
"""

import math
import pathlib
import sys

import cv2
import numpy as np
import segno

SEED = 20261130


def crc(text):
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return f"{value:04X}"


def tag(number, value):
    return f"{number:02}{len(value):02}{value}"


def payload(random):
    """A payload of 130 to 330 characters, as stickers and gateways have them."""
    digits = lambda count: "".join(random.choice(list("0123456789"), count))
    account = tag(0, "ID.CO.CONTOH.WWW") + tag(1, "93600" + digits(14)) + tag(2, digits(15)) + tag(3, "UMI")
    national = tag(0, "ID.CO.QRIS.WWW") + tag(2, "ID" + digits(13)) + tag(3, "UMI")
    text = tag(0, "01") + tag(1, "11") + tag(26, account)
    if random.random() < 0.8:
        text += tag(51, national)
    text += tag(52, "5812") + tag(53, "360")
    if random.random() < 0.5:
        text += tag(54, digits(5).lstrip("0") or "1")
    text += tag(58, "ID") + tag(59, "Warung " + digits(6)) + tag(60, "KAB. KEBUMEN") + tag(61, digits(5))
    if random.random() < 0.6:
        more = tag(5, digits(18)) + tag(7, "A01")
        if random.random() < 0.3:
            more += tag(50, digits(60))
        text += tag(62, more)
    text += "6304"
    return text + crc(text)


def code(text, module, quiet=4):
    matrix = np.array(list(segno.make(text, error="m", micro=False, boost_error=False).matrix), dtype=np.uint8)
    picture = np.pad(np.where(matrix, 0, 255).astype(np.uint8), quiet, constant_values=255)
    return cv2.cvtColor(np.kron(picture, np.ones((module, module), dtype=np.uint8)), cv2.COLOR_GRAY2BGR)


def side_by_side(left, right):
    picture = np.full((max(left.shape[0], right.shape[0]), left.shape[1] + right.shape[1], 3), 255, np.uint8)
    picture[: left.shape[0], : left.shape[1]] = left
    picture[: right.shape[0], left.shape[1] :] = right
    return picture


def background(random, width, height):
    """Something with edges, colours and writing."""
    base = random.integers(60, 200, 3)
    picture = np.full((height, width, 3), base, dtype=np.uint8)
    for _ in range(25):
        colour = tuple(int(c) for c in random.integers(0, 255, 3))
        at = lambda: (int(random.integers(0, width)), int(random.integers(0, height)))
        if random.random() < 0.5:
            cv2.rectangle(picture, at(), at(), colour, -1 if random.random() < 0.3 else 3)
        else:
            cv2.putText(picture, "TERIMA KASIH", at(), cv2.FONT_HERSHEY_DUPLEX, random.uniform(0.5, 2), colour, 2)
    return cv2.GaussianBlur(picture, (0, 0), 1.5)


def placed(random, picture, width, height, corners, behind=None):
    """The picture with its corners at these places, over a background."""
    behind = background(random, width, height) if behind is None else behind
    h, w = picture.shape[:2]
    source = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
    matrix = cv2.getPerspectiveTransform(source, np.float32(corners))
    large = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((h, w), 255, np.uint8), matrix, (width, height), flags=cv2.INTER_AREA)
    alpha = (mask / 255.0)[..., None]
    return (large * alpha + behind * (1 - alpha)).astype(np.uint8)


def square(x, y, side, angle, random=None, jitter=0.0):
    """The corners of a square that is turned, and perhaps seen from the side."""
    half, corners = side / 2, []
    for cx, cy in [(-half, -half), (half, -half), (half, half), (-half, half)]:
        a = math.radians(angle)
        px, py = x + cx * math.cos(a) - cy * math.sin(a), y + cx * math.sin(a) + cy * math.cos(a)
        if random is not None:
            px, py = px + random.uniform(-jitter, jitter) * side, py + random.uniform(-jitter, jitter) * side
        corners.append((px, py))
    return corners


def rotated(random, text):
    side = random.uniform(250, 500)
    return placed(random, code(text, 8), 800, 700, square(400, 350, side, random.uniform(0, 360)))


def perspective(random, text):
    side = random.uniform(300, 480)
    return placed(random, code(text, 8), 800, 700, square(400, 350, side, random.uniform(-20, 20), random, 0.11))


def compressed(random, text):
    return placed(random, code(text, 8), 700, 700, square(350, 350, random.uniform(200, 420), random.uniform(-10, 10)))


def blurred(random, text):
    side = random.uniform(300, 450)
    picture = placed(random, code(text, 8), 700, 700, square(350, 350, side, random.uniform(-8, 8)))
    module = side / (len(text) / 5 + 20)
    if random.random() < 0.5:
        return cv2.GaussianBlur(picture, (0, 0), module * random.uniform(0.3, 0.62))
    length = max(2, int(module * random.uniform(0.6, 1.4)))
    kernel = np.zeros((length, length), np.float32)
    cv2.line(kernel, (0, int(random.integers(0, length))), (length - 1, int(random.integers(0, length))), 1)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def logo(random, text):
    picture = code(text, 10)
    size = picture.shape[0]
    half = int(size * random.uniform(0.07, 0.11))
    colour = tuple(int(c) for c in random.integers(0, 255, 3))
    middle = size // 2
    cv2.rectangle(picture, (middle - half - 6,) * 2, (middle + half + 6,) * 2, (255, 255, 255), -1)
    cv2.circle(picture, (middle, middle), half, colour, -1)
    return placed(random, picture, 800, 700, square(400, 350, random.uniform(280, 500), random.uniform(-25, 25)))


def dark(random, text):
    picture = placed(random, code(text, 8), 700, 700, square(350, 350, random.uniform(250, 450), random.uniform(-15, 15)))
    picture = picture * random.uniform(0.06, 0.2) + 6
    return np.clip(picture + random.normal(0, random.uniform(1, 4), picture.shape), 0, 255).astype(np.uint8)


def noisy(random, text):
    picture = placed(random, code(text, 8), 700, 700, square(350, 350, random.uniform(280, 450), random.uniform(-15, 15)))
    picture = picture * 0.6 + 40
    return np.clip(picture + random.normal(0, random.uniform(20, 60), picture.shape), 0, 255).astype(np.uint8)


def uneven(random, text):
    picture = placed(random, code(text, 8), 800, 700, square(400, 350, random.uniform(300, 500), random.uniform(-15, 15)))
    y, x = np.mgrid[0:700, 0:800]
    a = random.uniform(0, 2 * math.pi)
    slope = (x - 400) / 400 * math.cos(a) + (y - 350) / 350 * math.sin(a)
    light = np.clip(0.55 + 0.4 * slope, 0.12, 1.0)
    if random.random() < 0.5:
        # The hard edge of a shadow.
        light *= np.where(slope > random.uniform(-0.3, 0.3), 1.0, random.uniform(0.3, 0.5))
    return np.clip(picture * light[..., None], 0, 255).astype(np.uint8)


def small(random, text):
    width, height = 2400, 1800
    side = random.uniform(150, 300)
    x, y = random.uniform(300, width - 300), random.uniform(300, height - 300)
    return placed(random, code(text, 8), width, height, square(x, y, side, random.uniform(-30, 30)))


def sticker(random, text):
    picture = code(text, 8)
    size = picture.shape[0]
    card = np.full((size + 260, size + 80, 3), 255, np.uint8)
    card[160 : 160 + size, 40 : 40 + size] = picture
    cv2.rectangle(card, (0, 0), (size + 79, 120), (40, 40, 200), -1)
    cv2.putText(card, "WARUNG CONTOH", (30, 80), cv2.FONT_HERSHEY_DUPLEX, 1.2, (255, 255, 255), 2)
    cv2.putText(card, "NMID : ID1020304050607", (30, size + 210), cv2.FONT_HERSHEY_DUPLEX, 0.9, (0, 0, 0), 2)
    cv2.rectangle(card, (0, 0), (size + 79, size + 259), (40, 40, 200), 12)
    side = random.uniform(500, 800)
    corners = square(600, 600, side, random.uniform(-35, 35), random, 0.09)
    picture = placed(random, card, 1200, 1200, corners)
    return cv2.GaussianBlur(picture, (0, 0), random.uniform(0.5, 1.2))


def inverted(random, text):
    picture = 255 - code(text, 8)
    return placed(random, picture, 700, 700, square(350, 350, random.uniform(250, 450), random.uniform(-15, 15)))


def several(random, text):
    """One QRIS code and two of other things."""
    picture = background(random, 1400, 700)
    others = ["https://example.com/menu?table=%d" % random.integers(1, 90), "WIFI:S:contoh;T:WPA;P:kopi-susu;;"]
    places = [250, 700, 1150]
    random.shuffle(places)
    for content, x in zip([text, *others], places):
        corners = square(x, 350, random.uniform(280, 380), random.uniform(-15, 15), random, 0.03)
        picture = placed(random, code(content, 8), 1400, 700, corners, picture)
    return picture


def bent(random, text):
    """Around a bottle."""
    picture = code(text, 10)
    size = picture.shape[0]
    bend = random.uniform(0.5, 0.95)
    x = np.linspace(-1, 1, size, dtype=np.float32)
    across = (np.arcsin(x * math.sin(bend)) / bend + 1) / 2 * (size - 1)
    map_x = np.tile(across, (size, 1)).astype(np.float32)
    map_y = np.tile(np.arange(size, dtype=np.float32)[:, None], (1, size))
    shade = 0.6 + 0.4 * np.cos(x * bend)
    picture = (cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR) * shade[None, :, None]).astype(np.uint8)
    return placed(random, picture, 800, 700, square(400, 350, random.uniform(320, 480), random.uniform(-15, 15)))


KINDS = [
    rotated, perspective, compressed, blurred, logo, dark, noisy, uneven, small, sticker, inverted, several, bent,
]  # fmt: skip

QUALITY = {compressed: 20, small: 85, dark: 70}


def drawn(kind, number):
    random = np.random.default_rng([SEED, KINDS.index(kind), number])
    text = payload(random)
    return text, kind(random, text)


def fixtures(directory):
    """Pictures of each format, in grey and with little quality."""
    lines = []

    def keep(name, picture, text, *options):
        cv2.imwrite(str(directory / name), cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), options)
        lines.append(f"{name}\t{text}\n")

    jpeg, webp = cv2.IMWRITE_JPEG_QUALITY, cv2.IMWRITE_WEBP_QUALITY
    for kind, number, name, *options in [
        (perspective, 2, "perspective.jpg", jpeg, 20),
        (logo, 2, "logo.webp", webp, 10),
        (uneven, 0, "uneven.jpg", jpeg, 20),
        (several, 0, "several.jpg", jpeg, 20, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        (inverted, 1, "inverted.webp", webp, 10),
    ]:
        text, picture = drawn(kind, number)
        keep(name, picture, text, *options)
    texts = [payload(np.random.default_rng([SEED, number])) for number in (1, 2)]
    keep("screen.png", code(texts[0], 4), texts[0])
    keep("two.png", side_by_side(*(code(text, 3) for text in texts)), "two")
    keep("link.png", code("https://example.com/menu", 4), "link")
    keep("wrong.png", code(texts[0][:-1] + "x", 4), "wrong")
    (directory / "payloads.tsv").write_text("".join(lines))


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    if sys.argv[2] == "fixtures":
        fixtures(directory)
        return
    count = int(sys.argv[2])
    lines = []
    for kind in KINDS:
        for number in range(count):
            text, picture = drawn(kind, number)
            name = f"{kind.__name__}-{number:03}.jpg"
            cv2.imwrite(str(directory / name), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY.get(kind, 80)])
            lines.append(f"{name}\t{text}\n")
    (directory / "payloads.tsv").write_text("".join(lines))


if __name__ == "__main__":
    main()
