"""Read documents into the index: the same as `mops-desk ingest`."""

from __future__ import annotations

import sys

from bot.cli import main

if __name__ == "__main__":
    main(["ingest", *sys.argv[1:]])
