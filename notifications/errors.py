"""What may become of sending a message, beside what mail backends raise."""


class NotWorthSending(Exception):
    """The message says something that is no longer of use, such as a lapsed code."""


class AnswerLost(Exception):
    """The connection broke while the server was given the message; it may have taken it."""


class Refused(Exception):
    """The other side will not take it, now or later."""
