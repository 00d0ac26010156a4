"""Time the choice of best seats in a hall of 2,000 seats, by size of party and by how full it is.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.best_seats [--short]

The hall has 50 rows of 40 seats with an aisle in the middle, published as any other. Taken seats are drawn by a seed.
Prints the milliseconds of processor time of the choice alone, the fastest of some rounds, and at last the slowest of
all. A wheelchair place is asked for in the last column. `--short`: a hall of 200 seats.
"""

from __future__ import annotations

from random import Random
from time import process_time

from benchmarks.growth import begin

ROWS, SHORT_ROWS = 50, 5
ROUNDS, SHORT_ROUNDS = 5, 1
SHARES_TAKEN = (0, 0.3, 0.6, 0.8, 0.9, 0.95)
PARTIES = (1, 2, 4, 6, 8, 10, 12, 24)
SEED = 20


def main() -> None:
    is_short = begin(__doc__)
    figures = measure_choice(rows=SHORT_ROWS if is_short else ROWS, rounds=SHORT_ROUNDS if is_short else ROUNDS)
    print(f"{'taken':>6}" + "".join(f"{party:8}" for party in PARTIES) + f"{'2 (1 ♿)':>10}")
    for share, by_party in figures.items():
        print(f"{share:6.0%}" + "".join(f"{ms:8.1f}" for ms in by_party), flush=True)
    print(f"slowest: {max(ms for by_party in figures.values() for ms in by_party):.1f} ms")


def measure_choice(*, rows: int, rounds: int) -> dict[float, list[float]]:
    """Return milliseconds by share of taken seats, one for each party and one with a wheelchair place."""
    from bookings.seating.best import choose
    from bookings.seating.plan import read_seat_plan
    from bookings.seating.spots import read_spots
    from testing.builders import make_show
    from testing.seat_maps import make_listed_hall

    lines = ["section,row,number,category,flags"]
    for row in range(1, rows + 1):
        lines += [f"Stalls,{row},1,A,accessible", f"Stalls,{row},2,A,companion", f"Stalls,{row},3-19,A,"]
        lines += [f"Stalls,{row},20-21,A,aisle", f"Stalls,{row},22-40,A,"]
    plan = read_seat_plan(make_show(hall=make_listed_hall("\n".join(lines))))
    spots, joined = read_spots(plan), read_spots(plan, across_aisle=True)
    chance = Random(SEED)
    found = {}
    for share in SHARES_TAKEN:
        taken = [spot.id for spot in spots if chance.random() < share]
        figures = []
        for quantity, accessible in [*((party, 0) for party in PARTIES), (2, 1)]:
            times = []
            for _round in range(rounds):
                begun = process_time()
                choose(spots, taken, quantity, categories=plan.prices, accessible=accessible, joined=joined)
                times.append((process_time() - begun) * 1000)
            figures.append(min(times))
        found[share] = figures
    return found


if __name__ == "__main__":
    main()
