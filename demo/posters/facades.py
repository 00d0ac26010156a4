"""Pictures of the theaters, drawn like their posters: each building and its hour of day."""

from random import Random

from demo.posters.canvas import ANTON, BOWLBY, ROZHA, Sheet, at_angle, ring, wave

WIDTH, HEIGHT = 1200, 800


def _stars(sheet: Sheet, count: int, bottom: float, color: str = "#ffffff") -> None:
    chance = Random(count)
    for _ in range(count):
        sheet.circle(
            chance.uniform(0, WIDTH),
            chance.uniform(0, bottom),
            chance.uniform(1, 3),
            color,
            opacity=chance.uniform(0.3, 1),
        )


def lindenbruecke() -> Sheet:
    """A classical front behind its bridge, at dusk."""
    stone, shade, night, warm, river = "#e9d3b0", "#c9a97c", "#23305a", "#ffd27a", "#1b3b52"
    sheet = Sheet(night, WIDTH, HEIGHT)
    sheet.rect(0, 0, WIDTH, 600, sheet.gradient("dusk", "#2a3a72", "#8a5a86", "#f09a6a"))
    _stars(sheet, 40, 220)
    for x, top, width in ((0, 330, 170), (140, 380, 130), (930, 350, 160), (1070, 300, 130)):
        sheet.rect(x, top, width, 300, "#3a3560")
        for y in range(top + 30, 560, 46):
            for column in range(x + 22, x + width - 20, 40):
                if (column + y) % 3:
                    sheet.rect(column, y, 14, 22, warm, opacity=0.55)
    sheet.rect(270, 300, 660, 300, stone)
    sheet.poly([(240, 300), (600, 160), (960, 300)], stone)
    sheet.poly([(310, 286), (600, 182), (890, 286)], shade)
    sheet.circle(600, 246, 30, stone)
    sheet.rect(240, 292, 720, 22, shade)
    for index in range(8):
        x = 306 + index * 78
        sheet.rect(x, 330, 34, 236, "#f6e6c8")
        sheet.rect(x + 22, 330, 12, 236, shade)
        sheet.rect(x - 6, 318, 46, 14, "#f6e6c8")
        sheet.rect(x - 6, 566, 46, 14, "#f6e6c8")
    for index in range(7):
        x = 349 + index * 78
        sheet.path(f"M{x} 580V430A16 16 0 0 1 {x + 32} 430V580Z", warm)
    sheet.rect(250, 580, 700, 26, shade)
    sheet.rect(0, 600, WIDTH, 200, river)
    for index in range(22):
        y = 612 + index * 9
        sheet.line(wave(0, WIDTH, y, 3, 120, phase=index), "#2f5a72" if index % 2 else "#f0b070", 2.5, opacity=0.5)
    sheet.path("M0 640C200 560 420 560 600 560S1000 560 1200 640L1200 700C1110 700 1090 640 1000 640S890 700 890 700H790S780 640 690 640H510"
               "S420 640 410 700H310S290 640 200 640S90 700 0 700Z", "#5b4a4e")  # fmt: skip
    sheet.path("M0 632C200 552 420 548 600 548S1000 552 1200 632", "none", stroke="#8a7270", stroke_width=14)
    for x in (120, 360, 600, 840, 1080):
        foot = 556 + abs(x - 600) ** 2 / 5400
        sheet.line([(x, foot), (x, foot - 84)], "#2b2430", 7)
        sheet.circle(x, foot - 92, 15, warm)
        sheet.circle(x, foot - 92, 34, warm, opacity=0.25)
    return sheet


def lichtspiele_am_markt() -> Sheet:
    """A corner cinema with its sign lit."""
    night, wall, sign, cream, red = "#131a2e", "#2d6f6b", "#ffdf7a", "#fff2cf", "#e2503a"
    sheet = Sheet(night, WIDTH, HEIGHT)
    _stars(sheet, 60, 420)
    for x, top, width, color in (
        (0, 200, 300, "#1c2542"),
        (900, 150, 300, "#1c2542"),
        (240, 300, 120, "#222d4e"),
        (850, 280, 120, "#222d4e"),
    ):
        sheet.rect(x, top, width, 520, color)
        for y in range(top + 40, 660, 62):
            for column in range(x + 26, x + width - 24, 54):
                if (column * 7 + y) % 5 < 2:
                    sheet.rect(column, y, 22, 32, sign, opacity=0.6)
    sheet.path("M300 720V250Q300 160 390 160H810Q900 160 900 250V720Z", wall)
    for y in range(200, 430, 26):
        sheet.rect(300, y, 600, 4, "#26605d")
    for x in (360, 800):
        sheet.rect(x, 210, 40, 200, "#1e4f4c")
        for y in range(220, 400, 36):
            sheet.rect(x + 6, y, 28, 26, sign, opacity=0.75)
    sheet.rect(556, 56, 88, 380, red)
    sheet.rect(566, 66, 68, 360, night)
    for index, letter in enumerate("KINO"):
        sheet.text(letter, 600, 84 + index * 86, 66, sign, font=ANTON, align="center")
    sheet.poly([(250, 440), (950, 440), (990, 540), (210, 540)], red)
    sheet.rect(210, 540, 780, 16, "#a83222")
    sheet.poly([(276, 456), (924, 456), (950, 524), (250, 524)], cream)
    sheet.text("METROPOLIS   NOSFERATU", 600, 476, 40, night, font=ANTON, align="center", tracking=5)
    for index in range(40):
        sheet.circle(220 + index * 19.6, 548, 6, sign)
    sheet.poly([(300, 556), (900, 556), (1010, 800), (190, 800)], sign, opacity=0.16)
    sheet.rect(330, 570, 540, 150, "#14322f")
    for x in (350, 452, 554, 656, 758):
        sheet.rect(x, 584, 92, 136, sign, opacity=0.9)
        sheet.rect(x + 43, 584, 6, 136, "#14322f")
    for x, color in ((254, "#c9cf9a"), (896, "#d4202c")):
        sheet.rect(x, 590, 52, 78, cream)
        sheet.rect(x + 5, 595, 42, 68, color)
    sheet.rect(0, 720, WIDTH, 80, "#0d1220")
    for index in range(9):
        sheet.rect(330 + index * 62, 734 + (index % 3) * 16, 60, 5, sign, opacity=0.35)
    return sheet


def north_quay_opera() -> Sheet:
    """A horseshoe of glass on the water, with the lights of the foyer."""
    sky, stone, glass, sea, gold = "#9cc4cf", "#f3eadb", "#2b5968", "#2a6475", "#f4b34c"
    sheet = Sheet(sky, WIDTH, HEIGHT)
    sheet.rect(0, 0, WIDTH, 560, sheet.gradient("north", "#6fa3b5", "#b9d8d8", "#f4dfc4"))
    sheet.poly(
        [
            (0, 430),
            (160, 330),
            (300, 400),
            (420, 310),
            (560, 420),
            (700, 380),
            (860, 320),
            (1010, 410),
            (1200, 350),
            (1200, 560),
            (0, 560),
        ],
        "#7d9fa3",
    )
    sheet.circle(930, 190, 58, "#fff1d0")
    sheet.path("M150 560V420Q150 380 200 370H1000Q1050 380 1050 420V560Z", stone)
    for index, (inset, top) in enumerate(((0, 370), (90, 300), (180, 236))):
        left, right = 150 + inset, 1050 - inset
        sheet.path(
            f"M{left} {top + 74}Q{left} {top} {left + 80} {top}H{right - 80}Q{right} {top} {right} {top + 74}Z", stone
        )
        sheet.path(
            f"M{left + 16} {top + 66}Q{left + 20} {top + 18} {left + 84} {top + 16}H{right - 84}Q{right - 20} {top + 18} {right - 16} {top + 66}Z",
            glass,
        )
        for x in range(left + 50, right - 40, 34):
            sheet.rect(x, top + 16, 7, 50, stone)
            if (x // 34 + index) % 3:
                sheet.rect(x + 10, top + 34, 18, 32, gold, opacity=0.85)
    sheet.path("M430 236Q600 90 770 236Z", "#c8a15c")
    for angle in range(-160, -10, 20):
        sheet.line([(600, 250), at_angle(600, 250, 150, angle)], "#a9833f", 4)
    sheet.line([(600, 160), (600, 96)], "#5c4a2c", 5)
    sheet.path("M600 98L660 112L600 130Z", "#c8313a")
    sheet.rect(150, 452, 900, 108, glass)
    for x in range(166, 1030, 48):
        sheet.rect(x, 452, 12, 108, stone)
        sheet.rect(x + 16, 476, 28, 84, gold)
    sheet.rect(100, 556, 1000, 20, "#d6c7ae")
    sheet.rect(0, 574, WIDTH, 226, sea)
    for x in range(166, 1030, 48):
        sheet.rect(x + 16, 582, 28, 120, gold, opacity=0.22)
    for index in range(16):
        sheet.line(wave(0, WIDTH, 596 + index * 14, 3.5, 150, phase=index * 1.3), "#7fb0b8", 2.5, opacity=0.6)
    for x, y, scale in ((180, 680, 1.0), (1010, 720, 1.3)):
        sheet.begin(transform=f"translate({x} {y}) scale({scale})")
        sheet.path("M-50 0H50L34 22H-34Z", "#8c2f39")
        sheet.path("M0 -6V-84L40 -6Z", stone)
        sheet.path("M-6 -6V-66L-34 -6Z", "#e8d8b8")
        sheet.end()
    return sheet


def the_undercroft() -> Sheet:
    """Vaults below the old town; the light is on."""
    stone, dark, warm, sky = "#4a4450", "#201a26", "#ffb84d", "#2c2745"
    sheet = Sheet(sky, WIDTH, HEIGHT)
    _stars(sheet, 50, 180)
    sheet.path("M700 24A50 50 0 1 0 758 82A40 40 0 0 1 700 24Z", "#fff1d0")
    for x, top, width, gable in (
        (0, 170, 190, 70),
        (180, 110, 150, 80),
        (320, 190, 180, 60),
        (490, 130, 170, 84),
        (650, 200, 160, 60),
        (800, 150, 180, 80),
        (970, 110, 240, 90),
    ):
        sheet.poly(
            [(x, top), (x + width / 2, top - gable), (x + width, top), (x + width, 420), (x, 420)],
            "#37304a" if (x // 10) % 2 else "#3f3853",
        )
        for y in range(top + 26, 380, 56):
            for column in range(x + 26, x + width - 26, 48):
                sheet.rect(column, y, 20, 30, warm, opacity=0.75 if (column + y) % 4 == 0 else 0.14)
        sheet.rect(x + width * 0.7, top - gable * 0.9, 20, 56, "#2b2540")
    sheet.rect(0, 400, WIDTH, 400, stone)
    chance = Random(60)
    for line in range(12):
        for column in range(-1, 16):
            x, y = column * 84 + (42 if line % 2 else 0), 404 + line * 34
            sheet.rect(x + 2, y + 2, 80, 30, chance.choice(("#544d5b", "#4d4654", "#5b5462", "#464050")), rx=4)
    for x, width in ((70, 300), (450, 300), (830, 300)):
        top = 520
        sheet.path(
            f"M{x - 22} 800V{top}A{width / 2 + 22} {width / 2 + 22} 0 0 1 {x + width + 22} {top}V800Z", "#6d6472"
        )
        sheet.path(f"M{x} 800V{top}A{width / 2} {width / 2} 0 0 1 {x + width} {top}V800Z", dark)
        sheet.path(
            f"M{x + 30} 800V{top + 20}A{width / 2 - 30} {width / 2 - 30} 0 0 1 {x + width - 30} {top + 20}V800Z",
            "#6b2f22",
        )
        sheet.path(
            f"M{x + 62} 800V{top + 36}A{width / 2 - 62} {width / 2 - 62} 0 0 1 {x + width - 62} {top + 36}V800Z", warm
        )
    # A band in the middle vault, tables left and right.
    for x, height in ((540, 130), (600, 150), (664, 126)):
        sheet.circle(x, 800 - height - 22, 20, dark)
        sheet.path(
            f"M{x - 30} 800V{800 - height + 30}Q{x - 28} {800 - height} {x} {800 - height}T{x + 30} {800 - height + 30}V800Z",
            dark,
        )
    sheet.line([(560, 700), (650, 660)], dark, 10, stroke_linecap="round")
    for x in (170, 260, 930, 1020):
        sheet.circle(x, 690, 17, dark)
        sheet.path(f"M{x - 26} 800V730Q{x} 700 {x + 26} 730V800Z", dark)
    for x in (215, 975):
        sheet.rect(x - 40, 742, 80, 8, dark)
        sheet.rect(x - 4, 742, 8, 60, dark)
        sheet.rect(x - 4, 720, 8, 22, "#fff1d0")
        sheet.path(f"M{x} 698c7 10 8 14 8 18a8 8 0 1 1 -16 0c0 -4 1 -8 8 -18z", "#fff6d6")
    sheet.rect(440, 430, 320, 62, dark, rx=6)
    sheet.text("THE UNDERCROFT", 600, 448, 34, warm, font=ANTON, align="center", tracking=3)
    return sheet


def sagar_natyagriha() -> Sheet:
    """A theater of the fifties by the sea, after the rain."""
    sky, wall, band, palm, sea = "#f6b27a", "#f7e7c6", "#d2543a", "#1e5a4c", "#2e8a95"
    sheet = Sheet(sky, WIDTH, HEIGHT)
    sheet.rect(0, 0, WIDTH, 560, sheet.gradient("evening", "#e5678a", "#f79b62", "#fbd98e"))
    sheet.circle(250, 400, 110, "#fff0b8")
    sheet.rect(0, 470, WIDTH, 120, sea)
    for index in range(8):
        sheet.line(wave(0, WIDTH, 484 + index * 13, 3, 110, phase=index), "#f8cf9a", 2.5, opacity=0.7)
    sheet.path("M330 650V330Q330 290 370 290H1010Q1130 290 1130 410V650Z", wall)
    sheet.rect(330, 320, 800, 12, band)
    sheet.rect(330, 340, 800, 6, band)
    for index in range(9):
        x = 400 + index * 66
        sheet.rect(x, 366, 34, 150, "#e9cfa0")
        sheet.rect(x + 5, 372, 24, 138, "#7a3f4b")
        for y in range(380, 506, 22):
            sheet.rect(x + 5, y, 24, 4, "#e9cfa0")
    sheet.path("M1010 366H1050Q1074 366 1074 396V516H1010Z", "#7a3f4b")
    sheet.rect(420, 150, 74, 400, band)
    sheet.rect(432, 138, 50, 12, wall)
    for y in range(170, 540, 30):
        sheet.rect(420, y, 74, 5, "#b0412b")
    sheet.path("M540 520H1080V560Q1080 580 1060 580H540Z", band)
    sheet.text("सागर नाट्यगृह", 790, 196, 74, "#7a2440", font=ROZHA, align="center")
    for x in (560, 660, 760, 860, 960, 1060):
        sheet.rect(x, 580, 10, 70, "#9a3a2a")
    for x in (580, 680, 780, 880, 980):
        sheet.rect(x, 588, 70, 62, "#ffd98a")
    sheet.rect(0, 650, WIDTH, 150, "#6d4a57")
    for x in range(330, 1130, 40):
        sheet.rect(x, 664, 22, 110, "#f2a56e", opacity=0.16)
    for x, top, lean in ((110, 190, 30), (1150, 240, -40), (220, 300, -18)):
        sheet.curve(f"M{x} 690Q{x + lean} 480 {x + lean} {top}", "#4c2f2c", 15)
        for angle in (-165, -140, -110, -70, -35, -10, 20, 160):
            bx, by = at_angle(x + lean, top, 124, angle)
            mx, my = at_angle(x + lean, top - 34, 70, angle)
            sheet.path(
                f"M{x + lean} {top}Q{mx:.0f} {my:.0f} {bx:.0f} {by + 44:.0f}Q{mx:.0f} {my + 34:.0f} {x + lean} {top}Z",
                palm,
            )
    # The tea stall.
    sheet.rect(120, 610, 150, 90, "#2f5d62")
    sheet.poly([(104, 610), (286, 610), (270, 570), (120, 570)], "#e8b23a")
    for x in range(120, 270, 40):
        sheet.poly([(x, 570), (x + 20, 570), (x + 18, 610), (x - 4, 610)], "#c8402f")
    sheet.rect(150, 624, 90, 34, "#ffe2a0")
    sheet.circle(195, 640, 12, "#7a3f4b")
    return sheet


def chitra_talkies() -> Sheet:
    """A picture house and its hand-painted boards."""
    sky, wall, pink, gold, ink = "#5db6b0", "#f4c95d", "#e0517a", "#fff0c0", "#2b1d33"
    sheet = Sheet(sky, WIDTH, HEIGHT)
    sheet.rays(600, 640, 1100, 40, "#6cc1bb")
    sheet.path("M200 700V330L330 330V250H470V180H730V250H870V330H1000V700Z", wall)
    for x, y, width in ((200, 330, 130), (330, 250, 140), (470, 180, 260), (730, 250, 140), (870, 330, 130)):
        sheet.rect(x - 8, y - 14, width + 16, 18, pink)
        sheet.rect(x - 8, y + 8, width + 16, 6, "#d79d33")
    sheet.rect(560, 60, 80, 120, pink)
    sheet.circle(600, 60, 40, pink)
    for angle in ring(12):
        sheet.line([at_angle(600, 60, 52, angle), at_angle(600, 60, 78, angle)], gold, 7, stroke_linecap="round")
    sheet.circle(600, 60, 22, gold)
    sheet.text("चित्रा", 600, 214, 70, ink, font=ROZHA, align="center")
    sheet.text("TALKIES", 600, 296, 34, pink, font=BOWLBY, align="center", tracking=4)
    for x, color, mark in ((232, "#c8303c", "sun"), (830, "#23366f", "moon")):
        sheet.rect(x, 380, 138, 190, ink)
        sheet.rect(x + 8, 388, 122, 174, color)
        if mark == "sun":
            sheet.rays(x + 69, 480, 60, 14, "#f5b53a")
            sheet.circle(x + 69, 480, 30, "#f5b53a")
        else:
            sheet.circle(x + 69, 470, 42, "#f6e08a")
            sheet.circle(x + 82, 462, 8, color)
            sheet.poly([(x + 90, 462), (x + 126, 430), (x + 132, 446), (x + 98, 474)], "#e2573f")
    sheet.poly([(400, 360), (800, 360), (840, 440), (360, 440)], ink)
    sheet.poly([(416, 370), (784, 370), (814, 430), (386, 430)], gold)
    sheet.text("राजा हरिश्चन्द्र", 600, 384, 40, ink, font=ROZHA, align="center")
    for index in range(25):
        sheet.circle(370 + index * 19.2, 446, 6, "#ffffff")
    sheet.rect(400, 470, 400, 230, "#7c2b4e")
    for x in (420, 516, 612, 708):
        sheet.path(f"M{x} 700V540A36 36 0 0 1 {x + 72} 540V700Z", gold)
        sheet.rect(x + 34, 506, 5, 194, "#7c2b4e")
    for step in range(4):
        sheet.rect(360 - step * 26, 700 + step * 14, 480 + step * 52, 14, ("#d79d33", "#c2872a")[step % 2])
    sheet.rect(0, 756, WIDTH, 44, ink)
    for x in (110, 1080):
        sheet.rect(x - 6, 470, 12, 290, ink)
        sheet.circle(x, 450, 26, gold)
        sheet.circle(x, 450, 50, gold, opacity=0.3)
    for side in (-1, 1):
        sheet.curve(f"M{600 + side * 600} 110Q{600 + side * 340} 290 {600 + side * 130} 250", ink, 3)
        for index in range(1, 10):
            t = index / 10
            at = 600 + side * ((1 - t) ** 2 * 600 + 2 * t * (1 - t) * 340 + t * t * 130)
            top = (1 - t) ** 2 * 110 + 2 * t * (1 - t) * 290 + t * t * 250
            sheet.poly([(at - 15, top), (at + 15, top), (at, top + 34)], (pink, gold, "#23366f", "#f08a3c")[index % 4])
    return sheet


def kamo_recital_hall() -> Sheet:
    """Cedar and paper by the river, with the hills behind."""
    mist, cedar, paper, dark, maple = "#d9e3da", "#8a5a3a", "#fbf1d8", "#2c2a2b", "#d2452f"
    sheet = Sheet(mist, WIDTH, HEIGHT)
    sheet.circle(880, 200, 92, "#f3efe2")
    for points, color in (
        (
            [(0, 360), (180, 240), (360, 330), (540, 200), (760, 340), (940, 250), (1200, 360), (1200, 600), (0, 600)],
            "#b3c9c1",
        ),
        (
            [(0, 430), (220, 330), (420, 420), (640, 320), (860, 420), (1040, 350), (1200, 430), (1200, 600), (0, 600)],
            "#86a89f",
        ),
    ):
        sheet.poly(points, color)
    sheet.path("M170 340Q600 270 1030 340L1090 376Q600 330 110 376Z", dark)
    sheet.path("M420 300L600 220L780 300Q600 282 420 300Z", dark)
    sheet.rect(190, 366, 820, 210, cedar)
    for index in range(14):
        x = 206 + index * 58
        sheet.rect(x, 386, 46, 176, paper)
        for y in (430, 474, 518):
            sheet.rect(x, y, 46, 3, cedar)
        sheet.rect(x + 22, 386, 3, 176, cedar)
    for index in range(15):
        sheet.rect(190 + index * 58, 366, 12, 210, "#6d432a")
    sheet.rect(548, 380, 104, 196, dark)
    for x in (552, 602):
        sheet.poly([(x, 380), (x + 46, 380), (x + 46, 470), (x + 23, 480), (x, 470)], maple)
        sheet.circle(x + 23, 424, 12, paper)
    sheet.rect(150, 572, 900, 18, "#6d432a")
    sheet.rect(0, 588, WIDTH, 212, "#5c8d90")
    sheet.poly([(206, 588), (1004, 588), (960, 800), (250, 800)], paper, opacity=0.16)
    for line in range(5):
        for column in range(-1, 15):
            x, y = column * 90 + (45 if line % 2 else 0), 660 + line * 36
            for radius in (44, 30, 16):
                sheet.path(
                    f"M{x - radius} {y}A{radius} {radius} 0 0 1 {x + radius} {y}",
                    "none",
                    stroke="#cfe2dd",
                    stroke_width=2.4,
                    opacity=0.75,
                )
    sheet.curve("M-20 120C140 130 220 90 330 150M120 118C170 170 220 190 300 200", "#4a3328", 13)
    chance = Random(9)
    for _ in range(90):
        leaf, height, size = chance.uniform(-10, 390), chance.gauss(150, 44), chance.uniform(9, 18)
        sheet.poly([at_angle(leaf, height, size if index % 2 == 0 else size * 0.42, angle) for index, angle in enumerate(ring(10, start=chance.uniform(0, 72)))],
                   chance.choice((maple, "#e8763a", "#b8302a")))  # fmt: skip
    for x, y in ((430, 320), (520, 640), (700, 700), (330, 560)):
        sheet.poly(
            [at_angle(x, y, 14 if index % 2 == 0 else 6, angle) for index, angle in enumerate(ring(10, start=x))], maple
        )
    return sheet


FACADES = {
    "lindenbruecke": lindenbruecke,
    "lichtspiele-am-markt": lichtspiele_am_markt,
    "north-quay-opera": north_quay_opera,
    "the-undercroft": the_undercroft,
    "sagar-natyagriha": sagar_natyagriha,
    "chitra-talkies": chitra_talkies,
    "kamo-recital-hall": kamo_recital_hall,
}
