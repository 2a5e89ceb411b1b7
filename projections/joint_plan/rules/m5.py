"""M5: a module of the individual process takes longer than its frame, and nobody said why (D07)."""

from collections.abc import Iterator
from datetime import timedelta

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.spells import Point


def m5(plan: Composition) -> Iterator[Truth]:
    """About each module that was entered and not left."""
    left = {(said.item.source, said.item.key) for said in plan.standing.points("module", "exited")}
    for entered in plan.standing.points("module", "entered"):
        if (entered.item.source, entered.item.key) in left or entered.said("deviation_reason"):
            continue
        frame = _frame(entered, plan)
        if frame is not None:
            yield truth(
                (entered,),
                resolver=plan.resolver,
                working_days=5,
                from_=entered.day + timedelta(days=frame + 1),
                module=entered.said("module"),
                frame=frame,
                date=entered.day.isoformat(),
            )


def _frame(entered: Point, plan: Composition) -> int | None:
    own = entered.fact.content.get("normal_days")
    if own is not None:
        return int(own)
    module = entered.fact.content.get("module")
    return None if module is None else plan.settings.module_days[int(module) - 1]
