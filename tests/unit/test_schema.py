from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import bot
from bot.database import open_database
from bot.migrate import upgrade
from bot.schema import is_current, newest


def test_the_newest_migration_is_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.__file__).parent / "migrations"))
    assert newest() == ScriptDirectory.from_config(config).get_current_head()


def test_a_database_is_current_once_it_is_upgraded(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    assert not is_current(database)
    upgrade(database)
    assert is_current(database)
    database.close()
