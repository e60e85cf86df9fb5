"""Numpy on one thread, as the command line sets it for the desk.

Tests run side by side, and on a busy machine numpy's threads wait for each other most of the time: learning the
sample FAQ's head takes 7 s of computing instead of half of one. Imported before anything that imports numpy, and
inherited by processes that tests start.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
