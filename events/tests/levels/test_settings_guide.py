"""The guide's table of settings is what is declared."""

import re

from django.conf import settings as django_settings

from events.models.settings import SETTINGS

GUIDE = (django_settings.BASE_DIR / "docs" / "settings.md").read_text()


def test_the_table_tells_every_setting():
    told = re.findall(r"(?m)^\| (?!Setting |-)(.+) \|$", GUIDE)
    wanted = []
    for setting in SETTINGS:
        default = setting.write(setting.default()) + (f" (`{setting.variable}`)" if setting.variable else "")
        levels = ", ".join(setting.levels)
        wanted.append(f"{setting.label.capitalize()} | {levels} | {default} | {setting.told}")
    assert told == wanted
