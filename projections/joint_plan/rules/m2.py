"""M2: a referral that nobody answered in time. A question stops the clock until it is answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.spells import Point, Standing
from projections.joint_plan.workdays import working_days_after, working_days_between

_ONE_DAY: Final = timedelta(days=1)
_OVER: Final = frozenset(("accepted", "declined", "returned", "expired"))


@dataclass(slots=True)
class _Referral:
    sent: Point
    paused_wd: int = 0
    asked: date | None = None
    over: bool = False

    def due(self, answer_wd: int) -> date:
        """When it shall be answered, questions counted in."""
        given = self.sent.said("due")
        first = date.fromisoformat(given) if given else working_days_after(self.sent.day, answer_wd)
        return working_days_after(first, self.paused_wd)


def m2(plan: Composition) -> Iterator[Truth]:
    """About each open referral; its receiver shall answer."""
    for referral in _referrals(plan.standing):
        if not referral.over and referral.asked is None:
            due = referral.due(plan.settings.referral_answer_wd)
            receiver = referral.sent.said("to") or referral.sent.agency
            yield truth(
                (referral.sent,),
                resolver=receiver,
                working_days=2,
                from_=due + _ONE_DAY,
                organisation=receiver,
                date=due.isoformat(),
            )


def _referrals(standing: Standing) -> list[_Referral]:
    """Referrals by the name that both sides use for them."""
    found: list[_Referral] = []
    for said in standing.points("referral"):
        verb = said.fact.root.name.partition(".")[2]
        if verb == "sent":
            found.append(_Referral(said))
            continue
        named = [each for each in found if each.sent.item.key == said.item.key]
        ours = [each for each in named if said.agency in (each.sent.agency, each.sent.said("to"))]
        if not named:
            continue
        referral = (ours or named)[-1]
        if verb in _OVER:
            referral.over = True
        elif verb == "information_requested" and referral.asked is None:
            referral.asked = said.day
        elif verb == "answered" and referral.asked is not None:
            referral.paused_wd += working_days_between(referral.asked + _ONE_DAY, said.day)
            referral.asked = None
    return found
