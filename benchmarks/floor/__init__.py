"""The floor: a bare site, without middleware, that does the least a Django server can for the same outcome."""
