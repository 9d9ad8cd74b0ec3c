# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style and the script of the HTML report. Constants: nothing from outside is ever put into them."""

from __future__ import annotations

STYLE = """
:root {
  --page: #f4f6f9; --card: #ffffff; --text: #19212e; --muted: #55606f; --line: #d8dee6; --accent: #175ddc;
  --planned: #1b4fbf; --planned-tint: #e6edfc; --done: #0d6b38; --done-tint: #e0f3e8;
  --failed: #b0151d; --failed-tint: #fce8e8; --refused: #7d4f00; --refused-tint: #fbf0d9;
  --given: #1d7f4b; --taken: #c2452d; --other: #6b7a90;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141b; --card: #191f29; --text: #e7ebf1; --muted: #a2adbc; --line: #323c4a; --accent: #83adff;
    --planned: #a3c1ff; --planned-tint: #1d2b4a; --done: #74d79e; --done-tint: #14321f;
    --failed: #ff9d9d; --failed-tint: #3c1b1e; --refused: #f0c267; --refused-tint: #362810;
    --given: #4fb67f; --taken: #ec7a62; --other: #8493aa;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 3rem; background: var(--page); color: var(--text);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1, h2, p, ul, dl, dd, figure { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.25; letter-spacing: -0.01em; padding-left: 0.75rem;
  border-left: 0.3rem solid var(--done); }
h1.failed, h1.stopped { border-color: var(--failed); }
h1.preview { border-color: var(--planned); }
h2 { font-size: 1.0625rem; margin-bottom: 0.75rem; }
header p { color: var(--muted); }
header .above { margin-bottom: 0.35rem; }
header strong { color: var(--text); overflow-wrap: anywhere; }
header h1 { margin-bottom: 0.35rem; }
code { font: 0.875em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere;
  user-select: all; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 0.625rem; padding: 1.125rem 1.25rem;
  margin-top: 1rem; min-width: 0; }
.alert { border-color: var(--failed); border-left-width: 0.3rem; background: var(--failed-tint); }
.alert h2 { color: var(--failed); }
.alert ul { padding-left: 1.25rem; }
.alert li { overflow-wrap: anywhere; }
.alert p { margin-top: 0.5rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem; margin-top: 1.25rem; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 0.625rem;
  padding: 0.75rem 1.25rem; display: flex; flex-direction: column-reverse; }
.tiles dt { color: var(--muted); font-size: 0.875rem; }
.tiles dd { font-size: 1.75rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles .planned dd { color: var(--planned); }
.tiles .done dd { color: var(--done); }
.tiles .failed dd { color: var(--failed); }
.tiles .refused dd { color: var(--refused); }
.tiles .none dd { color: var(--muted); font-weight: 400; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 1rem; }
.bars { list-style: none; padding: 0; display: grid; gap: 0.4rem; }
.bars li { display: grid; grid-template-columns: 11rem 3.5rem 1fr; gap: 0.75rem; align-items: center; }
.bars svg { width: 100%; height: 0.7rem; }
.count { text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; }
.facts { display: grid; grid-template-columns: auto 1fr; gap: 0.4rem 1rem; }
.facts dt { color: var(--muted); }
.facts dd { min-width: 0; overflow-wrap: anywhere; }
.facts ul { list-style: none; padding: 0; }
figure svg { display: block; width: 100%; min-width: 40rem; height: auto; }
figcaption { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0; font-size: 0.875rem;
  color: var(--muted); }
.key::before { content: ""; display: inline-block; width: 0.7rem; height: 0.7rem; border-radius: 0.15rem;
  margin-right: 0.4rem; background: currentColor; }
.key.members::before { background: var(--accent); height: 0.2rem; vertical-align: 0.2rem; }
.key.given::before { background: var(--given); }
.key.taken::before { background: var(--taken); }
.key.other::before { background: var(--other); }
.key.trouble::before { content: "\\00d7"; background: none; color: var(--failed); font-weight: 700; width: auto;
  height: auto; }
svg text { fill: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); }
.zero { stroke: var(--muted); }
.line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--accent); }
svg .given, svg.given { fill: var(--given); }
svg .taken, svg.taken { fill: var(--taken); }
svg .other, svg.other { fill: var(--other); }
svg .trouble { stroke: var(--failed); stroke-width: 2; }
.hover { fill: var(--text); opacity: 0; }
.hover:hover { opacity: 0.06; }
details { margin-top: 0.25rem; }
summary { cursor: pointer; width: fit-content; color: var(--accent); }
details ul { padding-left: 1.25rem; }
section > details li { overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; align-items: end; gap: 0.75rem 1rem; margin-bottom: 0.75rem; }
form[hidden] { display: none; }
label { color: var(--muted); font-size: 0.875rem; display: grid; gap: 0.15rem; }
label:first-child { flex: 1 1 16rem; }
input, select { font: inherit; font-size: 0.9375rem; color: var(--text); background: var(--page);
  border: 1px solid var(--muted); border-radius: 0.375rem; padding: 0.35rem 0.6rem; min-height: 2.25rem; width: 100%; }
::placeholder { color: var(--muted); opacity: 1; }
output { color: var(--muted); margin-left: auto; padding-bottom: 0.4rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 0.75rem 0.45rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; font-weight: 400;
  /* Pasted into a spreadsheet, a name that begins with = stays a text. */
  mso-number-format: "\\@"; }
tbody th { font-weight: 600; }
thead th { color: var(--muted); font-size: 0.875rem; white-space: nowrap; }
.records { table-layout: fixed; }
.records thead th { position: sticky; top: 0; background: var(--card); z-index: 1; box-shadow: 0 1px var(--line);
  border-bottom: 0; }
.records thead th:nth-child(1) { width: 6rem; }
.records thead th:nth-child(2) { width: 9.75rem; }
.records thead th:nth-child(3) { width: 26%; }
.records thead th:nth-child(5) { width: 27%; }
.records tbody tr:hover { background: var(--page); }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th button::after { content: " \\2195"; opacity: 0.6; }
th[aria-sort="ascending"] button, th[aria-sort="descending"] button { color: var(--text); font-weight: 600; }
th[aria-sort="ascending"] button::after { content: " \\2191"; opacity: 1; }
th[aria-sort="descending"] button::after { content: " \\2193"; opacity: 1; }
.outcome { display: inline-block; padding: 0.05rem 0.55rem; border-radius: 1rem; font-size: 0.8125rem;
  font-weight: 600; }
.outcome.planned { color: var(--planned); background: var(--planned-tint); }
.outcome.done { color: var(--done); background: var(--done-tint); }
.outcome.failed { color: var(--failed); background: var(--failed-tint); }
.outcome.refused { color: var(--refused); background: var(--refused-tint); }
.message { display: block; color: var(--muted); }
.joining, .leaving { list-style: none; padding: 0; }
.joining li::before { content: "+ "; color: var(--done); }
.leaving li::before { content: "\\2212  "; color: var(--failed); }
.numbers { margin-top: 0.5rem; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.numbers th, .numbers td { padding: 0.2rem 1rem 0.2rem 0; text-align: right; white-space: nowrap; }
.numbers th:first-child, .numbers td:first-child { text-align: left; width: 30%; }
footer { margin-top: 1.5rem; color: var(--muted); font-size: 0.875rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; padding: 0.5rem 1rem; background: var(--card); color: var(--accent);
  z-index: 2; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h2:focus { outline: none; }
.wide { overflow-x: auto; }
@media screen and (max-width: 52rem) {
  .bars li { grid-template-columns: 9.5rem 3rem 1fr; }
  .records thead { display: none; }
  .records, .records tbody, .records tr, .records td, .records th { display: block; border: 0; }
  .records tr { padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
  .records tr[hidden] { display: none; }
  .records td, .records th { padding: 0.1rem 0; }
  .records td:nth-child(-n + 2) { display: inline-block; margin-right: 0.5rem; }
}
@media print {
  :root {
    --page: #ffffff; --card: #ffffff; --text: #000000; --muted: #444444; --line: #bbbbbb; --accent: #175ddc;
    --planned: #1b4fbf; --planned-tint: #ffffff; --done: #0d6b38; --done-tint: #ffffff;
    --failed: #b0151d; --failed-tint: #ffffff; --refused: #7d4f00; --refused-tint: #ffffff;
    --given: #1d7f4b; --taken: #c2452d; --other: #6b7a90;
  }
  body { max-width: none; padding: 0; font-size: 9pt; }
  form, .skip { display: none; }
  section { padding: 0.5rem 0; border: 0; border-top: 1px solid var(--line); border-radius: 0; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  .outcome { padding-left: 0; }
  h2 { break-after: avoid; }
  tr, li, figure { break-inside: avoid; }
  figure details { display: none; }
  .records thead th { position: static; }
  th button::after { content: ""; }
}
"""

SCRIPT = """
"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const [search, outcome, action, shown] = ["search", "outcome", "action", "shown"].map((id) =>
    document.getElementById(id));
  const body = document.querySelector(".records tbody");
  const records = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const number = (value) => value.toLocaleString("en-US");

  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/);
    let count = 0;
    for (const { row, text } of records) {
      const fits = (!outcome.value || row.dataset.outcome === outcome.value)
        && (!action.value || row.dataset.action === action.value)
        && words.every((word) => text.includes(word));
      row.hidden = !fits;
      count += fits;
    }
    shown.value = count === records.length
      ? number(count) + (count === 1 ? " record" : " records")
      : number(count) + " of " + number(records.length) + " records";
  };

  const collator = new Intl.Collator("en", { numeric: true });
  const headers = [...document.querySelectorAll(".records thead th")];
  const sort = (header, column) => {
    const order = header.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const sign = order === "ascending" ? 1 : -1;
    for (const other of headers) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order);
    const keyed = records.map(({ row }) => [row.cells[column].textContent, row]);
    keyed.sort((one, two) => sign * collator.compare(one[0], two[0]));
    body.append(...keyed.map(([, row]) => row));
  };

  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.addEventListener("click", () => sort(header, column));
    header.replaceChildren(button);
  });
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
"""
