"""Subset the typefaces of PDFs from Noto: `python -m tools.pdf_fonts FOLDER` reads the originals in `FOLDER`.

These are Debian's `fonts-noto-core` and `fonts-noto-cjk` and, for files with `[wght]` in their names, the
Python package `manimgx-fonts`, all unpacked into one folder. `lib/typesetting.py` reads from the results
which characters a PDF can show, so nothing else has to change with them.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parent.parent / "templates" / "pdf" / "fonts"
# Scripts in daily use whose fonts have at most a few hundred KB.
SCRIPTS = [
    "Armenian", "Bengali", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Kannada", "Khmer", "Lao", "Malayalam",
    "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
]  # fmt: skip
OLDER_SCRIPTS = ["CanadianAboriginal", "Cherokee", "MeeteiMayek", "NKo", "OlChiki", "Thaana", "Tifinagh"]
# Arrows, shapes, dingbats; the rest of those fonts is for alchemy, games and teletext.
SYMBOLS = [*range(0x2190, 0x2200), *range(0x2300, 0x2400), *range(0x25A0, 0x27C0), *range(0x2B00, 0x2C00)]
# Syllables of the Ethiopian languages; the later blocks hold those of smaller ones.
ETHIOPIC = range(0x1200, 0x13A0)
# The Chinese variant of the collection; its kana and Hangul are the same in all.
CJK_VARIANT = 2
CJK_FEATURES = ["calt", "ccmp", "kern", "liga", "ljmo", "mark", "mkmk", "tjmo", "vjmo"]
# GB 2312, Big5, JIS X 0208 and KS X 1001.
CJK_SETS = [("gb2312", 0xA1), ("big5", 0x40), ("euc_jp", 0xA1), ("euc_kr", 0xA1)]
# Jamo, circled numbers, kana and Bopomofo with their symbols, Hangul, full-width forms.
CJK_BLOCKS = [
    range(0x1100, 0x1200), range(0x2460, 0x2500), range(0x3000, 0x3400), range(0xAC00, 0xD7A4), range(0xFF00, 0xFFF0),
]  # fmt: skip


def main(folder: Path) -> None:
    for script in SCRIPTS:
        source = _at_400(folder / f"NotoSans{script}[wght].ttf")
        _cut(source, f"noto-sans-{script.lower()}-400.ttf", ETHIOPIC if script == "Ethiopic" else None)
    _cut(_at_400(folder / "NotoSans[wght].ttf"), "noto-sans-400.ttf")
    _cut(_at_400(folder / "NotoEmoji[wght].ttf"), "noto-emoji-400.ttf")
    for script in OLDER_SCRIPTS:
        _cut(TTFont(folder / f"NotoSans{script}-Regular.ttf"), f"noto-sans-{script.lower()}-400.ttf")
    _cut(_at_400(folder / "NotoSansSymbols[wght].ttf"), "noto-sans-symbols-400.ttf", SYMBOLS)
    _cut(TTFont(folder / "NotoSansSymbols2-Regular.ttf"), "noto-sans-symbols2-400.ttf", SYMBOLS)
    cjk = TTFont(folder / "NotoSansCJK-Regular.ttc", fontNumber=CJK_VARIANT)
    _cut(cjk, "noto-sans-cjk-400.otf", set(_cjk()), CJK_FEATURES)


def _at_400(path: Path) -> TTFont:
    font = TTFont(path)
    return instantiateVariableFont(
        font, {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": 400}
    )


def _cut(
    font: TTFont, name: str, characters: Iterable[int] | None = None, features: Iterable[str] | None = None
) -> None:
    options = Options(hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
    if features is not None:
        options.layout_features = list(features)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap() if characters is None else characters)
    subsetter.subset(font)
    font.save(FONTS / name)


def _cjk() -> Iterator[int]:
    """Return the ideographs of the national sets, and the other blocks whole."""
    for codec, second in CJK_SETS:
        for high in range(0xA1, 0xFF):
            for low in range(second, 0xFF):
                letter = bytes((high, low)).decode(codec, "ignore")
                if len(letter) == 1 and ("\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff"):
                    yield ord(letter)
    for block in CJK_BLOCKS:
        yield from block


if __name__ == "__main__":
    main(Path(sys.argv[1]))
