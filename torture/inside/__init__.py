"""Modules that server processes load from their PYTHONPATH: the product knows nothing of them."""
