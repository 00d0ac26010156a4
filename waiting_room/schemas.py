"""What the API says about a line."""

from typing import Literal

from ninja import Schema


class TurnOut(Schema):
    """`ahead` people come first, which takes about `seconds`; `message` is the theater's."""

    state: Literal["open", "gathering", "waiting", "admitted"]
    ahead: int
    seconds: int
    message: str = ""
