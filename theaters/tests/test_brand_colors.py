"""Colors of brands are legible wherever pages use them, or a legible shade is found."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from theaters.brand_colors import DARK, LIGHT, MIN_CONTRAST, contrast, is_legible, nearest_legible, shades_of

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLORS)
def test_a_legible_shade_is_found_for_every_color(color: str):
    for scheme in (LIGHT, DARK):
        shades = shades_of(color, scheme)
        for ground in (*scheme.papers, shades.wash):
            assert contrast(shades.accent, ground) >= MIN_CONTRAST
        assert contrast(shades.ink, shades.accent) >= MIN_CONTRAST
        assert contrast(shades.ink, shades.strong) >= MIN_CONTRAST


def test_a_legible_color_stays_and_another_changes_little():
    assert nearest_legible("#0b5d4a", LIGHT) == "#0b5d4a"
    assert not is_legible("#e0457b", LIGHT)
    assert nearest_legible("#e0457b", LIGHT) == "#c02058"


def test_papers_and_inks_are_those_of_the_pages():
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    for at, scheme in enumerate((LIGHT, DARK)):
        for name, color in (
            *zip(("paper", "paper-raised", "paper-sunken"), scheme.papers, strict=True),
            ("accent-ink", scheme.ink),
        ):
            found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", tokens)
            assert found is not None
            assert found[at + 1] == color
