// A scripted keyboard user of /review, in a real browser: how many fields a minute it takes, and whether all are on disk after.
// Usage: node reviewer.mjs ADDRESS LOGIN PASSWORD_FILE [FIELDS] [THINK_MS]
// Needs playwright-core (in a folder that NODE_PATH or a node_modules beside names) and a Chromium.
// It reads each value as a person would: waits until word and page are shown, THINK_MS milliseconds more, then accepts two of
// three and corrects the third by typing a letter. No mouse is used.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.cwd() + "/");
const { chromium } = require("playwright-core");
const [address, login, passwordFile, fields = "60", think = "0"] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(address + "login?next=/review");
await page.keyboard.type(login);
await page.keyboard.press("Tab");
await page.keyboard.type(readFileSync(passwordFile, "utf8").trim());
await page.keyboard.press("Enter");
await page.waitForSelector("#review[data-ready]");
const left = async () => Number(await page.textContent("#left"));
const before = await left();
const count = Math.min(Number(fields), before);
const waits = [];
const begun = performance.now();
for (let index = 0; index < count; index += 1) {
  const asked = performance.now();
  const key = () => page.evaluate(() => document.getElementById("label").textContent + document.getElementById("whole").href);
  await page.waitForFunction(
    () => document.activeElement.id === "value" && !document.getElementById("review").dataset.loading,
  );
  waits.push(performance.now() - asked);
  const was = await key();
  if (Number(think)) await page.waitForTimeout(Number(think));
  if (index % 3 === 2) await page.keyboard.type("a");
  await page.keyboard.press("Enter");
  if (index + 1 < count) {
    await page.waitForFunction((was) => document.getElementById("label").textContent + document.getElementById("whole").href !== was, was);
  }
}
const typed = performance.now() - begun;
await page.waitForFunction((count) => document.getElementById("saving").textContent.trim().endsWith(" " + count), count, { timeout: 120000 });
const saved = performance.now() - begun;
await page.goto(address + "review");
waits.sort((one, other) => one - other);
const round = (figure) => Math.round(figure * 10) / 10;
console.log(
  JSON.stringify({
    fields: count,
    fields_per_minute: round((count * 60000) / typed),
    saved_per_minute: round((count * 60000) / saved),
    wait_ms: { median: round(waits[waits.length >> 1]), p95: round(waits[Math.floor(waits.length * 0.95)]) },
    left_before: before,
    left_after: (await page.$("#left")) ? await left() : 0,
  }),
);
await browser.close();
