"""A process full of clients: `python -m torture.clients <plan.json> <port> <folder> <until> <first> <count>`.

Each client is a thread with a number; the number decides what it plays.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from torture.actors.actor import Actor, Stage
from torture.actors.customer import Customer
from torture.actors.guest import Guest
from torture.actors.manager import Manager
from torture.actors.staff import Scanner, Seller

# Of each twelve clients in a row. Those of one process know each other's bookings, so each process has all kinds.
CAST: list[type[Actor]] = [
    Customer, Guest, Customer, Seller, Manager, Scanner, Customer, Guest, Guest, Seller, Manager, Customer,
]  # fmt: skip


def main() -> None:
    plan, port, folder, until, first, count = sys.argv[1:]
    numbers = range(int(first), int(first) + int(count))
    stage = Stage(json.loads(Path(plan).read_text()), int(port), Path(folder), float(until))
    # Each process erases people of its own.
    leavers = stage.plan["leavers"]
    stage.board.leavers = leavers[int(first) // int(count) :: 2]
    # A role's number counts its own clients only, so that each theater has some.
    threads = []
    for number in numbers:
        role = CAST[number % len(CAST)]
        own = sum(CAST[other % len(CAST)] is role for other in range(number))
        actor = role(own, stage)
        threads.append(threading.Thread(target=actor.play))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
