"""A written region as tests read it: what was sent, and by whom."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hub.synth.region import generate
from schemas.event_type import JsonObject


@dataclass(frozen=True)
class Region:
    """A region in a folder."""

    folder: Path

    @cached_property
    def truth(self) -> JsonObject:
        """What was planted."""
        truth: JsonObject = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        return truth

    @cached_property
    def events(self) -> list[JsonObject]:
        """Every CloudEvent in the order in which it is sent; the lists are not among them."""
        manifest = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        texts = [(self.folder / entry["path"]) for entry in manifest if entry["format"] == "cloudevents"]
        return [
            event
            for path in texts
            for event in (
                json.loads(path.read_text(encoding="utf-8"))
                if path.suffix == ".json"
                else map(json.loads, path.read_text(encoding="utf-8").splitlines())
            )
        ]

    @cached_property
    def registrations(self) -> dict[str, JsonObject]:
        """What is registered about everybody, by `source#reference`; what is planted to be refused is left out."""
        known = {reference for person in self.truth["same_person"] for reference in person}
        listed = {
            f"{event['source']}#{event['subject']}": event["data"]
            for event in self.events
            if event["type"] == "se.samspar.participant.registered"
        }
        return {reference: data for reference, data in listed.items() if reference in known}

    @cached_property
    def people(self) -> list[list[JsonObject]]:
        """The registrations of each person, in the order of agencies' marks."""
        registered = self.registrations
        return [
            [registered[reference] for reference in person if reference in registered]
            for person in self.truth["same_person"]
        ]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Every file by its path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


def region(folder: Path, participants: int, seed: int) -> Region:
    """A region written there."""
    generate(participants, seed, folder)
    return Region(folder)
