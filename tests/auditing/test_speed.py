"""How long an audit takes, in seconds of processor time: others may be at work beside it."""

from __future__ import annotations

import time

import attitudes as at
from attitudes.auditing.codings import declared_codings
from attitudes.auditing.inputs import report_of_study
from attitudes.auditing.model import Assumptions
from attitudes.auditing.rules.joint_sets import joint_cases

WHOLE, QUESTION = 60.0, 2.0


def test_the_bundled_report_takes_less_than_a_minute():
    start = time.process_time()
    at.audit(at.load_study("kyrgyzstan-2023"))
    assert time.process_time() - start < WHOLE


def test_one_question_takes_less_than_two_seconds():
    report = report_of_study(at.load_study("kyrgyzstan-2023"))
    took = {}
    for question in report.answers:
        codings = declared_codings(report, question, -1)
        start = time.process_time()
        joint_cases(report, question, codings, Assumptions(), plain=True)
        took[question] = time.process_time() - start
    assert max(took.values()) < QUESTION, max(took, key=took.get)
    # The cost of a question does not grow with the number of questions.
    assert sum(took.values()) < QUESTION * len(took) / 2
