"""Monitoring of community-based social services in Latvia: published figures in, pages for officials out.

Facts and figures are tables of ``data/``; indicators are pure functions over them; notebooks ask, call and explain; a
report is the notebooks for one region in one language.
"""

__version__ = "0.1.0"
