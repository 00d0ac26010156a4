"""Labels as people type them: what is printed on tickets, in any script."""

import unicodedata

# What joins letters, or keeps them apart, in Persian, Malayalam, Sinhala and others.
JOINERS = "\u200c\u200d"


def plain_label(text: str) -> str:
    """Return a label with plain spaces for those of every kind, and without marks of direction or soft hyphens."""
    if text.isascii():
        return text.strip()
    signs = (
        " " if unicodedata.category(sign) == "Zs" else sign
        for sign in text
        if sign in JOINERS or unicodedata.category(sign) != "Cf"
    )
    return " ".join("".join(signs).split(" ")).strip()


def is_plain(label: str) -> bool:
    """Return False for what might be markup, or can't be printed."""
    return not ({"<", ">"} & set(label)) and (
        label.isprintable() or all(sign.isprintable() or sign in JOINERS for sign in label)
    )
