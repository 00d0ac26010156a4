"""The shared cache of a site without Redis: Django's table, with signed values and exact counters.

Django's own unpickles anything in the table, loses counts made at the same moment, and prolongs a
counter's life by five minutes each time.
"""

import base64
import io
import pickle
from collections.abc import Iterable
from typing import Any, NoReturn

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone

from ticketing.cache_serializers import SignedPickleSerializer


class SignedDatabaseCache(DatabaseCache):
    """Treat a value that this site has not signed as missing."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(table, params)
        self._quoted_table = connections[router.db_for_write(self.cache_model_class)].ops.quote_name(table)
        self._serializer = SignedPickleSerializer(params)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        found = {names[name]: self._decode(text) for name, text in self._read(*names).items()}
        return {key: value for key, value in found.items() if value is not None}

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a counter without prolonging its life. Raises ValueError if there is none."""
        name = self.make_and_validate_key(key, version=version)
        while text := self._read(name).get(name):
            if (value := self._decode(text)) is None:
                break
            if self._replace(name, text, self._encode(value + delta)):
                return int(value + delta)
            # Another process has counted meanwhile.
        raise ValueError(f"Key '{key}' not found")

    def _base_set(self, mode: str, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT) -> bool:
        return super()._base_set(mode, key, self._serializer.dumps(value), timeout)  # type: ignore[misc,no-any-return]

    def _read(self, *names: str) -> dict[str, str]:
        connection = connections[router.db_for_read(self.cache_model_class)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT cache_key, value FROM {self._quoted_table} WHERE expires >= %s"  # noqa: S608 (the setting's table)
                f" AND cache_key IN ({', '.join(['%s'] * len(names)) or 'NULL'})",
                [connection.ops.adapt_datetimefield_value(timezone.now()), *names],
            )
            return dict(cursor.fetchall())

    def _replace(self, name: str, old: str, new: str) -> bool:
        with connections[router.db_for_write(self.cache_model_class)].cursor() as cursor:
            cursor.execute(
                f"UPDATE {self._quoted_table} SET value = %s WHERE cache_key = %s AND value = %s",  # noqa: S608 (likewise)
                [new, name, old],
            )
            return bool(cursor.rowcount)

    def _encode(self, value: Any) -> str:
        # As `DatabaseCache` stores bytes.
        pickled = pickle.dumps(self._serializer.dumps(value), self.pickle_protocol)
        return base64.b64encode(pickled).decode()

    def _decode(self, text: str) -> Any:
        try:
            signed = _BytesUnpickler(io.BytesIO(base64.b64decode(text))).load()
        except (ValueError, EOFError, pickle.UnpicklingError):
            return None
        return self._serializer.loads(signed) if isinstance(signed, bytes) else None


class _BytesUnpickler(pickle.Unpickler):
    """Unpickle the bytes that Django pickled around the signed ones, and nothing that could run code."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name}")
