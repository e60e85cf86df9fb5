"""Where no story of the crash campaign comes by, each with its reason. These lists only get shorter."""

from __future__ import annotations

from collections.abc import Mapping

_AT_A_TERMINAL = "a command somebody types and sees the end of; done again, it does the same"
_A_FORM = "a curator's or asker's open form: they see whether it worked and press again; others like it are killed"
_A_HINT = "reads the workload, a hint beside a form; read again every five minutes"
_A_FIELD = "reads which fields Jira demands; nothing is sent"
_RENEWAL = "keeps a claim alive for long work; a life here is shorter than a third of a lease"

GROUPED: Mapping[str, str] = {
    "bot.cli_": _AT_A_TERMINAL,
    "bot.operations.": "backups, restoring and clearing of old rows: their own tests break them off",
    "bot.curation_web.": "one transaction per request of a browser that waits for it; it sends nothing",
    "bot.source_schedule.": "reading sources: a sync that dies begins again (test_ingest, test_sync_contract)",
    "knowledge.": "the index and its sources: made anew from documents (test_generation_damage, test_ingest)",
    "escalation.embedded_tracker.": "the tracker of its own keeps tickets in the same database; its contract tests",
}
"""Commits under these names send nothing and promise nobody anything."""

UNVISITED: Mapping[str, str] = {
    "commit bot.curation.review_digest.ReviewDigest.due": "Monday's digest for owners of entries (test_reviews)",
    "commit bot.lease.Leases._renew": _RENEWAL,
    "commit bot.lease.Leases.confirm": _RENEWAL,
    "commit bot.database.Database.require_writable": "changes nothing: the health check's question",
    "commit bot.hearing.Hearing.deaf": "Socket Mode's watchdog; stories come over HTTP (test_socket_campaign)",
    "commit bot.clock_ahead.ClockAhead.look": "a wrong clock, told to ops once a day (its own tests)",
    "commit bot.erasing.Erasing.erase": _AT_A_TERMINAL,
    "commit bot.erasing.empty_log": _AT_A_TERMINAL,
    "commit bot.curation.question_vectors.QuestionVectors.forget_all_but": "a cache of vectors",
    "commit bot.curation.faq_desk.FaqDesk._changed": _A_FORM,
    "commit bot.curation.faq_desk.FaqDesk._decided": _A_FORM,
    "commit bot.curation.faq_desk.FaqDesk._reviewed": _A_FORM,
    "commit bot.curation.wrong_answer.WrongAnswers._accepted": _A_FORM,
    "commit bot.form_desk.FormDesk.dropped": _A_FORM,
    "call jira escalation.jira_boards._count": _A_HINT,
    "call jira escalation.jira_boards._ends": _A_HINT,
    "call jira escalation.jira_boards._sprint_ends": _A_HINT,
    "call jira escalation.jira_following.JiraReading.name": "reads the name of somebody mentioned in a comment",
    "call jira escalation.jira_metadata.JiraMetadata.fields": _A_FIELD,
    "call jira escalation.jira_permissions.require_permissions": _AT_A_TERMINAL,
    "call jira escalation.jira_resolutions.JiraResolutions.story": "reads a resolved ticket, for a draft",
    "call jira escalation.jira_tracker.JiraTracker.check": _AT_A_TERMINAL,
    "call slack auth.test": "before the desk starts",
    "call slack openid.connect.token": "signing in to the curation desk: the browser waits, nothing is kept",
    "call slack usergroups.users.list": "reads who is in a group",
    "call slack users.list": "reads who is called what",
    "call slack views.push": _A_FORM,
}
"""Single places."""

KNOWN_DOORS: Mapping[str, str] = {
    "bot.slack.client": "Slack's Web API and response URLs: points by method",
    "bot.slack.files": "files people shared: a point for the download",
    "escalation.jira_site": "Jira: points by who calls",
    "escalation.jira_answers": "only names errors",
    "bot.serving": "listens",
    "bot.slack.socket_line": "Socket Mode: Slack speaks, the desk listens",
    "bot.watching": "names this machine",
    "bot.service_manager": "one datagram to systemd",
    "bot.doctor_machine": "the doctor's questions to this machine",
}
"""The modules that import something that opens connections."""
