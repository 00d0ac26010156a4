"""Make the typefaces of pages smaller: `python -m tools.web_fonts FOLDER` reads the originals in `FOLDER`.

These are the files of the same names in the packages of Fontsource; it needs the Python package `brotli`. Hints for
old screens go, and so do features and weights that no style names. Pages in other languages than Hindi show a few
Devanagari words at most, and get small faces without the rarer ligatures: their letters stand side by side, with half
forms and marks as they have to be. Arabic is only for pages in Arabic.
"""

import sys
from pathlib import Path
from typing import NamedTuple

from fontTools.subset import Options, Subsetter, save_font
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parent.parent / "static" / "fonts"
LATIN = ["calt", "ccmp", "kern", "liga", "locl", "mark", "mkmk", "tnum"]
# All that Devanagari needs to be legible; `pres` has the ligatures of whole syllables.
BASIC = [
    *("abvm", "abvs", "akhn", "blwf", "blwm", "blws", "ccmp", "cjct", "dist", "half", "haln", "kern", "locl", "mark"),
    *("mkmk", "nukt", "psts", "rkrf", "rphf", "vatu"),
]
FULL = [*BASIC, "pres"]
ARABIC = ["calt", "ccmp", "curs", "fina", "init", "isol", "kern", "liga", "locl", "mark", "medi", "mkmk", "rlig"]


class Face(NamedTuple):
    original: str
    features: list[str]
    weights: tuple[int, int] | None = None


FACES = {
    "gloock-latin-400-normal": Face("gloock-latin-400-normal", LATIN),
    "gloock-latin-ext-400-normal": Face("gloock-latin-ext-400-normal", LATIN),
    "hanken-grotesk-latin-wght-normal": Face("hanken-grotesk-latin-wght-normal", LATIN, (400, 700)),
    "hanken-grotesk-latin-ext-wght-normal": Face("hanken-grotesk-latin-ext-wght-normal", LATIN, (400, 700)),
    "mukta-devanagari-400-normal": Face("mukta-devanagari-400-normal", FULL),
    "mukta-devanagari-600-normal": Face("mukta-devanagari-600-normal", FULL),
    "mukta-devanagari-basic-400-normal": Face("mukta-devanagari-400-normal", BASIC),
    "rozha-one-devanagari-400-normal": Face("rozha-one-devanagari-400-normal", FULL),
    "rozha-one-devanagari-basic-400-normal": Face("rozha-one-devanagari-400-normal", BASIC),
    "cairo-arabic-wght-normal": Face("cairo-arabic-wght-normal", ARABIC, (400, 700)),
    "el-messiri-arabic-600-normal": Face("el-messiri-arabic-600-normal", ARABIC),
    # Titles of brands, in one weight.
    **{
        f"{name}-{script}-{weight}-normal": Face(f"{name}-{script}-{weight}-normal", features)
        for name, weight in (("baloo-2", 600), ("martel", 700), ("poppins", 600))
        for script, features in (("latin", LATIN), ("latin-ext", LATIN), ("devanagari", FULL))
    },
}


def main(folder: Path) -> None:
    for name, face in FACES.items():
        font = TTFont(folder / f"{face.original}.woff2")
        options = Options(flavor="woff2", hinting=False, desubroutinize=True, layout_features=face.features)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=font.getBestCmap())
        subsetter.subset(font)
        if face.weights:
            font = instantiateVariableFont(font, {"wght": face.weights})
        save_font(font, FONTS / f"{name}.woff2", options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
