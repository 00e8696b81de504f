# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Regenerate the report
#
# From a study pack and its respondents to tables, charts, one page and one workbook.
# The bundled respondents are reconstructed from published figures: structure that the report does
# not print is invented.

# %%
from pathlib import Path
from tempfile import mkdtemp

import attitudes as at

# %%
study = at.load_study("kyrgyzstan-2023")
survey = at.read_responses(study.path(study.data.file), study)
survey.ledger

# %% [markdown]
# One call makes everything. Each exhibit that a report printed stands there twice: as published,
# and recomputed with intervals.

# %%
out = Path(mkdtemp()) / "report"
made = at.report(study, survey, out, formats=["html", "csv"])
made

# %% [markdown]
# A table is plain data: cells with their value, base and interval.

# %%
table = next(t for t in made.report.tables() if t.name == "trust_by_region.recomputed")
cell = table.cell("total", "bishkek")
cell.text, cell.low, cell.high, cell.n

# %% [markdown]
# Every printed figure can be held against the respondents.

# %%
at.validate(study, survey)
