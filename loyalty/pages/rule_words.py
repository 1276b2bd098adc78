"""A programme put into words: one line for a form, and all of it for a page."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.expiry import FOREVER, Expiry
from loyalty.kernel.i18n import format_money, format_points, gettext, ngettext
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.programme import EarnRule, Per, Programme
from loyalty.queries import current_programme


@dataclass(frozen=True, slots=True)
class Section:
    """Some rules under one heading."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """A programme's rules: ``short`` in one line, ``sections`` in full."""

    short: str
    sections: tuple[Section, ...]


def rules_in_force(tx: Tx, spoken: str) -> Rules:
    """Return the rules of the programme in force, in ``spoken``.

    Raises:
        NoProgramme: none is in force.
    """
    words = _Words(current_programme(tx), spoken)
    sections = (words.earning(), words.worth(), words.vouchers(), words.levels())
    return Rules(
        short=words.in_one_line(),
        sections=tuple(section for section in sections if section.sentences),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """Turns a programme into sentences of one language."""

    programme: Programme
    spoken: str

    def in_one_line(self) -> str:
        """Return what most members want to know: what they earn and what it is worth."""
        earned = [self._earns(rule) for rule in self.programme.earn[:1]]
        redemption, voucher = self.programme.redemption, self.programme.vouchers
        if redemption is not None:
            earned.append(self._say(N_("{points} points = {amount}"), **self._worth()))
        if voucher is not None:
            earned.append(self._voucher_short())
        return " · ".join(earned)

    def earning(self) -> Section:
        """Return how points are earned, and when they end."""
        sentences = [f"{self._earns(rule)}." for rule in self.programme.earn]
        sentences.append(self._lasting(self.programme.points.expiry))
        return self._section(N_("How you earn"), sentences)

    def worth(self) -> Section:
        """Return what points are worth."""
        redemption = self.programme.redemption
        if redemption is None:
            return self._section(N_("What points are worth"), [])
        sentences = [self._say(N_("{points} points are worth {amount}."), **self._worth())]
        if redemption.minimum > redemption.step:
            least = format_points(self.spoken, redemption.minimum)
            sentences.append(self._say(N_("You can use them from {points} points."), points=least))
        return self._section(N_("What points are worth"), sentences)

    def vouchers(self) -> Section:
        """Return when a voucher is given and how long it can be used."""
        rule = self.programme.vouchers
        if rule is None:
            return self._section(N_("Vouchers"), [])
        sentences = [f"{self._voucher_short()}."]
        if rule.carry_over:
            sentences.append(self._say(N_("What is left over counts towards the next one.")))
        sentences.append(self._voucher_lasting(rule.expiry))
        return self._section(N_("Vouchers"), sentences)

    def levels(self) -> Section:
        """Return what each level takes, and how long it is kept."""
        sentences = [
            self._say(
                N_("{level}: from {amount} of purchases in a calendar year."),
                level=level.name(self.spoken),
                amount=self._money(level.from_minor),
            )
            for level in self.programme.tiers.levels
            if level.from_minor > 0
        ]
        if sentences:
            sentences.append(self._say(N_("A level is yours to the end of the following year.")))
        return self._section(N_("Levels"), sentences)

    def _earns(self, rule: EarnRule) -> str:
        """Return what one rule gives."""
        values = {
            "points": format_points(self.spoken, rule.points),
            "amount": self._money(rule.amount_minor),
        }
        text = self._rate(rule, values)
        if rule.match.is_open:
            return text
        return self._say(N_("{rule}, on chosen articles"), rule=text)

    def _rate(self, rule: EarnRule, values: dict[str, str]) -> str:
        """Return how many points for how much, or for each of what."""
        spoken, count = self.spoken, rule.points
        if rule.per is Per.AMOUNT:
            return ngettext(
                spoken,
                "{points} point for every {amount}",
                "{points} points for every {amount}",
                count,
                **values,
            )
        if rule.per is Per.UNIT:
            return ngettext(
                spoken,
                "{points} point for every article",
                "{points} points for every article",
                count,
                **values,
            )
        if rule.per is Per.LINE:
            return ngettext(
                spoken,
                "{points} point for every product",
                "{points} points for every product",
                count,
                **values,
            )
        return ngettext(
            spoken,
            "{points} point for every purchase",
            "{points} points for every purchase",
            count,
            **values,
        )

    def _lasting(self, expiry: Expiry) -> str:
        if expiry == FOREVER:
            return self._say(N_("Points do not expire."))
        return self._say(N_("Points can be used for {span}."), span=self._span(expiry))

    def _voucher_lasting(self, expiry: Expiry) -> str:
        if expiry == FOREVER:
            return self._say(N_("Vouchers do not expire."))
        return self._say(N_("Vouchers can be used for {span}."), span=self._span(expiry))

    def _span(self, expiry: Expiry) -> str:
        """Return how long something lasts."""
        count = expiry.after_months or expiry.after_days or 0
        span = (
            ngettext(self.spoken, "{count} month", "{count} months", count)
            if expiry.after_months
            else ngettext(self.spoken, "{count} day", "{count} days", count)
        )
        tail = _TO_THE_END.get(expiry.end_of or "")
        return self._say(tail, span=span) if tail else span

    def _voucher_short(self) -> str:
        rule = self.programme.vouchers
        assert rule is not None, "asked only of programmes with vouchers"
        return self._say(
            N_("a {value} voucher for every {amount} of purchases"),
            value=self._money(rule.value_minor),
            amount=self._money(rule.per_spend_minor),
        )

    def _worth(self) -> dict[str, str]:
        redemption = self.programme.redemption
        assert redemption is not None, "asked only of programmes that redeem"
        points = format_points(self.spoken, redemption.points)
        return {"points": points, "amount": self._money(redemption.value_minor)}

    def _section(self, title: str, sentences: list[str]) -> Section:
        capitalised = tuple(one[:1].upper() + one[1:] for one in sentences)
        return Section(self._say(title), capitalised)

    def _money(self, minor: int) -> str:
        return format_money(self.spoken, minor, self.programme.currency)

    def _say(self, sentence: str, **values: str) -> str:
        return gettext(self.spoken, sentence, **values)


_TO_THE_END = {
    "month": N_("{span}, then to the end of the month"),
    "year": N_("{span}, then to the end of the year"),
}
