"""Labels as people type them and tickets print them, in any script."""

import unicodedata

# Joiners and non-joiners, which Persian, Malayalam, Sinhala and others need.
JOINERS = "\u200c\u200d"


def plain_label(text: str) -> str:
    """Return a label with ordinary spaces only, and without direction marks or soft hyphens."""
    if text.isascii():
        return text.strip()
    signs = (
        " " if unicodedata.category(sign) == "Zs" else sign
        for sign in text
        if sign in JOINERS or unicodedata.category(sign) != "Cf"
    )
    return " ".join("".join(signs).split(" ")).strip()


def is_plain(label: str) -> bool:
    """Return False for a label that might be markup or can't be printed."""
    return not ({"<", ">"} & set(label)) and (
        label.isprintable() or all(sign.isprintable() or sign in JOINERS for sign in label)
    )
