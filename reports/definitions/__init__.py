"""How each report is made of the figures: one file per report, named in `catalog.py`."""
