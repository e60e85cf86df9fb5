"""Measure the answers on labelled questions: the same as `mops-desk evaluate`."""

from __future__ import annotations

import sys

from bot.cli import main

if __name__ == "__main__":
    main(["evaluate", *sys.argv[1:]])
