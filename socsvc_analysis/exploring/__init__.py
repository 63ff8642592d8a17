"""Looking for oneself: choices in a notebook, and chart, table, definition, figures and pace that follow them.

``notebooks/explore.ipynb`` shows it.  Without a person at the notebook (papermill, nbconvert) the chosen selection is
shown as it is printed.
"""

from socsvc_analysis.exploring.choice import NAMES, Choice, Chosen
from socsvc_analysis.exploring.explorer import Explorer, open_explorer

__all__ = ["NAMES", "Choice", "Chosen", "Explorer", "open_explorer"]
