"""A stand-in of the service that this one replaced: one read and one UPDATE per request.

FastAPI, SQLAlchemy and SQLite, as described in its documentation. Needs `pip install fastapi`
and `sqlalchemy`; the folder of its database is in FIRST_VERSION_FOLDER.
"""

import os
import re
from pathlib import Path

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import JSON, Integer, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

ENGINE = create_engine(f"sqlite:///{Path(os.environ['FIRST_VERSION_FOLDER']) / 'verses.db'}")
WARM = (
    "john 3:16",
    "genesis 1:1",
    "psalm 23:1",
    "romans 8:28",
    "proverbs 3:5",
    "matthew 6:33",
    "john 1:1",
)


class Base(DeclarativeBase):
    pass


class Verse(Base):
    """One cached reference."""

    __tablename__ = "verses"
    ref: Mapped[str] = mapped_column(String, primary_key=True)
    answer: Mapped[dict[str, str]] = mapped_column(JSON)
    request_count: Mapped[int] = mapped_column(Integer, default=0)


class Query(BaseModel):  # type: ignore[misc]  # pydantic is not among the requirements
    reference: str


def prepare() -> None:
    """Create the table with the warm references, once, before the server starts."""
    Base.metadata.create_all(ENGINE)
    with Session(ENGINE) as session:
        for ref in WARM:
            session.merge(Verse(ref=ref, answer={"text": 150 * "x"}, request_count=0))
        session.commit()


application = FastAPI()


@application.post("/verse")  # type: ignore[untyped-decorator]
def verse(query: Query) -> dict[str, str]:
    ref = re.sub(r"\s+", " ", query.reference.strip().lower())
    with Session(ENGINE) as session:
        row = session.get(Verse, ref)
        if row is None:
            raise HTTPException(404)
        row.request_count += 1
        text = row.answer["text"]
        session.commit()
    return {"reference": ref, "text": text}


if __name__ == "__main__":
    prepare()
