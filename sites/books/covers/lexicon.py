"""Words of titles that lean towards a plate, in Indonesian and English."""

import re

# A stem of five letters and more also counts within a word: "gelombang" in "segelombang".
STEMS = {
    "ombak": (
        *("laut", "lautan", "ombak", "gelombang", "samudra", "pantai", "selat", "pulau", "banda"),
        *("sea", "seas", "ocean", "wave", "waves", "whale", "moby", "island", "water", "waters"),
        *("salt", "harbour", "harbor", "ship", "kapal", "perahu", "sungai", "river", "shore"),
    ),
    "bukit": (
        *("gunung", "pegunungan", "bukit", "semeru", "lembah", "jalan", "sawah", "ladang"),
        *("hill", "hills", "mountain", "valley", "road", "roads", "field", "fields", "land"),
    ),
    "matahari": (
        *("matahari", "surya", "pagi", "fajar", "senja", "terbit", "terang", "cahaya", "mercusuar"),
        *("sun", "sunrise", "sunset", "morning", "dawn", "dusk", "light", "lighthouse", "summer"),
    ),
    "mega": (
        *("mega", "awan", "hujan", "angin", "langit", "badai", "mendung", "kabut"),
        *("rain", "cloud", "clouds", "wind", "winds", "sky", "skies", "storm", "weather"),
    ),
    "kawung": ("kawung", "batik", "rumah", "keluarga", "house", "houses", "home", "family"),
    "lurik": (
        *("tenun", "penenun", "kain", "benang", "resep", "dapur", "jahit"),
        *("weaver", "weave", "cloth", "thread", "threads", "recipe", "recipes", "kitchen"),
    ),
    "ceplok": (
        *("bunga", "bulan", "taman", "kebun", "melati", "mawar", "bintang"),
        *("flower", "flowers", "moon", "garden", "rose", "roses", "star", "stars", "bloom"),
    ),
    "tumpal": ("pasar", "sarung", "adat", "raja", "ratu", "king", "queen", "crown", "market"),
}
WITHIN_WORDS = 5  # letters: shorter stems hide in other words, as "sea" does in "season"


def leanings(title: str) -> list[str]:
    """The names of the plates that a title's words lean towards, in a fixed order."""
    words = re.findall(r"[^\W\d_]+", title.lower())
    return [plate for plate, stems in STEMS.items() if any(_leans(word, stems) for word in words)]


def _leans(word: str, stems: tuple[str, ...]) -> bool:
    return any(word == stem or (len(stem) >= WITHIN_WORDS and stem in word) for stem in stems)
