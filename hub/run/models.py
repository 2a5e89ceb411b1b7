"""Every read model there is."""

from hub.run.project import ReadModel
from projections.timeline.rows import TimelineModel

TIMELINE = TimelineModel()
MODELS: dict[str, ReadModel] = {TIMELINE.name: TIMELINE}
