"""Plays and stories."""

from demo.titles.plan import EventPlan

PLAYS = (
    EventPlan(
        slug="hamlet",
        title="Hamlet",
        kind="play",
        tagline="Something is rotten, and everybody at court can smell it.",
        synopsis=(
            "A king is dead, his brother has the crown and the widow, and the son has come home to a wedding where "
            "he expected mourning. Then his father’s ghost walks the ramparts and asks for one small favor.\n\n"
            "Played as a family dinner that lasts five acts. The ghost sits at the table, the players set up in the "
            "kitchen, and nobody may leave until the plates are empty. Hamlet is not slow to act here: he is the only "
            "one in the house who would like to be sure first."
        ),
        minutes=170,
        interval=25,
        age="12+",
        languages=("de",),
        subtitles=("en",),
        credits=(("William Shakespeare", "Text"), ("August Wilhelm Schlegel", "German translation")),
        labels=("tragedy", "classic", "surtitles", "house-classics"),
        theater="lindenbruecke",
        liking=4.5,
    ),
    EventPlan(
        slug="tartuffe",
        title="Tartuffe",
        kind="play",
        tagline="Never invite a saint to stay.",
        synopsis=(
            "Orgon has found a holy man in church and brought him home. Within a week the guest has the best room, "
            "the daughter’s hand, the keys to the strongbox and one eye on the lady of the house. Everyone can see "
            "it, except the man who pays for dinner.\n\n"
            "Molière’s comedy was banned for five years because too many people recognized themselves. It is played "
            "here in verse, at speed, with a table under which a husband may hide for as long as he can bear it."
        ),
        minutes=115,
        interval=20,
        age="10+",
        languages=("de",),
        subtitles=("en",),
        credits=(("Molière", "Text"), ("Ludwig Fulda", "German translation")),
        labels=("comedy", "classic", "surtitles", "new-here"),
        theater="lindenbruecke",
        price_factor=0.9,
        liking=4.2,
    ),
    EventPlan(
        slug="faust",
        title="Faust",
        kind="play",
        tagline="The fine print takes three hours to read.",
        synopsis=(
            "He has studied philosophy, law, medicine and, alas, theology, and knows that he knows nothing. A black "
            "poodle follows him home. By morning there is a contract on the desk, signed in the only ink at hand.\n\n"
            "The first part of the tragedy, with a single wooden cupboard as heaven, study, cellar, garden and "
            "prison. The devil is the most reasonable person on stage, which should worry you."
        ),
        minutes=185,
        interval=30,
        age="14+",
        languages=("de",),
        subtitles=("en",),
        credits=(("Johann Wolfgang von Goethe", "Text"),),
        labels=("tragedy", "classic", "surtitles", "house-classics"),
        theater="lindenbruecke",
        price_factor=1.1,
        liking=4.0,
    ),
    EventPlan(
        slug="a-dolls-house",
        title="A Doll’s House",
        kind="play",
        tagline="Listen for the door.",
        synopsis=(
            "Nora has macaroons in her pocket, a secret in her workbox and a husband who calls her his little "
            "squirrel. Years ago she forged a signature to save his life. This Christmas the man who holds the paper "
            "has lost his post at the bank, and knocks.\n\n"
            "Three days, one room, and an ending that theaters once had rewritten because it was thought too much "
            "for the audience. We play the one that Ibsen wrote."
        ),
        minutes=130,
        interval=20,
        age="12+",
        languages=("de",),
        subtitles=("en",),
        credits=(("Henrik Ibsen", "Text"),),
        labels=("classic", "surtitles", "house-classics"),
        theater="lindenbruecke",
        liking=4.6,
    ),
    EventPlan(
        slug="the-cherry-orchard",
        title="The Cherry Orchard",
        kind="play",
        tagline="Everybody hears the axe. Nobody says so.",
        synopsis=(
            "The estate is to be auctioned in August. There is a plan that would save it; there is plenty of time; "
            "there is coffee. The family talks about the trees, the bookcase, a telegram from Paris, and how very "
            "much one ought to do something.\n\n"
            "Chekhov insisted that it was a comedy. We believe him until the last minute, and then there is that "
            "sound of a string breaking, far away, as if from the sky."
        ),
        minutes=140,
        interval=25,
        age="10+",
        languages=("de",),
        subtitles=("en", "uk"),
        credits=(("Anton Chekhov", "Text"),),
        labels=("comedy", "classic", "surtitles"),
        theater="lindenbruecke",
        liking=4.1,
    ),
    EventPlan(
        slug="antigone",
        title="Antigone",
        kind="play",
        tagline="One handful of dust.",
        synopsis=(
            "Two brothers killed each other at the city gates. One is buried with honors; the other shall lie where "
            "he fell, says the new king, and whoever covers him dies. Their sister goes out before sunrise.\n\n"
            "Seven players, no set, seventy-five minutes. Both of them are right, and that is the trouble: a law "
            "against a law, spoken so close to you that you may find yourself nodding at each in turn."
        ),
        minutes=75,
        age="12+",
        languages=("en",),
        credits=(("Sophocles", "Text"),),
        labels=("tragedy", "classic", "mythology"),
        price_factor=0.65,
        liking=4.4,
    ),
    EventPlan(
        slug="alf-layla-wa-layla",
        title="ألف ليلة وليلة",
        kind="play",
        tagline="A Thousand and One Nights, told in one",
        synopsis=(
            "She has until sunrise. If the story ends before then, so does she; and so the fisherman opens the jar, "
            "and in the jar there is a spirit, and the spirit knows a tale of a physician, who knows a tale of a "
            "king, who had a falcon…\n\n"
            "One storyteller, one oud and one lamp. Told in Arabic with English surtitles, as it was told in "
            "coffee houses: the audience decides at midnight which door is opened next."
        ),
        minutes=90,
        age="10+",
        languages=("ar",),
        subtitles=("en",),
        credits=(("Traditional", "Tales"),),
        labels=("storytelling", "live-music", "surtitles"),
        price_factor=0.6,
        liking=4.7,
    ),
    EventPlan(
        slug="twelfth-night",
        title="Twelfth Night",
        kind="play",
        tagline="Shipwreck first. Then it gets complicated.",
        synopsis=(
            "Viola is washed ashore without her twin, puts on his clothes and takes service with a duke. She loves "
            "the duke, the duke loves a countess, the countess loves the page boy that Viola is not, and a steward "
            "is persuaded to wear yellow stockings.\n\n"
            "Set on a coast where the monsoon never quite stops. With songs, a leaking roof, and the saddest clown "
            "that Shakespeare wrote."
        ),
        minutes=135,
        interval=20,
        age="8+",
        languages=("en",),
        subtitles=("hi",),
        credits=(("William Shakespeare", "Text"),),
        labels=("comedy", "classic", "live-music", "new-here"),
        theater="sagar-natyagriha",
        liking=4.3,
    ),
    EventPlan(
        slug="shakuntalam",
        title="अभिज्ञानशाकुन्तलम्",
        kind="play",
        tagline="Shakuntala: a ring, a river, and a king who forgets",
        synopsis=(
            "A king hunting deer strays into a hermitage and loses his heart. He leaves a ring and a promise. But the "
            "girl, dreaming of him, does not hear an irritable sage at the gate, and his curse is exact: the one you "
            "think of shall not know you.\n\n"
            "Kalidasa’s play in Sanskrit and Prakrit with surtitles in Hindi and English. The forest is a chorus of "
            "eleven; the deer is a dancer; the ring is found, as it has to be, inside a fish."
        ),
        minutes=150,
        interval=20,
        age="8+",
        languages=("sa",),
        subtitles=("hi", "en"),
        credits=(("Kalidasa", "Text"),),
        labels=("classic", "mythology", "surtitles", "house-classics"),
        theater="sagar-natyagriha",
        price_factor=1.1,
        liking=4.6,
    ),
    EventPlan(
        slug="mrichchhakatikam",
        title="मृच्छकटिकम्",
        kind="play",
        tagline="The Little Clay Cart: thieves, gamblers, a trial and a revolution",
        synopsis=(
            "Charudatta was rich until he gave everything away. Vasantasena could have anyone and wants him. Between "
            "them stand a casket of jewels, a burglar with professional pride, the king’s dreadful brother-in-law, "
            "two ox-carts that look alike in the dark, and a child who would rather have a cart of gold than of clay."
            "\n\n"
            "The street comedy of ancient Ujjain, in Hindi, with ten actors in twenty-nine parts."
        ),
        minutes=145,
        interval=20,
        age="10+",
        languages=("hi",),
        subtitles=("en",),
        credits=(("Shudraka", "Text"),),
        labels=("comedy", "classic", "surtitles"),
        theater="sagar-natyagriha",
        liking=4.4,
    ),
    EventPlan(
        slug="dracula-by-candlelight",
        title="Dracula by Candlelight",
        kind="play",
        tagline="Letters, diaries, a ship’s log. One candle for each voice.",
        synopsis=(
            "The novel is a bundle of papers: a solicitor’s journal, two friends’ letters, a phonograph, the log of a "
            "ship that drifts into Whitby with a dead man at the wheel. Four readers share them out in a cellar that "
            "has no other light.\n\n"
            "When a character dies, a candle is put out. Bring a coat. Please do not wear garlic; other "
            "guests have complained."
        ),
        minutes=95,
        interval=15,
        age="14+",
        languages=("en",),
        credits=(("Bram Stoker", "Novel"),),
        labels=("horror", "storytelling", "late-night"),
        theater="the-undercroft",
        price_factor=0.9,
        liking=4.5,
    ),
    EventPlan(
        slug="hagoromo",
        title="羽衣 Hagoromo",
        kind="play",
        tagline="The Feather Mantle: a Noh play by the water",
        synopsis=(
            "A fisherman finds a robe of feathers hanging on a pine and means to keep it. It belongs to a heavenly "
            "being, who cannot go home without it. He will give it back if she dances; she will dance if he gives it "
            "back first. “Doubt is for mortals,” she says.\n\n"
            "Introduced in Japanese and English, with the text printed in both."
        ),
        minutes=70,
        age="8+",
        languages=("ja",),
        subtitles=("en",),
        credits=(("Traditional", "Text"),),
        labels=("classic", "dance", "river-evenings"),
        theater="kamo-recital-hall",
        price_factor=1.2,
        liking=4.7,
    ),
)
