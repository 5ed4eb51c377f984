"""The picture of `speed.py`: requests per second of each server and load, on a log scale."""

import math
from html import escape

_ROW, _LEFT, _WIDTH, _PAD = 26, 190, 520, 12
_DECADES = (100, 1_000, 10_000, 100_000)


def draw_ladder(rows: list[dict[str, float | str]]) -> str:
    """Return an SVG of bars, the fastest first; works on light and dark pages."""
    ordered = sorted(rows, key=lambda row: -float(row["requests/s"]))
    height = _ROW * len(ordered) + 2 * _PAD + _ROW
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="13"',
        f' role="img" viewBox="0 0 {_LEFT + _WIDTH + 110} {height}">',
        "<title>Requests per second, logarithmic</title>",
        "<style>text{fill:#444}@media(prefers-color-scheme:dark){text{fill:#ccc}}</style>",
    ]
    for number in _DECADES:
        x = _LEFT + _scale(number)
        lines.append(
            f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{_PAD}" y2="{height - _ROW}" stroke="#9994"/>'
            f'<text x="{x:.0f}" y="{height - _PAD}" text-anchor="middle">{number:,}/s</text>'
        )
    for position, row in enumerate(ordered):
        y, is_own = _PAD + position * _ROW, row["server"] == "service"
        width = _scale(float(row["requests/s"]))
        name = f"{row['server']}: {row['load']}"
        lines.append(
            f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{_LEFT}" y="{y + 4}" width="{width:.0f}" height="{_ROW - 8}" rx="2" '
            f'fill="{"#0f766e" if is_own else "#94a3b8"}"/>'
            f'<text x="{_LEFT + width + 6:.0f}" y="{y + 16}">{float(row["requests/s"]):,.0f}/s, '
            f"{float(row['ratio']):.1f} x</text>"
        )
    return "\n".join([*lines, "</svg>\n"])


def _scale(number: float) -> float:
    low, high = math.log10(_DECADES[0]), math.log10(_DECADES[-1])
    return _WIDTH * max(0.01, (math.log10(max(number, 1)) - low) / (high - low))
