"""A look at many buckets stays quick because it asks little of each, and of all side by side."""

import pytest

from bench.doctor import an_account, looked

pytestmark = pytest.mark.thorough

OF_A_BUCKET, OF_A_TABLE = 15, 7
"""Most requests. Twenty buckets are 300 requests, 16 side by side: a second where each takes a twentieth of one."""


def test_a_bucket_and_a_table_are_looked_at_with_few_requests() -> None:
    with an_account(buckets=3, late=0) as (aws, targets, sent):
        found = looked(aws, targets)
        tables = sum(target.called.startswith("table") for target in targets)
        assert {one.subject for one in found} == {target.called for target in targets}
        assert sent.total() <= 3 * OF_A_BUCKET + tables * OF_A_TABLE + 1, sent
