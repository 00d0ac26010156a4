"""How each report is built: one file a report, named in `catalog.py`."""
