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
# # Score and break down
#
# From answers to scores of the scales, and from scores to means of groups with intervals that
# follow the sampling design. The bundled respondents are reconstructed from published figures.

# %%
import attitudes as at

# %%
study = at.load_study("kyrgyzstan-2023")
survey = at.read_responses(study.path(study.data.file), study)

# %% [markdown]
# Reverse-keyed items are turned by the declared ends of their response scale; a score is the mean
# of the items answered, where enough of them are.

# %%
scored = at.score(survey)
scored.history[-1]

# %%
scales = [scale.id for scale in study.scales]
at.mean(scored, scales)

# %% [markdown]
# By region, with the effective sample size and the design effect.

# %%
at.mean(scored, "trust", by=["region"], singleton=study.design.singleton)

# %% [markdown]
# Which regions differ, with Holm's adjustment over all pairs?

# %%
pairs = at.contrast(scored, "trust", by="region", singleton=study.design.singleton).to_frame()
pairs[pairs["p_adjusted"] < 0.05]

# %% [markdown]
# The answers to one item, in percent of those who gave one.

# %%
at.proportion(survey, "trust_7", by=["settlement"], singleton=study.design.singleton)
