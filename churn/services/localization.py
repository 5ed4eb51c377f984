"""Translates messages, errors and stored texts with Django's gettext, and writes numbers."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, ngettext, override
from django.utils.translation.trans_real import get_supported_language_variant

from churn.exceptions import ChurnError
from churn.ml.i18n.formatting import Localizer
from churn.ml.i18n.messages import Message
from churn.ml.i18n.reasons import ReasonCode, describe_reason


def resolve_language(code: str | None = None) -> str:
    """Return the supported language for `code`, such as es for es-py; by default the active one."""
    try:
        return get_supported_language_variant(code or get_language() or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


def localizer(code: str | None = None) -> Localizer:
    """Return what writes messages and numbers in a language, by default the active one."""
    return _localizer(resolve_language(code))


def error_message(error: ChurnError, code: str | None = None) -> str:
    """Translate an error; one that was raised with a translated text is unchanged."""
    return localizer(code).text(Message.of(error.msgid, **error.values))


def localize_text(stored: Mapping[str, Any] | str, code: str | None = None) -> str:
    """Return a stored text in a language.

    It is `{"msgid", "values"}`; older rows have a text for each language (`{"en", "es"}`), and a
    name that is the same in every language is a string.
    """
    if isinstance(stored, str):
        return stored
    if "msgid" in stored:
        return localizer(code).text(Message.from_dict(stored))
    return str(stored.get(resolve_language(code), stored["en"]))


def localize_in_all(stored: Mapping[str, Any] | str) -> dict[str, str]:
    """Return a stored text in every language, by its code."""
    return {code: localize_text(stored, code) for code, _name in settings.LANGUAGES}


def localize(items: Iterable[Mapping[str, Any]], code: str | None = None) -> list[dict[str, Any]]:
    """Return stored findings, rejects or remarks with their `text` in a language.

    Items with a code, findings and remarks, have it as their `message` too.
    """
    localized = [dict(item) | {"text": localize_text(item["text"], code)} for item in items]
    return [item | {"message": item["text"]} if "code" in item else item for item in localized]


def localize_warnings(
    warnings: Iterable[Mapping[str, Any]],
    notes: Iterable[Mapping[str, Any]],
    code: str | None = None,
) -> list[dict[str, Any]]:
    """Return the warnings of a run, stored in English, in the language of its stored `notes`.

    A warning is a note with its code and column; without such a note it stays in English.
    """
    messages = {
        (note["code"], note["values"].get("column", "")): note["message"]
        for note in localize(notes, code)
    }
    return [
        {**one, "message": messages.get((one["code"], one["column"]), one["message"])}
        for one in warnings
    ]


def localize_reasons(
    reasons: Iterable[Mapping[str, Any]], code: str | None = None
) -> list[dict[str, Any]]:
    """Return reason codes with their `text` in a language; older rows have stored one."""
    write = localizer(code).text
    return [{**reason, "text": write(describe_reason(_reason_code(reason)))} for reason in reasons]


def _reason_code(stored: Mapping[str, Any]) -> ReasonCode:
    return ReasonCode(
        feature=stored["feature"],
        value=stored["value"],
        direction=stored["direction"],
        contribution=stored["contribution"],
        unit=stored.get("unit", ""),
    )


@cache
def _localizer(language: str) -> Localizer:
    def translate(msgid: str) -> str:
        with override(language):
            return gettext(msgid)

    def translate_plural(singular: str, plural: str, count: int) -> str:
        with override(language):
            return ngettext(singular, plural, count)

    return Localizer(
        language=language,
        gettext=translate,
        ngettext=translate_plural,
        decimal_separator=get_format("DECIMAL_SEPARATOR", language, use_l10n=True),
        thousand_separator=get_format("THOUSAND_SEPARATOR", language, use_l10n=True),
    )
