"""A seat map's file from the upload to the draft: read at once, or by a worker when it is large.

Callers check first that `by` may (`access.py`).
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override

from accounts.models import User
from lib.after_commit import after_commit
from lib.jobs import ask_if_lost, ask_worker
from lib.tables import DoubtfulLetters, Sample
from lib.tables.letters import CODECS, show_samples
from theaters.models import Hall, SeatMapUpload
from theaters.seat_maps import InvalidSeatMap
from theaters.seat_maps.parse_file import parse_file
from theaters.seat_maps.problems import Problem
from theaters.seat_maps.publish import import_layout, save_draft
from theaters.seat_maps.svg import Choices, is_drawing, read_drawing, understand

# Larger files are read by a worker: a plan of 20,000 seats has 2 MB and takes 2 s.
MAX_BYTES_READ_AT_ONCE = 256 * 1024
MAX_KEPT_PROBLEMS = 2_000
# The share of the work that is done once the file is parsed.
PERCENT_WHEN_READ = 60

State = SeatMapUpload.State


def start_upload(*, hall: Hall, file_name: str, content: bytes, by: User) -> SeatMapUpload:
    """Read a file into the hall's draft, have a worker do it, or wait for a person.

    A person chooses a doubtful encoding, and says what in a drawing is a seat.

    Raises `InvalidSeatMap` with every problem of a file that is read at once; nothing has changed then.
    """
    upload = SeatMapUpload(
        hall=hall, file_name=file_name[:200], content=content, by=by, language=get_language() or "en"
    )
    if is_drawing(content):
        read_drawing(content)
        upload.state = State.DRAWING
        upload.save()
        return upload
    if len(content) > MAX_BYTES_READ_AT_ONCE:
        _save_and_wake(upload)
        return upload
    try:
        _read(upload)
    except DoubtfulLetters:
        upload.state = State.UNCLEAR
        upload.save()
    return upload


def choose_letters(*, upload: SeatMapUpload, encoding: str) -> bool:
    """Read the file in the encoding that a person chose, and return True if it was waiting for that."""
    if encoding not in CODECS:
        return False
    unclear = SeatMapUpload.objects.filter(pk=upload.pk, state=State.UNCLEAR)
    with transaction.atomic():
        if not unclear.update(state=State.READING, encoding=encoding, woken_at=timezone.now()):
            return False
        if len(upload.content) > MAX_BYTES_READ_AT_ONCE:
            after_commit(wake_upload, upload.pk)
            return True
    return work_on_upload(upload.pk)


def save_drawing(*, upload: SeatMapUpload, choices: Choices, by: User) -> bool:
    """Make a drawing, understood as chosen, the hall's draft. Return False if it is one already.

    A draft need not be without findings. Raises `InvalidSeatMap` for a drawing with too many seats.
    """
    layout = understand(read_drawing(bytes(upload.content)), choices).layout
    waiting = SeatMapUpload.objects.filter(pk=upload.pk, state=State.DRAWING)
    with transaction.atomic():
        if not waiting.update(state=State.DONE, percent=100):
            return False
        draft = save_draft(hall=upload.hall, document=layout.document, source=upload.file_name, by=by)
        SeatMapUpload.objects.filter(pk=upload.pk).update(seat_map=draft, content=b"")
    return True


def samples_of(upload: SeatMapUpload) -> list[Sample]:
    return show_samples(bytes(upload.content), upload.hall.theater.city.country)


def work_on_upload(upload_id: int) -> bool:
    """Read a waiting file, and return True if this call did; a second one is harmless."""
    upload = SeatMapUpload.objects.select_related("hall__theater__city", "by").get(pk=upload_id)
    if upload.state != State.READING:
        return False
    with override(upload.language):
        try:
            _read(upload)
        except DoubtfulLetters:
            upload.state = State.UNCLEAR
        except InvalidSeatMap as refusal:
            upload.state = State.REFUSED
            upload.content = b""
            upload.problems = [
                [problem.code, problem.message, problem.where, problem.is_error]
                for problem in refusal.problems[:MAX_KEPT_PROBLEMS]
            ]
    values = {name: getattr(upload, name) for name in ("state", "content", "problems", "seat_map", "percent")}
    return bool(SeatMapUpload.objects.filter(pk=upload_id, state=State.READING).update(**values))


def problems_of(upload: SeatMapUpload) -> list[Problem]:
    return [Problem(*found) for found in upload.problems]


def wake_upload(upload_id: int) -> None:
    """Ask a worker to read a file. If the broker is down, its page asks again (`wake_lost`)."""
    ask_worker("theaters.tasks.read_seat_map", upload_id)


def wake_lost(upload: SeatMapUpload) -> None:
    """Ask for a worker again if there was no sign of the last one."""
    ask_if_lost(SeatMapUpload.objects.filter(pk=upload.pk, state=State.READING), wake_upload)


def _save_and_wake(upload: SeatMapUpload) -> None:
    with transaction.atomic():
        upload.woken_at = timezone.now()
        upload.save()
        after_commit(wake_upload, upload.pk)


def _read(upload: SeatMapUpload) -> None:
    """Make the file the hall's draft. Raises `InvalidSeatMap` and `DoubtfulLetters`."""
    country = upload.hall.theater.city.country
    layout = parse_file(upload.file_name, bytes(upload.content), encoding=upload.encoding, country=country)
    if upload.pk:
        SeatMapUpload.objects.filter(pk=upload.pk).update(percent=PERCENT_WHEN_READ, woken_at=timezone.now())
    upload.seat_map = import_layout(hall=upload.hall, layout=layout, file_name=upload.file_name, by=upload.by)
    upload.state, upload.content, upload.percent = State.DONE, b"", 100
