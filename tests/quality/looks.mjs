// What sticks out sideways of a page at each width, and what of it is not as it should be on paper.
import { judge } from "./browser.mjs";

const WIDTHS = [320, 768, 1440, 2560];
const CONTENT = ["h1", "main", "footer p", ".contents"];
const CONTROLS = ["header nav", ".skip", "form", "footer a"];

const visible = (selectors) => selectors.filter((each) => [...document.querySelectorAll(each)].some((found) => found.checkVisibility()));
const spilt = () => [...document.querySelectorAll("td")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent);
const hidden = (selectors) => selectors.filter((each) => document.querySelector(each)?.checkVisibility() === false);

await judge(async (page, address) => {
  const findings = [];
  await page.goto(address, { waitUntil: "load" });
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) findings.push(`${wide} px wide on a screen of ${width}`);
    findings.push(...(await page.evaluate(spilt)).map((each) => `on a screen of ${width} this lies upon what is beside it: ${each}`));
  }
  await page.emulateMediaType("print");
  findings.push(...(await page.evaluate(hidden, CONTENT)).map((each) => `${each} is not printed`));
  findings.push(...(await page.evaluate(visible, CONTROLS)).map((each) => `${each} is printed`));
  return findings;
});
