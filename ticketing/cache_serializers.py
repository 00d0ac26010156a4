"""How values are stored in a cache that processes share: pickled and signed.

Unpickling can run code. So that write access to the cache is not enough for that, nothing is unpickled
unless this site has signed it.
"""

import pickle
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django_redis.serializers.base import BaseSerializer

SIGNATURE_BYTES = 16


class SignedPickleSerializer(BaseSerializer):
    def dumps(self, value: Any) -> bytes:
        pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return _sign(pickled, settings.SECRET_KEY) + pickled

    def loads(self, value: bytes) -> Any:
        """Return the value, or None, as for a missing one, if neither SECRET_KEY nor an earlier one signed it."""
        signature, pickled = value[:SIGNATURE_BYTES], value[SIGNATURE_BYTES:]
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        if not any(compare_digest(signature, _sign(pickled, key)) for key in keys):
            return None
        return pickle.loads(pickled)  # noqa: S301 (signed)


def _sign(pickled: bytes, secret: str) -> bytes:
    # A key of the right length, and for this purpose only.
    key = blake2b(secret.encode(), person=b"marquee cache").digest()
    return blake2b(pickled, key=key, digest_size=SIGNATURE_BYTES).digest()
