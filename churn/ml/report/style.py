"""The look of the report: paper, one measure, no script, fit to be printed."""

STYLE = """
:root{--paper:#fbfaf7;--surface:#fff;--ink:#22282b;--muted:#566066;--line:#dcd9d0;--accent:#1f5f5b;
--soft:#e4efed;--clay:#9c4a24;--warn:#fbf0d5;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,sans-serif}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans)}
main,header{width:min(68rem,100% - 2.5rem);margin-inline:auto}
header{padding:3rem 0 1.5rem}
h1,h2,h3{line-height:1.2;margin:0;text-wrap:balance}
h1{font:600 clamp(1rem,.9rem + .4vw,1.15rem)/1.2 var(--sans);color:var(--muted)}
.verdict{font:500 clamp(1.6rem,1.2rem + 1.9vw,2.5rem)/1.22 var(--serif);letter-spacing:-.01em;
margin:.6rem 0 .8rem;max-width:26em}
h2{font:600 1.4rem/1.2 var(--serif)}
h3{font-size:1rem}
p{margin:0;max-width:46em}
.muted{color:var(--muted)}
section{padding:2rem 0;border-top:1px solid var(--line);display:grid;gap:1.1rem}
section>*{min-width:0}
.tiles{display:grid;gap:.9rem;margin:0 0 2rem;
grid-template-columns:repeat(auto-fit,minmax(11rem,1fr))}
.tile{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:.9rem 1rem}
.tile b{display:block;font:600 1.75rem/1.15 var(--serif);color:var(--accent);
font-variant-numeric:tabular-nums}
.tile span{color:var(--muted);font-size:.9rem}
.card{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:1.5rem;
display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1.4rem 2rem}
.card h2{grid-column:1/-1}
.card h3{color:var(--accent);margin-bottom:.3rem}
.notes{background:var(--warn);border-radius:10px;padding:1rem 1.2rem;margin-top:1.2rem}
.notes ul{margin:.4rem 0 0;padding-left:1.2rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1.2rem;
align-items:start}
.pair>*{min-width:0}
figure{margin:0;background:#fff;border:1px solid var(--line);border-radius:10px;padding:.8rem}
figure img{display:block;width:100%;height:auto}
figcaption{color:var(--muted);font-size:.85rem;padding:.5rem .2rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--muted);padding:0 0 .5rem;font-size:.9rem}
th,td{padding:.42rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--ink);font-weight:600;vertical-align:bottom}
tbody th{font-weight:500}
.figure{text-align:right;font-variant-numeric:tabular-nums}
td.figure{white-space:nowrap}
.pair table{font-size:.88rem}
.pair th,.pair td{padding:.36rem .5rem}
.narrow{max-width:46rem}
.bar{display:inline-block;height:.62em;background:var(--accent);border-radius:2px;margin-right:.5em}
.bar.up{background:var(--clay)}
.hash{overflow-wrap:anywhere;font-size:.85em}
@media print{body{background:#fff;font-size:10.5pt}header{padding-top:0}
section,figure,.tile,.card,tr{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}
.pair{grid-template-columns:1fr 1fr}.pair:has(table){grid-template-columns:1fr}
.pair:has(table) figure{max-width:70%}table,.pair table{font-size:.8rem}@page{margin:16mm}}
"""
