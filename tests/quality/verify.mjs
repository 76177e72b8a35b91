// The check of the evidence as a visitor makes it at each address in turn, in one browser that remembers: what it finds,
// and what axe-core says of the page then. A key that is to be pasted stands behind a #.
import axe from "axe-core";
import { judge } from "./browser.mjs";

const MILLISECONDS = 100_000, WIDTHS = [320, 1440];

await judge(async (page, address) => {
  const [url, key] = address.split("#");
  await page.goto(url, { waitUntil: "load" });
  if (key) await page.$eval("#vkey", (input, value) => { input.value = value; }, key);
  await page.click("#check button");
  await page.waitForSelector("#check button:not([disabled])", { timeout: MILLISECONDS });
  const found = await page.evaluate(() => ({
    said: [...document.querySelectorAll("#found p")].map((line) => line.textContent),
    results: [...document.querySelectorAll("#table tbody tr")].map((row) => row.cells[3].firstChild.textContent),
    seen: [...document.querySelectorAll("#contradiction:not([hidden]) pre")].map((note) => note.textContent),
  }));
  const faults = [];
  await page.evaluate(axe.source);
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    const [wide, { violations }] = await page.evaluate(async () => [document.documentElement.scrollWidth, await window.axe.run()]);
    faults.push(...violations.map(({ id }) => id), ...(wide > width ? [`${wide} px wide on a screen of ${width}`] : []));
  }
  return { ...found, faults };
});
