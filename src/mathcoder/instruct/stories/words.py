"""The lexicon of the stories: persons' names, things, containers, places, and units of measure."""

from __future__ import annotations

from dataclasses import dataclass

from mathcoder.instruct.vary_names import FEMALE, MALE

__all__ = [
    "ALL",
    "CONTAINERS",
    "DAYS",
    "FAMILIES",
    "FOOD",
    "GOODS",
    "HERS",
    "HIS",
    "MEASURES",
    "MONTHS",
    "NUMBERS",
    "PLACES",
    "SHOPS",
    "THINGS",
    "Thing",
    "thing_of",
]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is counted.

    Attributes:
        one: "red marble".
        many: "red marbles".
        family: what it is one of, for a sum with others; None where there is no such word.
    """

    one: str
    many: str
    family: Thing | None = None

    @property
    def variable(self) -> str:
        """For the name of a Python variable: `red_marbles`."""
        return self.many.replace(" of ", " ").replace(" ", "_").replace("-", "_").lower()

    @property
    def a(self) -> str:
        """With the article: "a marble", "an apple"."""
        vowel = self.one[0] in "aeiou" and not self.one.startswith(("uni", "use", "one"))
        return f"{'an' if vowel else 'a'} {self.one}"


def thing_of(text: str, family: Thing | None = None) -> Thing:
    """From "marble" or "box/boxes"."""
    one, _, many = text.strip().replace("_", " ").partition("/")
    return Thing(one, many or f"{one}s", family)


def _things(text: str, family: Thing | None = None) -> tuple[Thing, ...]:
    return tuple(thing_of(word, family) for word in text.split())


HERS = (
    *FEMALE,
    *"""
    Aaliyah Adaeze Aisha Akua Ana Anika Anjali Ananya Astrid Ayumi Beatriz Blessing Chiara Chioma Deepa
    Divya Ebru Efua Elif Emi Farah Gloria Giulia Hana Haruka Ines Ioana Isla Jana Jia Kavya Keiko Khadija
    Kiara Layla Ling Lin Lucia Lulu Mariam Mei Meera Minh Miriam Naomi Neha Ngozi Noor Oksana Petra Pilar
    Ramona Rania Renata Rina Ruth Sakura Salma Sana Signe Sinead Siti Sunita Thandi Ursula Valentina
    Wanjiru Xiomara Yasmin Yuki Zainab Zuzana
    """.split(),
)
HIS = (
    *MALE,
    *"""
    Abdul Adebayo Amir Andrei Arjun Babak Bilal Chidi Cheng Dario Dev Diogo Dmitri Eduardo Emeka Enzo
    Farid Finn Francesco Giorgio Gustavo Hamza Haruto Hiroshi Hamish Ibrahim Idris Imran Jamal Jin Kamal
    Kenji Kofi Krishna Kwame Lamar Lars Luca Magnus Malik Manuel Marek Mateo Milan Mohammed Nikhil Nikolai
    Obinna Ole Oskar Pavel Pierre Raj Rahul Ravi Rashid Rohan Sanjay Sergei Sipho Sven Tadeo Takeshi Tomas
    Uchenna Viktor Vikram Wei Xavier Yaw Youssef Zubair
    """.split(),
)

_COLOURS = "red blue green yellow white black orange purple".split()
_COLOURED = _things("marble balloon bead button ribbon crayon sticker tile paper_clip pencil ball flag block")


def _family(family: str, members: str) -> tuple[Thing, ...]:
    return _things(members, thing_of(family))


# What makes sense in one sum, by family.
FAMILIES = (
    *(
        tuple(Thing(f"{colour} {thing.one}", f"{colour} {thing.many}", thing) for colour in _COLOURS)
        for thing in _COLOURED
    ),
    _family("piece_of_fruit/pieces_of_fruit", "apple pear orange banana peach/peaches plum mango/mangoes kiwi"),
    _family("vegetable", "carrot cucumber onion pepper turnip courgette radish/radishes beetroot"),
    _family("flower", "rose tulip daisy/daisies lily/lilies sunflower daffodil carnation"),
    _family("tree", "oak_tree pine_tree maple_tree birch_tree apple_tree cherry_tree"),
    _family("animal", "cow goat pig horse duck hen rabbit"),
    _family("bird", "sparrow robin pigeon blackbird swallow gull"),
    _family("book", "novel comic_book cookbook atlas/atlases dictionary/dictionaries picture_book poetry_book"),
    _family("vehicle", "car truck van bus/buses motorcycle"),
    _family("coin", "gold_coin silver_coin copper_coin"),
    _family("pastry/pastries", "muffin croissant doughnut scone cupcake cinnamon_roll"),
    _family("instrument", "violin trumpet flute guitar drum"),
    _family("ticket", "adult_ticket child_ticket student_ticket senior_ticket"),
    _family("piece_of_furniture/pieces_of_furniture", "chair table bookshelf/bookshelves desk stool"),
    _family("drink", "lemonade coffee tea hot_chocolate smoothie"),
    _family("toy", "doll puzzle teddy_bear kite yo-yo toy_car"),
    _family("shell", "scallop_shell snail_shell clam_shell cockle_shell"),
    _family("garment", "shirt skirt jacket sweater scarf/scarves"),
)
# What a person may own, buy, lose or give away.
THINGS = _things(
    """
    marble sticker stamp coin shell bead button postcard book comic_book pencil crayon marker notebook
    eraser trading_card baseball_card toy_car balloon badge bracelet key_ring poster puzzle magazine candle
    ribbon photo/photos bookmark magnet seed pebble feather paper_crane figurine dinosaur_card
    """
)
FOOD = _things(
    """
    apple orange pear plum peach/peaches cookie muffin cupcake strawberry/strawberries cherry/cherries grape
    sweet biscuit almond walnut pancake cracker doughnut sandwich/sandwiches dumpling samosa egg
    tomato/tomatoes carrot mango/mangoes date
    """
)
CONTAINERS = _things("box/boxes bag basket packet crate tray carton case bin")
# What a shop sells, and between how many dollars it costs.
GOODS: tuple[tuple[Thing, int, int], ...] = tuple(
    (thing_of(word), low, high)
    for words, low, high in (
        ("pencil eraser sticker postcard banana apple bread_roll lollipop ruler lemon", 1, 3),
        ("notebook pen muffin sandwich/sandwiches comic_book bookmark plant_pot mug magazine", 2, 9),
        ("book cap puzzle scarf/scarves candle sweatshirt teddy_bear umbrella cushion", 6, 25),
        ("shirt sweater lamp backpack board_game skateboard helmet blanket chair", 15, 60),
        ("bicycle jacket watch/watches tent printer guitar desk", 60, 300),
    )
    for word in words.split()
)
# Everything that is counted, the longest plural first.
ALL = tuple(
    sorted(
        {
            *THINGS,
            *FOOD,
            *CONTAINERS,
            *(thing for thing, _, _ in GOODS),
            *(member for family in FAMILIES for thing in family for member in (thing, thing.family) if member),
        },
        key=lambda thing: (-len(thing.many), thing.many, thing.one),
    )
)

PLACES = (
    *("the park", "the library", "the market", "the school", "the museum", "the community centre", "the farm"),
    *("the zoo", "the beach", "the town hall", "the sports club", "the bakery", "the garden centre"),
)
SHOPS = (
    *("the corner shop", "the market", "the school fair", "the gift shop", "the supermarket", "the bookshop"),
    *("the flea market", "the toy shop", "the stationery shop"),
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()

NUMBERS = (
    *"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(),
    *"sixteen seventeen eighteen nineteen twenty".split(),
)
# Units whose number need not be whole.
MEASURES = frozenset(
    """
    kilometre kilometres kilometer kilometers km metre metres meter meters m centimetre centimetres cm
    millimetres mm mile miles foot feet inch inches yard yards litre litres liter liters l millilitres ml
    gallon gallons pint pints cup cups teaspoon teaspoons tablespoon tablespoons kilogram kilograms kg gram
    grams g pound pounds ounce ounces ton tons tonne tonnes hour hours minute minutes second seconds degree
    degrees dollar dollars percent % square acre acres hectare hectares day days week weeks year years
    """.split()
)
