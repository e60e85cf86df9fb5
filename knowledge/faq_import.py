"""Brings an FAQ file into the database, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from knowledge.entry_store import EntryStore, ImportSummary
from knowledge.faq_file import read_faq, write_faq
from knowledge.protocols import Transactions


def import_faq(path: Path, transactions: Transactions, author: str, clock: Callable[[], datetime]) -> ImportSummary:
    """Add and update the file's entries by id. Raises FaqInvalid with every problem; then nothing is imported."""
    entries = read_faq(path)
    with transactions.write() as session:
        return EntryStore(session).import_entries(entries, author, clock())


def export_faq(path: Path, transactions: Transactions) -> int:
    """Write every entry, whatever its status, to a YAML or CSV file; says how many. Raises FaqNotWritten."""
    with transactions.read() as session:
        entries = EntryStore(session).all()
    write_faq(path, entries)
    return len(entries)
