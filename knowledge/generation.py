"""One immutable build of the search index: written whole, verified whole, then loaded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.calibration import Calibration
from knowledge.disk import mark, sync
from knowledge.errors import GenerationDamaged
from knowledge.glossary import NO_GLOSSARY, Glossary
from knowledge.head import Head
from knowledge.lexical_index import LexicalIndex
from knowledge.lexical_texts import LexicalText
from knowledge.prints import Prints
from knowledge.reading import Readings
from knowledge.targets import Target, from_record, to_record
from knowledge.token_index import TokenIndex
from knowledge.units import Spans
from knowledge.vector_index import VectorIndex, load_index, save_vectors

FORMAT = 7
"""Raise when what is indexed or how it is stored changes: older generations are then rebuilt."""

MANIFEST = "manifest.json"
_TARGETS, _UNITS, _TEXTS, _VECTORS = "targets.jsonl", "units.npy", "texts.npy", "vectors.npy"
_COARSE, _LEXICAL, _CALIBRATION = "coarse.faiss", "lexical", "calibration.json"
_HEAD, _TOKENS, _GLOSSARY, _READINGS = "head", "tokens", "glossary.json", "readings.jsonl"
_PRINTS = "prints.npz"


@dataclass(frozen=True)
class Origin:
    """What a generation was built from: the encoder, which database at which revision, and which glossary."""

    encoder: str
    content_id: str
    revision: int
    glossary: str = ""


@dataclass(frozen=True)
class Generation:
    """A snapshot that answers questions. Nothing in it changes once it is built or loaded.

    ``units`` and ``texts`` say which target each vector and each text of the lexical index stands for. ``head`` is
    learned where entries have phrasings enough, ``tokens`` there are where the encoder tells word pieces.
    ``readings`` are for quoting, ``prints`` (of the targets' texts) for telling repeats.
    """

    id: str
    origin: Origin
    targets: tuple[Target, ...]
    units: Spans
    vectors: VectorIndex
    texts: tuple[LexicalText, ...]
    lexical: LexicalIndex
    calibration: Calibration
    readings: Readings
    prints: Prints
    head: Head | None = None
    tokens: TokenIndex | None = None
    glossary: Glossary = NO_GLOSSARY


def write_generation(generation: Generation, folder: Path) -> None:
    """Write all files into an empty folder, the manifest last, each forced to disk."""
    _write_lines(folder / _TARGETS, (to_record(target) for target in generation.targets))
    generation.units.save(folder / _UNITS)
    texts = np.array([(text.target, text.phrasing) for text in generation.texts], dtype=np.int64).reshape(-1, 2)
    np.save(folder / _TEXTS, texts, allow_pickle=False)
    save_vectors(generation.vectors.vectors, folder / _VECTORS)
    generation.vectors.save_coarse(folder / _COARSE)
    (folder / _LEXICAL).mkdir()
    generation.lexical.save(folder / _LEXICAL)
    (folder / _CALIBRATION).write_text(generation.calibration.to_json(), encoding="utf-8")
    (folder / _GLOSSARY).write_text(generation.glossary.to_json(), encoding="utf-8")
    generation.readings.save(folder / _READINGS)
    generation.prints.save(folder / _PRINTS)
    if generation.head:
        (folder / _HEAD).mkdir()
        generation.head.save(folder / _HEAD)
    if generation.tokens:
        (folder / _TOKENS).mkdir()
        generation.tokens.save(folder / _TOKENS)
    manifest = {
        "format": FORMAT,
        "id": generation.id,
        "origin": asdict(generation.origin),
        "counts": {"targets": len(generation.targets), "units": len(generation.units)},
        "dimension": generation.vectors.dimension,
        "files": {name: mark(folder / name) for name in _files(folder)},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    folders = [path for path in folder.iterdir() if path.is_dir()]
    for path in (*(folder / name for name in _files(folder)), folder / MANIFEST, *folders, folder):
        sync(path)


def load_generation(folder: Path) -> Generation:
    """Verify every file against the manifest, then load. Raises GenerationDamaged, whatever is wrong."""
    manifest = _verified(folder)
    try:
        return _load(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as exc:
        raise GenerationDamaged(f"Generation {folder.name} cannot be read ({type(exc).__name__}).") from exc


def read_origin(folder: Path) -> Origin:
    """What the generation says it was built from, without verifying its files. Raises GenerationDamaged."""
    return _origin(_manifest(folder))


def is_whole(folder: Path) -> bool:
    """Whether every file is as it was written, without loading any."""
    try:
        _verified(folder)
    except GenerationDamaged:
        return False
    return True


def _load(folder: Path, manifest: dict[str, Any]) -> Generation:
    generation = Generation(
        id=str(manifest["id"]),
        origin=_origin(manifest),
        targets=tuple(from_record(record) for record in _read_lines(folder / _TARGETS)),
        units=Spans.load(folder / _UNITS),
        vectors=load_index(folder / _VECTORS, folder / _COARSE),
        texts=tuple(LexicalText(*text) for text in np.load(folder / _TEXTS, allow_pickle=False).tolist()),
        lexical=LexicalIndex.load(folder / _LEXICAL),
        calibration=Calibration.from_json((folder / _CALIBRATION).read_text(encoding="utf-8")),
        head=Head.load(folder / _HEAD) if (folder / _HEAD).exists() else None,
        tokens=TokenIndex.load(folder / _TOKENS) if (folder / _TOKENS).exists() else None,
        glossary=Glossary.from_json((folder / _GLOSSARY).read_text(encoding="utf-8")),
        readings=Readings.load(folder / _READINGS),
        prints=Prints.load(folder / _PRINTS),
    )
    if {len(generation.readings), len(generation.prints)} != {len(generation.targets)}:
        raise ValueError("readings or prints of other targets")
    if generation.tokens and generation.tokens.targets != len(generation.targets):
        raise ValueError("word pieces of other targets")
    counts = (len(generation.units), generation.vectors.size, len(generation.texts), generation.lexical.size)
    if counts[0] != counts[1] or counts[2] != counts[3]:
        raise ValueError(f"parts that do not fit together: {counts}")
    return generation


def _verified(folder: Path) -> dict[str, Any]:
    """The manifest, once the folder holds exactly the files it names, byte for byte."""
    manifest = _manifest(folder)
    marks = manifest.get("files")
    if not isinstance(marks, dict) or set(marks) != set(_files(folder)):
        raise GenerationDamaged(f"Generation {folder.name} lacks a file or has one too many.")
    for name, noted in marks.items():
        try:
            found = mark(folder / name)
        except OSError as exc:
            raise GenerationDamaged(f"Generation {folder.name}: {name} cannot be read.") from exc
        if found != noted:
            raise GenerationDamaged(f"Generation {folder.name}: {name} is not as it was written.")
    return manifest


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise GenerationDamaged(f"Generation {folder.name} has no readable manifest.") from exc
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise GenerationDamaged(f"Generation {folder.name} was written by another version of the desk.")
    return manifest


def _origin(manifest: dict[str, Any]) -> Origin:
    try:
        origin = manifest["origin"]
        return Origin(
            str(origin["encoder"]), str(origin["content_id"]), int(origin["revision"]), str(origin["glossary"])
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise GenerationDamaged("A generation's manifest does not say what it was built from.") from exc


def _files(folder: Path) -> list[str]:
    """Every file below the folder but the manifest, with forward slashes, sorted."""
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _write_lines(path: Path, records: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _read_lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
