// What every page must be: without complaints, accessible, and within a phone's width.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PICTURES, openPage } from "./browser.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @param {import("playwright-core").Page} page @param {string} text */
export const see = (page, text) => page.getByText(text).first().waitFor({ timeout: 20_000 });

/** Nothing that axe finds. The page must be without its policy, which forbids to put axe in. */
export async function isAccessible(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  assert.deepEqual(found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`), []);
}

/** Pictures of what `ready` leads to, light, dark and on a phone, with every check. */
export async function look(browser, name, path, ready) {
  for (const colorScheme of ["light", "dark"]) {
    const { page, context, complaints, visit } = await openPage(browser, { colorScheme });
    await visit(path);
    await ready(page);
    await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}.png`, fullPage: true });
    assert.deepEqual(complaints, []);
    await context.close();
    const bare = await openPage(browser, { colorScheme, bypassCSP: true });
    await bare.visit(path);
    await ready(bare.page);
    await isAccessible(bare.page);
    await bare.context.close();
  }
  const { page, context, visit } = await openPage(browser, { viewport: { width: 390, height: 844 } });
  await visit(path);
  await ready(page);
  await page.screenshot({ path: `${PICTURES}/${name}-phone.png`, fullPage: true });
  const [inner, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
  assert.ok(whole <= inner, `${whole} px in ${inner}`);
  await context.close();
}
