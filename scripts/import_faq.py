"""Import an FAQ file: the same as `mops-desk faq import`."""

from __future__ import annotations

import sys

from bot.cli import main

if __name__ == "__main__":
    main(["faq", "import", *sys.argv[1:]])
