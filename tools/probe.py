"""Ask an address and exit with 0 if it answers well: the health check of the image."""

import sys
import urllib.request

TIMEOUT_SECONDS = 4


def find_fault(address: str) -> str:
    """Return why an address does not answer well; an empty string if it does."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(address, timeout=TIMEOUT_SECONDS).close()
    except OSError as error:
        return f"{address}: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(find_fault(sys.argv[1]) or 0)
