import gzip
import io
import random
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.exceptions import FileUnreadable, UploadTooLarge
from churn.ml.io.containers import Unpacked, unpack
from churn.ml.io.source import inspect_source
from churn.tests.ml.files import write_file
from churn.tests.ml.workbooks import workbook_bytes

TABLE = "id;churn;plan\n1;yes;básico\n2;no;pleno\n"
LIMIT = 1 << 20
MEMBERS = {"data.csv": TABLE.encode()}


def zip_bytes(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def unpack_bytes(folder: Path, content: bytes, limit: int = LIMIT) -> Unpacked | None:
    target = folder / "out"
    target.mkdir(exist_ok=True)
    return unpack(write_file(folder, content, "upload.csv"), target, limit)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zip_bytes({"b.csv": data})])
def test_a_packed_text_of_any_encoding_is_unchanged(
    tmp_path: Path, encoding: str, pack: "type[bytes]"
) -> None:
    data = TABLE.encode(encoding)

    unpacked = unpack_bytes(tmp_path, pack(data))

    assert unpacked is not None
    assert unpacked.path.read_bytes() == data
    assert inspect_source(unpacked.path).columns == ("id", "churn", "plan")


@pytest.mark.parametrize("content", [TABLE.encode(), b"PAR1", b"", b"\x1f", b"PK", b"\xd0\xcf"])
def test_other_files_are_no_containers(tmp_path: Path, content: bytes) -> None:
    assert unpack_bytes(tmp_path, content) is None
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@pytest.mark.parametrize(
    "others",
    [
        {},
        {"folder/": b"", "__MACOSX/._data.csv": b"x", ".DS_Store": b"x", "a/Thumbs.db": b"x"},
        {"README.md": b"# about", "LICENSE": b"MIT", "notes.txt": b"n", "docs/plan.pdf": b"%PDF"},
    ],
)
def test_the_only_table_of_a_zip_file_is_read(
    tmp_path: Path, method: int, others: dict[str, bytes]
) -> None:
    unpacked = unpack_bytes(tmp_path, zip_bytes(others | MEMBERS, method))

    assert unpacked is not None
    assert unpacked.path.read_text() == TABLE
    named = ["read `data.csv` of the zip archive, and left out its other files"]
    assert [str(remark) for remark in unpacked.remarks] == (named if "LICENSE" in others else [])


def test_the_name_of_the_only_member_does_not_matter(tmp_path: Path) -> None:
    unpacked = unpack_bytes(tmp_path, zip_bytes({"../../etc/export": TABLE.encode()}))

    assert unpacked is not None
    assert unpacked.path == tmp_path / "out" / "unpacked"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zip_bytes({"a.csv": b"1", "b/c.xlsx": b"2"}), "exactly one table; it has `a.csv`, `b/c.x"),
        (zip_bytes({"a.md": b"1", "b.pdf": b"2"}), "exactly one table; it has `a.md`, `b.pdf`"),
        (zip_bytes({"a\x1b[2J.csv": b"1", "b.csv": b"2"}), r"it has `a\[2J.csv`, `b.csv`"),
        (zip_bytes({}), "contains no file"),
        (zip_bytes({"__MACOSX/x": b""}), "contains no file"),
        (zip_bytes({"in.zip": zip_bytes(MEMBERS)}), "contains another archive"),
        (zip_bytes({"in.csv.gz": gzip.compress(b"a,b\n1,2\n")}), "contains another archive"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "contains another archive"),
        (gzip.compress(zip_bytes(MEMBERS)), "contains another archive"),
        (zip_bytes(MEMBERS)[:-30], "zip archive is damaged"),
        (zip_bytes({"mimetype": b"application/x", "content.xml": b"<a/>"}), r"save .* as .xlsx"),
        (zip_bytes({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), r"\.xlsb"),
        (gzip.compress(TABLE.encode())[:-9], "gzip file is damaged or incomplete"),
        (gzip.compress(TABLE.encode()) + b"rest", "gzip file is damaged or incomplete"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 999 + "EncryptedPackage".encode("utf-16-le"), "a password"),
    ],
)
def test_a_container_without_one_table_is_rejected_with_advice(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(FileUnreadable, match=message):
        unpack_bytes(tmp_path, content)


def test_a_tar_file_in_gzip_is_an_archive_in_an_archive(tmp_path: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("data.csv"))

    with pytest.raises(FileUnreadable, match="contains another archive"):
        unpack_bytes(tmp_path, content.getvalue())


def test_an_encrypted_zip_file_is_rejected(tmp_path: Path) -> None:
    content = bytearray(zip_bytes(MEMBERS))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(FileUnreadable, match="zip archive is protected by a password"):
        unpack_bytes(tmp_path, bytes(content))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zip_bytes({"b.csv": data})])
def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path, pack: "type[bytes]") -> None:
    bomb = pack(b"\0" * (64 << 20))

    with pytest.raises(UploadTooLarge, match="unpacks to more than 1 MB"):
        unpack_bytes(tmp_path, bomb)
    assert sum(file.stat().st_size for file in (tmp_path / "out").iterdir()) <= LIMIT


def test_a_zip_directory_with_a_false_size_does_not_raise_the_limit(tmp_path: Path) -> None:
    content = bytearray(zip_bytes({"b.csv": b"a,b\n1,2\n" * 500_000}))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 9)

    with pytest.raises(FileUnreadable, match="zip archive is damaged"):
        unpack_bytes(tmp_path, bytes(content))


@pytest.mark.parametrize("is_64", [False, True])
def test_a_zip_directory_too_large_for_memory_is_not_read(tmp_path: Path, *, is_64: bool) -> None:
    content = bytearray(zip_bytes(MEMBERS))
    end = content.rindex(b"PK\x05\x06")
    if is_64:
        record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, 1 << 30, 0)
        content[end:end] = record + struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    else:
        content[end + 12 : end + 16] = struct.pack("<I", 1 << 30)

    with pytest.raises(FileUnreadable, match="too many files"):
        unpack_bytes(tmp_path, bytes(content))


def test_a_workbook_may_be_in_an_archive(tmp_path: Path) -> None:
    workbook = workbook_bytes([["id", "churn"], ["c1", "yes"]])

    unpacked = unpack_bytes(tmp_path, zip_bytes({"book.xlsx": workbook, "README.txt": b""}))

    assert unpacked is not None
    assert unpacked.path.read_text() == "id,churn\nc1,yes\n"
    assert len(unpacked.remarks) == 2


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3_000), st.sampled_from(["gzip", "zip"]), st.integers(1, 3_000))
def test_any_content_is_unpacked_unchanged_or_refused_by_its_size(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str, limit: int
) -> None:
    folder = tmp_path_factory.mktemp("property")
    head = b"a,b\n" + data  # which begins like no container
    packed = gzip.compress(head) if kind == "gzip" else zip_bytes({"x": head})

    if len(head) > limit:
        with pytest.raises(UploadTooLarge):
            unpack_bytes(folder, packed, limit)
    else:
        unpacked = unpack_bytes(folder, packed, limit)
        assert unpacked is not None
        assert unpacked.path.read_bytes() == head


@pytest.mark.parametrize("kind", ["gzip", "zip", "xlsx"])
def test_a_damaged_container_never_raises_another_error(
    tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    rows: list[list[object]] = [["id", "churn", "n"], *[[f"c{n}", "yes", n / 3] for n in range(30)]]
    packed = {
        "gzip": gzip.compress(TABLE.encode()),
        "zip": zip_bytes(MEMBERS),
        "xlsx": workbook_bytes(rows),
    }[kind]
    rng = random.Random(5)  # noqa: S311  not a secret
    outcomes = set()
    for number in range(200):
        damaged = bytearray(packed)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        content = bytes(damaged[: rng.choice([len(damaged), rng.randrange(len(damaged))])])
        try:
            unpack_bytes(tmp_path_factory.mktemp(f"{kind}{number}"), content)
            outcomes.add("read")
        except (FileUnreadable, UploadTooLarge):
            outcomes.add("refused")

    assert outcomes == {"read", "refused"}


def test_what_is_written_is_an_ordinary_file(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(info, "/etc/passwd")

    unpacked = unpack_bytes(tmp_path, content.getvalue())

    assert unpacked is not None
    assert not unpacked.path.is_symlink()


def test_gzip_members_are_read_one_after_the_other(tmp_path: Path) -> None:
    unpacked = unpack_bytes(tmp_path, gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n"))

    assert unpacked is not None
    assert unpacked.path.read_bytes() == b"a,b\n1,2\n"
