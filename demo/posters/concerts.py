"""Posters of concerts and dance."""

from random import Random

from demo.posters.canvas import (
    BOWLBY,
    GLOOCK,
    ROZHA,
    Sheet,
    at_angle,
    ring,
)


def the_planets() -> Sheet:
    """Seven of them, in the order of the suite."""
    space, cream = "#14121f", "#f6ecd2"
    sheet = Sheet(space)
    chance = Random(7)
    for _ in range(140):
        sheet.circle(chance.uniform(0, 800), chance.uniform(0, 1200), chance.uniform(0.8, 2.6), cream, opacity=0.8)
    center = (-120, 1330)
    worlds = ((300, 40, "#d9462f"), (420, 56, "#f1d8a4"), (520, 30, "#b9a58d"), (690, 150, "#e49b52"),
              (930, 104, "#f0cf83"), (1110, 66, "#86c8c4"), (1270, 64, "#3f6fc4"))  # fmt: skip
    angles = (-40, -64, -31, -46, -67, -42, -50)
    for (orbit, size, color), angle in zip(worlds, angles, strict=True):
        sheet.hoop(*center, orbit, cream, 1.6, opacity=0.55)
        x, y = at_angle(*center, orbit, angle)
        name = f"world{orbit}"
        sheet.circle(x, y, size + 10, space)
        sheet.begin(clip_path=sheet.clip(name, f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}"/>'))
        sheet.circle(x, y, size, color)
        if size > 100:
            for index, band in enumerate((-0.7, -0.42, -0.12, 0.2, 0.5, 0.76)):
                sheet.rect(
                    x - size,
                    y + size * band,
                    size * 2,
                    size * (0.1 + 0.05 * (index % 2)),
                    "#b4622f" if orbit == 690 else "#d3a651",
                )
        if orbit == 690:
            sheet.ellipse(x + 46, y + 62, 34, 20, "#c8402c")
        if orbit == 300:
            sheet.circle(x - 12, y - 8, 11, "#a92f1e")
            sheet.circle(x + 14, y + 12, 8, "#a92f1e")
        sheet.circle(x + size * 0.5, y - size * 0.3, size * 1.15, "#000000", opacity=0.16)
        sheet.circle(x - size * 0.35, y + size * 0.1, size * 1.02, color, opacity=0.25)
        sheet.end()
        if orbit == 930:
            sheet.begin(transform=f"rotate(-22 {x:.1f} {y:.1f})")
            sheet.path(
                f"M{x - 190:.1f} {y:.1f}A190 46 0 0 0 {x + 190:.1f} {y:.1f}L{x + 128:.1f} {y:.1f}A128 26 0 0 1 {x - 128:.1f} {y:.1f}Z",
                cream,
            )
            sheet.end()
    sheet.text("The\nPlanets", 56, 60, 124, cream, font=GLOOCK, leading=0.16)
    sheet.text("GUSTAV HOLST", 744, 1144, 22, cream, align="right", weight=700, tracking=8)
    return sheet


def goldberg_variations() -> Sheet:
    """Thirty-two tiles: the aria, thirty variations on its quarter circle, the aria."""
    paper, ink, red, blue, ochre = "#f4ecdd", "#1d1b1a", "#d5402b", "#27528c", "#e0a636"
    sheet = Sheet(paper)
    chance = Random(988)
    size = 114
    for index in range(32):
        column, line = index % 4, index // 4
        x, y = 58 + column * size, 230 + line * size
        is_aria = index in (0, 31)
        ground, figure = (paper, ink) if is_aria else chance.choice(
            ((red, paper), (blue, paper), (ochre, ink), (ink, ochre), (paper, red), (paper, blue), (blue, ochre), (red, ink))
        )  # fmt: skip
        sheet.rect(x, y, size, size, ground)
        turn = 0 if is_aria else chance.choice((0, 90, 180, 270))
        kind = 0 if is_aria else index % 5
        sheet.begin(transform=f"rotate({turn} {x + size / 2} {y + size / 2})")
        if kind in (0, 1):
            sheet.path(f"M{x} {y}H{x + size}A{size} {size} 0 0 1 {x} {y + size}Z", figure)
            if kind == 1:
                sheet.path(f"M{x} {y}H{x + size / 2}A{size / 2} {size / 2} 0 0 1 {x} {y + size / 2}Z", ground)
        elif kind == 2:
            sheet.path(f"M{x} {y}H{x + size}A{size / 2} {size / 2} 0 0 1 {x} {y}Z", figure)
            sheet.path(f"M{x} {y + size / 2}H{x + size}A{size / 2} {size / 2} 0 0 1 {x} {y + size / 2}Z", figure)
        elif kind == 3:
            for radius in (1, 0.75, 0.5, 0.25):
                r = size * radius
                sheet.path(f"M{x} {y}H{x + r}A{r} {r} 0 0 1 {x} {y + r}Z", figure if radius in (1, 0.5) else ground)
        else:
            sheet.path(f"M{x} {y}A{size} {size} 0 0 1 {x + size} {y + size}A{size} {size} 0 0 1 {x} {y}Z", figure)
        sheet.end()
    sheet.text("Goldberg\nVariations", 58, 54, 84, ink, font=GLOOCK, leading=0.2)
    sheet.text("JOHANN\nSEBASTIAN\nBACH", 544, 230, 27, ink, weight=700, tracking=3, leading=0.42)
    sheet.text("ARIA\nTHIRTY\nVARIATIONS\nARIA", 544, 1042, 27, red, weight=700, tracking=3, leading=0.42)
    return sheet


def evening_ragas() -> Sheet:
    """The sun goes down in a sitar."""
    indigo, orange, gold, cream = "#20184e", "#f2743c", "#f8c04e", "#fdeed0"
    sheet = Sheet(indigo)
    bands = ("#2a1d5c", "#4c2367", "#7b2a63", "#b23d56", "#df5b45", "#f2743c", "#f79a44")
    for index, color in enumerate(bands):
        sheet.rect(0, 120 + index * 104, 800, 110, color)
    sheet.rect(0, 0, 800, 124, indigo)
    sheet.circle(400, 770, 250, gold)
    sheet.rect(0, 850, 800, 350, indigo)
    for index in range(4):
        y, width = 876 + index * 30, 250 - index * 40
        sheet.rect(400 - width, y, width * 2, 11, gold, rx=5.5)
    sheet.poly([(366, 0), (434, 0), (446, 640), (354, 640)], "#3a1220")
    for y in range(40, 620, 44):
        sheet.curve(f"M352 {y + 14}Q400 {y - 10} 448 {y + 14}", gold, 7)
    for index, x in enumerate((376, 386, 396, 406, 416, 424)):
        sheet.line([(x, 0), (400 + (x - 400) * 1.4, 850)], cream, 1.8 + (index % 2) * 0.8)
    for y in (90, 200, 310, 420):
        sheet.line([(434, y), (486, y - 10)], "#3a1220", 10, stroke_linecap="round")
        sheet.circle(494, y - 12, 15, orange)
    sheet.path("M354 610C300 650 170 640 160 770H640C630 640 500 650 446 610Z", "#3a1220")
    sheet.path("M160 770A240 80 0 0 0 640 770Z", "#3a1220")
    for x in (240, 560):
        for angle in ring(12):
            sheet.circle(*at_angle(x, 742, 22, angle), 3.4, gold)
        sheet.circle(x, 742, 8, gold)
    sheet.poly([(346, 756), (454, 756), (440, 778), (360, 778)], cream)
    sheet.text("Evening\nRagas", 56, 1006, 92, cream, font=ROZHA, leading=0.16)
    sheet.text("SITAR\nTABLA\nTANPURA", 744, 1020, 27, orange, align="right", weight=700, tracking=6, leading=0.5)
    return sheet


def kathak_sandhya() -> Sheet:
    """Two hundred bells, one turn."""
    magenta, saffron, cream, deep, teal = "#b3195f", "#f7941e", "#fff0d2", "#4a0d3a", "#16837c"
    sheet = Sheet(deep)
    center = (400, 520)
    count = 36
    colors = (magenta, saffron, "#d8336f", "#fbb040", teal, "#e4572e")
    for index in range(count):
        a, b = 360 / count * index, 360 / count * (index + 1)
        ax, ay = at_angle(*center, 352, a + 44)
        bx, by = at_angle(*center, 352, b + 44)
        ca, cb = at_angle(*center, 190, a - 6), at_angle(*center, 190, b - 6)
        sheet.path(f"M{center[0]} {center[1]}Q{ca[0]:.1f} {ca[1]:.1f} {ax:.1f} {ay:.1f}A24 24 0 0 1 {bx:.1f} {by:.1f}"
                   f"Q{cb[0]:.1f} {cb[1]:.1f} {center[0]} {center[1]}Z", colors[index % 6])  # fmt: skip
    for index in range(count):
        sheet.circle(*at_angle(*center, 352, 360 / count * (index + 0.5) + 44), 12, cream)
    sheet.hoop(*center, 300, cream, 3, opacity=0.7)
    sheet.hoop(*center, 288, cream, 8, opacity=0.85, stroke_dasharray="2 14", stroke_linecap="round")
    # Seen from above: shoulders, hair and two arms in the turn.
    sheet.curve("M400 520C470 470 520 420 610 400M400 520C330 570 280 620 190 640", "#c98a5e", 30)
    sheet.circle(620, 396, 19, "#c98a5e")
    sheet.circle(180, 644, 19, "#c98a5e")
    for x, y in ((556, 416), (244, 624)):
        sheet.circle(x, y, 22, saffron)
        sheet.circle(x, y, 12, deep)
    sheet.circle(*center, 84, teal)
    sheet.circle(*center, 56, "#1b0d16")
    sheet.line([(400, 466), (400, 574)], "#c98a5e", 5)
    sheet.circle(400, 578, 17, cream)
    for row, radius in enumerate((402, 428, 454, 480)):
        for index in range(50):
            sheet.circle(*at_angle(*center, radius, 7.2 * index + row * 3.6), 7, saffron if row % 2 else "#fbb040")
    sheet.rect(0, 990, 800, 210, deep)
    sheet.text("कथक संध्या", 400, 1008, 110, cream, font=ROZHA, align="center", fit=520)
    sheet.text("AN EVENING OF KATHAK", 400, 1140, 24, saffron, align="center", weight=700, tracking=9)
    return sheet


def ceilidh() -> Sheet:
    """A fiddle in the tartan."""
    green, navy, red, yellow, cream = "#14513c", "#16254a", "#c2282d", "#f4c43d", "#fbf1dc"
    sheet = Sheet(red)
    for offset in range(-40, 1240, 260):
        for turned in (False, True):
            for shift, width, color, opacity in ((0, 96, green, 0.85), (26, 44, navy, 0.9), (150, 22, navy, 0.7), (172, 8, yellow, 1),
                                                 (196, 4, cream, 0.9), (120, 4, cream, 0.9)):  # fmt: skip
                if turned:
                    sheet.rect(0, offset + shift, 800, width, color, opacity=opacity * 0.72)
                else:
                    sheet.rect(offset + shift, 0, width, 1200, color, opacity=opacity * 0.72)
    sheet.begin(transform="rotate(18 400 560)")
    body = ("M400 300C500 296 560 350 556 430C554 480 510 490 508 536C508 584 580 600 592 690C604 800 520 880 400 880"
            "S196 800 208 690C220 600 292 584 292 536C290 490 246 480 244 430C240 350 300 296 400 300Z")  # fmt: skip
    sheet.path(body, "#8a3d1c")
    sheet.path(body, "#b8602c", transform="translate(20 29) scale(0.95)")
    sheet.poly([(372, -60), (428, -60), (436, 560), (364, 560)], navy)
    sheet.poly([(330, 800), (470, 800), (440, 700), (360, 700)], navy)
    sheet.poly([(346, 640), (454, 640), (440, 618), (360, 618)], cream)
    for x in (382, 394, 406, 418):
        sheet.line([(x, -60), (x, 760)], cream, 2.4)
    for side in (-1, 1):
        x = 400 + side * 96
        sheet.curve(
            f"M{x + side * 24} 566C{x - side * 20} 560 {x - side * 8} 610 {x + side * 2} 640C{x + side * 12} 676 {x + side * 24} 716 {x - side * 22} 712",
            navy,
            13,
        )
        sheet.circle(x + side * 22, 574, 13, navy)
        sheet.circle(x - side * 20, 704, 15, navy)
    sheet.end()
    sheet.line([(40, 930), (780, 330)], cream, 9)
    sheet.line([(50, 952), (770, 368)], yellow, 4)
    sheet.rect(0, 930, 800, 270, cream)
    sheet.rect(0, 930, 800, 12, yellow)
    sheet.text("CEILIDH", 400, 980, 140, navy, font=BOWLBY, align="center", fit=680)
    sheet.text("EVERY SATURDAY   NO PARTNER NEEDED", 400, 1138, 24, red, align="center", weight=700, tracking=3)
    return sheet


POSTERS = {
    "the-planets": the_planets,
    "goldberg-variations": goldberg_variations,
    "evening-ragas": evening_ragas,
    "kathak-sandhya": kathak_sandhya,
    "ceilidh": ceilidh,
}
