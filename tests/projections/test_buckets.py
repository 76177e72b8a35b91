from hypothesis import given
from hypothesis import strategies as st

from domain.instant import HOUR
from projections.buckets import bounds, bucket_of

DURATIONS = st.integers(0, 2**45)


@given(DURATIONS)
def test_a_duration_lies_within_its_bucket(duration: int) -> None:
    shortest, beyond = bounds(bucket_of(duration))
    assert shortest <= duration < beyond


@given(DURATIONS)
def test_buckets_leave_no_gap(duration: int) -> None:
    bucket = bucket_of(duration)
    assert bounds(bucket)[1] == bounds(bucket + 1)[0]


def test_a_bucket_is_an_eighth_wide_at_the_most() -> None:
    shortest, beyond = bounds(bucket_of(HOUR))
    assert (beyond - shortest) * 8 <= shortest
