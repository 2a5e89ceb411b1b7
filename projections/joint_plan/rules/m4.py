"""M4: a joint plan that the participant has not agreed to, line by line."""

from collections.abc import Iterator
from datetime import timedelta

from projections.joint_plan.agreement import ADOPTED, PARTICIPANT
from projections.joint_plan.agreement import PROPOSED as IS_PROPOSED
from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.workdays import working_days_after


def m4(plan: Composition) -> Iterator[Truth]:
    """About each version that is adopted, or that was proposed some working days ago. Lines that came later are M8's."""
    for version in plan.agreement.versions:
        if version.state not in (IS_PROPOSED, ADOPTED):
            continue
        made = [
            line
            for line in plan.live
            if any(source.place <= version.proposed.place for source in (*line.members, *line.parts))
        ]
        missing = [
            line for line in made if not version.has_agreed(PARTICIPANT, (*line.members, *line.parts), plan.finder)
        ]
        if missing:
            due = working_days_after(version.proposed.day, plan.settings.answer_wd)
            yield truth(
                (version.proposed,),
                resolver=plan.resolver,
                working_days=5,
                from_=None if version.state == ADOPTED else due + timedelta(days=1),
                version=version.number,
                called=[line.called for line in missing],
            )
