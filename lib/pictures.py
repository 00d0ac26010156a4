"""Uploaded pictures: checked by content and size, and encoded again in the widths that pages use.

Nothing of the uploaded file itself is kept. Decoding and encoding drops metadata, including where a photo
was taken, and whatever hides behind the picture. Files are named for their content, so that browsers may
keep them forever and the same picture is stored once.
"""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db.models.fields.files import ImageField, ImageFieldFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
# A picture of a few kilobytes can decode into gigabytes.
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
QUALITY = 82


def open_picture(content: Any, *, keeps_transparency: bool = False) -> Image.Image:
    """Decode an uploaded picture, upright, in RGB or else RGBA. Raises `ValidationError` if it can't be used."""
    if content.size > MAX_BYTES:
        raise ValidationError(
            _("The picture is %(size)s. The largest accepted is %(limit)s."),
            code="too-large",
            params={"size": filesizeformat(content.size), "limit": filesizeformat(MAX_BYTES)},
        )
    content.seek(0)
    try:
        _register_heif()
        picture = Image.open(content, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError(
                _("The picture has %(width)s × %(height)s pixels, which is too many. Make it smaller and try again."),
                code="too-many-pixels",
                params={"width": picture.width, "height": picture.height},
            )
        upright = ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError(
            _("This picture can’t be read. Use a JPEG, PNG, WebP, AVIF or HEIC file."), code="unreadable"
        ) from error
    if upright.mode.startswith("I"):
        return _from_deep_gray(upright)
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        if keeps_transparency:
            return upright.convert("RGBA")
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright, mask=upright.convert("RGBA").getchannel("A"))
        return paper
    return upright.convert("RGB")


def _from_deep_gray(picture: Image.Image) -> Image.Image:
    """Reduce a gray picture from 16 bits to 8; Pillow's own conversion turns all but 256 tones white."""
    return picture.convert("I").point(lambda tone: tone / 256).convert("L").convert("RGB")


@cache
def _register_heif() -> None:
    """Let Pillow read iPhone photos. The library is loaded only when a picture arrives."""
    from pi_heif import register_heif_opener  # noqa: PLC0415 (3 MB that most processes never need)

    register_heif_opener()


def encode(picture: Image.Image, width: int) -> bytes:
    """Return the picture as WebP, at most `width` pixels wide."""
    if picture.width > width:
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()


def rendition_name(name: str, width: int) -> str:
    """Return the name of another width of the stored picture `name`."""
    return f"{name.rpartition('-')[0]}-{width}.webp"


class PictureFile(ImageFieldFile):
    field: PictureField

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Store the picture in all widths of its field; the widest one is the field's value."""
        picture = open_picture(content, keeps_transparency=self.field.keeps_transparency)
        content.seek(0)
        stem = hashlib.sha256(content.read()).hexdigest()[:16]
        widest = self.field.widths[-1]
        stored = self.field.generate_filename(self.instance, f"{stem}-{widest}.webp")
        for width in self.field.widths:
            _store(self.storage, rendition_name(stored, width), encode(picture, width))
        self.name = stored
        setattr(self.instance, self.field.attname, stored)
        self._committed = True
        if save:
            self.instance.save()


def _store(storage: Storage, name: str, data: bytes) -> None:
    if not storage.exists(name):
        written = storage.save(name, ContentFile(data))
        if written != name:
            # Another request stored the same picture at the same moment, under this very name.
            storage.delete(written)


class PictureFormField(forms.ImageField):
    """Accept every format of `FORMATS`: Django opens the file with Pillow before the model does."""

    def to_python(self, data: Any) -> Any:
        _register_heif()
        return super().to_python(data)


class PictureField(ImageField):
    """An `ImageField` that stores its picture in several widths, narrowest first, transparent ones on white."""

    attr_class = PictureFile

    def __init__(
        self, *args: Any, widths: tuple[int, ...] = (400, 800), keeps_transparency: bool = False, **kwargs: Any
    ) -> None:
        self.widths = widths
        self.keeps_transparency = keeps_transparency
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Look like an `ImageField` to migrations: the column is the same."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", list(args), dict(kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PictureFormField, **kwargs})

    def clean(self, value: Any, model_instance: Any) -> Any:
        cleaned = super().clean(value, model_instance)
        if cleaned and not cleaned._committed:
            open_picture(cleaned.file)
            cleaned.file.seek(0)
        return cleaned


def picture_url(name: str) -> str:
    """Return the URL of a stored picture; the data URI of one not stored yet is its own URL."""
    if name.startswith("data:"):
        return name
    return default_storage.url(name)
