import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from verses.exceptions import UpstreamUnavailable, VersesError
from verses.models import ChapterKey
from verses.services.maintenance import chapters_for, chapters_of, warm
from verses.services.passages import DEFAULT_TRANSLATION
from verses.services.random_verse import selected_books

log = structlog.get_logger(__name__)

_WRONG_USAGE = 2
_LOG_EVERY = 25


class Command(BaseCommand):
    help = "Fetch chapters into the cache, within the call budget; continues if it is run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--translation", default=DEFAULT_TRANSLATION)
        parser.add_argument("--books", default="OT,NT", help="OT, NT, or USFM ids: PSA,JHN")
        parser.add_argument("--file", type=Path, help="references, one per line, instead of books")

    def handle(self, **options: Any) -> None:
        keys = self._read_keys(**options)
        bar = tqdm(total=len(keys), unit="chapter", disable=not sys.stderr.isatty())
        outcomes: Counter[str] = Counter()
        try:
            with bar:
                self._warm(keys, bar, outcomes)
        except UpstreamUnavailable as error:
            summary = _summarize(outcomes)
            raise CommandError(f"{error} {summary} Run it again to continue.") from error
        self.stdout.write(_summarize(outcomes))

    def _read_keys(
        self, *, translation: str, books: str, file: Path | None, **options: Any
    ) -> list[ChapterKey]:
        try:
            if file is not None:
                lines = (line.strip() for line in file.read_text().splitlines())
                return chapters_for(translation, [line for line in lines if line])
            return chapters_of(translation, selected_books(books))
        except (VersesError, ValueError, OSError) as error:
            raise CommandError(f"Invalid input: {error}", returncode=_WRONG_USAGE) from error

    def _warm(self, keys: Iterable[ChapterKey], bar: "tqdm[Any]", outcomes: Counter[str]) -> None:
        for result in warm(keys):
            outcomes[result.outcome] += 1
            bar.update()
            bar.set_postfix_str(f"{result.key.book} {result.key.chapter}")
            # Without a terminal there is no bar, so the log shows the progress.
            if bar.disable and bar.total and outcomes.total() % _LOG_EVERY == 0:
                log.info("warm.progress", done=outcomes.total(), of=bar.total)


def _summarize(outcomes: Counter[str]) -> str:
    return (
        f"{outcomes['fetched']} chapters fetched, {outcomes['cached']} already cached, "
        f"{outcomes['not_found']} not in this translation."
    )
