// An open page of which something changes: says so when it is open, then what became of it, of focus and of scrolling.
import { judge } from "./browser.mjs";

const LINK = "main a.row[href$='/components/mail']";
const MORE = 500;

await judge(async (page, address) => {
  await page.setViewport({ width: 1000, height: 500 });
  const heard = page.waitForResponse((response) => response.url().endsWith("/live"));
  await page.goto(address, { waitUntil: "load" });
  await heard;
  const before = await page.evaluate((link) => {
    window.told = [];
    const live = document.getElementById("live");
    new MutationObserver(() => window.told.push(live.textContent)).observe(live, { childList: true });
    document.querySelector(link).focus({ preventScroll: true });
    window.scrollTo({ top: 200, behavior: "instant" });
    return { headline: document.querySelector("h1").textContent, scrolled: window.scrollY };
  }, LINK);
  console.error("open");
  await page.waitForFunction(() => window.told.length, { timeout: 20000 });
  await new Promise((later) => setTimeout(later, MORE));
  return page.evaluate((link, { headline, scrolled }) => ({
    before: headline,
    headline: document.querySelector("h1").textContent,
    title: document.title,
    told: window.told,
    isFocused: document.activeElement === document.querySelector(link),
    scrolled: [scrolled, window.scrollY],
  }), LINK, before);
});
