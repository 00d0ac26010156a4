"""A process forgets what is old, and what there is no room for."""

import time_machine
from django.utils import timezone

from lib.process_memory import Memory, forget_everything


def test_values_expire():
    memory: Memory[str] = Memory(10)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        memory.set("a", "first", 2)
        clock.shift(1.9)
        assert memory.get("a") == "first"
        clock.shift(0.2)
        assert memory.get("a") is None
        memory.set("a", "second", 2)
        assert memory.get("a") == "second"


def test_the_oldest_make_room():
    memory: Memory[int] = Memory(3)
    for number in (1, 2, 3, 1, 4):
        memory.set(number, number, 10)
    assert [memory.get(number) for number in (1, 2, 3, 4)] == [1, None, 3, 4]


def test_all_memories_are_cleared_at_once():
    one, other = Memory[int](3), Memory[int](3)
    one.set("a", 1, 10)
    other.set("b", 2, 10)
    forget_everything()
    assert (one.get("a"), other.get("b")) == (None, None)
