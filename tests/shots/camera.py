"""The photographer: signs in everywhere as the people of the demo would, and takes pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from admin.demo.crew import CLEO_PIN
from loyalty.kernel.access.people import all_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.access.terminals import renew_invitation, terminals
from loyalty.queries import member_card, member_name
from tests.shots.scene import LYON, MORNING, ON_THE_BELT, Scene, eans

PHONE, DESK = (390, 844), (1280, 800)
FACE_DESK, FACE_PHONE = (1000, 760), (390, 760)


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: ``till-390`` and what is on it."""

    name: str
    picture: Image.Image


class Camera:
    """A browser in front of the running shop; the clock of its pages stands at the morning's."""

    def __init__(self, browser: Any, scene: Scene, *, language: str) -> None:
        self.browser, self.scene, self.language = browser, scene, language

    def album(self) -> Iterator[Shot]:
        """Yield every picture of the documentation, at both widths."""
        story = f"/admin/members/{self.scene.member}"
        campaign = f"/admin/campaigns/{self.scene.campaign}"
        for size in (PHONE, DESK):
            yield Shot(f"till-{size[0]}", self.till(size))
            for name, path in (
                ("card", "/app/"),
                ("offers", "/app/offers"),
                ("points", "/app/points"),
            ):
                yield Shot(f"{name}-{size[0]}", self.shopper(path, size))
            for name, path in (
                ("admin-home", "/admin/"),
                ("admin-member", story),
                ("admin-offers", "/admin/offers"),
                ("admin-campaigns", campaign),
            ):
                yield Shot(f"{name}-{size[0]}", self.office(path, size))
            yield Shot(f"mailbox-{size[0]}", self.mailbox(size))

    def faces(self) -> list[Image.Image]:
        """Return the three faces: the till, the card, the back office."""
        return [
            self.till(FACE_DESK),
            self.shopper("/app/", FACE_PHONE),
            self.office("/admin/", FACE_DESK),
        ]

    def till(self, size: tuple[int, int]) -> Image.Image:
        """Return the till with a basket on the belt and a Gold member's card scanned."""
        page = self._page(size)
        page.goto("/till/enrol")
        page.locator("#f-code").fill(self._till_code())
        page.locator("#f-code").press("Enter")
        page.wait_for_url("**/till/sign-in")
        page.get_by_label("Cléo").check()
        page.locator("#f-pin").fill(CLEO_PIN)
        page.locator("#f-pin").press("Enter")
        page.wait_for_url("**/till/")
        page.wait_for_load_state("networkidle")  # a scan before the page listens is lost
        with self.scene.runtime.database.look() as tx:
            card = member_card(tx, self.scene.member, keys=self.scene.runtime.keys).code
        for text in (card, *eans(self.scene.runtime, ON_THE_BELT)):
            page.keyboard.type(text, delay=0)
            page.keyboard.press("Enter")
            page.wait_for_timeout(150)
            page.locator(".till[aria-busy=true]").wait_for(state="hidden")
        page.locator(".member-line__name").wait_for(state="attached")
        return self._take(page)

    def shopper(self, path: str, size: tuple[int, int]) -> Image.Image:
        """Return a page of the shopper's app, as the Gold member sees it."""
        page = self._page(size)
        self._sign_in(page, PrincipalKind.MEMBER, self.scene.member)
        page.goto(path)
        return self._take(page)

    def office(self, path: str, size: tuple[int, int]) -> Image.Image:
        """Return a page of the back office, as an administrator sees it."""
        with self.scene.runtime.database.look() as tx:
            who = next(one for one in all_staff(tx) if one.role is Role.ADMIN)
        page = self._page(size)
        self._sign_in(page, PrincipalKind.STAFF, who.staff_id)
        page.goto(path)
        return self._take(page)

    def mailbox(self, size: tuple[int, int]) -> Image.Image:
        """Return the demo's mailbox with the Gold member's letter opened."""
        with self.scene.runtime.database.look() as tx:
            address = member_name(tx, self.scene.member).email
        page = self._page(size)
        page.goto(f"/demo/mailbox?channel=email&q={address}")
        link = page.locator("a[href*='open=']").first.get_attribute("href")
        opened = parse_qs(urlsplit(link).query)["open"][0]
        page.goto(f"/demo/mailbox?channel=email&open={opened}")
        return self._take(page)

    def _page(self, size: tuple[int, int]) -> Any:
        """Return a page of a browser of its own."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=self.scene.url,
            locale={"fr": "fr-FR", "en": "en-GB"}[self.language],
            timezone_id="Europe/Paris",
            color_scheme="light",
            reduced_motion="reduce",
            service_workers="block",
        )
        page = context.new_page()
        page.clock.set_fixed_time(MORNING)
        return page

    def _sign_in(self, page: Any, kind: PrincipalKind, who: str) -> None:
        with self.scene.runtime.database.begin(actor="shots") as tx:
            token = start_session(tx, kind=kind, subject_id=who).token
        cookie = {"name": f"palier-{kind}", "value": token, "url": self.scene.url}
        page.context.add_cookies([cookie])

    def _till_code(self) -> str:
        with self.scene.runtime.database.begin(actor="shots") as tx:
            row = next(
                one for one in terminals(tx) if (one.store_id, one.till) == (LYON, "caisse-3")
            )
            return renew_invitation(tx, terminal_id=row.terminal_id).code

    def _take(self, page: Any) -> Image.Image:
        """Return what the page shows once it is still, then close its browser."""
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(250)
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
        page.context.close()
        return picture
