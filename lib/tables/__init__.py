"""Read the tables that people bring: CSV in any encoding, and XLSX.

`read_table` is the one reader of such files: imports of the programme, seat maps as tables, and what
gateways export. Its work is bounded before it begins (`Limits`), and what it can't read it says with
line and column. Where a file's letters may be read in several ways it asks: `DoubtfulLetters` carries
a sample in each encoding that is possible.

Cells are text, or what a workbook says they are: days, times, and numbers that may be either. A text
that begins with “=” is a text; of a formula counts what it shows.
"""

from lib.tables.dates import DayOrder, day_order, read_clock, read_day
from lib.tables.findings import CellError, Finding, Group, UnreadableTable, finding, group_alike
from lib.tables.letters import DoubtfulLetters, Sample, decode
from lib.tables.limits import Limits
from lib.tables.reading import Row, Table, as_text, read_rows, read_table

__all__ = [
    "CellError",
    "DayOrder",
    "DoubtfulLetters",
    "Finding",
    "Group",
    "Limits",
    "Row",
    "Sample",
    "Table",
    "UnreadableTable",
    "as_text",
    "day_order",
    "decode",
    "finding",
    "group_alike",
    "read_clock",
    "read_day",
    "read_rows",
    "read_table",
]
