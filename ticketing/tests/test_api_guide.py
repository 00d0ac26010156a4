"""The commands of docs/api.md run as they stand, and answer as it says."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from django.conf import settings

from bookings.models import Booking, Ticket
from demo.people import PASSWORD
from door.models import CheckIn
from testing.builders import make_hall, make_show
from theaters.models import StaffMembership, Theater

GUIDE = (settings.BASE_DIR / "docs" / "api.md").read_text()
# Each block of commands, and the example of an answer that may follow it.
BLOCKS = re.findall(r"(?s)```sh\n(.*?)```(?:\n\n```json\n(.*?)```)?", GUIDE)
MARK = "@@ next block"

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq"),
]


@pytest.fixture
def season(transactional_db: None, theater: Theater, customer: Any, door_staff: Any) -> None:
    """What the guide names of the demo season."""
    Theater.objects.filter(pk=theater.pk).update(slug="lindenbruecke")
    hall = make_hall(rows=3, seats=6, theater=theater)
    for days in (1, 2, 3):
        make_show(hall=hall, in_hours=24 * days)
    for person in (customer, door_staff):
        person.set_password(PASSWORD)
        person.save()
    assert StaffMembership.objects.filter(user=door_staff, theater=theater).exists()


@pytest.mark.slow
@pytest.mark.real_clock
def test_its_commands_run_and_answer_as_it_says(live_server: Any, season: None):
    assert len(BLOCKS) > 7
    script = f"\necho '{MARK}'\n".join(commands for commands, _ in BLOCKS)
    env = {"SITE": live_server.url, "PATH": "/usr/bin:/bin:/usr/local/bin", "NO_PROXY": "*"}
    command = ["/bin/sh", "-eu", "-c", script]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    answers = done.stdout.split(f"{MARK}\n")
    assert len(answers) == len(BLOCKS)
    for (commands, example), answer in zip(BLOCKS, answers, strict=True):
        if example:
            missing = set(re.findall(r'"([a-z]\w*)":', example)) - set(re.findall(r'"([a-z]\w*)":', answer))
            assert not missing, f"{commands}{answer}"
    assert "\n304\n" in done.stdout
    assert json.loads(answers[-1])["keys"]
    booking = Booking.objects.get(state=Booking.State.CONFIRMED)
    assert sorted(booking.tickets.values_list("state", flat=True)) == [Ticket.State.CANCELED, Ticket.State.ISSUED]
    assert CheckIn.objects.get().gate == "North"
    basket = Booking.objects.get(state=Booking.State.HELD)
    assert basket.tickets.values("show").distinct().count() == 2


def test_it_names_nothing_by_made_up_codes():
    """What a command needs comes from an earlier answer."""
    for commands, _ in BLOCKS:
        assert not re.search(r"\b(?=[A-Z]*\d)[A-Z0-9]{8,12}\b", commands), commands
