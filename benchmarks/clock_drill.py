"""Check that reports and mails go out at the right local minute, with real processes whose clocks are shifted.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.clock_drill [--only WORDS] [--short]

The year is 2027. Shortly before each moment at which something is due, a worker and two schedulers are
started by shifted clocks, and killed when it has come: on the days before, at and after each change of the
clocks in Vienna, New York and on Lord Howe (where they change by half an hour), and on the same days in
Kolkata, where they never change. Broker (Valkey), database, mail server and files are real. What must come
is written in `clock_stops.py` in UTC by hand, not computed by the code.

Each start follows days of silence, so every schedule of the other zones catches up, once; the kills leave
the schedulers with old state, so every start is also a restart. In the end each run has one file and one
mail, and no schedule ran twice on a day. It takes some 20 minutes. `--short` sets the scene and starts
a worker and one scheduler, but does not wait for anything to be due.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.clock_stops import EVENING, LOST, MONTH, REPORT, REVIEW, SCHEDULES, SHOW, STOPS, ZONES, Stop, at
from benchmarks.mail_drill import Processes, Sink
from tools.servers import free_port

# From the start of the processes to the moment: on two busy cores they need ten to twenty seconds.
START_LEAD = timedelta(seconds=30)
# Each process writes here when it is up, by its clock.
READY_FILE = "ready.txt"
# What is due has to come within this time.
MAX_DELAY = timedelta(minutes=1)
# How long to wait for a mail.
MAIL_PATIENCE = timedelta(minutes=3)
PROCESSES = 3
BEGIN = datetime(2027, 3, 11, 12, tzinfo=UTC)


@dataclass
class Clock:
    """How far the processes' clocks are ahead."""

    ahead: timedelta = timedelta()

    def set(self, moment: datetime) -> None:
        self.ahead = moment - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class DatedSink(Sink):
    """Records when each message arrived, by the shifted clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.arrivals: dict[str, list[datetime]] = defaultdict(list)
        super().__init__()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        message_id = str(message_from_bytes(envelope.content)["Message-ID"]).strip()
        self.arrivals[message_id].append(self.clock.now())
        return "250 taken"


@dataclass
class Scene:
    """What was set up before the drill: the schedules by place and time."""

    schedules: dict[tuple[str, str], Any] = field(default_factory=dict)


class ShiftedProcesses(Processes):
    """A worker and two schedulers whose clocks are ahead."""

    def __init__(self, folder: str, broker_port: int, clock: Clock) -> None:
        super().__init__(folder, broker_port)
        self.clock = clock

    def command(self, name: str) -> list[str]:
        command = super().command(name.partition(" ")[0])
        if name == "broker":
            return command
        at_module = command.index("celery")
        arguments = command[at_module + 3 :]
        shift = f"{self.clock.ahead.total_seconds()}"
        return [sys.executable, "-m", "benchmarks.clock_drill", "--ahead", shift, "--", *arguments]


def run_celery(ahead: float, arguments: list[str]) -> None:
    import time_machine

    time_machine.travel(time.time() + ahead, tick=True).start()
    from celery.signals import beat_init, worker_ready

    from ticketing.celery import app

    def note(**_signal: Any) -> None:
        with Path(os.environ["DATA_DIR"], READY_FILE).open("a") as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n")

    for signal_of in (worker_ready, beat_init):
        signal_of.connect(note, weak=False)
    app.start(arguments)


def main() -> None:
    if "--" in sys.argv:
        return run_celery(float(sys.argv[2]), sys.argv[sys.argv.index("--") + 1 :])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="stops whose name has these words")
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    stops = [] if options.short else [stop for stop in STOPS if options.only in stop.name]
    # So that nothing is left behind when the drill is ended.
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(1))
    clock = Clock()
    sink, broker_port = DatedSink(clock), free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "ticketing.settings",
            "DEBUG": "1",
            "LOG_LEVEL": "ERROR",
            "DATA_DIR": folder,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{broker_port}/0",
        }
        processes = ShiftedProcesses(folder, broker_port, clock)
        try:
            processes.start("broker")
            sys.exit(drill(stops, clock, sink, processes))
        finally:
            processes.stop()
            sink.stop()


def drill(stops: list[Stop], clock: Clock, sink: DatedSink, processes: ShiftedProcesses) -> int:
    import django
    import time_machine

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    with time_machine.travel(BEGIN, tick=True):
        scene = make_scene()
    if not stops:
        return start_once(clock, processes)
    print(f"{'where':10}  {'due, local':16}  {'what':14}  {'due, UTC':16}  {'arrived after':>13}  result", flush=True)
    wrong = 0
    for stop in stops:
        if stop.before is not None:
            with time_machine.travel(stop.due - MAX_DELAY, tick=True):
                stop.before(stop)
        ready = Path(processes.folder, READY_FILE)
        ready.unlink(missing_ok=True)
        clock.set(stop.due - START_LEAD)
        for name in ("worker", "scheduler", "scheduler 2"):
            processes.start(name)
        came = wait_for(stop, scene, clock, sink)
        for name in ("worker", "scheduler", "scheduler 2"):
            processes.kill(name)
        up = [datetime.fromisoformat(line) for line in ready.read_text().split()] if ready.exists() else []
        was_up = len(up) == PROCESSES and max(up) < stop.due
        local = f"{stop.due.astimezone(ZoneInfo(ZONES[stop.place])):%a %H:%M %z}"
        is_right = local == stop.local and (stop.due <= came < stop.due + MAX_DELAY if came else not stop.is_sent)
        wrong += not (is_right and was_up)
        after = f"{(came - stop.due).total_seconds():.1f} s" if came else "nothing"
        result = "right" if is_right else "WRONG"
        print(
            f"{stop.place:10}  {stop.local:16}  {stop.what:14}  {stop.due:%Y-%m-%d %H:%M}  {after:>13}  "
            f"{result if was_up else f'{result}, but the processes were not up in time'}",
            flush=True,
        )
    return 1 if judge(sink) or wrong else 0


def start_once(clock: Clock, processes: ShiftedProcesses) -> int:
    """Start a worker and a scheduler with shifted clocks, and return 0 once both are up."""
    names = ("worker", "scheduler")
    clock.set(BEGIN)
    for name in names:
        processes.start(name)
    ready, until = Path(processes.folder, READY_FILE), time.monotonic() + MAIL_PATIENCE.total_seconds()
    while time.monotonic() < until:
        up = [datetime.fromisoformat(line) for line in ready.read_text().split()] if ready.exists() else []
        if len(up) == len(names):
            return int(any(moment.year != BEGIN.year for moment in up))
        time.sleep(0.2)
    return 1


def wait_for(stop: Stop, scene: Scene, clock: Clock, sink: DatedSink) -> datetime | None:
    """Wait until all is quiet, and return when the stop's message arrived; None if it did not."""
    from notifications.models import Notification
    from reports.models import ReportRun

    # What must not come would come at the start of the minute.
    least = stop.due + (timedelta(seconds=3) if stop.is_sent else MAX_DELAY / 2)
    while clock.now() < stop.due + MAIL_PATIENCE:
        time.sleep(0.5)
        came = find_arrival(stop, scene, sink)
        is_quiet = not (
            Notification.objects.filter(state__in=[Notification.State.WAITING, Notification.State.SENDING]).exists()
            or ReportRun.objects.filter(state__in=ReportRun.OPEN).exists()
        )
        if clock.now() >= least and is_quiet and (came or not stop.is_sent):
            return came
    return None


def find_arrival(stop: Stop, scene: Scene, sink: DatedSink) -> datetime | None:
    """Return when what is due at the stop first arrived there on this day."""
    from notifications.email import make_message_id
    from notifications.models import Notification

    since = stop.due - START_LEAD
    kind, _space, hour = stop.what.partition(" ")
    rows = Notification.objects.filter(created_at__gte=since, unique_key__startswith=kind_prefix(kind))
    if kind in (REPORT, LOST):
        schedule = scene.schedules[stop.place, hour or "02:30"]
        codes = list(schedule.runs.filter(due_at__gte=since).values_list("code", flat=True))
        rows = [row for row in rows if row.unique_key.split(":")[1] in codes]
    else:
        rows = rows.filter(recipient=f"{'guest' if kind in (SHOW, REVIEW) else 'customer'}-{stop.place}@example.com")
    found = [moment for row in rows for moment in sink.arrivals[make_message_id(row)]]
    return min(found, default=None)


def kind_prefix(kind: str) -> str:
    return {REPORT: "report_delivery:"}.get(kind, f"{kind}:")


def judge(sink: DatedSink) -> int:
    """Print the checks of all stops together, and return how many failed."""
    from notifications.email import make_message_id
    from notifications.models import Notification
    from reports.models import ReportRun, ReportSchedule

    sent = list(ReportRun.objects.filter(state=ReportRun.State.SENT).select_related("schedule__theater__city"))
    days = [(run.schedule_id, run.due_at.astimezone(run.schedule.tz).date()) for run in sent]
    arrived = {message_id for message_id, moments in sink.arrivals.items() if moments}
    rows = {make_message_id(row): row for row in Notification.objects.all()}
    findings = {
        "runs that are not sent, but for the one whose owner lost the right": ReportRun.objects.exclude(
            state=ReportRun.State.SENT
        ).count()
        - ReportSchedule.objects.filter(is_paused=True).count(),
        "days on which a schedule ran twice": len(days) - len(set(days)),
        "runs without a file": sum(not run.file.storage.exists(str(run.file.name)) for run in sent),
        "runs without one mail": sum(
            Notification.objects.filter(unique_key__startswith=f"report_delivery:{run.code}:").count() != 1
            for run in sent
        ),
        "mails that did not arrive": len(set(rows) - arrived),
        "mails that arrived twice": sum(len(moments) > 1 for moments in sink.arrivals.values()),
    }
    print(f"{len(sent)} runs, {len(rows)} mails")
    for what, number in findings.items():
        print(f"{what}: {number}")
    return sum(number != 0 for number in findings.values())


def make_scene() -> Scene:
    """Make theaters, people and shows, and schedules as the console's form does."""
    from accounts.models import User
    from accounts.roles import Role
    from events.levels.change import change_settings
    from events.models.settings import Scope
    from notifications.models import Notification
    from notifications.preferences import choose
    from theaters.models import City, StaffMembership, Theater

    if Notification.objects.exists() or User.objects.exists():
        sys.exit("The database is not empty.")
    scene = Scene()
    long_ago = BEGIN - timedelta(days=60)
    for slug, zone in ZONES.items():
        city = City.objects.create(name=slug, slug=slug, country="AT", time_zone=zone)
        theater = Theater.objects.create(
            name=f"Theater {slug}", slug=slug, city=city, place="1 Street", currency="EUR", is_published=True
        )
        hours = {"reminder_hours": 24 if slug == "vienna" else 0}
        change_settings(scope=Scope(theater.pk), values=hours, by=None)
        manager = User.objects.create_user(f"manager-{slug}@example.com", name="Manager")
        StaffMembership.objects.create(user=manager, theater=theater, role=Role.MANAGER)
        for hour in SCHEDULES[slug]:
            scene.schedules[slug, hour] = make_schedule(theater, manager, hour)
        customer = User.objects.create_user(f"customer-{slug}@example.com", name="Customer", preferred_city=city)
        User.objects.filter(pk=customer.pk).update(last_seen_at=long_ago, joined_at=long_ago)
        for kind in (EVENING, MONTH):
            choose(user=customer, kind=kind, channel="email", is_wanted=True)
        open_house(theater)
    return scene


def make_schedule(theater: Any, manager: Any, hour: str) -> Any:
    from reports.catalog import REPORTS
    from reports.models import ReportSchedule
    from reports.schedules.forms import ScheduleForm
    from reports.schedules.run import save_schedule

    form = ScheduleForm({"rhythm": "daily", "at": hour, "format": "csv", "nth": 1, "weekday": 0})
    if not form.is_valid():
        sys.exit(f"The form refuses: {form.errors}")
    schedule = ReportSchedule(owner=manager, start_on=BEGIN.date())
    return save_schedule(
        schedule=form.fill(schedule),
        report=REPORTS["sales"],
        parameters={"theater": str(theater.pk), "span": "yesterday", "group_by": "show"},
        by=manager,
    )


def open_house(theater: Any) -> None:
    """Give the theater a hall; in Vienna, a customer has a ticket to a show in it."""
    from accounts.models import User
    from testing.bookings import make_paid
    from testing.builders import make_event, make_hall, make_show

    hall = make_hall(theater=theater)
    if theater.slug != "vienna":
        return
    show = make_show(hall=hall, event=make_event("Changing clocks"), starts_at=at("2027-03-28T17:30"))
    guest = User.objects.create_user("guest-vienna@example.com", name="Guest")
    make_paid(show, 0, 1, customer=guest)


if __name__ == "__main__":
    main()
