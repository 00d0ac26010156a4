"""Comedy, talks and other evenings."""

from demo.titles.plan import EventPlan

EVENINGS = (
    EventPlan(
        slug="lysistrata",
        title="Lysistrata",
        kind="comedy",
        tagline="No peace, no nothing.",
        synopsis=(
            "The war has gone on for twenty years, and the women of both sides have had enough. They take an oath "
            "over a large jar of wine, lock the gates of the treasury, and wait. It is harder than they thought, and "
            "for the men it is very hard indeed.\n\n"
            "A cabaret after Aristophanes, with a band. Rude since 411 BC."
        ),
        minutes=85,
        interval=20,
        age="16+",
        languages=("en",),
        credits=(("Aristophanes", "Text"),),
        labels=("comedy", "classic", "live-music", "late-night"),
        theater="the-undercroft",
        price_factor=1.1,
        liking=4.3,
    ),
    EventPlan(
        slug="open-mic",
        title="Anybody’s Microphone",
        kind="comedy",
        tagline="Five minutes each. The light goes red at four.",
        synopsis=(
            "Put your name in the hat and the hat decides. Jokes, poems, one song, a card trick, a complaint to the "
            "council: whatever fits into five minutes and a vaulted cellar.\n\n"
            "Sign up at the bar until a quarter past seven. The audience is kind; that is a house rule."
        ),
        minutes=120,
        interval=20,
        age="16+",
        languages=("en",),
        credits=(),
        labels=("comedy", "improvised", "late-night"),
        theater="the-undercroft",
        price_factor=0.5,
        liking=3.8,
    ),
    EventPlan(
        slug="the-improvised-whodunit",
        title="The Improvised Whodunit",
        kind="comedy",
        tagline="You choose the corpse.",
        synopsis=(
            "Somebody in this room will be dead by the interval, somebody else did it, and the detective knows no "
            "more than you do. The audience supplies the victim, the weapon and the secret in the library; the "
            "players have an hour to make it add up.\n\n"
            "It is never the same twice, and once it was the audience."
        ),
        minutes=80,
        interval=15,
        age="12+",
        languages=("en",),
        credits=(),
        labels=("comedy", "improvised", "new-here"),
        theater="the-undercroft",
        price_factor=0.8,
        liking=4.2,
    ),
    EventPlan(
        slug="why-is-the-sky-blue",
        title="Why Is the Sky Blue?",
        kind="talk",
        tagline="And eleven more questions that you stopped asking.",
        synopsis=(
            "An hour of experiments on a table, for people from seven years on and whoever brought them. A sunset in "
            "a fish tank, a rainbow out of a garden hose, a cloud in a bottle, and the reason why the sea is not the "
            "answer.\n\n"
            "Questions may be shouted. One volunteer will get slightly wet."
        ),
        minutes=60,
        age="7+",
        languages=("en", "hi"),
        credits=(("C. V. Raman", "Scattering experiments"), ("Lord Rayleigh", "Scattering law")),
        labels=("family", "new-here"),
        theater="sagar-natyagriha",
        price_factor=0.4,
        liking=4.7,
    ),
)
