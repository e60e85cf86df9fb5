"""The report's style sheet."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark;
  --page: #f6f5f2; --card: #fff; --ink: #1d2330; --soft: #616a7a; --line: #e2e0da; --grid: #ecebe6;
  --main: #2456c9; --right: #1c8a6c; --wrong: #d4542b; --unanswerable: #9183b8; --good: #17795e; --bad: #b93d17; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171d; --card: #1c2029; --ink: #e8e9ec; --soft: #9aa3b2; --line: #2e3440; --grid: #282d38;
  --main: #7aa5ff; --right: #3fbf98; --wrong: #f0835b; --unanswerable: #a99bd6; --good: #4fd0a8; --bad: #ff9470; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 36px 24px 72px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 6px; letter-spacing: -.01em; }
h2 { font-size: 18px; margin: 44px 0 12px; }
h3 { font-size: 14px; margin: 0 0 2px; }
p { margin: 0 0 8px; }
.soft, figcaption, th, .note { color: var(--soft); }
.note, figcaption { font-size: 13px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; margin: 24px 0 0; }
.tile, figure, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 14px 16px; display: flex; flex-direction: column; }
.tile > span:first-child { flex-grow: 1; margin-bottom: 4px; }
.tile b { display: block; font-size: 27px; line-height: 1.2; font-variant-numeric: tabular-nums; font-weight: 650; }
.tile span { display: block; font-size: 13px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 12px; }
.plots figcaption:first-of-type { min-height: 3em; }
figure { margin: 0; padding: 16px; }
svg { display: block; width: 100%; height: auto; margin: 8px 0 6px; }
.grid { stroke: var(--grid); }
.tick, .axis { fill: var(--soft); font-size: 11.5px; text-anchor: middle; }
.tick.up { text-anchor: end; }
.main, .before, .ideal { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
.main { stroke: var(--main); } .before { stroke: var(--soft); stroke-dasharray: 5 4; stroke-width: 1.6; }
.ideal { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 1.5 3.5; }
polygon.band { fill: var(--main); opacity: .13; }
.dot { fill: var(--main); } .whisker { stroke: var(--main); stroke-width: 1.5; opacity: .45; }
circle.now { fill: var(--wrong); stroke: var(--card); stroke-width: 2; }
rect.right { fill: var(--right); } rect.wrong { fill: var(--wrong); } rect.unanswerable { fill: var(--unanswerable); }
.key { display: inline-flex; align-items: center; gap: 6px; margin-right: 14px; }
.key i { width: 16px; height: 0; border-top: 3px solid var(--main); }
.key i.before { border-top: 2px dashed var(--soft); } .key i.ideal { border-top: 2px dotted var(--soft); }
.key i.box { height: 11px; width: 11px; border: 0; border-radius: 3px; }
.key i.dot { height: 10px; width: 10px; border: 0; border-radius: 50%; background: var(--main); }
.key i.now { height: 10px; width: 10px; border: 0; border-radius: 50%; background: var(--wrong); }
.key i.right { background: var(--right); } .key i.wrong { background: var(--wrong); }
.key i.unanswerable { background: var(--unanswerable); }
.side h2:not(:first-child) { margin-top: 28px; }
.side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 12px; }
.card { padding: 6px 16px 10px; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { font-weight: 500; font-size: 13px; text-align: left; }
th, td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; padding-left: 12px; padding-right: 0; }
td.topic { padding-top: 18px; font-weight: 600; }
.hint { color: var(--soft); font-size: 13px; margin-left: 8px; }
.good { color: var(--good); } .bad { color: var(--bad); }
.miss { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 14px 18px; margin: 0 0 10px; }
.miss .asked { font-weight: 600; overflow-wrap: anywhere; }
.miss .earlier { color: var(--soft); }
.miss dl { display: grid; grid-template-columns: 84px 1fr; gap: 3px 12px; margin: 8px 0 0; font-size: 14px; }
.miss dt { color: var(--soft); } .miss dd { margin: 0; overflow-wrap: anywhere; }
.miss blockquote { margin: 4px 0 0; padding-left: 12px; border-left: 3px solid var(--line); color: var(--soft);
  white-space: pre-line; }
.pill { float: right; margin-left: 12px; font-size: 13px; font-weight: 600; color: var(--wrong);
  font-variant-numeric: tabular-nums; }
@media (max-width: 560px) { main { padding: 20px 14px 48px; } .miss dl { grid-template-columns: 1fr; } }
"""
