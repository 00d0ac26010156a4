"""Films of the silent era, with their historical makers."""

from demo.titles.plan import EventPlan

FILMS = (
    EventPlan(
        slug="metropolis",
        title="Metropolis",
        kind="film",
        tagline="The city has two halves, and a machine between them.",
        synopsis=(
            "Above, gardens and stadiums; below, ten-hour clocks and the men who turn their hands. The son of the "
            "city’s master follows a face down into the depths, and an inventor gives that face to a robot.\n\n"
            "The most expensive film of its day, cut to pieces after its premiere and put together again over eighty "
            "years. Shown in the long version, with the orchestra pit open on Fridays."
        ),
        minutes=150,
        age="10+",
        languages=("de",),
        subtitles=("en",),
        credits=(("Fritz Lang", "Director"), ("Thea von Harbou", "Screenplay"), ("Karl Freund", "Camera")),
        cast=(("Brigitte Helm", "Maria"), ("Gustav Fröhlich", "Freder"), ("Alfred Abel", "Joh Fredersen")),
        labels=("silent-film", "science-fiction", "silent-season"),
        price_factor=1.1,
        liking=4.7,
    ),
    EventPlan(
        slug="nosferatu",
        title="Nosferatu",
        kind="film",
        tagline="He does not knock.",
        synopsis=(
            "A house agent rides into the mountains to sell a ruin to a count who keeps no mirrors. The count likes "
            "the ruin. He also likes the portrait of the agent’s wife, and he travels with his own earth.\n\n"
            "Shot in real streets and real forests, which makes it worse. A court ordered every print to be burnt; "
            "like its hero, the film declined to stay dead."
        ),
        minutes=94,
        age="12+",
        languages=("de",),
        subtitles=("en",),
        credits=(("F. W. Murnau", "Director"), ("Henrik Galeen", "Screenplay"), ("Fritz Arno Wagner", "Camera")),
        cast=(("Max Schreck", "Count Orlok"), ("Greta Schröder", "Ellen"), ("Gustav von Wangenheim", "Hutter")),
        labels=("silent-film", "horror", "late-night", "silent-season"),
        liking=4.4,
    ),
    EventPlan(
        slug="the-general",
        title="The General",
        kind="film",
        tagline="A man, a woman and a locomotive. In which order?",
        synopsis=(
            "Johnnie has two loves, and the one with a boiler has just been stolen. He goes after it on foot, by "
            "handcar, by bicycle and at last by another engine, alone, across the lines, without a flicker on his "
            "face.\n\n"
            "There are no tricks in it. The stunts were done by the man who directed them, and the bridge and "
            "the train that falls from it were real."
        ),
        minutes=78,
        age="all ages",
        languages=("en",),
        credits=(("Buster Keaton", "Director"), ("Clyde Bruckman", "Director")),
        cast=(("Buster Keaton", "Johnnie Gray"), ("Marion Mack", "Annabelle Lee")),
        labels=("silent-film", "comedy", "family", "silent-season", "new-here"),
        liking=4.8,
    ),
    EventPlan(
        slug="battleship-potemkin",
        title="Battleship Potemkin",
        kind="film",
        tagline="Six minutes on a staircase that every film student can draw.",
        synopsis=(
            "There are maggots in the meat. The ship’s doctor sees none. From this the film makes a mutiny, from the "
            "mutiny a funeral, from the funeral a city, and then the soldiers come down the steps in step.\n\n"
            "Five acts, cut like music. Introduced by a ten-minute talk about how the editing works, which "
            "you will not be able to stop seeing afterwards."
        ),
        minutes=75,
        age="12+",
        languages=("ru",),
        subtitles=("en", "de"),
        credits=(("Sergei Eisenstein", "Director"), ("Eduard Tisse", "Camera")),
        cast=(("Aleksandr Antonov", "Vakulinchuk"),),
        labels=("silent-film", "35-mm", "silent-season"),
        liking=4.1,
    ),
    EventPlan(
        slug="a-trip-to-the-moon",
        title="A Trip to the Moon",
        kind="film",
        tagline="Astronomers, umbrellas, and one very surprised moon.",
        synopsis=(
            "Six learned gentlemen in pointed hats climb into a shell and are fired at the moon, which takes it in "
            "the eye. There they find giant mushrooms and people who go up in smoke when poked.\n\n"
            "With five more films by the same magician, about fifty minutes in all. A pianist plays, an explainer "
            "explains, and children may shout. Made for anyone over four."
        ),
        minutes=50,
        age="all ages",
        languages=("fr",),
        subtitles=("en",),
        credits=(("Georges Méliès", "Director"),),
        cast=(("Georges Méliès", "Professor Barbenfouillis"),),
        labels=("silent-film", "science-fiction", "family", "live-music", "silent-season"),
        price_factor=0.7,
        liking=4.6,
    ),
    EventPlan(
        slug="raja-harishchandra",
        title="राजा हरिश्चन्द्र",
        kind="film",
        tagline="Raja Harishchandra: the king who would not lie",
        synopsis=(
            "He promised, and so the kingdom goes, then the crown, then wife and child, then his own freedom, and "
            "still he keeps his word at the burning ground by the river.\n\n"
            "What survives of India’s first feature film, shown with early shorts from the same studio and "
            "accompanied live on tabla and harmonium. An introduction tells how it was made: by family, by hand, "
            "with men in every part."
        ),
        minutes=65,
        age="all ages",
        languages=("hi",),
        subtitles=("en", "mr"),
        credits=(("Dadasaheb Phalke", "Director"),),
        cast=(("Dattatraya Damodar Dabke", "Harishchandra"), ("Anna Salunke", "Taramati")),
        labels=("silent-film", "mythology", "live-music", "silent-season"),
        theater="chitra-talkies",
        liking=4.3,
    ),
)
