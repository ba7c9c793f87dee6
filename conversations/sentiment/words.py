"""What VADER's lexicon, made from social media, doesn't know of contact centers: words and phrases with their weight.

The scale is the lexicon's own, from -4 to 4; 0 takes a word's weight away.
"""

import re

# A phrase stands for one word, so that the rules about negation and emphasis hold for it.
_PHRASES: dict[str, str] = {
    r"would like|'d like": "request",
    r"(?:hasn't|has not|haven't|have not|didn't|never) (?:arrived?|come|received?)": "notarrived",
    r"(?:doesn't|does not|don't|didn't|not) help": "unhelpful",
    r"money back": "moneyback",
    r"(?:hung|hang|hanging) up(?= on)": "hungup",
    r"(?:gave|give|giving) up": "gaveup",
    r"expected (?:better|more)": "letdown",
    r"still (?:waiting|not|no)": "stillwaiting",
    r"(?:doesn't|does not|don't|didn't|did not|isn't|not|stopped|won't) work(?:ing)?": "notworking",
    r"(?:second|third|fourth|fifth) time": "repeatedly",
    r"(?:speak|talk) to (?:a|the|your) (?:manager|supervisor)": "escalation",
    r"no (?:problem|worries)(?: at all)?": "noproblem",
    r"thank(?:s| you) in advance": "request",
}
PHRASES = [(re.compile(rf"\b(?:{phrase})\b", re.IGNORECASE), f" {word}") for phrase, word in _PHRASES.items()]

WEIGHTS: dict[str, float] = {
    # Phrases of above.
    "request": 0,
    "moneyback": -1.6,
    "hungup": -1.6,
    "gaveup": -1.2,
    "letdown": -1.8,
    "stillwaiting": -1.8,
    "notworking": -1.6,
    "notarrived": -1.6,
    "repeatedly": -1.4,
    "escalation": -1.2,
    "noproblem": 1.4,
    # Politeness and wishes say nothing about how somebody feels.
    "please": 0,
    "want": 0,
    "wants": 0,
    "promised": 0,
    "help": 0,
    "card": 0,
    "warning": 0,
    # Waiting and time.
    "waiting": -1.3,
    "waited": -1.3,
    "late": -1.0,
    "overdue": -1.5,
    "slow": -1.4,
    "nobody": -1.0,
    # What goes wrong.
    "blocked": -1.2,
    "charged": -0.8,
    "complicated": -1.4,
    "confusing": -1.4,
    "crashes": -1.7,
    "crashing": -1.7,
    "defective": -1.8,
    "faulty": -1.8,
    "freezes": -1.4,
    "misleading": -1.8,
    "overcharged": -2.0,
    "unhelpful": -1.9,
    "unacceptable": -2.2,
    "unbelievable": -1.5,
    "unprofessional": -2.0,
    "unresolved": -1.3,
    "lawyer": -1.2,
    # What goes right.
    "brilliant": 2.8,
    "recommending": 1.5,
    "resolved": 1.5,
    "solved": 1.6,
    "works": 1.0,
    # Emojis, which VADER reads by their names.
    "pouting": -2.3,
    "enraged": -2.6,
    "unamused": -1.6,
}
