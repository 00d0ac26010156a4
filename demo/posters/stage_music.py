"""Posters of opera and ballet."""

from random import Random

from demo.posters.canvas import (
    ABRIL,
    CORMORANT,
    POIRET,
    Sheet,
    at_angle,
    ring,
)


def the_magic_flute() -> Sheet:
    """A vault of stars that hangs from a flute."""
    night, gold, cream = "#10163d", "#f1c15a", "#fdf3d6"
    sheet = Sheet(night)
    sheet.rect(0, 0, 800, 1200, sheet.gradient("sky", "#080b26", "#232d72", "#4a4a9a"))
    for line in range(11):
        radius = 130 + line * 62
        for step in range(-14, 15):
            angle = -90 + step * (6.4 + line * 0.02)
            x, y = at_angle(400, 850, radius, angle)
            size = 3.2 + line * 0.75
            points = [
                at_angle(x, y, size * (2.4 if index % 2 == 0 else 0.8), turn)
                for index, turn in enumerate(ring(10, start=angle))
            ]
            sheet.poly(points, gold if (step + line) % 3 else cream)
    sheet.path("M250 850A150 150 0 0 0 550 850A170 120 0 0 1 250 850Z", gold)
    sheet.rect(385, 250, 30, 640, gold)
    sheet.rect(385, 250, 12, 640, cream)
    for y in (296, 318, 820, 842):
        sheet.rect(379, y, 42, 9, cream)
    sheet.ellipse(400, 372, 9, 13, night)
    for y in (500, 548, 596, 660, 708, 756):
        sheet.circle(400, y, 9, night)
    sheet.poly([(385, 250), (415, 250), (410, 226), (390, 226)], cream)
    # The bird-catcher's tune, gone up.
    for x, y, turn in ((300, 180, -18), (520, 140, 14), (610, 240, 24)):
        sheet.begin(transform=f"translate({x} {y}) rotate({turn})")
        sheet.path("M0 0C-22 -34 -62 -34 -78 -16C-50 -18 -30 -6 0 14C30 -6 50 -18 78 -16C62 -34 22 -34 0 0Z", cream)
        sheet.end()
    sheet.text("THE MAGIC FLUTE", 400, 1034, 80, cream, font=POIRET, align="center", fit=640)
    sheet.text("Wolfgang Amadeus Mozart", 400, 1124, 36, gold, font=CORMORANT, align="center", weight=600, italic=True)
    return sheet


def carmen() -> Sheet:
    """Sun and shade of the ring, and a fan."""
    red, ink, rose, sand = "#d4202c", "#191216", "#f47c8c", "#f6c667"
    sheet = Sheet(sand)
    sheet.poly([(0, 0), (800, 0), (800, 420), (0, 980)], "#f3b14a")
    sheet.begin(transform="translate(400 846)")
    blades = 15
    for index in range(blades):
        start = -180 + 180 / blades * index
        end = start + 180 / blades
        sheet.wedge(0, 0, 500, start, end, red if index % 2 == 0 else "#b3151f")
        sheet.wedge(0, 0, 330, start + 3.5, end - 3.5, ink)
        x, y = at_angle(0, 0, 500, (start + end) / 2)
        sheet.circle(x, y, 53, red if index % 2 == 0 else "#b3151f")
        sheet.circle(x, y, 28, sand)
        sheet.circle(*at_angle(0, 0, 410, (start + end) / 2), 19, rose)
        sheet.circle(*at_angle(0, 0, 364, (start + end) / 2), 9, rose)
    sheet.circle(0, 0, 90, ink)
    sheet.circle(0, 0, 14, sand)
    sheet.end()
    sheet.begin(transform="translate(400 490)")
    for radius, count, color in ((156, 7, "#8f0f1b"), (128, 6, red), (96, 5, "#8f0f1b"), (62, 4, red), (30, 3, rose)):
        for angle in ring(count, start=radius):
            x, y = at_angle(0, 0, radius * 0.48, angle)
            sheet.circle(x, y, radius * 0.56, color)
    sheet.end()
    sheet.rect(0, 890, 800, 310, ink)
    sheet.text("CARMEN", 400, 934, 170, sand, font=ABRIL, align="center", fit=660)
    sheet.text("GEORGES BIZET", 400, 1134, 24, rose, align="center", weight=700, tracking=12)
    sheet.text("SOL", 60, 60, 30, ink, weight=700, tracking=8)
    sheet.text("SOMBRA", 740, 60, 30, ink, weight=700, tracking=8, align="right")
    return sheet


def la_traviata() -> Sheet:
    """A camellia in a glass; one petal has fallen."""
    wine, blush, white, gold = "#5e1129", "#f3b9b4", "#fff6ee", "#e9b65d"
    sheet = Sheet(wine)
    sheet.circle(400, 420, 330, "#7a1b38")
    sheet.path("M190 560Q400 470 610 560Q600 740 430 770L420 980Q520 992 540 1020L260 1020Q280 992 380 980L370 770Q200 740 190 560Z",
               "#ffffff", opacity=0.2)  # fmt: skip
    sheet.path("M206 606Q400 650 594 606Q572 724 428 756L372 756Q228 724 206 606Z", gold, opacity=0.9)
    chance = Random(5)
    for _ in range(26):
        sheet.circle(chance.uniform(260, 540), chance.uniform(625, 735), chance.uniform(2, 6), white, opacity=0.8)
    for radius, count, petal in ((190, 11, 104), (138, 9, 90), (92, 7, 72), (52, 5, 54), (18, 3, 36)):
        for index, angle in enumerate(ring(count, start=radius * 1.7)):
            x, y = at_angle(400, 420, radius, angle)
            sheet.begin(transform=f"translate({x:.1f} {y:.1f}) rotate({angle + 90:.1f})")
            sheet.ellipse(
                0,
                0,
                petal * 0.72,
                petal * 0.62,
                white if (index + count) % 2 else "#fbe3dc",
                stroke=blush,
                stroke_width=3,
            )
            sheet.curve(f"M0 {petal * 0.4:.0f}Q6 0 0 {-petal * 0.36:.0f}", blush, 2.5)
            sheet.end()
    sheet.circle(400, 420, 22, gold)
    for angle in ring(9):
        sheet.circle(*at_angle(400, 420, 15, angle), 5, "#c98a2b")
    sheet.curve(
        "M190 560Q196 740 370 770L380 980Q280 992 260 1020L540 1020Q520 992 420 980L430 770Q604 740 610 560", white, 5
    )
    sheet.path("M628 930C676 900 720 930 716 966C690 990 640 984 628 930Z", white, stroke=blush, stroke_width=3)
    sheet.curve("M640 938Q672 950 704 962", blush, 2.5)
    sheet.text("La Traviata", 400, 1060, 96, white, font=CORMORANT, align="center", weight=600, italic=True, fit=560)
    sheet.text("VERDI", 400, 46, 26, gold, align="center", weight=700, tracking=18)
    return sheet


def swan_lake() -> Sheet:
    """White above, black below."""
    dusk, lake, white, black, red = "#7fb2bd", "#16384a", "#fdfcf7", "#0b151c", "#e5542f"
    sheet = Sheet(dusk)
    sheet.rect(0, 600, 800, 600, lake)
    sheet.circle(590, 210, 92, "#f7e6b8")
    swan = ("M170 600C170 500 260 452 360 470C420 480 470 470 484 430C500 380 440 340 400 280C360 216 380 120 470 110C530 104 566 140 562 190"
            "L548 176C530 160 500 158 482 178C456 210 490 260 530 320C580 392 600 470 570 540Q556 580 520 600Z")  # fmt: skip
    bill = "M560 172L612 214Q580 220 548 200Z"
    for flip, color, tone in ((1, white, "#dfe8e6"), (-1, black, "#1d2f3a")):
        sheet.begin(transform=f"translate(0 600) scale(1 {flip}) translate(0 -600)")
        sheet.path(swan, color)
        sheet.path("M150 596C100 520 92 440 130 380C150 440 200 470 260 480C200 520 180 560 170 600Z", color)
        sheet.curve("M190 590C220 530 290 500 370 506M230 594C260 556 320 536 380 540", tone, 7)
        sheet.path(bill, red if flip > 0 else "#8a1f1a")
        sheet.circle(534, 158, 6, black if flip > 0 else "#c63a2a")
        sheet.end()
    for y, inset in ((640, 70), (700, 10), (770, 120), (850, 40), (940, 140), (1040, 20)):
        sheet.line([(inset, y), (800 - inset * 1.4, y)], dusk, 3, opacity=0.5)
    sheet.rect(0, 597, 800, 6, dusk)
    sheet.text("SWAN", 60, 60, 96, white, font=POIRET, tracking=10)
    sheet.text("LAKE", 740, 1066, 96, dusk, font=POIRET, tracking=10, align="right")
    sheet.text("Tchaikovsky", 740, 548, 30, lake, font=CORMORANT, align="right", weight=600, italic=True)
    return sheet


def the_nutcracker() -> Sheet:
    """It is the jaw that matters."""
    red, green, cream, ink, gold, pink = "#c8252f", "#1d5a43", "#fbf0da", "#1c1a1d", "#f0b23c", "#f2b8a6"
    sheet = Sheet(green)
    chance = Random(24)
    for _ in range(120):
        sheet.circle(
            chance.uniform(0, 800), chance.uniform(0, 1200), chance.uniform(2, 7), cream, opacity=chance.uniform(0.4, 1)
        )
    sheet.rect(210, 40, 380, 300, ink)
    sheet.rect(210, 250, 380, 90, red)
    sheet.rect(190, 322, 420, 30, gold)
    for x in (260, 330, 400, 470, 540):
        sheet.circle(x, 294, 16, gold)
    sheet.poly(
        [
            (400, 70),
            (430, 150),
            (514, 154),
            (448, 204),
            (472, 286),
            (400, 238),
            (328, 286),
            (352, 204),
            (286, 154),
            (370, 150),
        ],
        gold,
    )
    sheet.rect(220, 350, 360, 560, pink)
    for x in (190, 560):
        sheet.path(
            f"M{x + (0 if x < 400 else 50)} 352C{x - 40 + (0 if x < 400 else 130)} 500 {x - 40 + (0 if x < 400 else 130)} 640 {x + (30 if x < 400 else 20)} 760L{x + 50 if x < 400 else x} 352Z",
            cream,
        )
    for side in (-1, 1):
        x = 400 + side * 92
        sheet.ellipse(x, 452, 48, 54, cream)
        sheet.circle(x, 458, 26, "#2f7fa3")
        sheet.circle(x, 458, 13, ink)
        sheet.path(f"M{x - 66} 388Q{x} 340 {x + 66} 388L{x + 60} 408Q{x} 366 {x - 60} 408Z", ink)
        sheet.circle(400 + side * 130, 560, 38, "#e8786d")
    sheet.poly([(400, 450), (444, 584), (356, 584)], "#e79c8a")
    sheet.path(
        "M400 600C330 570 250 590 214 640C270 650 350 660 400 630C450 660 530 650 586 640C550 590 470 570 400 600Z", ink
    )
    sheet.rect(252, 664, 296, 246, red)
    sheet.rect(252, 664, 296, 92, ink)
    for index in range(6):
        sheet.rect(262 + index * 47, 664, 41, 54, cream, rx=5)
        sheet.rect(262 + index * 47, 738, 41, 54, cream, rx=5)
    sheet.rect(220, 664, 32, 246, "#dfa08e")
    sheet.rect(548, 664, 32, 246, "#dfa08e")
    sheet.path("M262 800Q400 850 538 800L538 1010Q400 1090 262 1010Z", cream)
    for x in (310, 355, 400, 445, 490):
        sheet.curve(f"M{x} 836Q{x + 8} 920 {x} 1020", "#dfceb0", 5)
    sheet.path("M90 1200C100 1020 180 930 252 910L262 1010Q400 1090 538 1010L548 910C620 930 700 1020 710 1200Z", red)
    for side in (-1, 1):
        sheet.rect(400 + side * 240 - 90, 1000, 180, 24, gold)
    sheet.rect(0, 1070, 800, 130, ink)
    sheet.text("THE NUTCRACKER", 400, 1096, 80, cream, font=ABRIL, align="center", fit=700)
    return sheet


def giselle() -> Sheet:
    """He loves me not."""
    wood, white, gold, mist = "#12302b", "#f8f6ee", "#f0bf4c", "#2c544b"
    sheet = Sheet(wood)
    for x, width in ((20, 36), (120, 20), (190, 50), (330, 16), (560, 26), (640, 56), (740, 24)):
        sheet.rect(x, 0, width, 1200, mist, opacity=0.6)
    sheet.circle(400, 480, 380, white, opacity=0.06)
    count = 21
    for layer, (length, color) in enumerate(((350, "#dfe6dc"), (330, white))):
        for index, angle in enumerate(ring(count, start=layer * 8.6)):
            if layer == 1 and index in (4, 5):
                continue
            if layer == 0 and index == 5:
                continue
            sheet.begin(transform=f"translate(400 480) rotate({angle:.2f})")
            sheet.path(
                f"M70 -20C150 -66 {length - 60} -58 {length} 0C{length - 60} 58 150 66 70 20Z",
                color,
                stroke="#c9d3c6",
                stroke_width=2.5,
            )
            sheet.curve(f"M110 -6Q200 -14 {length - 50} -4M110 8Q200 16 {length - 60} 10", "#c9d3c6", 2)
            sheet.end()
    sheet.circle(400, 480, 92, gold)
    chance = Random(3)
    for _ in range(90):
        angle, radius = chance.uniform(0, 360), 82 * chance.random() ** 0.5
        sheet.circle(*at_angle(400, 480, radius, angle), 4, "#d49a26")
    for x, y, turn in ((560, 880, 30), (628, 940, 74), (470, 930, -16)):
        sheet.begin(transform=f"translate({x} {y}) rotate({turn}) scale(0.62)")
        sheet.path("M-120 -16C-60 -60 70 -56 130 0C70 56 -60 60 -120 16Z", white)
        sheet.curve("M-80 -4Q20 -12 90 -2", "#c9d3c6", 3)
        sheet.end()
    sheet.text("Giselle", 60, 990, 170, white, font=CORMORANT, weight=600, italic=True, fit=470)
    sheet.text("ADOLPHE ADAM", 740, 1140, 20, gold, weight=700, tracking=6, align="right")
    return sheet


POSTERS = {
    "the-magic-flute": the_magic_flute,
    "carmen": carmen,
    "la-traviata": la_traviata,
    "swan-lake": swan_lake,
    "the-nutcracker": the_nutcracker,
    "giselle": giselle,
}
