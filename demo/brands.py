"""Two theaters of the season with a name and look of their own; the others look like the site."""

from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile

from theaters.directory import forget_directory
from theaters.models import Brand, Theater
from theaters.models.brands import Typeface

_LOGOS = Path(__file__).resolve().parent / "logos"


@dataclass(frozen=True)
class BrandPlan:
    """The brand of the theater with the same slug; its logos are in `logos/`, drawn for the season."""

    slug: str
    name: str
    color: str
    color_dark: str
    typeface: Typeface
    social_links: str


BRANDS = (
    BrandPlan(
        slug="lindenbruecke",
        name="Lindenbrücke",
        color="#0b6b4f",
        color_dark="#5cc79f",
        typeface=Typeface.MARTEL,
        social_links="https://lindenbruecke.example.com\nhttps://social.example.com/lindenbruecke",
    ),
    BrandPlan(
        slug="the-undercroft",
        name="The Undercroft",
        color="#9c1f7a",
        color_dark="#f08bd3",
        typeface=Typeface.POPPINS,
        social_links="https://social.example.com/undercroft",
    ),
)


def load_brands() -> int:
    """Add the missing brands to theaters that have none; return how many."""
    added = 0
    for plan in BRANDS:
        theater = Theater.objects.filter(slug=plan.slug, brand=None).first()
        if theater is None or Brand.objects.filter(slug=plan.slug).exists():
            continue
        brand = Brand(
            slug=plan.slug,
            name=plan.name,
            color=plan.color,
            color_dark=plan.color_dark,
            typeface=plan.typeface,
            reply_address=f"{plan.slug}@example.com",
            social_links=plan.social_links,
        )
        for field, name in ((brand.logo, plan.slug), (brand.logo_dark, f"{plan.slug}-dark")):
            field.save(f"{name}.webp", ContentFile((_LOGOS / f"{name}.webp").read_bytes()), save=False)
        brand.save()
        Theater.objects.filter(pk=theater.pk, brand=None).update(brand=brand)
        added += 1
    forget_directory()
    return added
