"""Posters of films."""

from random import Random

from demo.posters.canvas import ABRIL, ANTON, LIMELIGHT, PIRATA, ROZHA, Sheet, at_angle, ring


def metropolis() -> Sheet:
    """Towers, beams, and the one who was built."""
    night, blue, gold, cream = "#0b1320", "#16304a", "#e6b450", "#f8e7bd"
    sheet = Sheet(night)
    sheet.rect(0, 0, 800, 1200, sheet.gradient("sky", "#0b1320", "#1c4660", "#d9a24a"))
    for angle in range(-174, 0, 12):
        sheet.wedge(400, 760, 1100, angle, angle + 5, gold, opacity=0.22)
    for radius, opacity in ((300, 0.16), (240, 0.22), (180, 0.3)):
        sheet.circle(400, 470, radius, gold, opacity=opacity)
    towers = ((0, 620, 120), (92, 520, 96), (168, 690, 90), (710, 600, 100), (620, 500, 104), (560, 680, 84))
    for x, top, width in towers:
        sheet.poly([(x, 1200), (x, top + 60), (x + width * 0.2, top + 60), (x + width * 0.2, top), (x + width * 0.4, top),
                    (x + width * 0.5, top - 110), (x + width * 0.6, top), (x + width * 0.8, top), (x + width * 0.8, top + 60),
                    (x + width, top + 60), (x + width, 1200)], blue)  # fmt: skip
        for y in range(top + 80, 1000, 26):
            for column in range(3):
                if (x + y * 7 + column * 13) % 5 < 2:
                    sheet.rect(x + width * (0.22 + column * 0.24), y, 9, 14, gold, opacity=0.9)
    # She: a helmet of bands.
    sheet.poly(
        [(180, 960), (260, 830), (340, 800), (460, 800), (540, 830), (620, 960), (660, 1200), (140, 1200)], night
    )
    sheet.poly([(352, 720), (448, 720), (460, 830), (340, 830)], gold)
    for y in (742, 766, 790):
        sheet.rect(346, y, 108, 6, night)
    sheet.path(
        "M400 300C520 300 560 400 552 500C548 590 520 660 470 716Q400 752 330 716C280 660 252 590 248 500C240 400 280 300 400 300Z",
        gold,
    )
    sheet.path("M400 300C520 300 560 400 552 500C548 590 520 660 470 716Q436 734 400 736Z", "#b9822f")
    sheet.rect(384, 260, 32, 300, night)
    sheet.rect(392, 240, 16, 320, cream)
    sheet.path("M276 516C310 488 350 488 380 516C350 540 310 540 276 516Z", night)
    sheet.path("M524 516C490 488 450 488 420 516C450 540 490 540 524 516Z", night)
    sheet.circle(328, 514, 10, cream)
    sheet.circle(472, 514, 10, cream)
    sheet.poly([(388, 560), (412, 560), (420, 620), (380, 620)], night)
    sheet.rect(352, 652, 96, 10, night)
    for side in (-1, 1):
        sheet.circle(400 + side * 158, 510, 36, night)
        sheet.hoop(400 + side * 158, 510, 24, gold, 6)
    for radius in (110, 160, 210):
        sheet.path(
            f"M{400 - radius} 1010A{radius} {radius * 0.62:.0f} 0 0 1 {400 + radius} 1010",
            "none",
            stroke=gold,
            stroke_width=6,
        )
    sheet.rect(0, 1010, 800, 190, night)
    sheet.rect(0, 1010, 800, 6, gold)
    sheet.text("METROPOLIS", 400, 1048, 96, cream, font=LIMELIGHT, align="center", fit=700)
    sheet.text("A FILM BY FRITZ LANG   1927", 400, 1146, 20, gold, align="center", weight=700, tracking=7)
    return sheet


def nosferatu() -> Sheet:
    """A shadow goes upstairs by itself."""
    wall, shade, lamp = "#c9cf9a", "#171b17", "#eef0c4"
    sheet = Sheet(wall)
    sheet.poly([(80, 0), (800, 0), (800, 760), (420, 1200), (0, 1200), (0, 300)], lamp)
    for step in range(9):
        x, y = 0 + step * 92, 1200 - step * 92
        sheet.poly([(x, 1200), (x, y - 46), (x + 92, y - 46), (x + 92, 1200)], "#8c9463")
        sheet.rect(x, y - 46, 92, 8, "#5e6642")
    sheet.poly([(800, 380), (0, 1180), (0, 1212), (800, 412)], shade)
    for step in range(11):
        x, y = step * 80 + 10, 1190 - step * 80
        sheet.rect(x, y - 160, 8, 170, shade)
    sheet.poly([(800, 214), (0, 1014), (0, 1034), (800, 234)], shade)
    # The shadow: head, shoulder, and one hand with too many joints.
    sheet.begin(opacity=0.93)
    sheet.path("M120 1200C110 960 130 820 190 700C214 650 232 620 236 572L238 500C240 420 268 352 330 340"
               "C392 330 428 380 428 450L452 520L426 536C428 580 420 610 398 628C440 650 470 690 484 740"
               "C500 800 470 1000 440 1200Z", shade)  # fmt: skip
    sheet.path("M262 410L196 366C200 440 214 500 250 530Z", shade)
    sheet.curve("M440 760C520 720 560 640 572 540", shade, 44)
    for x, y, bend in ((486, 206, -34), (548, 130, -10), (622, 122, 20), (694, 176, 40)):
        sheet.path(
            f"M560 540C{540 + bend} 440 {x - 20 + bend / 2} {y + 190} {x} {y}C{x + 14} {y + 170} {x + 10 - bend / 3} 440 604 530Z",
            shade,
        )
    sheet.path("M590 540C640 470 700 440 762 436C710 470 660 520 600 566Z", shade)
    sheet.circle(580, 530, 40, shade)
    sheet.end()
    sheet.path("M376 462C388 452 402 452 412 460C402 470 388 472 376 462Z", lamp)
    sheet.rect(0, 1024, 800, 176, shade)
    sheet.text("Nosferatu", 400, 1040, 150, lamp, font=PIRATA, align="center", fit=560)
    sheet.text("A SYMPHONY OF HORROR", 50, 60, 20, shade, weight=700, tracking=6)
    sheet.text("F. W. MURNAU  1922", 50, 96, 20, shade, weight=700, tracking=6)
    return sheet


def the_general() -> Sheet:
    """The engine does not smile either."""
    sky, ink, red, cream, steel = "#f0c34e", "#1f1d20", "#c8372d", "#f9efd8", "#4b5a63"
    sheet = Sheet(sky)
    sheet.rays(400, 560, 1000, 30, "#f4d06e")
    for x in range(-60, 860, 90):
        sheet.rect(x, 1010, 60, 30, ink)
    sheet.poly([(290, 700), (510, 700), (760, 1200), (40, 1200)], "#8e6a45")
    for index, y in enumerate((1000, 1050, 1108, 1174)):
        half = 240 + index * 46
        sheet.rect(400 - half, y, half * 2, 20 + index * 4, "#5d4330")
    sheet.poly([(300, 960), (330, 960), (190, 1200), (140, 1200)], steel)
    sheet.poly([(500, 960), (470, 960), (610, 1200), (660, 1200)], steel)
    sheet.rect(150, 740, 500, 90, red)
    sheet.rect(150, 740, 500, 14, cream)
    for x in (176, 624):
        sheet.circle(x, 790, 26, ink)
        sheet.circle(x, 790, 14, steel)
    for index in range(11):
        top, low = 300 + index * 20, 190 + index * 42
        sheet.poly([(top - 7, 830), (top + 7, 830), (low + 11, 1010), (low - 11, 1010)], ink)
    sheet.rect(170, 1002, 460, 24, red)
    sheet.circle(400, 590, 236, ink)
    sheet.circle(400, 590, 206, steel)
    sheet.circle(400, 590, 180, cream)
    for angle in ring(24):
        sheet.circle(*at_angle(400, 590, 221, angle), 6, sky)
    # The face: as it was in every film.
    for side in (-1, 1):
        x = 400 + side * 72
        sheet.path(f"M{x - 44} 560Q{x} 528 {x + 44} 560Q{x} 592 {x - 44} 560Z", "#ffffff", stroke=ink, stroke_width=6)
        sheet.circle(x, 560, 19, ink)
        sheet.line([(x - 50, 520 + side * -4), (x + 50, 520 + side * 4)], ink, 13)
        sheet.curve(f"M{x - 46} 556Q{x} 526 {x + 46} 556", ink, 11)
    sheet.path("M396 566L380 640Q400 656 424 642", "none", stroke=ink, stroke_width=7, stroke_linejoin="round")
    sheet.line([(346, 694), (454, 694)], ink, 11, stroke_linecap="round")
    sheet.rect(236, 300, 328, 100, ink)
    sheet.rect(236, 372, 328, 30, red)
    sheet.ellipse(400, 410, 270, 30, ink)
    sheet.path("M236 306Q400 270 564 306Z", ink)
    sheet.text("THE GENERAL", 400, 60, 150, ink, font=ANTON, align="center", fit=680)
    sheet.text("BUSTER KEATON", 400, 1150, 26, cream, align="center", weight=700, tracking=12)
    return sheet


def battleship_potemkin() -> Sheet:
    """Down the steps, in step."""
    red, ink, paper = "#cf2a22", "#141414", "#efe6d5"
    sheet = Sheet(paper)
    sheet.poly([(0, 0), (800, 0), (800, 430), (0, 1110)], red)
    for step in range(14):
        x, y = 812 - step * 66, 330 + step * 56
        sheet.poly(
            [(x, y), (x - 66, y), (x - 66, y + 56), (x - 1400, y + 1247), (x + 200, 1300)],
            ink if step % 2 == 0 else "#2b2926",
        )
    sheet.poly([(0, 1026), (60, 976), (60, 1200), (0, 1200)], ink)
    for index in range(6):
        x, y = 792 - index * 92, 250 + index * 79
        sheet.poly([(x - 26, y - 190), (x + 14, y - 190), (x + 22, y + 40), (x - 34, y + 40)], paper)
        sheet.circle(x - 6, y - 214, 24, paper)
        sheet.rect(x - 32, y - 246, 52, 18, ink)
        sheet.line([(x - 10, y - 120), (x - 150, y + 10)], ink, 9)
        sheet.poly([(x - 150, y + 2), (x - 142, y + 14), (x - 186, y + 44)], ink)
        sheet.poly([(x - 24, y + 40), (x - 6, y + 40), (x - 20, y + 92), (x - 40, y + 92)], ink)
        sheet.poly([(x + 2, y + 40), (x + 22, y + 40), (x + 22, y + 72), (x - 6, y + 72)], ink)
    # The pram.
    sheet.begin(transform="translate(128 838) rotate(-36)")
    sheet.path("M-70 -30A78 78 0 0 1 16 -96L16 -30Z", paper)
    sheet.path("M-74 -26L84 -26C84 30 50 54 6 54S-74 30 -74 -26Z", paper)
    sheet.curve("M84 -26L118 -66", paper, 9)
    for x in (-34, 44):
        sheet.hoop(x, 76, 32, paper, 9)
        sheet.circle(x, 76, 8, paper)
    sheet.end()
    sheet.text("BATTLESHIP", 214, 1058, 100, paper, font=ANTON, turn=-40.2, fit=330)
    sheet.text("POTEMKIN", 268, 1108, 130, red, font=ANTON, turn=-40.2, fit=470)
    sheet.text("EISENSTEIN\n1925", 44, 48, 26, paper, weight=700, tracking=6, leading=0.5)
    return sheet


def a_trip_to_the_moon() -> Sheet:
    """Delivered."""
    violet, moon, shell, shadow, cream = "#3b2a63", "#f6e08a", "#e2573f", "#d9b95c", "#fdf4d4"
    sheet = Sheet(violet)
    chance = Random(1902)
    for _ in range(110):
        x, y, size = chance.uniform(0, 800), chance.uniform(0, 1200), chance.uniform(1.5, 5)
        sheet.circle(x, y, size, cream, opacity=chance.uniform(0.3, 1))
    for x, y, size in ((110, 180, 34), (690, 130, 46), (720, 900, 34), (80, 880, 26)):
        sheet.poly(
            [
                at_angle(x, y, size if index % 2 == 0 else size * 0.32, angle)
                for index, angle in enumerate(ring(8, start=-90))
            ],
            cream,
        )
    sheet.circle(400, 520, 310, moon)
    sheet.path("M400 210A310 310 0 0 1 400 830A400 400 0 0 0 400 210Z", shadow, opacity=0.45)
    for x, y, radius in (
        (210, 420, 34),
        (262, 690, 46),
        (560, 720, 30),
        (180, 560, 18),
        (420, 270, 26),
        (600, 640, 18),
    ):
        sheet.circle(x, y, radius, shadow)
        sheet.circle(x + radius * 0.16, y + radius * 0.16, radius * 0.72, moon, opacity=0.5)
    # The face.
    sheet.path("M226 520Q286 470 346 520Q286 560 226 520Z", cream, stroke=violet, stroke_width=7)
    sheet.circle(298, 520, 19, violet)
    sheet.curve("M214 462Q286 416 356 462", violet, 13)
    sheet.curve("M404 500C396 570 372 610 392 632Q412 646 438 630", violet, 10)
    sheet.ellipse(392, 726, 62, 46, "#8c2f4a", stroke=violet, stroke_width=7)
    sheet.path("M344 704Q392 678 440 704Q392 722 344 704Z", cream)
    # The shell, in the eye.
    sheet.begin(transform="translate(520 500) rotate(-38)")
    sheet.ellipse(-14, 0, 60, 76, "#8c2f4a")
    sheet.path("M0 -66L190 -66Q220 0 190 66L0 66Q-26 0 0 -66Z", shell)
    sheet.path("M190 -66Q220 0 190 66L214 66Q246 0 214 -66Z", "#b23c2c")
    for x in (34, 96, 158):
        sheet.curve(f"M{x} -66Q{x - 22} 0 {x} 66", "#b23c2c", 6)
    for x in (64, 126):
        sheet.circle(x - 10, -8, 17, cream)
        sheet.hoop(x - 10, -8, 17, violet, 6)
    sheet.end()
    for x, y in ((486, 606), (514, 650), (470, 660)):
        sheet.path(f"M{x} {y}c10 20 15 28 15 38a15 15 0 1 1 -30 0c0 -10 5 -18 15 -38z", cream)
    sheet.text("A Trip to\nthe Moon", 400, 902, 128, cream, font=ABRIL, align="center", leading=0.2)
    sheet.text("GEORGES MÉLIÈS  1902", 400, 64, 22, moon, align="center", weight=700, tracking=8)
    return sheet


def raja_harishchandra() -> Sheet:
    """The crown, on the fire of the burning ground, on a strip of film."""
    river, flame, gold, ink, cream = "#123a44", "#e8502e", "#f5b53a", "#14100e", "#fbeccb"
    sheet = Sheet(ink)
    sheet.rect(86, 0, 628, 1200, river)
    for x in (22, 734):
        for y in range(14, 1200, 62):
            sheet.rect(x, y, 44, 36, cream, rx=7)
    for y in range(850, 1200, 26):
        sheet.curve(f"M86 {y}q39 -16 78 0t78 0t78 0t78 0t78 0t78 0t78 0t82 0", "#1f5866", 5)
    sheet.begin(clip_path=sheet.clip("frame", '<rect x="86" y="0" width="628" height="1200"/>'))
    sheet.path("M400 180C470 300 650 420 650 640C650 790 540 866 400 866S150 790 150 640C150 540 220 480 250 390C290 440 296 470 300 500"
               "C340 420 410 330 400 180Z", flame)  # fmt: skip
    sheet.path("M410 360C450 450 570 520 570 660C570 780 490 840 400 840S230 780 230 660C230 590 270 550 290 500C320 540 326 566 330 590"
               "C370 530 420 460 410 360Z", gold)  # fmt: skip
    sheet.path(
        "M400 560C440 610 500 650 500 720C500 800 450 836 400 836S300 800 300 720C300 660 370 630 400 560Z", cream
    )
    sheet.end()
    # The crown.
    sheet.path("M270 700L246 560L318 628L330 520L374 610L400 480L426 610L470 520L482 628L554 560L530 700Z", ink)
    sheet.rect(264, 700, 272, 44, ink)
    for x in (300, 350, 400, 450, 500):
        sheet.circle(x, 722, 11, gold)
    for x, y in ((246, 552), (330, 512), (400, 470), (470, 512), (554, 552)):
        sheet.circle(x, y, 14, ink)
    sheet.rect(206, 846, 388, 22, ink)
    sheet.poly([(190, 880), (640, 820), (644, 842), (194, 902)], ink)
    sheet.poly([(610, 880), (160, 820), (156, 842), (606, 902)], ink)
    sheet.rect(86, 936, 628, 170, ink)
    sheet.text("राजा हरिश्चन्द्र", 400, 966, 110, gold, font=ROZHA, align="center", fit=560)
    sheet.text("RAJA HARISHCHANDRA", 400, 1126, 25, cream, align="center", weight=700, tracking=7)
    sheet.text("A SILENT FILM BY D. G. PHALKE  1913", 400, 60, 19, cream, align="center", weight=700, tracking=4)
    return sheet


POSTERS = {
    "metropolis": metropolis,
    "nosferatu": nosferatu,
    "the-general": the_general,
    "battleship-potemkin": battleship_potemkin,
    "a-trip-to-the-moon": a_trip_to_the_moon,
    "raja-harishchandra": raja_harishchandra,
}
