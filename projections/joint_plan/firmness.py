"""How hard an activity is to move (RULES C1): who must give way in a clash, and what a suggestion may move."""

from typing import Final

_FIRMNESS: Final = {
    **dict.fromkeys(
        (
            "sfi",
            "komvux_grund",
            "komvux_gy",
            "yrkesvux",
            "aub",
            "yrkessvenska",
            "samhallsorientering",
            "validering",
            "rehabilitering",
            "halsoframjande",
        ),
        3,
    ),
    **dict.fromkeys(("praktik", "arbetstraning", "intensiv_praktik", "foretagsutbildning"), 2),
    "uppfoljning": 0,
}


def firmness(activity: str) -> int:
    """How hard an activity is to move: 3 is what others decide, 0 a meeting."""
    return _FIRMNESS.get(activity, 1)
