// The style of a report: readable on a screen, printable on A4, in light and in dark surroundings.

export const REPORT_STYLE = `
:root { color-scheme: light; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #1c2128; background: #fff; }
body { max-width: 74rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #d0d7de; padding-bottom: .2rem; break-after: avoid; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; break-after: avoid; }
.meta { color: #57606a; margin: 0 0 1rem; }
.summary { background: #f6f8fa; border: 1px solid #d0d7de; border-radius: 8px; padding: .8rem 1.1rem; }
.summary ul { margin: .2rem 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .86rem; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid #d0d7de; padding: .25rem .5rem; text-align: right; vertical-align: top; }
td { white-space: nowrap; }
td.long, td.text { white-space: normal; text-align: left; }
th { background: #f6f8fa; font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
td.text { text-align: left; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
.published { border-left: 4px solid #9a6700; padding-left: .8rem; }
.tag { display: inline-block; background: #fff8c5; border: 1px solid #d4a72c; border-radius: 4px; padding: 0 .4rem; font-size: .78rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
figure { margin: 0; break-inside: avoid; border: 1px solid #d0d7de; border-radius: 8px; padding: .5rem; }
figcaption { font-size: .84rem; color: #57606a; }
svg { width: 100%; height: auto; }
svg text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: #57606a; }
svg .grid { stroke: #eaeef2; }
svg .frame { stroke: #8c959f; }
.legend span { margin-right: .9rem; white-space: nowrap; }
.legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem; border-radius: 2px; vertical-align: -1px; }
.pairs { display: flex; flex-wrap: wrap; gap: .6rem; }
.pairs figure { display: grid; grid-template-columns: auto auto; gap: .3rem; width: 13rem; }
.pairs figcaption { grid-column: 1 / 3; overflow-wrap: anywhere; }
.pairs img { width: 96px; height: 96px; image-rendering: pixelated; }
code, pre { font: .86rem ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
@page { size: A4; margin: 14mm; }
@media print { :root { font-size: 10.5pt; } body { max-width: none; padding: 0; } .figures { grid-template-columns: 1fr 1fr; } .scroll { overflow: visible; } table { font-size: .62rem; } th, td { padding: .1rem .2rem; } td { white-space: normal; } }
`;
