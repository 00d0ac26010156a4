"""Posters of plays."""

from math import cos, pi, sin
from random import Random

from demo.posters.canvas import (
    ABRIL,
    ANTON,
    GLOOCK,
    PIRATA,
    Sheet,
    at_angle,
    ring,
    wave,
)


def hamlet() -> Sheet:
    """A skull that wears the crown, and looks at you."""
    ink, bone, blood = "#1b1b22", "#efe3c8", "#d2382b"
    sheet = Sheet(blood)
    sheet.path("M400 360C610 360 730 490 716 660C708 760 640 790 618 830L606 930Q604 960 570 960L230 960Q196 960 194 930"
               "L182 830C160 790 92 760 84 660C70 490 190 360 400 360Z", bone)  # fmt: skip
    sheet.poly([(112, 500), (96, 150), (250, 330), (400, 90), (550, 330), (704, 150), (688, 500)], ink)
    for x, y in ((96, 138), (400, 76), (704, 138)):
        sheet.circle(x, y, 30, ink)
    sheet.poly([(112, 436), (688, 436), (688, 500), (112, 500)], ink)
    for x in (200, 300, 400, 500, 600):
        sheet.poly([(x, 446), (x + 16, 464), (x, 482), (x - 16, 464)], blood)
    sheet.ellipse(258, 640, 96, 104, ink)
    sheet.ellipse(542, 640, 96, 104, ink)
    sheet.circle(286, 664, 24, blood)
    sheet.circle(570, 664, 24, blood)
    sheet.path("M400 716C420 750 446 790 424 812Q412 820 400 800Q388 820 376 812C354 790 380 750 400 716Z", ink)
    for x in range(250, 560, 50):
        sheet.rect(x - 4, 880, 8, 80, ink)
    sheet.text("HAMLET", 400, 988, 150, ink, font=ANTON, align="center", fit=590)
    sheet.text("WILLIAM SHAKESPEARE", 400, 28, 20, bone, align="center", weight=700, tracking=9)
    return sheet


def tartuffe() -> Sheet:
    """A saint, from the collar up."""
    yellow, ink, red, cream = "#f2b632", "#1d1a1c", "#d23b2d", "#fbf1dc"
    sheet = Sheet(yellow)
    sheet.begin(transform="translate(0 56)")
    sheet.path("M400 420C500 420 540 520 560 660L690 1160L110 1160L240 660C260 520 300 420 400 420Z", ink)
    sheet.curve("M600 1030C740 1040 770 900 690 860C620 828 600 740 690 700", red, 26)
    sheet.poly([(690, 736), (668, 668), (748, 690)], red)
    sheet.path("M310 560L400 450L490 560L440 690L400 600L360 690Z", cream)
    sheet.circle(400, 370, 120, cream)
    sheet.path(
        "M284 352C290 262 340 232 400 232C460 232 510 262 516 352C470 330 440 300 400 300C360 300 330 330 284 352Z", ink
    )
    sheet.curve("M330 384Q356 400 382 384", ink, 9)
    sheet.curve("M418 384Q444 400 470 384", ink, 9)
    sheet.curve("M352 438Q400 462 456 424", red, 10)
    sheet.begin(transform="rotate(-14 400 200)")
    sheet.ellipse(400, 196, 150, 36, "none", stroke=cream, stroke_width=18)
    sheet.end()
    for number in range(9):
        sheet.circle(400, 760 + number * 46, 9, yellow)
    sheet.end()
    sheet.text("Tartuffe", 400, 50, 120, ink, font=ABRIL, align="center", fit=560)
    sheet.text("MOLIÈRE", 52, 456, 24, ink, weight=700, tracking=6)
    sheet.text("NEVER\nINVITE\nA SAINT\nTO STAY", 748, 456, 24, ink, align="right", weight=700, tracking=3, leading=0.5)
    return sheet


def faust() -> Sheet:
    """One line, drawn without lifting the pen, and not quite closed; a poodle waits in it."""
    ink, red, cream = "#16130f", "#e2452b", "#f0e4cf"
    sheet = Sheet(ink)
    tips = [at_angle(400, 520, 330, angle) for angle in ring(5, start=-90)]
    order = [tips[index] for index in (0, 2, 4, 1, 3)]
    last = (order[4][0] * 0.12 + order[0][0] * 0.88, order[4][1] * 0.12 + order[0][1] * 0.88 + 36)
    sheet.hoop(400, 520, 352, red, 5)
    sheet.hoop(400, 520, 374, red, 2)
    sheet.line([*order, last], cream, 15, stroke_linejoin="round", stroke_linecap="round")
    sheet.circle(last[0] + 6, last[1] + 34, 8, red)
    sheet.path(
        "M0 0c7 14 12 20 12 29a12 12 0 1 1 -24 0c0 -9 5 -15 12 -29z",
        red,
        transform=f"translate({last[0] + 6:.0f} {last[1] + 8:.0f})",
    )
    # The poodle: pompons on thin legs.
    sheet.begin(transform="translate(400 560)")
    for x, y, radius in ((-58, 0, 54), (-18, 16, 40), (34, 12, 34), (-92, -62, 40), (-86, -104, 27), (-126, -54, 20),
                         (82, -46, 20), (-84, 92, 21), (-40, 96, 21), (36, 94, 21), (70, 90, 21)):  # fmt: skip
        sheet.circle(x, y, radius, red)
    sheet.curve(
        "M50 -4C70 -10 80 -24 82 -42M-84 40L-84 92M-40 40L-40 96M40 40L36 94M54 30L70 90M-112 -48L-140 -44", red, 12
    )
    sheet.circle(-102, -72, 6, ink)
    sheet.end()
    sheet.text("Faust", 400, 950, 200, cream, font=PIRATA, align="center", fit=470)
    sheet.text("DER TRAGÖDIE ERSTER TEIL", 400, 60, 22, cream, align="center", weight=700, tracking=7)
    sheet.text("GOETHE", 400, 104, 22, red, align="center", weight=700, tracking=7)
    return sheet


def a_dolls_house() -> Sheet:
    """A house that is one door, and the light that falls out of it."""
    night, pink, light, deep = "#17324a", "#e99a8d", "#ffe9a8", "#0f2233"
    sheet = Sheet(night)
    for x, y in (
        (90, 120),
        (180, 300),
        (690, 90),
        (610, 250),
        (730, 380),
        (60, 430),
        (320, 70),
        (480, 150),
        (140, 620),
        (700, 600),
    ):
        sheet.circle(x, y, 6, "#ffffff", opacity=0.75)
    sheet.rect(560, 300, 60, 150, deep)
    sheet.poly([(400, 210), (690, 480), (690, 900), (110, 900), (110, 480)], pink)
    sheet.poly([(400, 210), (710, 498), (690, 520), (400, 250), (110, 520), (90, 498)], deep)
    sheet.rect(0, 900, 800, 300, deep)
    sheet.poly([(318, 900), (482, 900), (760, 1200), (120, 1200)], light)
    sheet.rect(318, 560, 164, 340, light)
    sheet.poly([(318, 560), (230, 600), (230, 952), (318, 900)], night)
    sheet.circle(246, 776, 8, light)
    for x in (170, 560):
        sheet.rect(x - 6 if x > 400 else x - 24, 600, 76, 110, night)
    sheet.rect(550, 652, 84, 6, pink)
    sheet.rect(588, 600, 6, 110, pink)
    # She has gone already: footprints.
    for x, y, turn in ((392, 930, 4), (418, 975, 6), (398, 1028, 4), (434, 1086, 8)):
        sheet.ellipse(x, y, 8, 17, night, transform=f"rotate({turn} {x} {y})")
        sheet.circle(x, y + 28, 6, night)
    sheet.text("A Doll’s\nHouse", 40, 50, 92, light, font=GLOOCK, leading=0.22)
    sheet.text("HENRIK\nIBSEN", 40, 1112, 20, light, weight=700, tracking=5, leading=0.5)
    return sheet


def the_cherry_orchard() -> Sheet:
    """The rings of a felled tree; in the middle, what it was for."""
    cream, brown, red, leaf = "#f3e9d6", "#6b3f2a", "#c91f3a", "#41613f"
    sheet = Sheet(leaf)
    chance = Random(7)
    phases = [chance.uniform(0, 2 * pi) for _ in range(3)]

    def outline(radius: float, rough: float) -> list[tuple[float, float]]:
        points = []
        for step in range(180):
            angle = 2 * pi * step / 180
            bump = sin(3 * angle + phases[0]) + 0.7 * sin(5 * angle + phases[1]) + 0.4 * sin(11 * angle + phases[2])
            points.append((400 + (radius + rough * bump) * cos(angle), 520 + (radius + rough * bump) * sin(angle)))
        return points

    sheet.poly(outline(372, 12), brown)
    sheet.poly(outline(344, 11), cream)
    radius = 326.0
    while radius > 58:
        sheet.poly(outline(radius, 3 + radius / 42), "none", stroke=brown, stroke_width=chance.uniform(2, 6))
        radius -= chance.uniform(13, 27)
    # The first cut of the axe.
    sheet.poly([(812, 300), (452, 492), (820, 372)], leaf)
    sheet.circle(392, 524, 44, red)
    sheet.circle(378, 508, 11, cream, opacity=0.85)
    sheet.curve("M396 484C404 440 430 410 470 396", leaf, 8)
    sheet.text("The Cherry\nOrchard", 400, 944, 112, cream, font=GLOOCK, align="center", leading=0.18)
    sheet.text("ANTON CHEKHOV", 400, 60, 22, cream, align="center", weight=700, tracking=9)
    return sheet


def antigone() -> Sheet:
    """A handful of dust on her brother."""
    clay, ink, cream = "#cf6a38", "#191512", "#f4dfc0"
    sheet = Sheet(clay)
    for top in (44, 1130):
        sheet.rect(0, top - 14, 800, 4, ink)
        sheet.rect(0, top + 38, 800, 4, ink)
        for x in range(-6, 800, 58):
            sheet.line(
                [
                    (x, top + 28),
                    (x, top),
                    (x + 44, top),
                    (x + 44, top + 28),
                    (x + 16, top + 28),
                    (x + 16, top + 14),
                    (x + 30, top + 14),
                ],
                ink,
                6,
            )
    # The arm, from above.
    sheet.path("M800 150L800 262L560 300C540 306 530 318 516 330C496 350 470 352 452 338L438 324C424 330 408 324 404 310"
               "C392 304 390 288 400 278C398 262 410 250 426 250L470 232C500 214 540 210 572 206Z", ink)  # fmt: skip
    sheet.curve(
        "M452 336C446 318 452 300 470 290M436 322C430 306 436 288 456 276M404 308C406 292 420 276 442 264", clay, 5
    )
    sheet.path("M700 150L716 290L760 284L748 150Z", cream)
    chance = Random(411)
    for _ in range(900):
        fall = chance.random() ** 0.7
        y = 350 + fall * 520
        x = 440 + chance.gauss(0, 1) * (8 + fall * 84)
        sheet.circle(x, y, chance.uniform(1.6, 4.6), chance.choice((ink, ink, cream)))
    sheet.path("M150 912C230 906 330 850 440 846C560 850 640 904 700 912Z", ink)
    sheet.path("M96 912Q96 868 140 868Q180 868 184 912Z", ink)
    sheet.rect(60, 912, 680, 8, ink)
    sheet.text("ANTIGONE", 400, 952, 120, cream, font=ANTON, align="center", fit=680)
    sheet.text("SOPHOCLES", 60, 140, 24, ink, weight=700, tracking=8)
    return sheet


def twelfth_night() -> Sheet:
    """Cross-gartered, and going down."""
    sea, yellow, ink, foam = "#1f6f7a", "#f6c52e", "#142a33", "#f6efe0"
    sheet = Sheet("#f0876a")
    sheet.circle(620, 250, 120, "#f6c9a0")
    for side, x in ((-1, 300), (1, 500)):
        sheet.path(f"M{x - 66} 1000C{x - 70} 800 {x - 74} 720 {x - 50} 560C{x - 40} 480 {x - 48} 420 {x - 34} 330"
                   f"L{x + 34} 330C{x + 48} 420 {x + 44} 480 {x + 54} 560C{x + 78} 720 {x + 70} 800 {x + 66} 1000Z", yellow)  # fmt: skip
        for y in (430, 540, 650, 760):
            sheet.line([(x - 62, y), (x + 62, y + 76)], ink, 13)
            sheet.line([(x + 62, y), (x - 62, y + 76)], ink, 13)
        toe = 1 if side > 0 else -1
        sheet.path(f"M{x - toe * 38} 336L{x - toe * 44} 262C{x - toe * 46} 236 {x - toe * 20} 230 {x} 232"
                   f"L{x + toe * 96} 216C{x + toe * 140} 206 {x + toe * 166} 186 {x + toe * 160} 156"
                   f"C{x + toe * 190} 190 {x + toe * 180} 246 {x + toe * 120} 268C{x + toe * 70} 284 {x + toe * 40} 296 {x + toe * 38} 336Z", ink)  # fmt: skip
        sheet.rect(x - toe * 44 - (0 if toe > 0 else 44), 214, 44, 26, ink)
        sheet.path(f"M{x} 402l-46 -30v60zl46 -30v60z", ink)
        sheet.circle(x, 402, 11, ink)
    for index, (y, color) in enumerate(((830, "#2f8a92"), (880, sea), (950, "#185863"), (1030, ink))):
        points = wave(0, 800, y, 20, 200, phase=index * 1.9)
        sheet.poly([*points, (800, 1200), (0, 1200)], color)
        sheet.line(points, foam, 5)
    sheet.text("Twelfth Night", 400, 1056, 100, foam, font=ABRIL, align="center", fit=690)
    sheet.text("SHAKESPEARE", 50, 60, 24, ink, weight=700, tracking=8)
    return sheet


POSTERS = {
    "hamlet": hamlet,
    "tartuffe": tartuffe,
    "faust": faust,
    "a-dolls-house": a_dolls_house,
    "the-cherry-orchard": the_cherry_orchard,
    "antigone": antigone,
    "twelfth-night": twelfth_night,
}
