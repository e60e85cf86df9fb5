from __future__ import annotations

from knowledge.lexical_index import terms_of
from knowledge.prose import sentences
from knowledge.quote import LIMIT, best_quote
from knowledge.reading import Reading

LONG = " ".join(f"Sentence {number} says something of its own about {number} things." for number in range(30))


def read(text: str) -> Reading:
    return Reading.of(sentences(text), terms_of)


def relevance(text: str, *best: str) -> list[float]:
    return [1.0 if any(word in part.plain for word in best) else 0.1 for part in sentences(text)]


def test_a_short_section_is_quoted_whole() -> None:
    text = "Ask ops.\n\n- one\n- two"
    assert best_quote(read(text), [0.0, 0.1, 0.2]) == text


def test_the_best_sentences_come_in_page_order_and_not_from_the_start() -> None:
    quote = best_quote(read(LONG), relevance(LONG, "Sentence 20", "Sentence 12"))
    assert quote.index("Sentence 12") < quote.index("Sentence 20")
    assert "Sentence 0 " not in quote
    assert 2 <= len(sentences(quote)) <= 5


def test_a_quote_keeps_to_its_limit() -> None:
    assert len(best_quote(read(LONG), [1.0] * 30)) <= LIMIT


def test_a_list_item_brings_the_line_that_introduces_it() -> None:
    text = LONG + "\n\nYou need:\n\n" + "\n".join(f"- thing {number}" for number in range(9))
    quote = best_quote(read(text), relevance(text, "thing 7"))
    assert quote.startswith("You need:")
    assert "- thing 7" in quote.splitlines()


def test_table_rows_keep_their_head() -> None:
    rows = "\n".join(f"| status {number} | {'meaning ' * 12} |" for number in range(12))
    text = f"| Status | Meaning |\n|---|---|\n{rows}"
    quote = best_quote(read(text), relevance(text, "status 9"))
    assert quote.splitlines()[:2] == ["| Status | Meaning |", "|---|---|"]
    assert "| status 9 |" in quote


def test_one_endless_sentence_is_quoted_rather_than_nothing() -> None:
    text = "word " * 400
    assert best_quote(read(text), [0.5]) == text.strip()


def test_nothing_to_quote_is_an_empty_quote() -> None:
    assert best_quote(read(""), []) == ""
