"""Buckets of durations: eight to each doubling, so that counts by bucket tell in which one a rank lies."""

from domain.instant import Duration

PER_DOUBLING = 8


def bucket_of(duration: Duration) -> int:
    """The bucket that a duration lies in; of two durations the longer one lies in no lower bucket."""
    shift = max(0, duration.bit_length() - PER_DOUBLING.bit_length())
    return shift * PER_DOUBLING + (duration >> shift)


def bounds(bucket: int) -> tuple[Duration, Duration]:
    """The shortest duration of a bucket, and the shortest one beyond it."""
    shift = max(0, bucket // PER_DOUBLING - 1)
    leading = bucket - shift * PER_DOUBLING
    return leading << shift, leading + 1 << shift
