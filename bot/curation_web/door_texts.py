"""What is said at the door of the curation desk."""

from __future__ import annotations

ENTER = "Curation desk"
ENTER_BY_LINK = "This link is yours. It works once, on this machine."
OPEN_THE_DESK = "Open the desk"
ENTER_BY_SLACK = "Curators come in with their Slack account."
SIGN_IN = "Sign in with Slack"
NEEDS_LINK = "The desk is open on this machine only."
HOW_TO_GET_LINK = "Run `mops-desk curate` in a terminal here: it prints a link that lets you in."

CLOSED = "The curation desk is closed"
HOW_TO_OPEN = (
    "On a network it opens with Sign in with Slack only.",
    "Whoever runs the desk: set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and PUBLIC_URL (see .env.example).",
)
ELSEWHERE = "The curation desk can't be opened from here"
HOW_TO_COME = (
    "It is open on the machine it runs on only, at http://127.0.0.1 or http://localhost, and not through a proxy.",
    "To open it to others, set up Sign in with Slack: SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, PUBLIC_URL.",
)
NOT_THIS_PROCESS = "The curation desk is not here"
WHERE_IT_IS = (
    "This process only receives. The curation desk stands where the worker runs (`mops-desk run --role worker`).",
)
NOT_A_CURATOR = "This page is for curators"
ASK_A_CURATOR = (
    "You can still ask the desk in Slack, and propose an entry there with `/faq add`.",
    "To become a curator, ask whoever runs the desk to add you to CURATORS.",
)
SESSION_OVER = "You have been signed out"
COME_BACK = (
    "Sign in again in another tab, then come back to this page and send it again: what you typed is still there.",
)
FOREIGN = "This form did not come from the desk"
GO_BACK = ("Nothing was changed. Go back, load the page again, and send the form once more.",)
TOO_LARGE = "This is too large"
UNREADABLE = "This form can't be read"
NOT_DONE = "This was not done"
NOT_NOW = "This can't be done right now"
BROKE = "Something went wrong"
TRY_AGAIN = ("The desk did not expect that. Nothing half-done was saved. Try again; if it happens again, tell ops:",)
NO_PAGE = "There is no such page"
LOOK_AROUND = ("It may have been moved or decided meanwhile. Start again from the entries.",)

LINK_USED = "This link has been used, or is older than ten minutes"
ANOTHER_LINK = ("Run `mops-desk curate` again: it prints a new one.",)
SIGN_IN_FAILED = "You are not signed in"
SLACK_SAID_NO = "Slack did not confirm it. Start again from the sign-in page."
NOT_FROM_HERE = "This sign-in was not begun here, or took too long. Start again from the sign-in page."
OTHER_TEAM = "That is an account of another workspace. Choose the one the desk lives in, then sign in again."


def too_large(limit: int) -> tuple[str, ...]:
    """How much fits."""
    return (f"{limit / 1_000_000:.0f} MB fit. Nothing was changed. Send it in smaller parts.",)
