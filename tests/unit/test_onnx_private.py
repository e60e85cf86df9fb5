"""What runs the model keeps to itself: onnxruntime's wheels for Linux report to their maker unless told not to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
from pathlib import Path
from knowledge.onnx_session import open_session
try:
    open_session(Path("nowhere.onnx"))
except Exception as exc:
    print(type(exc).__name__)
"""


def test_no_telemetry_is_kept_or_sent(tmp_path: Path) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache")}
    env.pop("ORT_DISABLE_TELEMETRY", None)
    ran = subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "NoSuchFile"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
