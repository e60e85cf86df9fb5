"""Every name Slack sends back to us. A test holds these equal to the manifest and to what the blocks emit."""

from __future__ import annotations

# Slash commands, message shortcuts and events, as the manifest declares them.
COMMAND_MOPS = "/mops"
COMMAND_TICKET = "/ticket"
COMMAND_FAQ = "/faq"
SHORTCUT_ASK = "ask_the_desk"
SHORTCUT_TICKET = "open_a_ticket"
SHORTCUT_WHY = "why_this_answer"
SHORTCUT_SAVE = "save_as_faq"
SHORTCUT_WRONG = "wrong_answer"
EVENTS = (
    "app_home_opened",
    "app_mention",
    "channel_shared",
    "channel_unshared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "subteam_members_changed",
    "subteam_updated",
)

# Buttons in messages. ``value`` is the question id, or "<question id>:<rank>" where a hit is meant.
FEEDBACK = "answer_feedback"  # feedback_buttons element; values "<question id>:up" and "<question id>:down"
NOT_WHAT_I_MEANT = "not_what_i_meant"
SHOW_MORE = "show_more"
CHOOSE_HIT = "choose_hit"  # suffixed "_0" to "_2": action ids are unique within a block
NONE_OF_THESE = "none_of_these"
ASK_OPS = "ask_ops_team"
SHARE = "share_in_channel"

# Below the question of a checklist. ``value`` is "<question id>:<rank>:<turn>:<mark of the checklist>".
CHECK = "checklist_choice"  # suffixed "_0" to "_3"
CHECK_BACK = "checklist_back"
CHECK_EXPLAINS = "checklist_explains"
CHECK_TICKET = "checklist_ticket"
CHECK_AGAIN = "checklist_again"

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

# Curating the FAQ. ``value``: an entry's id, a proposal's number or a question's id, as the name says.
FAQ_ADD = "faq_add"  # no value
FAQ_SHOW = "faq_show"  # entry
FAQ_EDIT = "faq_edit"  # entry
FAQ_ARCHIVE = "faq_archive"  # entry
FAQ_REVIEW_ENTRY = "faq_review_entry"  # entry: a form that asks whether it is still right
FAQ_STILL_RIGHT = "faq_still_right"  # entry: it is
FAQ_PAGE = "faq_page"  # "<page>:<words>": another page of the list, or of a search
FAQ_QUEUE = "faq_queue"  # no value
FAQ_GAPS = "faq_gaps"  # no value
FAQ_BROWSE = "faq_browse"  # no value, or a topic
FAQ_EDIT_PROPOSAL = "faq_edit_proposal"  # proposal
FAQ_FOUND = "faq_found"  # proposal: what trying it out found
FAQ_REBASE = "faq_rebase"  # proposal
FAQ_SUBMIT = "faq_submit"  # proposal: hand it to the curators
FAQ_DROP = "faq_drop"  # proposal
FAQ_MERGE = "faq_merge"  # "<proposal>:<place of the finding>"
FAQ_LINK = "faq_link"  # the same
FAQ_AGREE = "faq_agree"  # proposal: whose private words they are
FAQ_DISAGREE = "faq_disagree"  # proposal
FAQ_WRONG = "faq_wrong"  # question: attach it to the right entry
FAQ_FIND = "faq_find"  # in that form: the search box
FAQ_SETTLE = "faq_settle"  # question: nothing to do
FAQ_ACCEPT = "faq_accept"  # question: its words become a phrasing of the entry that helped
FAQ_SAY_MORE = "faq_say_more"  # question: what was wrong with the answer
FAQ_IMPORT = "faq_import"  # file
FAQ_IMPORT_CANCEL = "faq_import_cancel"  # file
VIEW_FAQ_EDITOR = "faq_editor"
VIEW_FAQ_FOUND = "faq_found_view"
VIEW_FAQ_REVIEW = "faq_review_view"
VIEW_FAQ_ARCHIVE = "faq_archive_view"
VIEW_FAQ_WRONG = "faq_wrong_view"
VIEW_FAQ_SAY_MORE = "faq_say_more_view"
VIEW_FAQ_PLAIN = "faq_plain"  # nothing to send in it

# What is missing: gaps (value: the gap's id), abbreviations (value: the term); forms have the callback
# "<VIEW_MISSING>:<the button's action>".
GAP_DRAFT = "gap_draft"
GAP_DISMISS = "gap_dismiss"
GAPS_PAGE = "gaps_page"
TERM_DEFINE = "term_define"
TERM_IGNORE = "term_ignore"
VIEW_MISSING = "missing_form"

# Known issues: before one is declared the value is the spike's id, afterwards the issue's.
ISSUE_DECLARE = "issue_declare"
ISSUE_DISMISS = "issue_dismiss"
ISSUE_OVER = "issue_over"
ISSUE_EXTEND = "issue_extend"
ISSUE_NOT_MINE = "issue_not_mine"  # "<question id>:<issue id>"
