"""What is said about changes to the FAQ, wherever they are made: in Slack and on the curation desk."""

from __future__ import annotations

NOT_A_CURATOR = "Only curators can do this. You can propose the change; a curator will look at it."
GONE = "This was decided or removed meanwhile. Open the entry to see it as it is now."
CHANGED = "Somebody changed this entry since you began. Look at it as it is now, then make your change again."
BROKEN = "This can't be published yet:"
UNCHECKED = "I'm still trying out what this would change. Give me a moment, then publish."
NEEDS_REASON = "This goes against what the checks found. Say in a line why it is right, then publish."
NEEDS_SECOND = "A second curator has to publish this: whoever wrote it can't."
NEEDS_OK = "These are somebody's words from a private thread. They have to agree before this can be published."

REVIEWED = "reviewed, still right"
IMPORTED = "imported"
