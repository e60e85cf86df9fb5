"""What a marketing-operations team knows of each of its fields: the facts the stand-in's wiki is written from."""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = ("EMEA", "AMER", "APAC")


@dataclass(frozen=True)
class Problem:
    """What goes wrong, why, and what helps."""

    symptom: str
    cause: str
    fix: str


@dataclass(frozen=True)
class Area:
    """One field of work. ``subject`` fits into "we need ... by Friday"; ``days`` is the lead time."""

    name: str
    subject: str
    team: str
    tool: str
    days: int
    about: str
    needs: tuple[str, ...]
    steps: tuple[str, ...]
    problems: tuple[Problem, ...]
    terms: tuple[tuple[str, str], ...]


AREAS: tuple[Area, ...] = (
    Area(
        "Lead lifecycle",
        "a lifecycle change",
        "lifecycle",
        "Marketo",
        6,
        "How an inquiry becomes an opportunity, and who hands it to whom.",
        ("the stage", "the reason for the change"),
        ("draw the stages before and after", "test the smart campaign with ten leads", "tell sales operations"),
        (
            Problem("Leads are stuck in MAL", "The owner field is empty.", "Run the owner repair campaign."),
            Problem("MQL counts differ", "The report counts by created date.", "Filter by MQL date instead."),
        ),
        (("MAL", "Marketing accepted lead"), ("Recycle", "Back to nurture after sales said not now")),
    ),
    Area(
        "Lead scoring",
        "a scoring rule",
        "scoring",
        "Marketo",
        8,
        "Points for what people do and who they are; 65 points make an MQL.",
        ("the behaviour to score", "two examples of good leads"),
        ("look at the last 90 days of the behaviour", "agree on points with sales", "switch on decay"),
        (
            Problem("Students become MQLs", "Their mails score like others.", "Add the domain to the student list."),
            Problem("Scores jump overnight", "A batch ran twice.", "Reset with the score correction campaign."),
        ),
        (("Decay", "Minus ten points a month without activity"), ("Fit", "The part of the score about the company")),
    ),
    Area(
        "Campaign setup",
        "a campaign program",
        "campaigns",
        "Marketo",
        5,
        "Programs, their channels and success statuses, cloned from templates.",
        ("the campaign code", "the go-live date", "the budget owner"),
        ("clone the template of the channel", "set the success status", "sync the program to the CRM campaign"),
        (
            Problem("No members arrive", "The program is not synced.", "Sync it to the CRM campaign once."),
            Problem("Cost is missing", "The period cost is empty.", "Enter the cost for the first month."),
        ),
        (("Success", "The status that counts as a response"), ("Clone", "A copy of a template program")),
    ),
    Area(
        "Email sends",
        "an email send",
        "email",
        "Marketo",
        4,
        "Newsletters, invitations and operational mail, from brief to report.",
        ("the final copy", "the audience", "the sender address"),
        ("build it from the master template", "send the test to the seed list", "schedule outside the quiet hours"),
        (
            Problem("Open rate fell", "Privacy proxies open everything.", "Judge the send by clicks."),
            Problem("Mail looks broken in Outlook", "A column is wider than 600 pixels.", "Use two columns."),
        ),
        (("Seed list", "Our test addresses at every provider"), ("Quiet hours", "20:00 to 07:00 of the reader")),
    ),
    Area(
        "Webinars",
        "a webinar",
        "webinars",
        "ON24",
        12,
        "Registration, reminders, the live hour and what happens after it.",
        ("the title and abstract", "speaker portraits", "the time zone"),
        ("create the room", "connect it to the program", "rehearse with all speakers two days before"),
        (
            Problem("Registrants get no link", "The confirmation is not operational.", "Mark it as operational."),
            Problem("Attendance is missing", "The connector pauses at midnight.", "Run the import by hand."),
        ),
        (("On demand", "Watched within 60 days after the live hour"), ("Dry run", "The rehearsal with slides")),
    ),
    Area(
        "Field events",
        "an event set-up",
        "events",
        "Splash",
        15,
        "Trade shows, dinners and roadshows: pages, badges, lists.",
        ("the venue contract", "the expected number of guests"),
        ("make the page from the event kit", "order scanners", "agree on the follow-up before the event"),
        (
            Problem("Badge scans lack consent", "The scanner form had no box.", "Import them as no-mail contacts."),
            Problem("Walk-ins are missing", "They were written on paper.", "Type them into the walk-in sheet."),
        ),
        (("Walk-in", "A guest without registration"), ("Scan", "A badge read at the booth")),
    ),
    Area(
        "List imports",
        "a list import",
        "data",
        "Salesforce",
        2,
        "Spreadsheets of people, cleaned, matched and brought into the CRM.",
        ("the source of the list", "proof of consent", "the campaign"),
        ("remove duplicates by mail address", "fill the country column", "import with the lead source set"),
        (
            Problem("Rows were rejected", "Country names are misspelt.", "Use the two-letter country code."),
            Problem("Owners changed", "The import overwrote them.", "Tick the box keep owners."),
        ),
        (("Suppression", "Who never gets mail"), ("Match", "A row that is already a contact")),
    ),
    Area(
        "Data quality",
        "a data repair",
        "data",
        "Salesforce",
        7,
        "Duplicates, missing fields and values nobody chose.",
        ("a report of the wrong records", "the right value"),
        ("count the records", "repair a sample of 50", "repair the rest at night"),
        (
            Problem("Companies appear twice", "Names differ in legal form.", "Merge by domain, keep the older one."),
            Problem("Industry is empty", "The enrichment quota ran out.", "Wait for the first of the month."),
        ),
        (
            ("Golden record", "The contact that stays after a merge"),
            ("Enrichment", "Facts bought per record"),
        ),
    ),
    Area(
        "Consent and privacy",
        "a consent change",
        "privacy",
        "OneTrust",
        9,
        "What people agreed to, how it is proved, and how they leave.",
        ("the purpose", "the legal basis", "the countries"),
        ("ask the privacy counsel", "write the text in all languages", "record the proof with time and form"),
        (
            Problem("Unsubscribes come back", "An old list was imported.", "Restore the opt-out from the log."),
            Problem("Double opt-in is low", "The confirmation lands in spam.", "Send it from the main domain."),
        ),
        (("Double opt-in", "Consent confirmed by a second click"), ("Erasure", "Deleting a person within 30 days")),
    ),
    Area(
        "Attribution",
        "an attribution report",
        "analytics",
        "Bizible",
        10,
        "Which touches get the credit for pipeline.",
        ("the campaign or channel", "the period"),
        ("choose the model", "check touchpoints of three deals", "share the dashboard, not the export"),
        (
            Problem("Touches are missing", "The form lacks the tracking script.", "Add the script to the page."),
            Problem("Credit is above 100 %", "Two models are mixed.", "Filter the report to one model."),
        ),
        (("W-shaped", "30 % each to first touch, lead and deal creation"), ("Touch", "A counted contact with us")),
    ),
    Area(
        "Dashboards",
        "a dashboard",
        "analytics",
        "Tableau",
        11,
        "Numbers everyone may see, refreshed every night.",
        ("the question it answers", "who decides with it"),
        ("sketch it on paper", "name the source of each number", "show it to two readers"),
        (
            Problem("Numbers are a day old", "The refresh runs at 03:00.", "Use the live sheet for today's numbers."),
            Problem("Access is denied", "The viewer group is missing.", "Ask for the group marketing viewers."),
        ),
        (("Extract", "The nightly copy of the data"), ("Certified", "A source the analytics team vouches for")),
    ),
    Area(
        "CRM sync",
        "a sync change",
        "integrations",
        "Workato",
        14,
        "What flows between marketing automation and the CRM, and when.",
        ("the field", "which side wins"),
        ("add the field in both systems", "map it in the recipe", "watch the error queue for a day"),
        (
            Problem("Sync is late", "The API limit was reached.", "Pause the enrichment recipe."),
            Problem("Fields stay empty", "The sync user cannot see them.", "Give the integration profile access."),
        ),
        (("Recipe", "One flow in Workato"), ("Error queue", "Records the CRM refused")),
    ),
    Area(
        "Paid social",
        "a paid social launch",
        "paid",
        "LinkedIn Ads",
        6,
        "Accounts, audiences, lead forms and spend.",
        ("the creative in three sizes", "the daily budget"),
        ("build the audience", "connect the lead form", "set the end date"),
        (
            Problem("Leads do not arrive", "The form connection expired.", "Renew the connection as page admin."),
            Problem("Spend stopped", "The purchase order is used up.", "Raise the order with finance."),
        ),
        (("Lookalike", "An audience like our customers"), ("Lead form", "A form filled in by the network")),
    ),
    Area(
        "Tracking links",
        "a tracking link",
        "analytics",
        "UTM builder",
        1,
        "Every link out of our house carries source, medium and campaign.",
        ("the page", "the channel"),
        ("open the builder", "choose source and medium from the list", "shorten the link"),
        (
            Problem("Traffic shows as direct", "A redirect drops the parameters.", "Link to the final page."),
            Problem("Campaigns are split", "Capital letters differ.", "Write all values in small letters."),
        ),
        (("utm_medium", "The kind of channel, as in paid-social"), ("Short link", "A go link that keeps parameters")),
    ),
    Area(
        "Landing pages",
        "a landing page",
        "web",
        "Webflow",
        5,
        "Pages with a form, in the brand and in the right language.",
        ("the copy", "the thank-you text"),
        ("copy the page kit", "choose the form", "check it on a phone"),
        (
            Problem("The form does not load", "A consent banner blocks it.", "Load it in the needed category."),
            Problem("Page is slow", "The picture has 4 MB.", "Export it below 200 KB."),
        ),
        (("Thank-you page", "What people see after the form"), ("Hero", "The first screen of a page")),
    ),
    Area(
        "Forms",
        "a form",
        "web",
        "Marketo",
        3,
        "As few fields as possible, progressive for people we know.",
        ("the purpose of every field", "the follow-up"),
        ("take the global form", "hide known fields", "test with an unknown browser"),
        (
            Problem("Spam fills the form", "The honeypot field is off.", "Switch on the honeypot and the challenge."),
            Problem("Country list is English", "The form has no locale.", "Set the language of the form."),
        ),
        (("Progressive", "Asks for one new field each time"), ("Honeypot", "A field only robots fill in")),
    ),
    Area(
        "Budget",
        "a purchase order",
        "planning",
        "Coupa",
        13,
        "From plan to purchase order to invoice.",
        ("the vendor", "the cost centre", "three offers above 10,000 euro"),
        ("ask for the order before the work", "attach the offer", "confirm receipt"),
        (
            Problem("Invoice is blocked", "No receipt was confirmed.", "Confirm the receipt in Coupa."),
            Problem("Vendor is unknown", "Finance has not checked it.", "Send the vendor form, it takes nine days."),
        ),
        (("Accrual", "Cost of work done and not yet billed"), ("Cost centre", "Where the money comes from")),
    ),
    Area(
        "Partner marketing",
        "a partner campaign",
        "partners",
        "Impartner",
        16,
        "Joint campaigns, market funds and lead sharing.",
        ("the partner's tier", "the share of cost"),
        ("sign the joint plan", "share leads by the portal only", "claim funds within 45 days"),
        (
            Problem("Claim was refused", "Proof of execution is missing.", "Upload photos or the mail itself."),
            Problem("Leads went twice", "Both sides imported the list.", "Let the partner register the deal first."),
        ),
        (("MDF", "Market development funds"), ("Deal registration", "The partner's right to a lead")),
    ),
    Area(
        "Account-based marketing",
        "a target account list",
        "abm",
        "6sense",
        17,
        "A few hundred accounts, chosen with sales, met everywhere.",
        ("the segment", "the account owner's yes"),
        ("score accounts by fit and intent", "agree with sales", "refresh every quarter"),
        (
            Problem("Account shows no intent", "Its keywords are too narrow.", "Add the topics of the product line."),
            Problem("Ads reach others", "The domain is a provider's.", "Exclude provider domains."),
        ),
        (("Tier 1", "Accounts with a plan of their own"), ("Intent", "What it reads elsewhere")),
    ),
    Area(
        "Localization",
        "a translation",
        "content",
        "Smartling",
        8,
        "Mails, pages and slides in nine languages.",
        ("the final English text", "the languages"),
        ("freeze the source", "send it with the glossary", "let the region read it"),
        (
            Problem("Words differ between pages", "The glossary was not attached.", "Attach the term base."),
            Problem("Buttons are cut off", "German is a third longer.", "Allow two lines on buttons."),
        ),
        (("Term base", "Words with their agreed translations"), ("In-context review", "Reading it on the page")),
    ),
    Area(
        "Onboarding",
        "an account for a new colleague",
        "enablement",
        "Okta",
        3,
        "Access, training and the first two weeks.",
        ("the start date", "the role"),
        ("choose the role profile", "book the two trainings", "name a buddy"),
        (
            Problem("No licence is left", "Leavers kept theirs.", "Ask for the monthly licence sweep."),
            Problem("Training is locked", "The profile is missing.", "Add the profile marketing learner."),
        ),
        (("Role profile", "The set of tools a role gets"), ("Buddy", "Who answers the first questions")),
    ),
)
