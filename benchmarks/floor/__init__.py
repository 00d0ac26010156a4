"""The floor: the least that a Django server can do for the same outcome. A site of its own, without middleware."""
