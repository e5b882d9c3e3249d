/** The looks of a report: light, dark, narrow, wide and on paper. Pictures take their colours from here too. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f7; --card: #ffffff; --ink: #1b2326; --muted: #59656b; --rule: #d9dfe1; --soft: #eef1f2;
  --accent: #0b6592; --good: #19713f; --bad: #b1401a; --test: #8a3b8f;
  --s0: #d5682f; --s1: #eab07f; --s2: #d9d3a8; --s3: #7fb7c9; --s4: #17719c; --missing: #30383c; --none: #e6eaeb;
  --ins: #e2f3e8; --del: #fbe7df;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #121618; --card: #1a2023; --ink: #e7ecee; --muted: #a0adb3; --rule: #343e42; --soft: #232b2f;
    --accent: #63bbe8; --good: #63cf8f; --bad: #ff9b6e; --test: #dd97e2;
    --s0: #e0763b; --s1: #a86f45; --s2: #77735a; --s3: #3f7f97; --s4: #63bbe8; --missing: #d5dcdf; --none: #273135;
    --ins: #173524; --del: #45241a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, footer { max-width: 1040px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 36px; }
footer { padding-bottom: 40px; color: var(--muted); }
h1 { margin: 0; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 12px; font-size: 20px; line-height: 1.3; }
h3 { margin: 28px 0 6px; font-size: 16px; }
p { margin: 8px 0; max-width: 78ch; overflow-wrap: anywhere; }
.note { color: var(--muted); font-size: 14px; }
.status { margin: 6px 0 0; color: var(--muted); }
.status strong { color: var(--ink); }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 18px 0 0; padding: 0; list-style: none; }
a { color: var(--accent); text-underline-offset: 3px; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
section { margin: 20px 0; padding: 22px 24px 24px; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 22px 0 0; padding: 0; }
.tiles div { padding: 14px 16px; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }
.tiles dt { color: var(--muted); font-size: 13px; }
.tiles dd { margin: 2px 0 0; font-size: 22px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles dd small { display: block; color: var(--muted); font-size: 13px; font-weight: 400; }
.scroll { overflow-x: auto; max-width: 100%; }
.plot { display: block; max-width: none; margin: 0; background: none; color: var(--muted); overflow: visible; }
.plot text { white-space: pre; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
caption { padding: 10px 0 6px; color: var(--muted); font-size: 13px; text-align: left; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; border-bottom-color: var(--muted); }
tbody th { font-weight: 500; }
td:not(.figure) { min-width: 13ch; } td.wide { min-width: 26ch; }
th code { white-space: nowrap; }
.figure { padding-right: 16px; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
thead .figure { white-space: normal; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code { overflow-wrap: anywhere; }
strong.accepted, .key.accepted { color: var(--good); }
strong.rejected, .key.rejected { color: var(--bad); }
strong.undecided, strong.inconclusive, .key.undecided { color: var(--muted); }
.key.test { color: var(--test); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 14px; }
.legend li { display: flex; align-items: center; gap: 6px; }
.key.line { width: 26px; height: 12px; border-top: 0; background: linear-gradient(var(--accent), var(--accent)) center / 100% 3px no-repeat, color-mix(in srgb, var(--accent) 18%, transparent); }
.cell { display: inline-block; width: 14px; height: 14px; border: 1px solid var(--rule); border-radius: 2px; }
.s0 { background: var(--s0); } .s1 { background: var(--s1); } .s2 { background: var(--s2); } .s3 { background: var(--s3); } .s4 { background: var(--s4); }
.missing { background: var(--missing); } .none { background: var(--none); }
details { margin: 14px 0 0; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; }
.diff { margin: 8px 0 0; padding: 10px 0; border: 1px solid var(--rule); border-radius: 8px; background: var(--soft); }
.diff > * { display: block; min-height: 1.5em; padding: 0 12px 0 calc(12px + 1ch); text-indent: -1ch; white-space: pre-wrap; overflow-wrap: anywhere; text-decoration: none; }
.diff ins { background: var(--ins); } .diff del { background: var(--del); } .diff .place { color: var(--muted); }
.warnings { border-color: var(--bad); }
@media (max-width: 560px) {
  main, header, footer { padding-left: 12px; padding-right: 12px; }
  section { padding: 16px 14px 18px; }
  h1 { font-size: 25px; }
}
@media print {
  :root { color-scheme: light; --page: #ffffff; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 14mm; }
  nav { display: none; }
  body { font-size: 11pt; }
  main, header, footer { max-width: none; padding: 0; }
  section { padding: 0; border: 0; margin: 18pt 0; }
  .scroll { overflow: visible; }
  .plot { max-width: 100%; height: auto; }
  .plot, .tiles div, tr, .legend { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  details { display: none; }
}
`;
