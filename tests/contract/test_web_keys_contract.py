"""Keys to the curation desk, on either database: good for one thing, for a while, and links only once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from bot.curation_web.keys import LASTS, KeyKind, WebKeys
from bot.database import Database

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def issued(database: Database, kind: KeyKind, now: datetime = NOW) -> str:
    with database.write() as session:
        return WebKeys(session).issue(kind, now, "U1")


def taken(database: Database, key: str, now: datetime = NOW) -> str | None:
    with database.write() as session:
        return WebKeys(session).take(KeyKind.LINK, key, now)


def test_a_session_is_good_until_it_is_over_and_for_nothing_else(any_database: Database) -> None:
    key = issued(any_database, KeyKind.SESSION)
    over = NOW + LASTS[KeyKind.SESSION]
    with any_database.read() as session:
        keys = WebKeys(session)
        assert keys.owner(KeyKind.SESSION, key, over - timedelta(seconds=1)) == "U1"
        assert keys.owner(KeyKind.SESSION, key, over) is None
        assert keys.owner(KeyKind.LINK, key, NOW) is None
        assert keys.owner(KeyKind.SESSION, key[:-1], NOW) is None
    assert taken(any_database, key) is None


def test_of_many_who_use_a_link_at_once_one_gets_in(any_database: Database) -> None:
    key = issued(any_database, KeyKind.LINK)
    with ThreadPoolExecutor(8) as people:
        found = list(people.map(lambda _: taken(any_database, key), range(8)))
    assert sorted(found, key=str) == [None] * 7 + ["U1"]


def test_a_link_that_is_over_is_used_up_without_letting_anybody_in(any_database: Database) -> None:
    key = issued(any_database, KeyKind.LINK)
    assert taken(any_database, key, NOW + LASTS[KeyKind.LINK]) is None
    assert taken(any_database, key) is None


def test_what_is_over_is_cleared_away(any_database: Database) -> None:
    issued(any_database, KeyKind.LINK)
    issued(any_database, KeyKind.LINK, NOW + timedelta(days=1))
    with any_database.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM desk_web_keys").scalar() == 1
