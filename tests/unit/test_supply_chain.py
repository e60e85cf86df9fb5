"""What the desk trusts: no file that can run code when it is read, only weights that are known, exact versions."""

from __future__ import annotations

import ast
import pickletools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import ModelMismatch
from knowledge.model_files import DEFAULT_MODEL, DEFAULT_SHA256, ModelFiles, checked_hash

TOP = Path(__file__).parents[2]
SOURCES = [path for room in ("bot", "knowledge", "escalation", "scripts") for path in (TOP / room).rglob("*.py")]
RUNS_CODE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "pandas"}
"""Modules whose readers run what a file says."""

_HINTS = re.compile(rf"{'|'.join(RUNS_CODE)}|load|np\.save|(?<![.\w])(?:eval|exec|compile)\(")
READERS = {"load", "save", "load_all", "unsafe_load", "full_load", "eval", "exec", "compile"}


def test_nothing_is_read_that_could_run_code() -> None:
    worth_a_look = [path for path in SOURCES if _HINTS.search(path.read_text(encoding="utf-8"))]
    found = [f"{path.name}: {one}" for path in worth_a_look for one in unsafe(ast.parse(path.read_bytes()))]
    assert found == []
    assert len(SOURCES) > 400


def unsafe(tree: ast.Module) -> Iterator[str]:
    """What in a module runs what it reads."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (one.name for one in node.names if one.name.partition(".")[0] in RUNS_CODE)
            case ast.ImportFrom() if (node.module or "").partition(".")[0] in RUNS_CODE:
                yield str(node.module)
            case ast.Call() if not is_safe(node):
                yield ast.unparse(node)


def is_safe(call: ast.Call) -> bool:
    """No eval; NumPy, torch and YAML read data only."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if last not in READERS:
        return True
    name = ast.unparse(call.func)
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    if name in ("np.load", "np.save", "numpy.load"):
        return given.get("allow_pickle") == "False"
    if name == "torch.load":
        return given.get("weights_only") == "True"
    if name.startswith("yaml."):
        return "Safe" in given.get("Loader", "") + "".join(map(ast.unparse, call.args[1:]))
    return name not in ("eval", "exec", "compile")


def test_the_check_for_such_calls_finds_them() -> None:
    for code in (
        "import pickle",
        "from joblib import load",
        "np.load(x)",
        "yaml.load(x)",
        "torch.load(x)",
        "eval(x)",
    ):
        assert list(unsafe(ast.parse(code))), code


def test_what_is_built_and_shipped_holds_no_pickle() -> None:
    for path in (TOP / "knowledge" / "data").iterdir():
        content = path.read_bytes()
        assert not is_pickle(content), path.name
        assert b"numpy.core.multiarray" not in content
        assert not (path.suffix == ".npy" and b"'O'" in content[:128])


def is_pickle(content: bytes) -> bool:
    """Whether Python would unpickle it."""
    try:
        return any(True for _ in pickletools.genops(content[:100_000])) and content[-1:] == b"."
    except Exception:  # noqa: BLE001 - anything else is no pickle
        return False


def test_the_check_for_pickles_finds_one() -> None:
    assert is_pickle(b"\x80\x04N.")
    assert not is_pickle(b"\x93NUMPY")


def test_the_default_weights_are_the_known_ones_and_others_are_refused(tmp_path: Path) -> None:
    assert ModelFiles.of(DEFAULT_MODEL).weights_hash == DEFAULT_SHA256
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelMismatch):
        checked_hash(tmp_path, DEFAULT_MODEL)


def test_every_dependency_is_bounded_and_has_its_exact_version_written_down() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    assert [one for one in wanted if not re.search(r"[<=]", one)] == ["tzdata"]  # a calendar of years: no versions
    pinned = (TOP / "deploy" / "constraints.txt").read_text(encoding="utf-8")
    names = {re.split(r"==", line)[0].lower().replace("_", "-") for line in pinned.splitlines() if "==" in line}
    missing = [one for one in map(plain_name, wanted) if one not in names]
    assert missing == []


def plain_name(requirement: str) -> str:
    """Of "psycopg[binary]>=3.2,<4": psycopg."""
    return re.split(r"[\[<>=!~ ]", requirement)[0].lower().replace("_", "-")
