"""A file that somebody sent: what is good in it, and every fault at its entry."""

from __future__ import annotations

from knowledge.faq_upload import Upload, read_upload


def rows(count: int, broken: range = range(0)) -> bytes:
    """A CSV file whose entries of these numbers have no question."""
    lines = (f"e{n},{'' if n in broken else f'Question {n}?'},Answer {n}" for n in range(1, count + 1))
    return "\n".join(("id,question,answer", *lines)).encode()


def test_twenty_broken_rows_of_five_hundred_are_all_told_and_the_others_are_good() -> None:
    upload = read_upload("faq.csv", rows(500, range(5, 500, 25)))
    assert (upload.rows, len(upload.entries), upload.broken) == (500, 480, 20)
    assert [fault.number for fault in upload.faults] == list(range(5, 500, 25))
    assert all(fault.problem.line == fault.number + 1 for fault in upload.faults)
    assert "has no question" in upload.faults[0].problem.message


def test_a_fault_in_the_middle_of_a_yaml_entry_belongs_to_that_entry() -> None:
    text = "entries:\n" + "".join(f"- question: {name}?\n  answer: a\n" for name in "ABC")
    text = text.replace("B?\n", "B?\n  ownr: me\n")
    upload = read_upload("faq.yaml", text.encode())
    assert [entry.question for entry in upload.entries] == ["A?", "C?"]
    assert [(fault.number, fault.name) for fault in upload.faults] == [(2, "B?")]


def test_of_two_entries_with_one_id_the_first_is_good() -> None:
    upload = read_upload("faq.csv", b"id,question,answer\nx,A?,a\nx,B?,b\n")
    assert [entry.question for entry in upload.entries] == ["A?"]


def test_a_fault_of_the_whole_file_leaves_no_good_entry() -> None:
    upload = read_upload("faq.yaml", b"version: 9\nentries:\n- question: A?\n  answer: a\n")
    assert upload.entries == () and upload.faults[0].number == 0


def test_what_is_no_text_or_has_another_name_is_told_as_one_fault() -> None:
    uploads: list[Upload] = [
        read_upload("faq.txt", b"x"),
        read_upload("", b"x"),
        read_upload("faq.csv", b"\x00\x01"),
        read_upload("faq.yaml", b"\xff\xfeq\x00"),
        read_upload("../../etc/faq.yaml", b"\xff"),
        read_upload("faq.csv", b"x" * 10_000_001),
    ]
    assert [(upload.entries, len(upload.faults)) for upload in uploads] == [((), 1)] * 6
    assert uploads[4].problems[0].file == "faq.yaml"
