"""The commands about triage: `oncall show` and `oncall import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_terminal import err, out, path

if TYPE_CHECKING:
    from bot.settings import Settings
    from escalation.rotation import Rotation

oncall = typer.Typer(help="Who is on triage.", no_args_is_help=True)

_SHOWN = 5


@oncall.command("show")
def show() -> None:
    """Check ROTATION_FILE, and say who is on triage now and next."""
    from bot import wiring
    from bot.clock import now_utc
    from bot.on_duty import OnDuty
    from bot.settings import load_settings

    settings = load_settings()
    rotation = wiring.rotation(settings)
    database = wiring.open_desk_database(settings)
    try:
        shift = OnDuty(rotation, database, now_utc).shift()
    finally:
        database.close()
    names = {member.id: member.name or member.id for member in rotation.members}
    until = f" until {rotation.hours.local(shift.until):%a %d %b %H:%M}" if shift.until else ""
    following = f", then {names.get(shift.next_person, shift.next_person)}" if shift.next_person else ""
    now = names.get(shift.person, shift.person) if shift.person else "Nobody"
    out.print(f"{now} is on triage{until}{following}.", markup=False)


@oncall.command("import")
def import_calendar(
    file: Annotated[
        Path, typer.Argument(parser=path, help="A calendar (.ics): duties, or days off with --days-off.")
    ],
    days_off: Annotated[bool, typer.Option(help="The calendar says who is away, not who is on duty.")] = False,
) -> None:
    """Read duties for the coming year from a calendar. Again: what the same file said before is replaced."""
    from bot import wiring
    from bot.clock import now_utc
    from bot.duties import Duties
    from bot.settings import load_settings
    from bot.texts import counted
    from escalation.duty_calendar import read_calendar
    from escalation.rotation import ChangeKind

    settings = load_settings()
    rotation = _with_names(settings, wiring.rotation(settings))
    kind = ChangeKind.OFF if days_off else ChangeKind.ON
    found = read_calendar(_content(file), rotation, kind, rotation.hours.day_of(now_utc()))
    for title in found.unknown[:_SHOWN]:
        err.print(f"Left out, names nobody in the rotation: {title}", markup=False, soft_wrap=True)
    if len(found.unknown) > _SHOWN:
        err.print(f"… and {len(found.unknown) - _SHOWN} more of them.", markup=False)
    database = wiring.open_desk_database(settings)
    try:
        with database.write() as session:
            Duties(session).replace(found.changes, f"calendar:{kind.value}:{file.name}", now_utc())
    finally:
        database.close()
    words = ("absence", "absences") if days_off else ("duty", "duties")
    out.print(f"Read {counted(len(found.changes), *words)} from {file.name}.", markup=False, soft_wrap=True)


def _content(file: Path) -> bytes:
    from bot.errors import DeskError
    from escalation.duty_calendar import MAX_CALENDAR_BYTES

    try:
        with file.open("rb") as stream:
            return stream.read(MAX_CALENDAR_BYTES + 1)
    except OSError as exc:
        raise DeskError(f"{file} cannot be read ({exc.strerror}). Check the path; nothing was changed.") from exc


def _with_names(settings: Settings, rotation: Rotation) -> Rotation:
    """The rotation with names and e-mails from Slack where its file has none: calendars know people by them."""
    from dataclasses import replace

    from bot.clock import now_utc
    from bot.people import Directory
    from bot.slack.client import SlackClient

    if not settings.slack_bot_token or all(member.name and member.email for member in rotation.members):
        return rotation
    directory = Directory(SlackClient(settings.slack_bot_token, settings.slack_api_url), now_utc, "")
    members = []
    for member in rotation.members:
        known = directory.person(member.id)
        name = member.name or (known.name if known.name != member.id else "")
        members.append(replace(member, name=name, email=member.email or known.email or ""))
    return replace(rotation, members=tuple(members))
