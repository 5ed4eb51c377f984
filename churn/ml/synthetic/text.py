"""Texts of the imagined records: places, descriptions, and the ways people spoil a cell."""

import json
from collections.abc import Sequence

import numpy as np
import polars as pl

from churn.ml.synthetic.customers import BRANCHES

ZONES = 8
MALFORMED_COORDINATES = ('{"latitud": -57.58', "N/D", "{}", '{"latitud": null, "longitud": -25.3}')

_WEST, _EAST, _SOUTH, _NORTH = -57.68, -57.48, -25.40, -25.22
_ACROSS = 4
_OVERLAP = 0.004
_STRAY_EVERY = 50
_GEOMETRY_SEED = 1811
_DESCRIPTIONS = 4_096

_OPENINGS = (
    "Cliente llama por",
    "Se presenta en la sucursal por",
    "Consulta en línea acerca de",
    "Vuelve a comunicarse, según dice, por",
    "Atención telefónica:",
)
_SUBJECTS = (
    "facturación del mes anterior",
    "demora en la reposición del servicio",
    "puntos acreditados, canje y vencimiento",
    'el aviso "servicio suspendido"',
    "cambio de plan; pide condiciones, plazos y precios",
    "instalación pendiente en Ñemby",
    "corte intermitente de señal",
)
_CLOSINGS = (
    "Se deriva al área técnica y se informa el plazo de respuesta.",
    "Queda conforme con la explicación.\nSe cierra el caso.",
    'Responde "gracias, espero la llamada" y se agenda seguimiento.',
    "Solicita hablar con un supervisor, se registra el pedido.\nPendiente de revisión.",
    "Se envía comprobante por correo electrónico.",
)


def zones() -> pl.DataFrame:
    """Eight overlapping polygons that cover Asunción: columns `zona`, `poligono` (String)."""
    rows, wobble = ZONES // _ACROSS, np.random.default_rng(_GEOMETRY_SEED)
    width, height = (_EAST - _WEST) / _ACROSS, (_NORTH - _SOUTH) / rows
    polygons = [
        _polygon(_WEST + column * width, _SOUTH + row * height, (width, height), wobble)
        for row in range(rows)
        for column in range(_ACROSS)
    ]
    names = [f"zona_{number}" for number in range(1, ZONES + 1)]
    return pl.DataFrame({"zona": names, "poligono": [str(polygon) for polygon in polygons]})


def _polygon(
    west: float, south: float, size: tuple[float, float], wobble: np.random.Generator
) -> list[tuple[float, float]]:
    corners = [(-1, -1), (0, -1.2), (1, -1), (1, 1), (0, 1.2), (-1, 1)]
    centre = (west + size[0] / 2, south + size[1] / 2)
    reach = (size[0] / 2 + _OVERLAP, size[1] / 2 + _OVERLAP)
    jitter = wobble.uniform(-_OVERLAP / 2, _OVERLAP / 2, (len(corners), 2))
    return [
        (
            round(centre[0] + x * reach[0] + float(dx), 6),
            round(centre[1] + max(-1, min(1, y)) * reach[1] + float(dy), 6),
        )
        for (x, y), (dx, dy) in zip(corners, jitter, strict=True)
    ]


def coordinates() -> pl.Series:
    """JSON text per branch, then the same with its keys in the other order; names swapped.

    Branch b is at b and at b + BRANCHES. As in the sample seen, `latitud` holds the longitude.
    """
    places = _places()
    usual = [_point(latitud=lon, longitud=lat) for lon, lat in places]
    turned = [_point(longitud=lat, latitud=lon) for lon, lat in places]
    return pl.Series([*usual, *turned], dtype=pl.String)


def _point(**axes: float) -> str:
    return json.dumps(axes)


def _places() -> list[tuple[float, float]]:
    rng = np.random.default_rng(_GEOMETRY_SEED)
    width, height = (_EAST - _WEST) / _ACROSS, (_NORTH - _SOUTH) / (ZONES // _ACROSS)
    places = []
    for branch in range(BRANCHES):
        zone = min(branch * ZONES // BRANCHES, ZONES - 1)
        x, y = rng.uniform(0.08, 0.92, 2)
        lon = _WEST + (zone % _ACROSS + x) * width
        lat = _SOUTH + (zone // _ACROSS + y) * height
        stray = 0.5 if branch % _STRAY_EVERY == _STRAY_EVERY - 1 else 0.0
        places.append((round(float(lon + stray), 6), round(float(lat), 6)))
    return places


def descriptions(rng: np.random.Generator) -> pl.Series:
    """Free texts in Spanish with commas, quotes and line ends, to be drawn from."""
    texts = [
        f"{_one(_OPENINGS, rng)} {_one(_SUBJECTS, rng)}. {_one(_CLOSINGS, rng)}"
        f" Ticket {rng.integers(1_000, 99_999)}."
        for _ in range(_DESCRIPTIONS)
    ]
    return pl.Series(texts, dtype=pl.String)


def _one(texts: Sequence[str], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]
