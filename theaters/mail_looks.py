"""How the mails of a theater look: its brand, as `notifications/looks.py` asks for it."""

from functools import lru_cache
from urllib.parse import urlsplit

from notifications.looks import Colors, Logo, Look, site_look
from theaters.brand_colors import DARK, LIGHT, Scheme, shades_of
from theaters.brands import brand_of
from theaters.directory import BrandItem, read_directory
from theaters.logos import logo_for_mail


def find_mail_look(theater_id: int | None) -> Look:
    """Return the look of mails about a theater, or about none; the site's own for one without a brand.

    No query while the directory is known. A logo is read from its file once per process.
    """
    brand = brand_of(theater_id)
    if not brand.version:
        return site_look()
    entry = read_directory().theaters.get(theater_id) if theater_id is not None else None
    is_home = bool(brand.domain) or len(brand.theater_ids) != 1 or entry is None
    return look_of(brand, brand.address if is_home or entry is None else f"{brand.address}{entry.path}")


def look_of(brand: BrandItem, url: str) -> Look:
    logo = logo_for_mail(brand.logo)
    own = site_look()
    return Look(
        name=brand.name,
        url=url,
        address=brand.address,
        light=_colors(brand.color, LIGHT) if brand.color else own.light,
        dark=_colors(brand.color_dark or brand.color, DARK) if brand.color else own.dark,
        logo=Logo(logo.content, logo.width, logo.height) if logo else None,
        links=tuple((urlsplit(link).hostname or link, link) for link in brand.social_links),
        # A site that is one theater's has its sender in the settings.
        sender_name="" if brand.is_site else brand.sender_name,
        sender_address=brand.sender_address,
        reply_to=brand.reply_address,
        names_marquee=brand.names_marquee and brand.name != "Marquee",
    )


@lru_cache(maxsize=256)
def _colors(color: str, scheme: Scheme) -> Colors:
    shades = shades_of(color, scheme)
    return Colors(shades.accent, shades.ink)
