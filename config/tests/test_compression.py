"""Compression of every kind of response."""

import gzip
import io

import brotli
import pytest
from backports import zstd
from django.http import FileResponse, HttpResponse
from django.test import Client, RequestFactory

from config.compression import CompressionMiddleware

CHAPTER = "/verse?reference=Juan+3&translation=rv1909"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("*", "gzip"),
        ("identity;q=0.5, *;q=0.1", None),
        ("br, *;q=0.1", "br"),
        ("*;q=0", None),
        ("gzip;q=0, *", None),
        ("identity", None),
        ("gzip;q=0, br;q=x", None),
        ("", None),
    ],
)
def test_a_large_response_has_the_preferred_encoding(
    client: Client, accepted: str, encoding: str | None
) -> None:
    response = client.get(CHAPTER, headers={"Accept-Encoding": accepted})

    assert response.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.django_db
def test_every_encoding_decodes_to_the_same_body(client: Client) -> None:
    decoders = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress}
    plain = client.get("/accounts/login/").content

    for encoding, decode in decoders.items():
        response = client.get("/accounts/login/", headers={"Accept-Encoding": encoding})
        # The masked CSRF token differs in each response, but not in length.
        assert len(decode(response.content)) == len(plain)


@pytest.mark.django_db
def test_a_small_response_is_not_compressed(client: Client) -> None:
    response = client.get(
        "/verse?reference=Juan+11:35&translation=rv1909", headers={"Accept-Encoding": "gzip"}
    )

    assert not response.has_header("Content-Encoding")


@pytest.mark.django_db
def test_a_compressed_response_is_revalidated_by_its_etag(client: Client) -> None:
    headers = {"Accept-Encoding": "zstd"}
    first = client.get(CHAPTER, headers=headers)

    again = client.get(CHAPTER, headers={**headers, "If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"].startswith("W/")
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Accept-Encoding" in again.headers["Vary"]


@pytest.mark.django_db
def test_the_length_of_a_page_with_a_token_is_masked(client: Client) -> None:
    headers = {"Accept-Encoding": "gzip"}

    noise = {
        len(client.get("/accounts/login/", headers=headers).headers["X-Noise"]) for _ in range(20)
    }

    assert len(noise) > 1


def test_a_file_is_compressed_while_it_is_sent() -> None:
    content = b"customer_id,probability\n" * 10_000
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    middleware = CompressionMiddleware(
        lambda _request: FileResponse(io.BytesIO(content), content_type="text/csv")
    )

    response = middleware(request)

    assert isinstance(response, FileResponse)
    assert not response.has_header("Content-Length")
    body = b"".join(response)
    assert gzip.decompress(body) == content


def test_a_body_that_is_compressed_already_is_left_alone() -> None:
    content = gzip.compress(b"a" * 10_000_000)
    request = RequestFactory().get("/", headers={"Accept-Encoding": "zstd"})
    middleware = CompressionMiddleware(
        lambda _request: HttpResponse(content, headers={"Content-Encoding": "gzip"})
    )

    response = middleware(request)

    assert isinstance(response, HttpResponse)
    assert response.content == content
