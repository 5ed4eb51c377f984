"""Response compression: the maintained middleware, with three rules of our own."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django_http_compression.middleware import HttpCompressionMiddleware

# A shorter body fits into one network packet anyway; the package's own limit is 50 bytes.
MIN_BYTES = 1024


class CompressionMiddleware(HttpCompressionMiddleware):
    """Compresses with zstd, brotli or gzip, and adds a header of random length against BREACH."""

    def maybe_compress(self, request: HttpRequest, response: HttpResponseBase) -> None:
        # On every response, also a 304 or an uncompressed one: the package adds it only where it
        # compresses, and a shared cache would then reuse a body for clients that cannot decode it.
        patch_vary_headers(response, ("Accept-Encoding",))
        if isinstance(response, HttpResponse) and len(response.content) < MIN_BYTES:
            return
        super().maybe_compress(_name_wildcard(request), response)


def _name_wildcard(request: HttpRequest) -> HttpRequest:
    """Return a request that names gzip where the client accepts any coding with `*`.

    The package ignores `*` (RFC 9110, 12.5.3). gzip is the coding that nearly every client decodes.
    """
    accepted = request.headers.get("Accept-Encoding", "")
    if "*" not in accepted or "gzip" in accepted:
        return request
    named = HttpRequest()  # a new one, because later middleware and logs read the original
    named.META["HTTP_ACCEPT_ENCODING"] = accepted.replace("*", "gzip")
    return named
