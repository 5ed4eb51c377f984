"""Data quality findings of a file: built from counts, merged over batches, and described."""

from collections import Counter
from collections.abc import Iterable

from churn.ml.i18n.formatting import fill
from churn.ml.i18n.languages import Language
from churn.ml.schema import Finding, Severity

# Codes that need no action of the user; the others become warnings if they are frequent.
_INFORMATION = frozenset(
    {"place_swapped", "end_next_day", "clock_gap", "date", "free_text", "zones_absent"}
)
_MIN_WARNING_SHARE = 0.05  # of the accepted rows
_FINDINGS: dict[str, tuple[str, str]] = {
    "missing": ("empty cells: {count:,}", "celdas vacías: {count:,}"),
    "type_unknown": (
        "{count:,} records have no known type of service and count as “desconocido”",
        "{count:,} atenciones no tienen un tipo conocido y cuentan como «desconocido»",
    ),
    "segment_unknown": (
        "{count:,} records have no segment from A1 to D8",
        "{count:,} atenciones no tienen un segmento de A1 a D8",
    ),
    "place_malformed": (
        "{count:,} coordinates are empty or malformed; their zone is unknown",
        "{count:,} coordenadas están vacías o mal formadas; su zona es desconocida",
    ),
    "place_outside": (
        "{count:,} coordinates lie in no zone",
        "{count:,} coordenadas no caen en ninguna zona",
    ),
    "place_swapped": (
        "{count:,} coordinates have latitude and longitude swapped and were read as meant",
        "{count:,} coordenadas tienen latitud y longitud cambiadas y se leyeron como corresponde",
    ),
    "zones_absent": (
        "no zones file was given; every zone is unknown",
        "no se dio un archivo de zonas; todas las zonas son desconocidas",
    ),
    "end_next_day": (
        "{count:,} ends past midnight carry the previous day's date; one day was added",
        "{count:,} finales pasada la medianoche llevan la fecha del día anterior; se sumó un día",
    ),
    "clock_skew": (
        "{count:,} ends lie minutes before their start; the clocks differ, counted as 0 minutes",
        "{count:,} finales caen minutos antes de su inicio; los relojes difieren, cuentan como 0",
    ),
    "clock_gap": (
        "{count:,} ends show an hour that daylight saving skipped",
        "{count:,} finales muestran una hora salteada por el cambio de horario",
    ),
    "clock_impossible": (
        "{count:,} ends lie hours before their start; the length of these services is unknown",
        "{count:,} finales caen horas antes de su inicio; la duración es desconocida",
    ),
    "number_implausible": (
        "{count:,} numbers are beyond what is possible and count as missing",
        "{count:,} números están fuera de lo posible y cuentan como faltantes",
    ),
    "free_text": (
        "free text or nearly unique words; not used as a feature",
        "texto libre o palabras casi únicas; no se usa como variable",
    ),
    "empty": ("every cell is empty; not used", "todas las celdas están vacías; no se usa"),
    "date": (
        "dates; used as days before the latest date of the file",
        "fechas; se usan como días antes de la última fecha del archivo",
    ),
    "bytes_repaired": (
        "{count:,} blocks held bytes that are not UTF-8 and were read as Windows-1252",
        "{count:,} bloques tenían bytes que no son UTF-8 y se leyeron como Windows-1252",
    ),
}


def build_findings(issue_counts: Counter[tuple[str, str]], rows: int) -> tuple[Finding, ...]:
    """Return a finding per (code, column) with a count, sorted; `rows` are the accepted rows."""
    findings = []
    for (code, column), count in sorted(issue_counts.items()):
        if count:
            share = count / max(1, rows)
            is_warning = code not in _INFORMATION and share > _MIN_WARNING_SHARE
            severity: Severity = "warning" if is_warning else "info"
            findings.append(Finding(code, str(column), count, share, severity))
    return tuple(findings)


def merge_findings(findings: Iterable[Finding], rows: int) -> tuple[Finding, ...]:
    """Add up the findings of the batches of a file; `rows` are all its accepted rows."""
    issue_counts: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        issue_counts[finding.code, finding.column] += finding.count
    return build_findings(issue_counts, rows)


def describe_finding(finding: Finding, language: Language) -> str:
    """Describe a finding in one sentence, which begins with the column if there is one."""
    english, spanish = _FINDINGS[finding.code]
    text = fill(spanish if language == "es" else english, language, count=finding.count)
    return f"{finding.column}: {text}" if finding.column else text
