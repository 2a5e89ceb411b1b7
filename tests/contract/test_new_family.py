"""Adding a family means adding one file and its samples: done here to a copy of the contract, and taken all the way."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.architecture.repository import ROOT

FAMILY = '''"""Housing: a home that the person is offered."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Day, Label
from schemas.vocabulary import DataClass, Domain


class Offered(EventData):
    """A home is offered."""

    place: Label
    rent: Annotated[Annotated[int, Field(ge=0)] | None, Field(title="Hyra", description="Rent")] = None
    deadline: Day | None = None


FAMILY = Family(
    name="housing",
    title_sv="bostad",
    title_en="housing",
    data_class=DataClass.SOCIAL,
    domain=Domain.SOC,
)
EVENTS = FAMILY.with_corrections(FAMILY.event("offered", "Bostad erbjuden", "Home offered", model=Offered))
'''
OFFER = {"place": "Farsta", "rent": 5400, "deadline": "2026-12-01"}
REPLACES = {"source": "urn:samspar:source:jobbtorg:verksamhetssystem", "id": "offered"}
SAMPLES: dict[str, dict[str, Any]] = {  # JSON
    "offered": OFFER,
    "corrected": {
        "event": "housing.offered",
        "replaces": REPLACES,
        "reason": "fel hyra",
        "replacement": {**OFFER, "rent": 4500},
    },
    "retracted": {"replaces": REPLACES, "reason": "fel person"},
}
TAKEN_ALL_THE_WAY = """
import json
from datetime import date
from hub.access.visibility import visible
from hub.intake.outcomes import Accepted
from schemas.events import recorded
from projections.timeline.fold import fold_timeline
from projections.timeline.titles import title
from schemas.catalogue import all_event_types
from schemas.examples import sample
from schemas.export import render
from schemas.vocabulary import Position
from tests.unit.intake.builders import NOW, Door, registration

door = Door()
door.send(registration(subject="JT-2041"))
names = ("offered", "corrected")
outcomes = [outcome for name in names for outcome in door.send(sample(f"housing.{name}", 1))]
events = [recorded(each.event, Position(place), NOW, each.event.envelope.data) for place, each in enumerate(outcomes, 1) if isinstance(each, Accepted)]
entries = fold_timeline(events, as_of=date(2026, 11, 20))
schema = json.loads(render()["schemas/json/housing.offered.v1.json"])
print(json.dumps({
    "types": [each.name for each in all_event_types() if each.family == "housing"],
    "verdicts": [type(each).__name__ for each in outcomes],
    "shown": [[title(entry), entry.fields, len(entry.struck)] for entry in entries],
    "hidden": [visible(entries, reader).hidden for reader in ("af", "sfi")],
    "rent": schema["properties"]["data"]["properties"]["rent"],
    "generated": sorted(name for name, text in render().items() if "housing" in name or "housing.offered" in text),
}))
"""


def copied(folder: Path) -> None:
    """The contract with one more file and its samples."""
    contract = folder / "schemas"
    shutil.copytree(ROOT / "schemas", contract, ignore=shutil.ignore_patterns("__pycache__", "json"))
    (contract / "families" / "housing.py").write_text(FAMILY, encoding="utf-8")
    template = json.loads((contract / "samples" / "goal.set.v1.json").read_text(encoding="utf-8"))
    for name, data in SAMPLES.items():
        envelope = {
            **template,
            "id": name,
            "source": REPLACES["source"],
            "subject": "JT-2041",
            "type": f"se.samspar.housing.{name}",
            "data": data,
        }
        (contract / "samples" / f"housing.{name}.v1.json").write_text(json.dumps(envelope), encoding="utf-8")


def test_a_new_family_is_one_file_and_its_samples_from_the_front_door_to_the_documents(tmp_path: Path) -> None:
    copied(tmp_path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}

    told = subprocess.run(
        [sys.executable, "-c", TAKEN_ALL_THE_WAY],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.stderr == ""
    assert json.loads(told.stdout) == {
        "types": ["housing.offered", "housing.corrected", "housing.retracted"],
        "verdicts": ["Accepted", "Accepted"],
        "shown": [["Bostad erbjuden", {**OFFER, "rent": 4500}, 1]],
        "hidden": [["SOC"], []],
        "rent": {"title": "Hyra", "description": "Rent", "minimum": 0, "type": ["integer", "null"]},
        "generated": [
            "docs/events.md",
            "schemas/json/asyncapi.yaml",
            "schemas/json/housing.corrected.v1.json",
            "schemas/json/housing.offered.v1.json",
            "schemas/json/housing.retracted.v1.json",
        ],
    }
