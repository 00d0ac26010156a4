"""Posters of comedy, talks and cellars."""

from math import cos, pi, sin
from random import Random

from demo.posters.canvas import ANTON, BOWLBY, Sheet, at_angle


def lysistrata() -> Sheet:
    """Closed until further notice."""
    pink, ink, clay, cream = "#f26a8d", "#1b1517", "#d9602f", "#fdeede"
    sheet = Sheet(pink)
    sheet.rays(400, 560, 1100, 36, "#f47e9c")
    sheet.path("M270 470L270 330C270 200 330 130 400 130S530 200 530 330L530 470", "none", stroke=ink, stroke_width=58)
    sheet.path(
        "M270 470L270 330C270 200 330 130 400 130S530 200 530 330L530 470", "none", stroke=cream, stroke_width=10
    )
    sheet.path("M296 402L504 402L504 470C600 500 640 590 620 690C600 800 520 860 480 900L480 930L560 960L560 990L240 990L240 960L320 930L320 900"
               "C280 860 200 800 180 690C160 590 200 500 296 470Z", ink)  # fmt: skip
    sheet.begin(
        clip_path=sheet.clip(
            "jar",
            '<path d="M296 402L504 402L504 470C600 500 640 590 620 690C600 800 520 860 480 900L320 900C280 860 200 800 180 690C160 590 200 500 296 470Z"/>',
        )
    )
    sheet.rect(100, 520, 600, 250, clay)
    for y in (532, 752):
        sheet.rect(100, y, 600, 6, ink)
    for x in range(130, 700, 52):
        sheet.line(
            [(x, 806), (x, 782), (x + 38, 782), (x + 38, 806), (x + 14, 806), (x + 14, 794), (x + 26, 794)], clay, 5
        )
        sheet.poly([(x, 500), (x + 13, 470), (x + 26, 500)], clay)
    sheet.end()
    sheet.circle(400, 622, 46, ink)
    sheet.poly([(382, 640), (418, 640), (434, 736), (366, 736)], ink)
    for side in (-1, 1):
        x = 400 + side * 128
        for index in range(3):
            sheet.curve(
                f"M{x - 46 + index * 10} {602 + index * 18}Q{x} {570 + index * 26} {x + 46 - index * 10} {602 + index * 18}",
                ink,
                9,
            )
        sheet.circle(x, 684, 26, ink)
        sheet.poly([(x - 54, 714), (x + 54, 714), (x + 34, 738), (x - 34, 738)], ink)
    sheet.text("LYSISTRATA", 400, 1030, 120, ink, font=ANTON, align="center", fit=700)
    sheet.text("ARISTOPHANES", 48, 50, 22, ink, weight=700, tracking=5)
    sheet.text("NO PEACE,\nNO NOTHING", 752, 50, 22, ink, weight=700, tracking=5, align="right", leading=0.5)
    return sheet


def open_mic() -> Sheet:
    """Your turn."""
    blue, red, cream, ink = "#2342b8", "#f0452d", "#fdf3de", "#10131f"
    sheet = Sheet(blue)
    sheet.poly([(400, -40), (900, 1240), (-100, 1240)], "#3457d8")
    sheet.poly([(400, -40), (700, 1240), (100, 1240)], "#4a70f2")
    sheet.rect(386, 560, 28, 420, ink)
    sheet.path("M250 980H550L580 1010H220Z", ink)
    sheet.circle(400, 380, 220, ink)
    sheet.begin(clip_path=sheet.clip("head", '<circle cx="400" cy="380" r="206"/>'))
    sheet.rect(180, 160, 440, 440, cream)
    for line in range(22):
        for column in range(22):
            x, y = 190 + column * 21 + (10 if line % 2 else 0), 170 + line * 20
            distance = ((x - 340) ** 2 + (y - 310) ** 2) ** 0.5
            sheet.circle(x, y, 2.2 + distance / 42, ink)
    sheet.end()
    sheet.rect(176, 352, 448, 62, red)
    sheet.rect(176, 352, 448, 8, ink)
    sheet.rect(176, 406, 448, 8, ink)
    sheet.poly([(300, 584), (500, 584), (450, 700), (350, 700)], ink)
    sheet.rect(374, 632, 52, 20, red)
    sheet.text("ANYBODY’S", 400, 774, 120, cream, font=BOWLBY, align="center", fit=690)
    sheet.text("MICROPHONE", 400, 888, 120, cream, font=BOWLBY, align="center", fit=690)
    for index, color in enumerate((cream, cream, cream, cream, red)):
        sheet.circle(272 + index * 64, 1082, 19, color)
    sheet.text(
        "FIVE MINUTES.  THE LIGHT GOES RED AT FOUR.", 400, 1140, 20, cream, align="center", weight=700, tracking=4
    )
    return sheet


def the_improvised_whodunit() -> Sheet:
    """Whose is it?"""
    paper, ink, red = "#e9dfc8", "#1c1b1f", "#c8202f"
    sheet = Sheet(paper)
    # A thumb print, and what it asks: rings that end below, ridges that go on down.
    for index in range(13):
        radius = 268 - index * 20.5
        broken = "none" if index % 3 else f"{radius * 1.9:.0f} 18 {radius * 0.7:.0f} 18"
        if radius < 90:
            sheet.ellipse(400, 350, radius * 0.86, radius, "none", stroke=ink, stroke_width=11,
                          stroke_dasharray=f"{radius * 4.2:.0f} 20", stroke_linecap="round", transform=f"rotate({index * 70} 400 350)")  # fmt: skip
            continue
        (ax, ay), (bx, by) = at_angle(400, 350, radius, 172 + index * 3), at_angle(400, 350, radius, 432 - index * 2)
        sheet.curve(f"M{ax:.1f} {ay:.1f}A{radius} {radius} 0 1 1 {bx:.1f} {by:.1f}", ink, 11, stroke_dasharray=broken)
    for index in range(7):
        x = 338.5 + index * 20.5
        top = 352 + (268 - 20.5 * 8) + 40 + abs(index - 2) * 12
        sheet.curve(f"M{x} {top + 24}Q{x + 6} {700} {x} {806 - abs(index - 3) * 9}", ink, 11,
                    stroke_dasharray="none" if index % 2 else "150 18 400")  # fmt: skip
    sheet.circle(400, 920, 76, red)
    for radius in (58, 42, 26):
        sheet.hoop(
            400,
            920,
            radius,
            paper,
            6,
            stroke_dasharray=f"{radius * 3.4:.0f} 14",
            transform=f"rotate({radius * 5} 400 920)",
        )
    sheet.circle(400, 920, 9, paper)
    for x, y, radius in ((500, 980, 14), (526, 1006, 7), (296, 968, 9), (482, 870, 6)):
        sheet.circle(x, y, radius, red)
    sheet.text("THE IMPROVISED", 400, 1030, 60, ink, font=ANTON, align="center", fit=330)
    sheet.text("WHODUNIT", 400, 1094, 100, red, font=ANTON, align="center", fit=330)
    sheet.text("YOU\nCHOOSE\nTHE\nCORPSE", 48, 1036, 25, ink, weight=700, tracking=3, leading=0.55)
    sheet.text("NEVER\nTHE\nSAME\nTWICE", 752, 1036, 25, ink, weight=700, tracking=3, leading=0.55, align="right")
    return sheet


def why_is_the_sky_blue() -> Sheet:
    """Long waves go straight on; short ones end up everywhere."""
    sky, deep, sun, orange, white = "#4fb3e8", "#1d5fb0", "#ffd84a", "#ff7f3f", "#ffffff"
    sheet = Sheet(sky)
    sheet.rect(0, 0, 800, 1200, sheet.gradient("air", "#2f8fdc", "#63c1ee", "#bfe7f7"))
    sheet.rays(0, 0, 460, 40, "#ffe88a", share=0.4)
    sheet.circle(0, 0, 300, sun)
    chance = Random(1871)
    for index, (color, length, width) in enumerate((("#e5432d", 190, 9), (orange, 150, 9), (sun, 116, 9))):
        points = []
        for step in range(0, 1400, 6):
            along, off = 316 + step, 11 * sin(2 * pi * step / length)
            angle = 0.70 + index * 0.085
            points.append((along * cos(angle) - off * sin(angle), along * sin(angle) + off * cos(angle)))
        sheet.line(points, color, width, stroke_linecap="round", stroke_linejoin="round")
    molecules: list[tuple[float, float]] = []
    for _ in range(140):
        x, y = chance.uniform(330, 770), chance.uniform(70, 780)
        if any((x - a) ** 2 + (y - b) ** 2 < 96**2 for a, b in molecules):
            continue
        molecules.append((x, y))
        turn, reach = chance.uniform(0, 2 * pi), chance.uniform(70, 150)
        points = [(x + step * cos(turn) - 8 * sin(2 * pi * step / 26) * sin(turn), y + step * sin(turn) + 8 * sin(2 * pi * step / 26) * cos(turn))
                  for step in range(0, int(reach), 3)]  # fmt: skip
        sheet.line(points, deep, 6, stroke_linecap="round", stroke_linejoin="round")
        sheet.circle(x, y, 11, white)
    sheet.circle(120, 1320, 420, "#176b4b")
    sheet.circle(700, 1360, 430, "#125a3f")
    # Whoever asked.
    sheet.begin(transform="translate(640 850)")
    sheet.path("M-46 190C-46 110 -36 80 0 80S46 110 46 190Z", "#e5432d")
    sheet.circle(0, 40, 44, "#7a4a2c")
    sheet.path("M-44 36C-46 -8 -20 -20 6 -18C36 -16 48 10 44 30C20 20 0 14 -14 6C-20 22 -30 32 -44 36Z", "#22161a")
    sheet.curve("M36 110C70 90 84 50 88 0", "#e5432d", 24)
    sheet.circle(89, -10, 13, "#7a4a2c")
    sheet.line([(89, -10), (96, -40)], "#7a4a2c", 9, stroke_linecap="round")
    sheet.circle(-10, 40, 5, white)
    sheet.circle(-14, 34, 4, "#22161a")
    sheet.end()
    sheet.text("WHY IS", 56, 858, 96, white, font=BOWLBY, fit=330)
    sheet.text("THE SKY", 56, 944, 96, white, font=BOWLBY, fit=390)
    sheet.text("BLUE?", 56, 1042, 96, "#bfe7f7", font=BOWLBY, fit=330)
    sheet.text("EXPERIMENTS FOR PEOPLE OF SEVEN AND OVER", 56, 1148, 19, white, weight=700, tracking=3)
    return sheet


POSTERS = {
    "lysistrata": lysistrata,
    "open-mic": open_mic,
    "the-improvised-whodunit": the_improvised_whodunit,
    "why-is-the-sky-blue": why_is_the_sky_blue,
}
