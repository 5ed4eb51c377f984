"""Texts of the synthetic records: zones, coordinates and descriptions."""

import json
from collections.abc import Sequence

import numpy as np
import polars as pl

from churn.ml.synthetic.customers import BRANCHES

ZONES = 8
MALFORMED_COORDINATES = ('{"latitud": -57.58', "N/D", "{}", '{"latitud": null, "longitud": -25.3}')

# The bounding box of Asunción in degrees, divided into a grid with _GRID_COLUMNS columns of zones.
_WEST, _EAST, _SOUTH, _NORTH = -57.68, -57.48, -25.40, -25.22
_GRID_COLUMNS = 4
_OVERLAP = 0.004  # degrees by which a zone reaches into its neighbours
_OUTSIDE_EVERY = 50  # one branch in so many lies in no zone
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


def draw_zones() -> pl.DataFrame:
    """Return eight overlapping polygons that cover Asunción, with columns `zona` and `poligono`."""
    rows, rng = ZONES // _GRID_COLUMNS, np.random.default_rng(_GEOMETRY_SEED)
    width, height = (_EAST - _WEST) / _GRID_COLUMNS, (_NORTH - _SOUTH) / rows
    polygons = [
        _draw_polygon(
            west=_WEST + column * width,
            south=_SOUTH + row * height,
            width=width,
            height=height,
            rng=rng,
        )
        for row in range(rows)
        for column in range(_GRID_COLUMNS)
    ]
    names = [f"zona_{number}" for number in range(1, ZONES + 1)]
    return pl.DataFrame({"zona": names, "poligono": [str(polygon) for polygon in polygons]})


def _draw_polygon(
    *, west: float, south: float, width: float, height: float, rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Return the (longitude, latitude) corners of a rectangle that is slightly distorted."""
    corners = [(-1, -1), (0, -1.2), (1, -1), (1, 1), (0, 1.2), (-1, 1)]
    lon, lat = west + width / 2, south + height / 2
    half_width, half_height = width / 2 + _OVERLAP, height / 2 + _OVERLAP
    jitter = rng.uniform(-_OVERLAP / 2, _OVERLAP / 2, (len(corners), 2))
    return [
        (
            round(lon + x * half_width + float(dx), 6),
            round(lat + max(-1, min(1, y)) * half_height + float(dy), 6),
        )
        for (x, y), (dx, dy) in zip(corners, jitter, strict=True)
    ]


def format_coordinates() -> pl.Series:
    """Return the JSON text of each branch, then the same texts with their keys reversed.

    Branch b is at indexes b and b + BRANCHES of the (2 * BRANCHES,) texts.
    """
    # As in the private data, `latitud` has the longitude.
    places = _draw_places()
    usual = [json.dumps({"latitud": lon, "longitud": lat}) for lon, lat in places]
    reversed_keys = [json.dumps({"longitud": lat, "latitud": lon}) for lon, lat in places]
    return pl.Series([*usual, *reversed_keys], dtype=pl.String)


def _draw_places() -> list[tuple[float, float]]:
    """Return longitude and latitude of each branch."""
    rng = np.random.default_rng(_GEOMETRY_SEED)
    width, height = (_EAST - _WEST) / _GRID_COLUMNS, (_NORTH - _SOUTH) / (ZONES // _GRID_COLUMNS)
    places = []
    for branch in range(BRANCHES):
        zone = min(branch * ZONES // BRANCHES, ZONES - 1)
        x, y = rng.uniform(0.08, 0.92, 2)
        lon = _WEST + (zone % _GRID_COLUMNS + x) * width
        lat = _SOUTH + (zone // _GRID_COLUMNS + y) * height
        offset = 0.5 if branch % _OUTSIDE_EVERY == _OUTSIDE_EVERY - 1 else 0.0
        places.append((round(float(lon + offset), 6), round(float(lat), 6)))
    return places


def draw_descriptions(rng: np.random.Generator) -> pl.Series:
    """Return 4,096 free texts in Spanish with commas, quotes and line breaks."""
    texts = [
        f"{_choose(_OPENINGS, rng)} {_choose(_SUBJECTS, rng)}. {_choose(_CLOSINGS, rng)}"
        f" Ticket {rng.integers(1_000, 99_999)}."
        for _ in range(_DESCRIPTIONS)
    ]
    return pl.Series(texts, dtype=pl.String)


def _choose(texts: Sequence[str], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]
