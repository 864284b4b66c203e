"""Names of people, places, companies and products for made-up texts."""

import random
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

NAMES = Path(__file__).with_name("names.toml")

#: Share of names that are invented rather than taken from a list.
INVENTED = 0.5


def read_lists(path: Path) -> dict[str, dict[str, list[str]]]:
    """The name lists of a TOML file: section, kind, names."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        section: {
            kind: [name.strip() for name in text.replace("\n", " ").split(",")]
            for kind, text in kinds.items()
        }
        for section, kinds in tables.items()
    }


class Names:
    """Draws names of people, places, companies and products.

    Args:
        harvested: names found in annotated training data, by type (PER, ORG, LOC, MISC).
    """

    def __init__(self, harvested: Mapping[str, Sequence[str]] | None = None) -> None:
        self.lists = read_lists(NAMES)
        self.harvested = harvested or {}

    def draw(self, label: str, rng: random.Random) -> str:
        """A name of a type: PER, ORG, LOC or MISC; a third of them as harvested."""
        if self.harvested.get(label) and rng.random() < 0.33:
            return rng.choice(self.harvested[label])
        return {
            "PER": self.person,
            "ORG": self.company,
            "LOC": self.place,
            "MISC": self.product,
        }[label](rng)

    def first_name(self, rng: random.Random) -> str:
        """A first name, one in six invented."""
        return self.word(rng) if rng.random() < 0.16 else rng.choice(self.lists["person"]["first"])

    def last_name(self, rng: random.Random) -> str:
        """A last name, one in three invented."""
        return self.word(rng) if rng.random() < 0.33 else rng.choice(self.lists["person"]["last"])

    def person(self, rng: random.Random) -> str:
        """A first name, a last name or both."""
        shape = rng.random()
        if shape < 0.5:
            return self.first_name(rng)
        if shape < 0.88:
            return f"{self.first_name(rng)} {self.last_name(rng)}"
        if shape < 0.92:
            return f"{self.first_name(rng)}-{self.first_name(rng)}"
        return self.last_name(rng)

    def place(self, rng: random.Random) -> str:
        """A city, a country or region, or a street."""
        shape = rng.random()
        if shape < 0.55:
            return self.city(rng)
        if shape < 0.85:
            return rng.choice(self.lists["place"]["area"])
        return self.street(rng)

    def city(self, rng: random.Random) -> str:
        """A city, one in four invented."""
        if rng.random() < 0.25:
            prefix = rng.choice(["", "", "", "", "St ", "Great ", "Port ", "New ", "San ", "Bad "])
            return prefix + self.word(rng)
        return rng.choice(self.lists["place"]["city"])

    def street(self, rng: random.Random) -> str:
        """A street, square, park or station."""
        kind = rng.choice(self.lists["place"]["street"])
        head = rng.choice([self.last_name, self.city, self.word])(rng)
        return f"{head} {kind}"

    def company(self, rng: random.Random) -> str:
        """A company of any trade, half of them invented."""
        if rng.random() < INVENTED:
            return self.invented_company(rng)
        return rng.choice(self.lists["company"][rng.choice(list(self.lists["company"]))])

    def known(self, kind: str) -> Callable[[random.Random], str]:
        """A drawing function for one trade, a third of its names invented."""

        def draw(rng: random.Random) -> str:
            if rng.random() < 0.33:
                return self.invented_company(rng)
            return rng.choice(self.lists["company"][kind])

        return draw

    def invented_company(self, rng: random.Random) -> str:
        """A company that does not exist: compound, word, partners, initials, possessive."""
        invented = self.lists["invented"]
        shape = rng.random()
        if shape < 0.25:
            glue = rng.choice(["", "", "", " "])
            second = rng.choice(invented["back"])
            second = second.lower() if not glue and rng.random() < 0.4 else second
            return rng.choice(invented["front"]) + glue + second
        if shape < 0.6:
            return self.word(rng)
        if shape < 0.8:
            tail = [*invented["back"], "Ltd", "GmbH", "Group", "University", "Hotel", "Airlines"]
            return f"{self.word(rng)} {rng.choice(tail)}"
        if shape < 0.87:
            return f"{self.last_name(rng)} {rng.choice(['&', 'and'])} {self.last_name(rng)}"
        if shape < 0.92:
            return "".join(rng.choices("ABCDEFGHKLMNPRSTUVWXYZ", k=rng.choice([2, 3, 3, 4])))
        if shape < 0.96:
            return rng.choice(["Hotel ", "Café ", "Bank of ", "University of "]) + self.city(rng)
        return f"{self.last_name(rng)}'s"

    def product(self, rng: random.Random) -> str:
        """A product: a known one, or a brand or word with a model or a thing."""
        if rng.random() < 0.35:
            return rng.choice(self.lists["product"]["real"])
        head = rng.choice([self.word, self.word, self.known("maker")])(rng)
        if rng.random() < 0.25:
            head = f"{head} {self.word(rng)}"
        shape = rng.random()
        if shape < 0.4:
            return f"{head} {rng.choice(self.lists['invented']['thing'])}"
        if shape < 0.75:
            return f"{head} {rng.choice(self.lists['invented']['model'])}"
        return self.word(rng)

    def word(self, rng: random.Random) -> str:
        """A pronounceable invented word with a capital."""
        invented = self.lists["invented"]
        word = "".join(rng.choice(invented[part]) for part in ("onset", "vowel", "coda")) + "".join(
            rng.choice(invented[part]) for part in ("onset", "vowel", "coda", "ending")
        )
        if rng.random() < 0.3:
            word = word[: rng.randint(3, 5)]
        if len(word) > 9:
            word = word[: rng.randint(5, 9)]
        return word.capitalize()

    def handle(self, rng: random.Random) -> str:
        """An account name as on social media, without the at sign."""
        kind = rng.choice([self.first_name, self.last_name, self.word, self.company, self.person])
        name = "".join(c for c in kind(rng) if c.isalnum() or c == " ")
        name = name.replace(" ", rng.choice(["", "_", ""]))
        name += rng.choice(["", "", "", "_", "x", "UK", "Help", str(rng.randint(1, 2009))])
        return rng.choice([name, name, name.lower(), f"_{name}", f"The{name}"])
