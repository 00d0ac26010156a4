"""What runs, tests and proves the project. It needs only Python until the environment is made."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an older one has to be able to say so)
    sys.exit("Marquee needs Python 3.11 or newer; this is %s.%s." % sys.version_info[:2])  # noqa: UP031
