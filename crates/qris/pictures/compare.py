"""Reads a set with zbar and OpenCV and compares them with what Gerbang read: compare.py DIRECTORY OURS.

OURS has a line for each picture: its name, what was read, or nothing, and the milliseconds it took. Exits with 1 where
Gerbang reads less than 95 % of the pictures that either of the others reads, or another payload than there is.
"""

import collections
import pathlib
import sys

import cv2
from pyzbar import pyzbar

LEAST = 0.95


def by_opencv(picture):
    detector = cv2.QRCodeDetector()
    texts = set()
    for image in (picture, 255 - picture):
        try:
            texts.update(detector.detectAndDecodeMulti(image)[1])
            texts.add(detector.detectAndDecode(image)[0])
        except (cv2.error, UnicodeDecodeError):
            pass
    return texts


def by_zbar(picture):
    found = [code for image in (picture, 255 - picture) for code in pyzbar.decode(image, [pyzbar.ZBarSymbol.QRCODE])]
    return {code.data.decode(errors="replace") for code in found}


def main():
    directory = pathlib.Path(sys.argv[1])
    ours = {}
    slowest = 0.0
    for line in pathlib.Path(sys.argv[2]).read_text().splitlines():
        name, text, milliseconds = line.split("\t")
        ours[name] = text
        slowest = max(slowest, float(milliseconds))
    table = collections.defaultdict(lambda: [0] * 6)
    for line in (directory / "payloads.tsv").read_text().splitlines():
        name, text = line.split("\t")
        picture = cv2.imread(str(directory / name), cv2.IMREAD_GRAYSCALE)
        zbar, opencv, gerbang = text in by_zbar(picture), text in by_opencv(picture), ours[name] == text
        if ours[name] not in ("", text):
            print(f"{name}: another payload was read")
            sys.exit(1)
        if (zbar or opencv) and not gerbang:
            print(f"only others: {name}")
        row = table[name.split("-")[0]]
        for place, value in enumerate([1, zbar, opencv, zbar or opencv, gerbang, gerbang and (zbar or opencv)]):
            row[place] += value
    table["all"] = [sum(column) for column in zip(*table.values())]
    print(f"{'':12}{'pictures':>9}{'zbar':>6}{'OpenCV':>8}{'either':>8}{'Gerbang':>9}{'of either':>11}")
    for kind, (pictures, zbar, opencv, either, gerbang, of_either) in table.items():
        share = f"{100 * of_either / either:.1f} %" if either else "–"
        print(f"{kind:12}{pictures:9}{zbar:6}{opencv:8}{either:8}{gerbang:9}{share:>11}")
    print(f"the slowest took {slowest:.0f} ms")
    sys.exit(table["all"][5] < LEAST * table["all"][3])


if __name__ == "__main__":
    main()
