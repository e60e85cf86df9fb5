"""What the desk says first when it answers long after it was asked."""

from __future__ import annotations

AWAY = "I was away when you asked this. Thanks for your patience."

AWAY_HELPED = "I was away when you asked this. In case you still need it:"

DEAF = "Nothing that people write in Slack reaches me at the moment."

DEAF_SWITCHED_OFF = (
    f"{DEAF} Socket Mode is switched off; an admin of the app can switch it on at api.slack.com/apps, *Socket Mode*."
)

DEAF_REFUSED = f"{DEAF} Slack refuses my connections; `mops-desk doctor` on my machine says what to mend."

DEAF_CUT_OFF = f"{DEAF} My connections to Slack keep failing. I go on trying, and look for what I missed afterwards."
