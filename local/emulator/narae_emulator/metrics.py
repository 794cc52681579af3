"""Keeps what MiniStack's CloudWatch holds small enough for a system that runs for days."""

import time

from ministack.services import cloudwatch, lambda_svc

# Percentiles of what is older are not asked for on a laptop.
VALUES_KEPT_SECONDS = 3 * 3_600
EVICTED_EVERY_SECONDS = 60
MINUTE = 60


def install() -> None:
    """Whoever invokes functions counts their invokes, not the emulator, which sees a part of them; whether an alarm rings is
    worked out where its dimensions and missing periods are heeded; and points are looked through once a minute, not at each
    request."""
    lambda_svc._emit_lambda_metrics = lambda *args, **kwargs: None
    cloudwatch._evaluate_all_alarms = lambda: None
    evict = cloudwatch._evict_old_metrics
    evicted_at = 0.0

    def evict_now_and_then() -> None:
        nonlocal evicted_at
        if time.monotonic() - evicted_at >= EVICTED_EVERY_SECONDS:
            evicted_at = time.monotonic()
            evict()

    cloudwatch._evict_old_metrics = evict_now_and_then


def compact() -> None:
    """Equal values of a time become one point that counts them; all of a minute that is long over, one statistic set."""
    long_ago = time.time() - VALUES_KEPT_SECONDS
    for points in list(cloudwatch._metrics._data.values()):
        if len(points) > 1:
            points[:] = compacted(points, long_ago)


def compacted(points: list[dict], long_ago: float) -> list[dict]:
    kept: dict[tuple, dict] = {}
    for point in points:
        old = point["Timestamp"] < long_ago
        if not old and "_stat" in point:
            kept[("set", len(kept))] = point
            continue
        moment = point["Timestamp"] // MINUTE * MINUTE if old else point["Timestamp"]
        key = (moment, point["Unit"], None if old else point["Value"])
        before = kept.get(key)
        if old:
            kept[key] = as_set(point, before, moment)
        elif before is None:
            kept[key] = point
        else:
            kept[key] = {**before, "Count": before.get("Count", 1.0) + point.get("Count", 1.0)}
    return list(kept.values())


def as_set(point: dict, before: dict | None, moment: float) -> dict:
    count, total, low, high = cloudwatch._point_stats(point)
    if before is not None:
        other = cloudwatch._point_stats(before)
        count, total, low, high = count + other[0], total + other[1], min(low, other[2]), max(high, other[3])
    statistics = {"SampleCount": count, "Sum": total, "Minimum": low, "Maximum": high}
    return {
        "Timestamp": moment,
        "Unit": point["Unit"],
        "Dimensions": point["Dimensions"],
        "Value": total / count if count else 0.0,
        "_stat": statistics,
    }
