"""What assistive technology and eyes would stumble over, as axe-core sees it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.real_console import ROOT

# Colours are judged where they end, not on their way there.
STILL = {"reduced_motion": "reduce"}
# A change of theme begins with the next frame and ends in one of those that follow, even without motion.
SETTLED = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const ends = (each) => Number.isFinite(each.effect.getComputedTiming().endTime);
  await frame();
  await frame();
  for (let under; (under = document.getAnimations().filter(ends)).length; await frame()) {
    await Promise.allSettled(under.map((each) => each.finished));
  }
  await frame();
}
"""


# What of a page depends on its theme.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def violations(page: Page, options: dict | None = None) -> list[str]:
    """What axe-core calls serious or critical, each with the first elements concerned."""
    options = {"resultTypes": ["violations"], **(options or {})}
    axe = Axe.from_file(ROOT / "node_modules/axe-core/axe.min.js")
    found = axe.run(page, options=options).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{page.url}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}" for each in serious]


def violations_in_both_themes(page: Page) -> list[str]:
    """The page as it stands, in a light and its colours in a dark room; it is light again afterwards."""
    dark = [f"dark: {each}" for each in _lasting(page, "dark", COLOURS)]
    return dark + [f"light: {each}" for each in _lasting(page, "light")]


def _lasting(page: Page, theme: str, options: dict | None = None) -> list[str]:
    """A colour halfway between two themes is gone a moment later, what is wrong with the page is not."""
    page.emulate_media(color_scheme=theme, **STILL)
    page.evaluate(SETTLED)
    if not violations(page, options):
        return []
    page.wait_for_timeout(500)
    return violations(page, options)
