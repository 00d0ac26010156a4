"""Posters of plays and tales from further off."""

from random import Random

from demo.posters.canvas import (
    CORMORANT,
    LALEZAR,
    PIRATA,
    ROZHA,
    SHIPPORI,
    Sheet,
    at_angle,
    ring,
    wave,
)


def alf_layla_wa_layla() -> Sheet:
    """A thousand stars and one moon."""
    night, gold, glow = "#14204a", "#f0b94a", "#fff3cf"
    sheet = Sheet(night)
    sheet.rect(0, 0, 800, 1200, sheet.gradient("night", "#0c1333", "#1d2f6b", "#5b3a78"))
    arch = "M90 1200L90 520C90 330 250 250 400 90C550 250 710 330 710 520L710 1200Z"
    sheet.path(arch, night, opacity=0.55)
    sheet.path(arch, "none", stroke=gold, stroke_width=5)
    sheet.path(
        "M62 1200L62 512C62 306 236 220 400 48C564 220 738 306 738 512L738 1200", "none", stroke=gold, stroke_width=2
    )
    sheet.begin(clip_path=sheet.clip("arch", f'<path d="{arch}"/>'))
    chance = Random(1001)
    for column in range(25):
        for line in range(40):
            x, y = 108 + column * 24 + (12 if line % 2 else 0), 112 + line * 14.6
            bright = chance.random()
            sheet.circle(x, y, 1.6 + 2.6 * bright**4, glow if bright > 0.6 else gold, opacity=0.25 + 0.7 * bright)
    sheet.end()
    sheet.circle(400, 430, 150, gold)
    sheet.circle(446, 396, 132, "#15214f")
    sheet.poly([at_angle(470, 402, 40 if index % 2 == 0 else 16, angle) for index, angle in enumerate(ring(16))], glow)
    sheet.rect(0, 690, 800, 250, night, opacity=0.92)
    sheet.rect(0, 690, 800, 4, gold)
    sheet.rect(0, 936, 800, 4, gold)
    sheet.text("ألف ليلة وليلة", 400, 752, 120, gold, font=LALEZAR, align="center", fit=620)
    sheet.text(
        "A Thousand and One Nights", 400, 1010, 44, glow, font=CORMORANT, align="center", weight=600, italic=True
    )
    sheet.text("ONE STORYTELLER   ONE OUD   ONE LAMP", 400, 1084, 17, gold, align="center", weight=700, tracking=5)
    return sheet


def shakuntalam() -> Sheet:
    """The ring, where it was found."""
    green, coral, gold, cream = "#0f4b46", "#ee6f57", "#f3b73e", "#fbeed3"
    sheet = Sheet(green)
    for line in range(13):
        sheet.line(wave(0, 800, 90 + line * 92, 12, 220, phase=line * 0.9), "#1b645c", 6)
    sheet.begin(transform="rotate(-24 400 500)")
    sheet.path("M30 500C150 300 380 270 560 420C600 454 640 470 690 420L770 350C752 450 752 550 770 650L690 580"
               "C640 530 600 546 560 580C380 730 150 700 30 500Z", coral)  # fmt: skip
    sheet.path("M300 330C340 250 420 230 480 250C470 310 440 340 400 340Z", gold)
    sheet.path("M320 672C350 740 420 760 470 740C460 690 440 660 400 660Z", gold)
    sheet.begin(
        clip_path=sheet.clip(
            "body", '<path d="M215 320C330 300 470 340 560 420L560 580C470 664 330 700 215 680Q270 500 215 320Z"/>'
        )
    )
    for column in range(10):
        for line in range(10):
            x, y = 240 + column * 36, 318 + line * 42 + (21 if column % 2 else 0)
            sheet.path(f"M{x} {y - 21}A21 21 0 0 1 {x} {y + 21}", "none", stroke=cream, stroke_width=4, opacity=0.7)
    sheet.end()
    sheet.curve("M216 322Q270 500 216 678", cream, 8)
    sheet.circle(128, 462, 26, cream)
    sheet.circle(128, 462, 12, green)
    sheet.circle(400, 500, 118, coral)
    sheet.hoop(400, 516, 74, gold, 22)
    sheet.poly([(400, 396), (432, 424), (400, 470), (368, 424)], cream)
    sheet.poly([(400, 396), (432, 424), (368, 424)], gold)
    sheet.end()
    sheet.text("अभिज्ञान\nशाकुन्तलम्", 400, 880, 108, cream, font=ROZHA, align="center", leading=0.5)
    sheet.text("SHAKUNTALA", 400, 1128, 26, gold, align="center", weight=700, tracking=14)
    sheet.text("KALIDASA", 400, 54, 24, gold, align="center", weight=700, tracking=14)
    return sheet


def mrichchhakatikam() -> Sheet:
    """The cart of clay, and the gold that a mother put in it."""
    sand, clay, indigo, gold = "#f1dfbf", "#b8512f", "#232a5c", "#f0a92b"
    sheet = Sheet(sand)
    sheet.rect(0, 790, 800, 410, indigo)
    sheet.poly([(160, 250), (690, 250), (640, 520), (210, 520)], clay)
    sheet.rect(120, 224, 610, 44, "#8d3a20")
    for x in range(232, 620, 67):
        sheet.poly([(x, 284), (x + 20, 318), (x, 352), (x - 20, 318)], sand)
    sheet.line([(210, 440), (640, 440)], sand, 6)
    for x, y, radius in (
        (250, 204, 40),
        (330, 186, 48),
        (418, 176, 54),
        (510, 188, 46),
        (594, 206, 38),
        (372, 118, 38),
        (464, 122, 34),
    ):
        sheet.circle(x, y, radius, gold)
        sheet.hoop(x, y, radius - 10, "#d88912", 4)
    sheet.line([(640, 480), (800, 400)], "#8d3a20", 26)
    for x, y in ((400, 610),):
        sheet.circle(x, y, 250, clay)
        sheet.hoop(x, y, 232, sand, 8)
        sheet.hoop(x, y, 190, sand, 4)
        for angle in ring(12):
            sheet.line([at_angle(x, y, 60, angle), at_angle(x, y, 188, angle)], sand, 12)
            sheet.circle(*at_angle(x, y, 211, angle + 15), 8, sand)
        sheet.circle(x, y, 62, indigo)
        sheet.circle(x, y, 24, gold)
    sheet.text("मृच्छकटिकम्", 400, 922, 120, sand, font=ROZHA, align="center", fit=640)
    sheet.text("THE LITTLE CLAY CART", 400, 1090, 26, gold, align="center", weight=700, tracking=9)
    sheet.text("SHUDRAKA", 50, 60, 22, indigo, weight=700, tracking=8)
    return sheet


def dracula_by_candlelight() -> Sheet:
    """A candle with teeth."""
    dark, wax, flame, blood = "#2a0d16", "#f4ead6", "#ffb638", "#d2182f"
    sheet = Sheet(dark)
    sheet.circle(400, 270, 560, sheet.gradient("glow", "#8f2c22", "#2a0d16", angle="radial"))
    sheet.path(
        "M400 90C470 190 480 240 462 290C450 330 424 346 400 346C376 346 350 330 338 290C320 240 350 200 400 90Z", flame
    )
    sheet.path(
        "M402 190C436 244 440 270 428 300C420 320 410 326 400 326C390 326 376 318 372 300C364 270 384 240 402 190Z",
        "#fff6d6",
    )
    sheet.curve("M400 322L400 392", dark, 9)
    sheet.path("M240 420Q300 376 400 384Q500 376 560 420L560 1200L240 1200Z", wax)
    sheet.path("M262 600Q400 560 538 600Q536 800 400 800Q264 800 262 600Z", blood)
    sheet.path("M300 700Q400 640 500 700Q490 800 400 800Q310 800 300 700Z", "#8d0f22")
    sheet.path("M240 420Q300 452 400 446Q500 452 560 420L560 600C560 640 548 660 546 700L538 760L524 700C520 650 508 626 484 620"
               "L470 716Q462 734 454 716L436 612Q400 604 364 612L346 716Q338 734 330 716L316 620C292 626 280 650 276 700"
               "L262 900Q256 916 250 900L240 640Z", "#ffffff")  # fmt: skip
    sheet.path("M462 752c10 22 16 32 16 46a16 16 0 1 1 -32 0c0 -14 6 -24 16 -46z", blood)
    sheet.path("M338 836c10 22 16 32 16 46a16 16 0 1 1 -32 0c0 -14 6 -24 16 -46z", blood)
    sheet.text("Dracula", 400, 960, 150, dark, font=PIRATA, align="center", fit=290)
    sheet.text("BY CANDLELIGHT", 400, 1090, 22, dark, align="center", weight=700, fit=290)
    sheet.text("BRAM STOKER", 120, 1140, 18, wax, align="center", weight=700, tracking=4)
    sheet.text("FOUR VOICES", 680, 1140, 18, wax, align="center", weight=700, tracking=4)
    return sheet


def hagoromo() -> Sheet:
    """The feather mantle on the pine, before the moon."""
    sky, white, red, pine = "#a9d3cf", "#fbfaf4", "#e0452f", "#1d3d3a"
    sheet = Sheet(sky)
    sheet.circle(470, 400, 270, white)
    for line in range(5):
        for column in range(-1, 10):
            x, y = column * 100 + (50 if line % 2 else 0), 1080 + line * 34
            for radius in (52, 38, 24, 10):
                sheet.circle(x, y + 20, radius, white if radius in (52, 24) else "#5fa39f")
    sheet.curve("M-20 210C120 220 240 190 360 240C470 284 560 270 660 232", pine, 30)
    sheet.curve("M300 224C360 160 430 150 500 160M520 268C590 330 650 330 710 320", pine, 16)
    for x, y, radius in (
        (110, 170, 96),
        (240, 140, 76),
        (500, 130, 84),
        (610, 180, 64),
        (700, 290, 74),
        (660, 214, 50),
    ):
        sheet.wedge(x, y + 30, radius, 180, 360, pine)
        for angle in range(190, 360, 17):
            sheet.line([(x, y + 30), at_angle(x, y + 30, radius, angle)], sky, 2)
    # The mantle: strands that fall and lift again.
    sheet.path(
        "M352 226C300 380 560 470 470 640S200 760 70 1010C240 940 470 860 560 690S440 400 470 236Z", white, opacity=0.55
    )
    for index in range(16):
        color = (red, white, "#f08a6c")[index % 3]
        sheet.curve(f"M{346 + index * 8} 230C{300 + index * 10} 380 {556 + index * 4} 470 {470 + index * 6} 640"
                    f"S{210 + index * 16} {770 - index * 4} {56 + index * 13} {1016 - index * 11}", color, 6)  # fmt: skip
    sheet.text("羽\n衣", 716, 470, 150, pine, font=SHIPPORI, align="center", leading=0.1, weight=800)
    sheet.text("HAGOROMO", 742, 1000, 30, pine, align="right", weight=700, tracking=12)
    sheet.text("The Feather Mantle", 742, 1042, 30, pine, font=CORMORANT, align="right", weight=600, italic=True)
    return sheet


POSTERS = {
    "alf-layla-wa-layla": alf_layla_wa_layla,
    "shakuntalam": shakuntalam,
    "mrichchhakatikam": mrichchhakatikam,
    "dracula-by-candlelight": dracula_by_candlelight,
    "hagoromo": hagoromo,
}
