"""Every name Slack sends back to us. A test holds these equal to the manifest and to what the blocks emit."""

from __future__ import annotations

# Slash commands, message shortcuts and events, as the manifest declares them.
COMMAND_MOPS = "/mops"
COMMAND_TICKET = "/ticket"
SHORTCUT_ASK = "ask_the_desk"
SHORTCUT_TICKET = "open_a_ticket"
SHORTCUT_WHY = "why_this_answer"
EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "message.mpim")

# Buttons in messages. ``value`` is the question id, or "<question id>:<rank>" where a hit is meant.
FEEDBACK = "answer_feedback"  # feedback_buttons element; values "<question id>:up" and "<question id>:down"
NOT_WHAT_I_MEANT = "not_what_i_meant"
SHOW_MORE = "show_more"
CHOOSE_HIT = "choose_hit"  # suffixed "_0" to "_2": action ids are unique within a block
NONE_OF_THESE = "none_of_these"
ASK_OPS = "ask_ops_team"
SHARE = "share_in_channel"

# Buttons on a ticket card. ``value`` is the request id.
ADD_DETAILS = "add_details"
NOT_NEEDED = "not_needed"

# Below the offer to join a request that looks the same. ``value`` is "<own request id>:<that request's id>".
JOIN = "join_request"
FILE_MINE = "file_my_own"

# Below a ticket that is done. ``value`` is "<request id>:<how many times it was closed>".
SOLVED = "solved_yes"
NOT_SOLVED = "solved_no"
VIEW_NOT_SOLVED = "not_solved_form"

# For ops people, below a request's line in the ops channel. ``value`` is the request id; the menu's "<action>:<id>".
OPS_TAKE = "ops_take"
OPS_ASK_INFO = "ops_ask_info"
OPS_MORE = "ops_more"
OPS_REASSIGN = "ops_reassign"
OPS_RETYPE = "ops_retype"
OPS_CLOSE = "ops_close"
OPS_DECLINE = "ops_decline"
DRAFT_ENTRY = "draft_entry"
VIEW_OPS = "ops_form"

# App Home.
HOME_ASK = "home_ask"
HOME_TICKET = "home_ticket"

# Links are buttons too: Slack sends their action even though the URL opens on its own.
OPEN_LINK = "open_link"

# In the request form: one step back; to a form that was begun earlier, and that one's end (value: the draft's id).
FORM_BACK = "form_back"
FORM_CONTINUE = "form_continue"
FORM_DROP = "form_drop"

# The request form: its type select, and the views it goes through.
REQUEST_TYPE = "request_type"
VIEW_FORM = "ticket_form"
VIEW_CONFIRM = "ticket_confirm"
VIEW_ASK = "ask_form"
