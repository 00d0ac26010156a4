"""Read tables that people upload: CSV in any encoding, and XLSX.

`read_table` reads all such files: programme imports, seat maps as tables, and gateways' exports. Its work is
bounded from the start (`Limits`), and it names line and column of what it can't read. If a file's letters
can be read in several ways, it asks: `DoubtfulLetters` carries a sample in each possible encoding.

Cells are text, or what a workbook says they are: days, times, and numbers that may be either. Text that
begins with “=” is text; a formula counts as what it shows.
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
