"""English words that say nothing about what a question is about."""

from __future__ import annotations

import re

STOPWORDS = frozenset(
    re.findall(
        r"\S+",
        """
        a about after again all also am an and any anybody anyone are as at be because been being both but
        by can could did do does doing done each either else every few for from get gets getting go goes
        going got had has have having he her here hers hey hi him his how i if in into is it its just know
        let like lot make many may me might more most much must my need needs no not now of off ok on one
        only or other our out over please pls put she should since so some somebody someone still such tell
        than thanks that the their them then there these they thing things this those through to too try
        trying u up us use used using very want wants was way we well were what when where whether which
        while who whom whose why will with would y yes you your quick im ive id dont doesnt cant isnt wont
        didnt whats hows wheres whos s t re ve ll d m
        """,
    )
)
