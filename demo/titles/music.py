"""Opera, dance and concerts."""

from demo.titles.plan import EventPlan

MUSIC = (
    EventPlan(
        slug="the-magic-flute",
        title="The Magic Flute",
        kind="opera",
        tagline="A prince, a bird-catcher and two very high notes.",
        synopsis=(
            "A prince flees a serpent and wakes up among three ladies, a portrait and a mission. A bird-catcher comes "
            "along for the wine. The queen who sends them is not what she seems, and neither is the enemy.\n\n"
            "A good first opera and a good fiftieth. Sung in German with English surtitles; at the Sunday matinees "
            "children come in for half the price and the dragon is introduced beforehand."
        ),
        minutes=155,
        interval=30,
        age="6+",
        languages=("de",),
        subtitles=("en",),
        credits=(("Wolfgang Amadeus Mozart", "Music"), ("Emanuel Schikaneder", "Libretto")),
        labels=("opera", "family", "surtitles", "new-here"),
        theater="north-quay-opera",
        liking=4.7,
    ),
    EventPlan(
        slug="carmen",
        title="Carmen",
        kind="opera",
        tagline="Love is a rebellious bird. Bring a fan.",
        synopsis=(
            "Outside a cigarette factory a soldier catches a flower that was thrown at him. Four acts later he has "
            "lost his rank, his sweetheart, his good name and the woman who threw it.\n\n"
            "In the version with spoken dialogue, in French, in a bullring that is empty but for "
            "chairs. You know all the tunes; it is astonishing how little good that does you at the end."
        ),
        minutes=160,
        interval=30,
        age="10+",
        languages=("fr",),
        subtitles=("en",),
        credits=(("Georges Bizet", "Music"), ("Henri Meilhac", "Libretto"), ("Ludovic Halévy", "Libretto")),
        labels=("opera", "tragedy", "surtitles"),
        theater="north-quay-opera",
        price_factor=1.1,
        liking=4.5,
    ),
    EventPlan(
        slug="la-traviata",
        title="La Traviata",
        kind="opera",
        tagline="One season of camellias.",
        synopsis=(
            "Violetta gives the best parties in Paris and knows how long she has left. A young man has been asking "
            "after her health every day for a year. His father has been asking after the family’s reputation.\n\n"
            "Sung in Italian with English surtitles. The first interval is early and long, because so is the party."
        ),
        minutes=135,
        interval=30,
        age="10+",
        languages=("it",),
        subtitles=("en",),
        credits=(("Giuseppe Verdi", "Music"), ("Francesco Maria Piave", "Libretto")),
        labels=("opera", "tragedy", "surtitles"),
        theater="north-quay-opera",
        price_factor=1.1,
        liking=4.6,
    ),
    EventPlan(
        slug="swan-lake",
        title="Swan Lake",
        kind="dance",
        tagline="By day a swan. By night, the choice of your life.",
        synopsis=(
            "On the eve of his birthday a prince takes his new crossbow to the lake and does not shoot. The swans are "
            "women, the owl is a sorcerer, and the oath that would free them has to be kept at a ball where someone "
            "else arrives in black.\n\n"
            "With the full orchestra and thirty-two fouettés that you are welcome to count."
        ),
        minutes=140,
        interval=35,
        age="6+",
        credits=(
            ("Pyotr Ilyich Tchaikovsky", "Music"),
            ("Marius Petipa", "Choreography"),
            ("Lev Ivanov", "Choreography"),
        ),
        labels=("ballet", "dance", "family"),
        theater="north-quay-opera",
        price_factor=1.2,
        liking=4.8,
    ),
    EventPlan(
        slug="the-nutcracker",
        title="The Nutcracker",
        kind="dance",
        tagline="Midnight. The tree begins to grow.",
        synopsis=(
            "At the Christmas party a girl is given a nutcracker that her brother promptly breaks. At midnight the "
            "mice come, the tin soldiers march, and the nutcracker turns out to be worth looking after.\n\n"
            "Snow falls at the end of the first act, on the stage and, at some performances, a little on the first "
            "row. The relaxed matinees keep the house lights low and the doors open."
        ),
        minutes=100,
        interval=30,
        age="all ages",
        credits=(("Pyotr Ilyich Tchaikovsky", "Music"), ("Lev Ivanov", "Choreography"), ("E. T. A. Hoffmann", "Tale")),
        labels=("ballet", "dance", "family", "new-here"),
        theater="north-quay-opera",
        liking=4.9,
    ),
    EventPlan(
        slug="giselle",
        title="Giselle",
        kind="dance",
        tagline="The forest dances until dawn. It would like a partner.",
        synopsis=(
            "A village girl who loves to dance falls for a stranger who has borrowed his plain clothes. When she "
            "finds out, her heart stops. In the wood at midnight the Wilis, betrayed brides in white, rise and take "
            "her in, and then he comes to her grave.\n\n"
            "The second act is danced in a light so low that you will hear it before you see it."
        ),
        minutes=105,
        interval=25,
        age="8+",
        credits=(("Adolphe Adam", "Music"), ("Jean Coralli", "Choreography"), ("Jules Perrot", "Choreography")),
        labels=("ballet", "dance", "tragedy"),
        theater="north-quay-opera",
        liking=4.5,
    ),
    EventPlan(
        slug="the-planets",
        title="The Planets",
        kind="concert",
        tagline="Seven worlds, and a choir that fades behind a closing door.",
        synopsis=(
            "Mars marches in five, Venus forgives it, Jupiter has the tune. The suite was written by a school "
            "teacher at weekends and needs more players than most pits will hold; we have taken out two rows.\n\n"
            "Before the interval a short introduction with the orchestra: what the ancients heard in the sky, and "
            "what the probes found there. The women’s choir is hidden. Do not look for it."
        ),
        minutes=85,
        interval=20,
        age="6+",
        credits=(("Gustav Holst", "Music"),),
        labels=("orchestral", "new-here"),
        theater="north-quay-opera",
        price_factor=0.7,
        liking=4.4,
    ),
    EventPlan(
        slug="goldberg-variations",
        title="Goldberg Variations",
        kind="concert",
        tagline="For one who cannot sleep.",
        synopsis=(
            "An aria, thirty variations, and the aria again, which is not the same any more. Every third one is a "
            "canon; each canon begins a step higher than the last; the whole is as strict as a crystal and as merry "
            "as a village wedding.\n\n"
            "Played on the harpsichord on Tuesdays and on the piano at weekends, with every repeat. The hall’s "
            "lights are put out one by one until the last aria is played in the dark."
        ),
        minutes=80,
        age="all ages",
        credits=(("Johann Sebastian Bach", "Music"),),
        labels=("chamber-music", "river-evenings"),
        theater="kamo-recital-hall",
        liking=4.8,
    ),
    EventPlan(
        slug="evening-ragas",
        title="Evening Ragas",
        kind="concert",
        tagline="From Yaman at sunset to Bhairavi before the last train.",
        synopsis=(
            "A raga belongs to its hour. This recital begins as the light goes with the slow unfolding of Yaman, "
            "without a beat for half an hour, and follows the evening on through Bageshri to the Bhairavi that ends "
            "every concert.\n\n"
            "Sitar, tabla and tanpura; the floor in front of the first row is laid with mats for those who would "
            "rather sit close."
        ),
        minutes=150,
        interval=15,
        age="all ages",
        credits=(("Traditional", "Ragas"),),
        labels=("indian-classical", "live-music"),
        theater="sagar-natyagriha",
        liking=4.7,
    ),
    EventPlan(
        slug="kathak-sandhya",
        title="कथक संध्या",
        kind="dance",
        tagline="Kathak: an evening of two hundred ankle bells",
        synopsis=(
            "Katha is a story; the kathak tells it. With the feet, first of all, in patterns that the drummer "
            "proposes and the dancer answers; then with an eyebrow; then with turns that stop dead on the "
            "first beat of the cycle, or the evening is lost.\n\n"
            "Solo and group dances in the traditions of Lucknow and Jaipur, with a spoken introduction in Hindi and "
            "English."
        ),
        minutes=110,
        interval=15,
        age="all ages",
        languages=("hi", "en"),
        credits=(("Traditional", "Choreography"),),
        labels=("dance", "indian-classical", "live-music"),
        theater="sagar-natyagriha",
        liking=4.5,
    ),
    EventPlan(
        slug="ceilidh",
        title="Saturday Ceilidh",
        kind="concert",
        tagline="No partner, no shoes, no problem.",
        synopsis=(
            "Fiddle, accordion, whistle and a caller who has seen it all. Every dance is walked through once "
            "and then played twice as fast. Strip the Willow comes last, for reasons of insurance.\n\n"
            "Standing is for dancing; the tables are for those who would rather watch, and for coats."
        ),
        minutes=150,
        interval=20,
        age="14+",
        languages=("en",),
        credits=(("Traditional", "Tunes"),),
        labels=("dance", "live-music", "standing", "new-here"),
        theater="the-undercroft",
        liking=4.6,
    ),
)
