"""How sending a message may fail, beside what mail backends raise."""


class NotWorthSending(Exception):
    """The message is no longer of use, such as an expired code."""


class AnswerLost(Exception):
    """The connection broke while the message was being handed over; the server may have taken it."""


class Refused(Exception):
    """The other side refuses the message for good."""
