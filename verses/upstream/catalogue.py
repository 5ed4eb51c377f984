"""Translations that upstream is known to offer, so that an unknown identifier needs no call."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownTranslation:
    """A translation as upstream lists it, with a BCP 47 tag, which upstream does not have."""

    identifier: str
    name: str
    language: str
    language_name: str
    language_code: str
    license: str = "Public Domain"
    attribution: str = ""


_LANGUAGES = {
    "chr": ("chr", "Cherokee"),
    "zh-tw": ("zh-Hant", "Chinese (Traditional)"),
    "ces": ("cs", "Czech"),
    "eng": ("en", "English"),
    "lat": ("la", "Latin"),
    "por": ("pt", "Portuguese"),
    "ron": ("ro", "Romanian"),
    "rus": ("ru", "Russian"),
    "spa": ("es", "Spanish"),
}

_PUBLIC_DOMAIN = """
cherokee    chr    Cherokee New Testament
cuv         zh-tw  Chinese Union Version
bkr         ces    Bible kralická
asv         eng    American Standard Version (1901)
bbe         eng    Bible in Basic English
darby       eng    Darby Bible
dra         eng    Douay-Rheims 1899 American Edition
kjv         eng    King James Version
web         eng    World English Bible
ylt         eng    Young's Literal Translation (NT only)
oeb-cw      eng    Open English Bible, Commonwealth Edition
webbe       eng    World English Bible, British Edition
oeb-us      eng    Open English Bible, US Edition
clementine  lat    Clementine Latin Vulgate
almeida     por    João Ferreira de Almeida
rccv        ron    Protestant Romanian Corrected Cornilescu Version
synodal     rus    Russian Synodal Translation
"""

_CREATIVE_COMMONS = (
    (
        "bes",
        "La Biblia en Español Sencillo",
        "CC BY 4.0",
        "© 2018 AudioBiblia.org / Irma Flores, https://creativecommons.org/licenses/by/4.0/",
    ),
    (
        "pddpt",
        "Palabra de Dios para ti",
        "CC BY-SA 4.0",
        (
            "© 2017-2022 Asociación Bíblica Latinoamericana, "
            "https://creativecommons.org/licenses/by-sa/4.0/"
        ),
    ),
    (
        "vbl",
        "Versión Biblia Libre",
        "CC BY-SA 4.0",
        (
            "© 2018-2020 Jonathan Gallagher y Shelly Barrios de Avila, "
            "https://creativecommons.org/licenses/by-sa/4.0/"
        ),
    ),
)
_REGIONS = {"oeb-cw": "English (UK)", "webbe": "English (UK)", "oeb-us": "English (US)"}


def language_of(code: str) -> tuple[str, str]:
    """Return the BCP 47 tag and the English name of a language code of upstream."""
    return _LANGUAGES.get(code, (code, code))


def _build_catalogue() -> dict[str, KnownTranslation]:
    known = {}
    for line in _PUBLIC_DOMAIN.strip().splitlines():
        identifier, code, name = line.split(maxsplit=2)
        tag, language = language_of(code)
        language = _REGIONS.get(identifier, language)
        known[identifier] = KnownTranslation(identifier, name, tag, language, code)
    for identifier, name, license_name, attribution in _CREATIVE_COMMONS:
        known[identifier] = KnownTranslation(
            identifier, name, "es", "Spanish", "spa", license_name, attribution
        )
    return known


# By identifier.
CATALOGUE: Mapping[str, KnownTranslation] = _build_catalogue()
