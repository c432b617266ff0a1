"""The README's five requests by the generated Python client, and then all else that is read.

`walk.py URL CLIENT_ID CLIENT_SECRET`
"""

import datetime
import importlib
import inspect
import pkgutil
import sys
from http import HTTPStatus

import tiendo_client.api
from tiendo_client import AuthenticatedClient, Client
from tiendo_client.api.figures import get_agency_workload, get_plan_statistics
from tiendo_client.api.tokens import issue_token
from tiendo_client.api.work import get_submission_of_period, put_submission
from tiendo_client.models import (
    AssignmentStatus,
    Evidence,
    GetAgencyWorkloadRole,
    IssueTokenForm,
    Outcome,
    PlanStatisticsOut,
    Problem,
    ReportBody,
    SubmissionOut,
    TokenOut,
    WorkloadOut,
)

url, client_id, client_secret = sys.argv[1:]
form = IssueTokenForm(
    client_id=client_id, client_secret=client_secret, grant_type="client_credentials"
)
with Client(base_url=url) as stranger:
    token = issue_token.sync(client=stranger, body=form)
assert isinstance(token, TokenOut)

with AuthenticatedClient(base_url=url, token=token.access_token) as client:
    workload = get_agency_workload.sync(
        "SNGV",
        client=client,
        role=GetAgencyWorkloadRole.LEAD,
        status=AssignmentStatus.NOT_STARTED,
        limit=1,
    )
    assert isinstance(workload, WorkloadOut)
    owed = workload.assignments[0]
    assert owed.next_submission

    report = ReportBody(
        outcome=Outcome.IN_PROGRESS,
        percent=40,
        results="Đã tổ chức 02 hội nghị xúc tiến.",
        evidence=[Evidence(number="215/BC-SNgV", issued_on=datetime.date(2026, 11, 16))],
    )
    period = owed.next_submission.period
    filed = put_submission.sync(owed.id, period, client=client, body=report, submit=True)
    assert isinstance(filed, SubmissionOut)

    stands = get_submission_of_period.sync(owed.id, period, client=client)
    assert isinstance(stands, SubmissionOut)
    assert stands.allowed_actions == ["withdraw"]

    figures = get_plan_statistics.sync(owed.plan.id, client=client, by="group,agency")
    assert isinstance(figures, PlanStatisticsOut)
    assert figures.total.by_current_deadline.rates.completed_of_due.base > 0

    refused = put_submission.sync(owed.id, "2025-Q5", client=client, body=report)
    assert isinstance(refused, Problem)
    assert refused.code == "validation_failed"

    # An operation that needs nothing but to be asked: each answer must be the one that the client
    # was made for.
    asked = 0
    for found in pkgutil.walk_packages(tiendo_client.api.__path__, "tiendo_client.api."):
        call = getattr(importlib.import_module(found.name), "sync_detailed", None)
        parameters = inspect.signature(call).parameters if call else {}
        needed = [name for name, one in parameters.items() if one.default is one.empty]
        if call and needed == ["client"] and "body" not in parameters:
            answer = call(client=client)
            known = answer.status_code in (HTTPStatus.OK, HTTPStatus.FORBIDDEN)
            assert known, (found.name, answer.status_code)
            assert answer.parsed is not None, found.name
            asked += 1

print(asked)
