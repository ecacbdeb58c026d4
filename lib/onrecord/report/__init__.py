"""The report: the notebooks executed on an article, and a folder of HTML pages that needs no network, no script and no second file.

A notebook is executed with its values in the cell tagged `parameters`. Its page has the code folded and holds nothing that could run or load
something; the overview is computed from the tables, so that it is true of any article.
"""

from onrecord.report.executing import NotebookError, execute, execute_in_place, notebooks, with_parameters
from onrecord.report.writing import FORMS, refuse_others, write

__all__ = [
    "FORMS",
    "NotebookError",
    "execute",
    "execute_in_place",
    "notebooks",
    "refuse_others",
    "with_parameters",
    "write",
]
