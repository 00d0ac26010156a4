"""What theater-goers call kinds of events and audiences, in the languages of the site, normalized as queries are."""

from __future__ import annotations

from events.models import Event
from lib.words import normalize

_KINDS = {
    Event.Kind.FILM: "film films movie movies cinema screening screenings kino spielfilm filme फ़िल्म फिल्म सिनेमा मूवी",
    Event.Kind.PLAY: "play plays drama dramas schauspiel theaterstück theaterstücke sprechtheater stück stücke नाटक",
    Event.Kind.CONCERT: "concert concerts gig gigs recital konzert konzerte musik music संगीत कॉन्सर्ट",
    Event.Kind.COMEDY: "comedy comedies standup kabarett komödie komödien lustspiel कॉमेडी हास्य",
    Event.Kind.DANCE: "dance dances dancing ballet ballets tanz tänze ballett नृत्य बैले",
    Event.Kind.OPERA: "opera operas oper opern operette operetta ओपेरा",
    Event.Kind.TALK: "talk talks lecture lectures reading readings vortrag vorträge lesung lesungen gespräch व्याख्यान",
}
# Each line means the same to most people who search.
_SAME = """
children child kids kid family families junior kinder kind familie familien jugend बच्चे बच्चों परिवार
subtitles subtitled ov omu omeu originalversion untertitel
übertitel surtitles
premiere premieres premier opening premiere uraufführung प्रीमियर
classical classic klassik शास्त्रीय
musical musicals
circus zirkus सर्कस
festival festivals festspiele महोत्सव
christmas weihnachten xmas क्रिसमस
"""

KIND_WORDS: dict[str, str] = {normalize(word): kind.value for kind, words in _KINDS.items() for word in words.split()}
_GROUPS = [frozenset(normalize(word) for word in line.split()) for line in _SAME.strip().splitlines()]
_GROUP_OF = {word: group for group in _GROUPS for word in group}


def synonyms_of(word: str) -> frozenset[str]:
    """Return the other words for this one, which is normalized."""
    return _GROUP_OF.get(word, frozenset()) - {word}
