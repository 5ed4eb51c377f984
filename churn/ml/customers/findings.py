"""Data quality findings of a file: built from counts, merged over batches, and described."""

from collections import Counter
from collections.abc import Iterable, Mapping

from churn.ml.i18n.messages import Marked, Message, ngettext_noop
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.schema import Finding, Severity

# Codes that need no action of the user; the others become warnings if they are frequent.
_INFORMATION = frozenset(
    {"place_swapped", "end_next_day", "clock_gap", "date", "free_text", "zones_absent", "personal"}
    | {"excluded", "number_point", "number_comma", "date_day_first", "date_month_first"}
)
# Whatever their share.
_WARNINGS = frozenset(
    {"read_as_missing", "number_ambiguous_point", "number_ambiguous_comma", "number_mixed"}
    | {"date_ambiguous_day", "date_ambiguous_month", "date_mixed", "date_unreadable"}
    | {"format_differs"}
)
_MIN_WARNING_SHARE = 0.05  # of the accepted rows
_SENTENCES: dict[str, Marked] = {
    "missing": _("empty cells: {count:,}"),
    "type_unknown": ngettext_noop(
        "{count:,} record has an unknown service type and counts as “desconocido”",
        "{count:,} records have an unknown service type and count as “desconocido”",
    ),
    "segment_unknown": ngettext_noop(
        "{count:,} record has no segment from A1 to D8",
        "{count:,} records have no segment from A1 to D8",
    ),
    "place_malformed": ngettext_noop(
        "{count:,} coordinate is empty or malformed; its zone is unknown",
        "{count:,} coordinates are empty or malformed; their zone is unknown",
    ),
    "place_outside": ngettext_noop(
        "{count:,} coordinate is outside all zones", "{count:,} coordinates are outside all zones"
    ),
    "place_swapped": ngettext_noop(
        "{count:,} coordinate had latitude and longitude swapped and was corrected",
        "{count:,} coordinates had latitude and longitude swapped and were corrected",
    ),
    "zones_absent": _("no zones file was provided; every zone is unknown"),
    "end_next_day": ngettext_noop(
        "{count:,} end time after midnight has the previous day's date; one day was added",
        "{count:,} end times after midnight have the previous day's date; one day was added",
    ),
    "clock_skew": ngettext_noop(
        "{count:,} end time is minutes before the start (clock skew); counted as 0 minutes",
        "{count:,} end times are minutes before the start (clock skew); counted as 0 minutes",
    ),
    "clock_gap": ngettext_noop(
        "{count:,} end time is in the hour skipped by daylight saving time",
        "{count:,} end times are in the hour skipped by daylight saving time",
    ),
    "clock_impossible": ngettext_noop(
        "{count:,} end time is hours before the start; the duration of this service is unknown",
        "{count:,} end times are hours before the start; the duration of these services is unknown",
    ),
    "number_implausible": ngettext_noop(
        "{count:,} number is outside the plausible range and counts as missing",
        "{count:,} numbers are outside the plausible range and count as missing",
    ),
    "free_text": _("free text or nearly unique values; not used as a feature"),
    "read_as_missing": _("read as missing: {detail}"),
    "personal": _("names of persons or numbers of documents; never used as a feature"),
    "excluded": _("excluded by the user"),
    "empty": _("every cell is empty; not used"),
    "unknown_values": ngettext_noop(
        "{count:,} value did not occur in training and counts as missing",
        "{count:,} values did not occur in training and count as missing",
    ),
    "drift_moderate": _("the distribution differs from training"),
    "drift_major": _("the distribution differs strongly from training: consider retraining"),
    "date_late": ngettext_noop(
        "{count:,} date is after the as-of date or in the future and counts as missing",
        "{count:,} dates are after the as-of date or in the future and count as missing",
    ),
    "number_point": _("numbers with a decimal point; commas separate thousands"),
    "number_comma": _("numbers with a decimal comma; points separate thousands"),
    "number_ambiguous_point": _(
        "every number can be read in two ways, as `1.234` is 1.234 or 1234; read with a decimal"
        " point. Choose the kind decimal-point or decimal-comma to confirm or change it"
    ),
    "number_ambiguous_comma": _(
        "every number can be read in two ways, as `1.234` is 1.234 or 1234; read with a decimal"
        " comma, where points separate thousands. Choose the kind decimal-point or decimal-comma to"
        " confirm or change it"
    ),
    "number_mixed": _(
        "some numbers have a decimal point and others a decimal comma; used as a category. Choose"
        " the kind decimal-point or decimal-comma to read them as numbers"
    ),
    "date_day_first": _("dates with the day before the month"),
    "date_month_first": _("dates with the month before the day"),
    "date_ambiguous_day": _(
        "every date can be read in two ways, as 03/04 is 3 April or 4 March; read with the day"
        " first. Choose the kind day-first or month-first to confirm or change it"
    ),
    "date_ambiguous_month": _(
        "every date can be read in two ways, as 03/04 is 3 April or 4 March; read with the month"
        " first. Choose the kind day-first or month-first to confirm or change it"
    ),
    "date_mixed": _(
        "some dates have the day first and others the month; used as a category. Choose the kind"
        " day-first or month-first to read them as dates"
    ),
    "date_unreadable": _(
        "most values look like dates, but in no known format; used as a category. Write them as"
        " YYYY-MM-DD"
    ),
    "format_differs": _("written in another way than in training; read in the way of this file"),
    "date": _("dates; converted to days before the as-of date"),
    "bytes_repaired": ngettext_noop(
        "{count:,} block has bytes that are not UTF-8 and was read as Windows-1252",
        "{count:,} blocks have bytes that are not UTF-8 and were read as Windows-1252",
    ),
}


def build_findings(
    issue_counts: Counter[tuple[str, str]],
    rows: int,
    details: Mapping[tuple[str, str], str] | None = None,
) -> tuple[Finding, ...]:
    """Return a finding per (code, column) with a count, sorted.

    `rows` are the accepted rows; `details` are what findings quote, by code and column.
    """
    findings = []
    for (code, column), count in sorted(issue_counts.items()):
        if count:
            share = count / max(1, rows)
            is_warning = code not in _INFORMATION and share > _MIN_WARNING_SHARE
            is_warning |= code in _WARNINGS
            severity: Severity = "warning" if is_warning else "info"
            detail = (details or {}).get((code, column), "")
            findings.append(Finding(code, str(column), count, share, severity, detail))
    return tuple(findings)


def merge_findings(findings: Iterable[Finding], rows: int) -> tuple[Finding, ...]:
    """Add up the findings of the batches of a file; `rows` are all its accepted rows."""
    issue_counts: Counter[tuple[str, str]] = Counter()
    details: dict[tuple[str, str], str] = {}
    for finding in findings:
        issue_counts[finding.code, finding.column] += finding.count
        details[finding.code, finding.column] = finding.detail
    return build_findings(issue_counts, rows, details)


def describe_finding(finding: Finding) -> Message:
    """Describe a finding in one sentence, which begins with the column if there is one."""
    sentence = Message.of(_SENTENCES[finding.code], count=finding.count, detail=finding.detail)
    if not finding.column:
        return sentence
    return Message.of(_("{column}: {finding}"), column=finding.column, finding=sentence)
