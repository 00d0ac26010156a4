"""The page server, as `python -m ticketing.serve` with granian's options: its processes share the loaded site."""

from granian.cli import entrypoint

# Named by the command line, too; imported here it is loaded before granian forks.
from ticketing.wsgi import application  # noqa: F401

if __name__ == "__main__":
    from ticketing.preload import load_site

    load_site()
    entrypoint()  # type: ignore[no-untyped-call]
