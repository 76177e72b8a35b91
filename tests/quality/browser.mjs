// Opens each address in one Chromium, and prints what a judge finds there as JSON: {address: [finding, ...]}.
import puppeteer from "puppeteer-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];

export async function judge(find) {
  const [executablePath, ...addresses] = process.argv.slice(2);
  const browser = await puppeteer.launch({ executablePath, args: FLAGS });
  const found = {};
  for (const address of addresses) {
    const page = await browser.newPage();
    found[address] = await find(page, address, browser);
    await page.close();
  }
  await browser.close();
  console.log(JSON.stringify(found));
}
