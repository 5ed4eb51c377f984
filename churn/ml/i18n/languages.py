"""Languages in which texts for readers are kept."""

from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "es"]
