"""What assistive technology and eyes would stumble over, as axe-core sees it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.real_console import ROOT

THEMES = ("light", "dark")
# Colours are judged where they end, not on their way there.
STILL = {"reduced_motion": "reduce"}
# A change of theme ends a frame later even without motion.
SETTLED = """
async () => {
  const ending = document.getAnimations().filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime));
  await Promise.allSettled(ending.map((each) => each.finished));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}
"""


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, each with the first elements concerned."""
    found = Axe.from_file(ROOT / "node_modules/axe-core/axe.min.js").run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{page.url}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}" for each in serious]


def violations_in_both_themes(page: Page) -> list[str]:
    """The page as it stands, in a light and in a dark room; it is light again afterwards."""
    found = []
    for theme in reversed(THEMES):
        page.emulate_media(color_scheme=theme, **STILL)
        page.evaluate(SETTLED)
        found += [f"{theme}: {each}" for each in violations(page)]
    return found
